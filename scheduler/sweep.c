/* scheduler/sweep.c -- rows whose hint was told but is in no stream any more: told again. A row
 * whose hint may still be there, in a long backlog or a paused stream, is left alone. */
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "redis/queue.h"
#include "scheduler/told.h"
#include "store/tasks.h"

enum {
	SWEEP_ROWS_MAX = 1000,
	SWEEP_GRACE_MS =
		5000, /* overdue for so long, and told so long ago, although the stream is empty */
	SWEEP_PROMOTED_MS = 1000, /* after its time at the latest a delayed one is in its stream */
	SWEEP_KINDS = TASK_TYPES * TASK_CLASSES,
};

/* Told before this, a hint can't be in the stream. */
static enum status lost_before(struct scheduler *scheduler, enum task_type type,
			       enum task_class class, int64_t now_ms, int64_t *before_ms_out)
{
	enum status status = queue_first_entry_ms(scheduler->conn, type, class, before_ms_out);

	if (*before_ms_out == 0 || *before_ms_out > now_ms - SWEEP_GRACE_MS)
		*before_ms_out = now_ms - SWEEP_GRACE_MS;
	return status;
}

/* One page of one stream's rows; EMPTY: there are no more. */
static enum status sweep_page(struct scheduler *scheduler, enum task_type type,
			      enum task_class class)
{
	int64_t now_ms = clock_wall_ms();
	struct task_scan scan = { .what = SCAN_PUBLISHED,
				  .after_id = scheduler->sweep.after_id,
				  .limit = SWEEP_ROWS_MAX,
				  .type = type,
				  .class = class };
	struct task_notice *notices;
	size_t count = 0;
	enum status status = lost_before(scheduler, type, class, now_ms, &scan.published_before_ms);

	/* A delayed one was told long before it entered the stream. */
	scan.due_before_ms = scan.published_before_ms - SWEEP_PROMOTED_MS;
	if (status == STATUS_OK)
		status = tasks_scan_ready(scheduler->reader, &scan, &scheduler->arena, &notices,
					  &count);
	if (status != STATUS_OK || count == 0)
		return status == STATUS_OK ? STATUS_EMPTY : status;
	status = told_publish(scheduler, notices, count);
	CRASH_POINT("sweep.told");
	if (status != STATUS_OK)
		return status;
	scheduler->sweep.after_id = notices[count - 1].id;
	log_info("sweep.told_again", LOG_C("type", task_type_name(type)),
		 LOG_C("class", task_class_name(class)), LOG_INT("tasks", count));
	return count < SWEEP_ROWS_MAX ? STATUS_EMPTY : STATUS_OK;
}

enum status sweep_run(struct scheduler *scheduler, int64_t *again_ms_out)
{
	enum task_type type = (enum task_type)(scheduler->sweep.kind / TASK_CLASSES);
	enum task_class class = (enum task_class)(scheduler->sweep.kind % TASK_CLASSES);
	enum status status = STATUS_EMPTY;

	if (task_rows[type].kind != TASK_LOCAL)
		status = sweep_page(scheduler, type, class);
	if (status != STATUS_OK && status != STATUS_EMPTY)
		return status;
	if (status == STATUS_EMPTY) {
		scheduler->sweep.after_id = 0;
		scheduler->sweep.kind = (scheduler->sweep.kind + 1) % SWEEP_KINDS;
	}
	/* The rest of the round follows at once, with the other chores in between. */
	if (scheduler->sweep.kind != 0 || scheduler->sweep.after_id != 0)
		*again_ms_out = 0;
	return STATUS_OK;
}
