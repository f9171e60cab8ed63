/* bots/requeued.h -- runs raw updates that people have requeued: TASK_BOT_UPDATE rows of this bot
 * that are ready again. */
#ifndef BOTS_REQUEUED_H
#define BOTS_REQUEUED_H

#include "base/loop.h"
#include "bots/intake.h"
#include "store/store.h"

struct requeued;

struct requeued_options {
	struct event_base *base;
	struct store *store;
	struct db *reader; /* the loop's own */
	const struct intake_table *table;
	int64_t bot_id;
	struct bot_api *replies;
	struct str incarnation; /* as in workers_add: tasks are taken under it */
	loop_fn buried;		/* the records hold this process for dead: it must start anew */
	void *arg;
};

/* Looks once a second, one row at a time. */
CHECKED enum status requeued_open(const struct requeued_options *options,
				  struct requeued **requeued_out);
/* Takes nothing new. */
void requeued_stop(struct requeued *requeued);
/* The store must be closed before. NULL is fine. */
void requeued_close(struct requeued *requeued);

/* ---- the one change that runs a row ------------------------------------------------------ */

struct requeued_run {
	const struct intake_table *table;
	int64_t bot_id, task_id;
	struct str incarnation;
	struct arena arena;
	struct reply reply; /* what to say when it is durable */
	struct replies replies;
};
void requeued_run_init(struct requeued_run *run, const struct requeued_options *options,
		       int64_t task_id);
void requeued_run_release(struct requeued_run *run);
/* A change_fn. EMPTY: the row is gone. DENIED: this process is dead to the others. */
enum status requeued_change(struct db *db, void *run);

#endif
