/* store/tasks.h -- what must be done: the rows that decide whether a task runs. */
#ifndef STORE_TASKS_H
#define STORE_TASKS_H

#include "base/arena.h"
#include "domain/task.h"

#include <stdbool.h>
#include <stdint.h>

struct db;

struct task_new {
	enum task_type type;
	enum task_class class;
	struct str payload;   /* JSON */
	struct str order_key; /* STR_NONE: no order */
	struct str dedup_key; /* STR_NONE: none; unique among waiting and ready rows */
	int64_t due_at_ms;    /* 0: now */
};

struct task {
	int64_t id;
	enum task_type type;
	enum task_class class;
	enum task_state state;
	struct str payload, order_key, dedup_key, last_error;
	int64_t due_at_ms, created_at_ms, published_at_ms;
	int attempt; /* errors so far; the claim under way is attempt + 1 */
	int crashes;
	struct str worker; /* incarnation, while running */
};

/* Adds: `waiting` when an unfinished (waiting, ready, running) row of its order key stands before
 * it, else `ready` and told to Redis after COMMIT (due within 60 s). An equal dedup_key already
 * waiting or ready: OK, nothing added, *id_out its id. */
CHECKED enum status tasks_add(struct db *db, const struct task_new *task, int64_t now_ms,
			      int64_t *id_out);
/* A waiting or ready row with this dedup key is deleted (its key's next becomes ready). OK also
 * when there is none. */
CHECKED enum status tasks_cancel(struct db *db, struct str dedup_key, int64_t now_ms);
/* Unfinished `deliver` tasks of one appeal's messages. */
CHECKED enum status tasks_cancel_deliveries(struct db *db, int64_t appeal_id, int64_t now_ms);

/* ---- running; every one tests the fence -------------------------------------------------- */

/* Who runs it. A worker that was declared dead gets CONFLICT from everything. */
struct fence {
	int64_t task_id;
	struct str worker;
	int attempt; /* as in the task that take or claim returned */
};

/* Transactional: ready and due -> the row, loaded and taken out, to be finished in the same change
 * (asserted). A handler that fails rolls its change back, and so the row stands; another change
 * then records its RETRY or BURY under the same fence. EMPTY: no such row, not ready, or not due
 * (drop the hint). DENIED: the worker is dead to the others. */
CHECKED enum status tasks_take(struct db *db, int64_t id, struct str worker, int64_t now_ms,
			       struct arena *arena, struct task *task_out);
/* Instead of tasks_finish for a task that was taken and is done: OK: the next of its order key is
 * taken in its place, as Redis needs not be told of what whoever holds the key runs at once. Only
 * one of the same type and class that is due; EMPTY: it is another, and ready now, or there is
 * none.
 */
CHECKED enum status tasks_take_next(struct db *db, int64_t now_ms, struct arena *arena,
				    struct task *task_out);
/* External: ready and due -> running for `worker`. As tasks_take otherwise. */
CHECKED enum status tasks_claim(struct db *db, int64_t id, struct str worker, int64_t now_ms,
				struct arena *arena, struct task *task_out);
/* Records what came of it: done and unknown delete it (what is not known for sure is told by the
 * record it was about); retry and wait make it ready at their time with attempt + 1 (wait:
 * unchanged); bury makes it dead. The attempts_max-th error buries. A retry whose dedup_key is
 * queued once more by now is gone: that row does the work. The key's next becomes ready when it is
 * gone or dead. CONFLICT: the fence no longer holds, nothing changed. *state_out (may be NULL):
 * TASK_READY again, or TASK_DEAD; TASK_STATES: gone. */
CHECKED enum status tasks_finish(struct db *db, const struct fence *fence,
				 const struct outcome *outcome, int64_t now_ms,
				 enum task_state *state_out);
/* A suspect of a dead batch is about to run alone: crashes + 1, committed before it runs; past the
 * limit it is buried. OK: run it. EMPTY: gone or buried. */
CHECKED enum status tasks_suspect(struct db *db, int64_t id, int64_t now_ms);

/* ---- who runs things --------------------------------------------------------------------- */

CHECKED enum status workers_add(struct db *db, struct str incarnation, struct str service,
				struct str slot, int64_t now_ms);
/* Declares it dead: its running rows go by their type's on_death (retry: ready again; unknown:
 * listed to the caller, who resolves them with tasks_finish under the fence of the dead worker). OK
 * also when it was dead already. */
CHECKED enum status workers_bury(struct db *db, struct str incarnation, int64_t now_ms,
				 struct arena *arena, struct task **unknown_out, size_t *count_out);
CHECKED enum status workers_is_alive(struct db *db, struct str incarnation, bool *alive_out);
CHECKED enum status workers_leave(struct db *db, struct str incarnation,
				  int64_t now_ms); /* an orderly end */
struct worker_row {
	struct str incarnation, service, slot;
	int64_t started_at_ms;
};
CHECKED enum status workers_list_alive(struct db *db, struct arena *arena,
				       struct worker_row **rows_out, size_t *count_out);

/* ---- relay, sweep, rebuild, due ---------------------------------------------------------- */

/* Which ready rows of published types. */
enum task_scan_what {
	SCAN_ALL,	  /* the rebuild */
	SCAN_UNPUBLISHED, /* the relay: not known to be told, and ready before ready_before_ms */
	SCAN_PUBLISHED,	  /* the sweep: of one type and class, told before published_before_ms */
};
/* Those with due_at <= due_before and id > after_id, ascending by id; SCAN_UNPUBLISHED: in no
 * order, from the first. */
struct task_scan {
	enum task_scan_what what;
	int64_t after_id, due_before_ms;
	int64_t ready_before_ms, published_before_ms;
	enum task_type type;
	enum task_class class;
	int64_t limit;
};
CHECKED enum status tasks_scan_ready(struct db *db, const struct task_scan *scan,
				     struct arena *arena, struct task_notice **notices_out,
				     size_t *count_out);
CHECKED enum status tasks_mark_published(struct db *db, const int64_t *ids, size_t count,
					 int64_t now_ms);
/* The next due time of a ready row after now, for the clock; EMPTY: none. */
CHECKED enum status tasks_next_due(struct db *db, int64_t now_ms, int64_t *due_at_out);
/* Local types: ready, due rows of that type, oldest first. */
CHECKED enum status tasks_ready_of_type(struct db *db, enum task_type type, int64_t now_ms,
					int64_t limit, struct arena *arena, struct task **tasks_out,
					size_t *count_out);
/* Adds a row that is dead from the start: kept for people, with its error. */
CHECKED enum status tasks_add_dead(struct db *db, const struct task_new *task, struct str error,
				   int64_t now_ms);

CHECKED enum status tasks_get(struct db *db, int64_t id, struct arena *arena,
			      struct task *task_out);

/* Counts by type and state, for metrics. */
struct task_count {
	enum task_type type;
	enum task_state state;
	int64_t count, oldest_at_ms;
};
CHECKED enum status tasks_count(struct db *db, struct arena *arena, struct task_count **counts_out,
				size_t *count_out);

#endif
