/* api/idempotency.h -- the Idempotency-Key header: a change that is asked for twice happens once.
 */
#ifndef API_IDEMPOTENCY_H
#define API_IDEMPOTENCY_H

#include "api/call.h"

/* Does the call carry a key, on a route that honours it? */
bool idempotency_applies(const struct call *call);
/* On the loop: checks the key, and notes the hash of the body while that is at hand. */
CHECKED enum status idempotency_prepare(struct call *call);
/* Inside the change: the kept answer, or the route's handler, whose answer is then kept with its
 * change. Refusals are not kept: they changed nothing. */
CHECKED enum status idempotency_run(struct call *call);

#endif
