/* telegram/sandbox/page.h -- the page on which people play customer and courier, from inside the
 * program. */
#ifndef TELEGRAM_SANDBOX_PAGE_H
#define TELEGRAM_SANDBOX_PAGE_H

#include "base/http/server.h"

/* Answers GET / and the files beside it; anything else is 404. */
void page_handle(struct http_request *request, struct str path);

#endif
