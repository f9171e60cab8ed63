/* workers/transactional.c -- tasks whose whole effect is in the records: row, handler and end in
 * one change, exactly once. */
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "workers/errand.h"

static enum status run(struct db *db, void *arg)
{
	struct errand *errand = arg;
	int64_t now_ms = clock_wall_ms();
	enum status status = errand_take(db, errand, now_ms);
	struct work work = errand_work(db, errand, now_ms);

	if (status != STATUS_OK)
		return status;
	status = handlers[errand->task.type].run(&work, &errand->outcome);
	if (status == STATUS_EMPTY)
		status = STATUS_OK;
	errand->handler_status = status;
	if (status == STATUS_OK)
		status = errand_finish(db, errand, now_ms);
	return status;
}

static void ended(enum status status, void *arg)
{
	struct errand *errand = arg;

	CRASH_POINT("transactional.committed");
	if (status == STATUS_OK || status == STATUS_EMPTY)
		errand_end(errand);
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
