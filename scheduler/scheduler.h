/* scheduler/scheduler.h -- the clock of the desk: one thread that runs a table of chores while it
 * leads, and stands by while another does. */
#ifndef SCHEDULER_SCHEDULER_H
#define SCHEDULER_SCHEDULER_H

#include "base/arena.h"
#include "redis/conn.h"
#include "scheduler/alive.h"
#include "scheduler/jobs.h"
#include "scheduler/leader.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

struct scheduler_options {
	struct store *store;
	const struct redis_address *redis;
	struct str incarnation; /* holds the lease */
	const char *dir;	/* ECO_DIR, where slots are held */
	const struct job *jobs; /* checked by jobs_check */
	size_t job_count;
};

enum { CHORES_MAX = 16 };

struct scheduler {
	struct scheduler_options options;
	struct redis_conn *conn;
	struct db *reader;
	struct arena arena; /* reset before each chore */
	struct leader leader;
	struct alive_watch alive;
	struct jobs_state jobs;
	struct {
		int64_t after_id; /* where the sweep under way goes on; 0: begins anew */
		size_t kind;	  /* type and class it is at */
	} sweep;
	int64_t epoch; /* that Redis carries as it should; 0: none, or not known */
	int64_t next_mono_ms[CHORES_MAX]; /* of each chore */
	int64_t wall_offset_ms;		  /* wall minus monotonic: a jump shows */
};

/* On the thread that will run it. The scheduler is plain memory of the caller's. */
CHECKED enum status scheduler_open(const struct scheduler_options *options,
				   struct scheduler *scheduler);
/* Gives the lease up, so that a standby need not wait for its end. */
void scheduler_close(struct scheduler *scheduler);
/* Runs what is due; returns how long there is nothing to do, at most SCHEDULER_NAP_MS_MAX. */
int64_t scheduler_turn(struct scheduler *scheduler);
enum { SCHEDULER_NAP_MS_MAX = 40 }; /* due tasks are to run within 50 ms of their time */

/* A change in the leader's name: DENIED, and nothing changed, when its generation is over; it
 * stands by then. */
CHECKED enum status scheduler_write(struct scheduler *scheduler, change_fn run, void *arg);

/* ---- chores: *again_ms_out is set to the chore's period and may be lowered --------------- */

typedef enum status (*chore_fn)(struct scheduler *scheduler, int64_t *again_ms_out);

/* leader.c: takes or renews the lease. */
CHECKED enum status leader_keep(struct scheduler *scheduler, int64_t *again_ms_out);
/* rebuild.c: Redis must carry the epoch of the records, or else is built anew from them. */
CHECKED enum status rebuild_check(struct scheduler *scheduler, int64_t *again_ms_out);
/* due.c: delayed tasks go to their streams at their time. */
CHECKED enum status due_promote(struct scheduler *scheduler, int64_t *again_ms_out);
/* relay.c: what Redis was not told, and what comes within its horizon now. */
CHECKED enum status relay_run(struct scheduler *scheduler, int64_t *again_ms_out);
/* jobs.c: ticks of periodic jobs. */
CHECKED enum status jobs_run(struct scheduler *scheduler, int64_t *again_ms_out);
/* alive.c: who died, and who runs their tasks now. */
CHECKED enum status alive_look(struct scheduler *scheduler, int64_t *again_ms_out);
/* sweep.c: hints that were lost. */
CHECKED enum status sweep_run(struct scheduler *scheduler, int64_t *again_ms_out);
/* trim.c: what all have read and acked leaves the streams. */
CHECKED enum status trim_run(struct scheduler *scheduler, int64_t *again_ms_out);

#endif
