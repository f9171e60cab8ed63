/* redis/link.h -- the loop's own connection to Redis: never blocks, reconnects by itself, every
 * call ends. */
#ifndef REDIS_LINK_H
#define REDIS_LINK_H

#include "base/loop.h"
#include "redis/conn.h"

#include <stdbool.h>

struct redis_link;

/* `value` is borrowed during the call; NULL: the connection was lost or 2 s passed: outcome
 * unknown. */
typedef void (*redis_link_done)(const struct redis_value *value, void *arg);

/* Connects and reconnects (100 ms, doubling to 1 s) by itself. */
CHECKED enum status redis_link_open(struct event_base *base, const struct redis_address *address,
				    struct redis_link **link_out);
void redis_link_close(struct redis_link *link); /* outstanding calls end with NULL */
bool redis_link_is_up(const struct redis_link *link);
/* The first connection is still being made: not up yet, and never lost. */
bool redis_link_is_coming(const struct redis_link *link);
/* Called on every (re)connection, e.g. to subscribe again. */
void redis_link_on_up(struct redis_link *link, loop_fn up, void *arg);
/* BUSY: not connected, or 10,000 outstanding; done is not called. done may be NULL. */
CHECKED enum status redis_link_send(struct redis_link *link, const struct redis_command *command,
				    redis_link_done done, void *arg);
/* Turns this link into a subscriber of one channel (nothing else can be sent then); done(value) for
 * each message's text. */
CHECKED enum status redis_link_subscribe(struct redis_link *link, struct str channel,
					 redis_link_done message, void *arg);

#endif
