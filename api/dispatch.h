/* api/dispatch.h -- the way of a request: find its route, see who asks, read what is asked, work in
 * the lane, answer. */
#ifndef API_DISPATCH_H
#define API_DISPATCH_H

#include "api/call.h"

/* The server's handler; arg is the app. */
void dispatch_request(struct http_request *request, void *arg);
/* After a gate that kept the call (EMPTY): on to its lane, or, not OK, to its problem. */
void dispatch_go_on(struct call *call, enum status status);

#endif
