/* api/openapi.h -- the OpenAPI 3.1 document, made from the tables of routes and shapes. */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include "api/route.h"

/* In the arena. */
struct str openapi_make(const struct route *routes, size_t count, struct arena *arena);

#endif
