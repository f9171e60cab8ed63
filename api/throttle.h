/* api/throttle.h -- how often a login may be tried from one address: counted in Redis for all
 * processes, and in this one's memory for when Redis is gone. */
#ifndef API_THROTTLE_H
#define API_THROTTLE_H

#include "redis/link.h"

#include <stdbool.h>

enum { THROTTLE_WINDOW_S = 60, THROTTLE_ATTEMPTS_MAX = 10 };

struct throttle;
typedef void (*throttle_fn)(bool allowed, void *arg);

/* `link` may be NULL. */
CHECKED enum status throttle_open(struct redis_link *link, struct throttle **throttle_out);
void throttle_close(struct throttle *throttle); /* NULL is fine */
/* Counts an attempt; done runs once, perhaps before this returns. Allowed: at most
 * THROTTLE_ATTEMPTS_MAX in the window. */
void throttle_attempt(struct throttle *throttle, struct str name, throttle_fn done, void *arg);
/* It was the right password: the count begins anew. */
void throttle_forget(struct throttle *throttle, struct str name);

#endif
