/* redis/live.h -- small live numbers in eco:live:*, all of which may vanish: rate limits now,
 * presence later. */
#ifndef REDIS_LIVE_H
#define REDIS_LIVE_H

#include "redis/link.h"

/* Counts one hit on `name` (hashed into the key) in a fixed window; done gets the count as
 * REDIS_IS_INT, or NULL when Redis is away (the caller then uses its own memory). */
CHECKED enum status live_hit(struct redis_link *link, struct str name, int window_s,
			     redis_link_done done, void *arg);
CHECKED enum status live_forget(struct redis_link *link, struct str name);

#endif
