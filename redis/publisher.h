/* redis/publisher.h -- tells Redis what a committed batch made ready: stream entries, delayed
 * tasks, the wake-up of live updates. The writer thread hands batches over; the loop sends them,
 * in one round trip each, at most one outstanding. Nobody waits: what can't be told now (Redis
 * away, slow for 50 ms, rebuilding, full) is dropped here and told by the relay. Only the first
 * connection of a new process is waited for, as long. */
#ifndef REDIS_PUBLISHER_H
#define REDIS_PUBLISHER_H

#include "domain/task.h"
#include "redis/link.h"

struct publisher;

CHECKED enum status publisher_open(struct event_base *base, struct redis_link *link,
				   struct publisher **publisher_out);
/* Before its link, which must not turn in between. */
void publisher_close(struct publisher *publisher);
/* At the end: when all that was handed over is told or dropped, and after PUBLISHER_DRAIN_MS at the
 * latest, calls done on the loop. What is left the relay tells, a second later. Once. */
enum { PUBLISHER_DRAIN_MS = 500 };
void publisher_drain(struct publisher *publisher, loop_fn done, void *arg);
/* Any thread; copies. Fits store_hooks.publish and .confirmed with the publisher as arg. */
void publisher_send(void *publisher, const struct notice_batch *batch);
size_t publisher_confirmed(void *publisher, int64_t *ids_out, size_t ids_max);
uint64_t publisher_dropped(const struct publisher *publisher);

#endif
