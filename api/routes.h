/* api/routes.h -- the product at a glance. */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include "api/route.h"

extern const struct route routes[];
extern const size_t route_count;

#endif
