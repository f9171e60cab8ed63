/* workers/errand.h -- one stream entry in this worker's hands, from its reading to its end. Private
 * to the runner and its two lanes. */
#ifndef WORKERS_ERRAND_H
#define WORKERS_ERRAND_H

#include "redis/reader.h"
#include "workers/budget.h"
#include "workers/commit.h"
#include "workers/gate.h"
#include "workers/handlers.h"
#include "workers/runner.h"

enum lane { LANE_TRANSACTIONAL, LANE_EXTERNAL, LANES };

struct errand {
	TAILQ_ENTRY(errand) entry;
	struct runner *runner;
	enum lane lane;
	struct reader_entry hint; /* strings in `names` */
	struct arena names;
	bool entered; /* through the gate: it has begun and will be finished */
	bool inside;  /* and has not left it yet */
	bool acked;
	struct gate_turn gate;
	struct budget_turn budget;
	bool has_budget; /* a granted token that is not yet used */
	struct commit commit;

	/* The work; all from `arena`, reset when it begins anew. Between two commits the loop's, in
	 * them the writer thread's. */
	struct arena arena;
	struct task task;
	struct call call;
	struct call_answer answer;
	struct outcome outcome;
	enum task_state state;	    /* after the outcome: TASK_STATES is gone */
	enum status handler_status; /* OK: what failed was the machinery around it */
	enum status failed_with;    /* of the handler, while that is being recorded */
	bool is_over;		    /* a suspect whose task is gone or buried */
	int went_on;		    /* transactional: tasks behind it that ran in the same change */
	bool goes_alone;	    /* one of those failed */
	bool held_back; /* the call was not made because this worker may be dead to the others */
};

struct runner {
	struct runner_options options;
	struct reader *readers[LANES];
	struct gate gate;
	TAILQ_HEAD(, errand) errands;
	TAILQ_HEAD(, errand) spare; /* ended ones, for their memory */
	size_t spare_count;
	int freed[LANES]; /* slots that the readers are told of at the end of the turn */
	struct loop_timer *turn_end;
	bool stopping;
	loop_fn stopped;
	void *stopped_arg;
	bool dead;
};

/* The lanes: begin when the gate lets the errand in. */
void transactional_begin(struct errand *errand);
void external_begin(struct errand *errand);

/* ---- memory ------------------------------------------------------------------------------ */

/* Zeroed and listed; its arenas may be those of an ended one. */
struct errand *errand_new(struct runner *runner);
void errand_free(struct errand *errand);
/* What is kept of ended ones. */
void errands_release(struct runner *runner);

/* ---- what both lanes need ---------------------------------------------------------------- */

/* The row for this errand, to be finished by errand_finish: taken or claimed as its lane does. */
CHECKED enum status errand_take(struct db *db, struct errand *errand, int64_t now_ms);
struct work errand_work(struct db *db, struct errand *errand, int64_t now_ms);
/* Records errand->outcome under the fence, and what a buried task leaves behind. */
CHECKED enum status errand_finish(struct db *db, struct errand *errand, int64_t now_ms);
/* The handler failed and was rolled back: records in a change of its own that the row is retried or
 * buried. */
void errand_retry_failed(struct errand *errand, void (*then)(enum status status, void *arg));

/* The entry is done with in the stream (into the dead list when its task was buried), and others
 * may enter. */
void errand_ack(struct errand *errand);
/* Acked if it was not; the slot is free. */
void errand_end(struct errand *errand);
/* The fence said DENIED: the others think that we are dead. */
void errand_died(struct errand *errand);

#endif
