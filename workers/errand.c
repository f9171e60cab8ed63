/* workers/errand.c -- an errand's memory, and its row in the records. */
#include "workers/errand.h"

#include "store/tasks.h"

#include <stdlib.h>

enum { SPARE_MAX = 384 };

/* ---- memory ------------------------------------------------------------------------------ */

struct errand *errand_new(struct runner *runner)
{
	struct errand *errand = TAILQ_FIRST(&runner->spare);

	if (errand == NULL) {
		errand = calloc(1, sizeof(*errand));
		if (errand == NULL)
			abort();
	} else {
		TAILQ_REMOVE(&runner->spare, errand, entry);
		runner->spare_count--;
	}
	errand->runner = runner;
	TAILQ_INSERT_TAIL(&runner->errands, errand, entry);
	return errand;
}

static void errand_release(struct errand *errand)
{
	arena_release(&errand->names);
	arena_release(&errand->arena);
	free(errand);
}

void errand_free(struct errand *errand)
{
	struct runner *runner = errand->runner;

	TAILQ_REMOVE(&runner->errands, errand, entry);
	budget_forget(runner->options.budget, &errand->budget);
	if (runner->spare_count == SPARE_MAX) {
		errand_release(errand);
		return;
	}
	arena_reset(&errand->names);
	arena_reset(&errand->arena);
	*errand = (struct errand){ .names = errand->names, .arena = errand->arena };
	TAILQ_INSERT_HEAD(&runner->spare, errand, entry);
	runner->spare_count++;
}

void errands_release(struct runner *runner)
{
	struct errand *errand;

	while ((errand = TAILQ_FIRST(&runner->spare)) != NULL) {
		TAILQ_REMOVE(&runner->spare, errand, entry);
		errand_release(errand);
	}
}

/* ---- rows -------------------------------------------------------------------------------- */

enum status errand_take(struct db *db, struct errand *errand, int64_t now_ms)
{
	struct str worker = errand->runner->options.incarnation;
	enum status status;

	arena_reset(&errand->arena);
	errand->call = (struct call){ .kind = CALL_NONE };
	errand->outcome = (struct outcome){ .kind = OUTCOME_DONE };
	errand->handler_status = STATUS_OK;
	errand->state = TASK_STATES;
	if (errand->lane == LANE_EXTERNAL)
		status = tasks_claim(db, errand->hint.task_id, worker, now_ms, &errand->arena,
				     &errand->task);
	else
		status = tasks_take(db, errand->hint.task_id, worker, now_ms, &errand->arena,
				    &errand->task);
	/* A hint that lies about its task; not OK also undoes the claim. */
	return status == STATUS_OK && errand->task.type != errand->hint.type ? STATUS_EMPTY
									     : status;
}

struct work errand_work(struct db *db, struct errand *errand, int64_t now_ms)
{
	return (struct work){
		.db = db, .task = &errand->task, .now_ms = now_ms, .arena = &errand->arena
	};
}

enum status errand_finish(struct db *db, struct errand *errand, int64_t now_ms)
{
	const struct handler *handler = &handlers[errand->task.type];
	struct fence fence = { errand->task.id, errand->runner->options.incarnation,
			       errand->task.attempt };
	struct work work = errand_work(db, errand, now_ms);
	enum status status = tasks_finish(db, &fence, &errand->outcome, now_ms, &errand->state);

	if (status == STATUS_OK && errand->state == TASK_DEAD && handler->lost != NULL)
		status = handler->lost(&work, errand->outcome.reason);
	return status;
}
