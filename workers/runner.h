/* workers/runner.h -- the worker's engine: entries come from the streams, the task's row decides,
 * the handler runs, the outcome is recorded, the entry is acked. Two lanes: transactional tasks run
 * inside the writer's transactions; external ones are claimed, called and recorded, many at once on
 * the loop. */
#ifndef WORKERS_RUNNER_H
#define WORKERS_RUNNER_H

#include "base/loop.h"
#include "redis/beat.h"
#include "redis/conn.h"
#include "redis/link.h"
#include "store/store.h"
#include "workers/budget.h"
#include "workers/commit.h"
#include "workers/senders.h"

struct runner;

struct runner_options {
	struct event_base *base;
	struct commits *commits;
	const struct redis_address *redis; /* for the reading threads */
	struct redis_link *link;
	struct beat_sender *beat;
	const struct senders *senders;
	struct budget *budget;
	struct str incarnation; /* registered by workers_add */
	const char *slot;
	int calls_max; /* external tasks in hand at once */
	loop_fn died;  /* the others have declared this worker dead: nothing it does counts any more
			*/
	void *arg;
};

CHECKED enum status runner_open(const struct runner_options *options, struct runner **runner_out);
/* Takes nothing new, gives back what has not begun; done(arg) when everything that ran is recorded.
 */
void runner_stop(struct runner *runner, loop_fn done, void *arg);
/* Acks that Redis has not confirmed yet: an orderly end waits a little for 0. */
size_t runner_unsettled(const struct runner *runner);
/* After the store is closed, before the link is. NULL is fine. */
void runner_close(struct runner *runner);

#endif
