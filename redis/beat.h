/* redis/beat.h -- a process says every 2 s that it lives; and knows itself how long ago Redis heard
 * it. */
#ifndef REDIS_BEAT_H
#define REDIS_BEAT_H

#include "base/loop.h"
#include "redis/link.h"

#include <stdbool.h>

enum {
	BEAT_PERIOD_MS = 2000,
	BEAT_DEAD_MS = 6000,  /* without a bump for so long it is declared dead */
	BEAT_FRESH_MS = 3000, /* effects need a bump younger than this; with call timeouts under 3 s
				 both end before 6 s */
};

struct beat_sender;

CHECKED enum status beat_open(struct event_base *base, struct redis_link *link,
			      struct str incarnation, struct str service, struct str slot,
			      struct beat_sender **beat_out);
/* Takes itself off the list: an orderly end. */
void beat_close(struct beat_sender *beat);
/* Was a beat, sent less than BEAT_FRESH_MS ago, confirmed? Monotonic: a process that slept sees its
 * own sleep. */
bool beat_is_fresh(const struct beat_sender *beat);
/* Calls fn on the loop when the first beat is confirmed; at once if it was. NULL: nobody any more.
 */
void beat_when_heard(struct beat_sender *beat, loop_fn fn, void *arg);

#endif
