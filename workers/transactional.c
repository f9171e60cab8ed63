/* workers/transactional.c -- tasks whose whole effect is in the records: row, handler and end in
 * one change, exactly once. */
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "store/tasks.h"
#include "workers/errand.h"

enum { GO_ON_MAX = 15 }; /* tasks of one key after the first: others wait for this change */

static enum status run_handler(struct db *db, struct errand *errand, int64_t now_ms)
{
	struct work work = errand_work(db, errand, now_ms);
	enum status status = handlers[errand->task.type].run(&work, &errand->outcome);

	errand->handler_status = status == STATUS_EMPTY ? STATUS_OK : status;
	return errand->handler_status;
}

/* A suspect must not be blamed for those behind it. */
static bool may_go_on(const struct errand *errand)
{
	return errand->outcome.kind == OUTCOME_DONE && errand->went_on < GO_ON_MAX &&
	       !errand->goes_alone && !errand->hint.suspect;
}

/* The task, and those of its key behind it. One of them that is not simply done undoes all: then
 * the first goes alone, and that one has its turn with an entry of its own. */
static enum status run(struct db *db, void *arg)
{
	struct errand *errand = arg;
	int64_t now_ms = clock_wall_ms();
	enum status status = errand_take(db, errand, now_ms);

	for (errand->went_on = 0; status == STATUS_OK; errand->went_on++) {
		status = run_handler(db, errand, now_ms);
		if (errand->went_on > 0 &&
		    (status != STATUS_OK || errand->outcome.kind != OUTCOME_DONE)) {
			errand->goes_alone = true;
			errand->handler_status = STATUS_OK; /* the first's own did well */
			return STATUS_CONFLICT;
		}
		if (status != STATUS_OK)
			return status;
		if (!may_go_on(errand))
			return errand_finish(db, errand, now_ms);
		status = tasks_take_next(db, now_ms, &errand->arena, &errand->task);
		if (status == STATUS_EMPTY)
			return STATUS_OK;
	}
	return status;
}

static void ended(enum status status, void *arg)
{
	struct errand *errand = arg;

	CRASH_POINT("transactional.committed");
	if (status == STATUS_OK || status == STATUS_EMPTY)
		errand_end(errand);
	else if (status == STATUS_CONFLICT && errand->went_on > 0)
		transactional_begin(errand);
	else if (errand->handler_status != STATUS_OK)
		errand_retry_failed(errand, ended);
	else if (status == STATUS_DENIED)
		errand_died(errand);
	else
		commits_again(errand->runner->options.commits, &errand->commit);
}

void transactional_begin(struct errand *errand)
{
	CRASH_POINT("transactional.before");
	commits_submit(errand->runner->options.commits, &errand->commit, run, ended, errand);
}
