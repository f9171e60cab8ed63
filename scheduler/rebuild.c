/* scheduler/rebuild.c -- Redis may be lost at any moment; here it is filled anew from the records.
 */
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "redis/queue.h"
#include "scheduler/told.h"
#include "store/meta.h"
#include "store/tasks.h"

enum {
	REBUILD_ROWS_MAX = 2000, /* of one page */
	REBUILD_HORIZON_MS =
		60000, /* all that publishers may have told to the Redis that is lost */
};

static enum status epoch_next(struct db *db, void *arg)
{
	return meta_next(db, META_QUEUE_EPOCH, arg);
}

/* One page of ready rows from after_id on; EMPTY: that was the last. */
static enum status page_add(struct scheduler *scheduler, int64_t number, int64_t *after_id,
			    size_t *added)
{
	struct task_scan scan = { .after_id = *after_id,
				  .due_before_ms = clock_wall_ms() + REBUILD_HORIZON_MS,
				  .limit = REBUILD_ROWS_MAX };
	struct task_notice *notices;
	size_t count = 0;
	enum status status =
		tasks_scan_ready(scheduler->reader, &scan, &scheduler->arena, &notices, &count);

	if (status != STATUS_OK)
		return status;
	if (count == 0)
		return STATUS_EMPTY;
	status = queue_rebuild_add(scheduler->conn, number, notices, count);
	CRASH_POINT("rebuild.page_told");
	if (status == STATUS_OK)
		status = told_mark(scheduler, notices, count);
	*after_id = notices[count - 1].id;
	*added += count;
	return status;
}

static enum status all_add(struct scheduler *scheduler, int64_t number, size_t *added)
{
	enum status status = STATUS_OK;
	int64_t after_id = 0, again_ms;

	while (status == STATUS_OK) {
		arena_reset(&scheduler->arena);
		status = page_add(scheduler, number, &after_id, added);
		/* A long rebuild must not cost the lead. */
		if (status == STATUS_OK &&
		    clock_mono_ms() - scheduler->leader.renewed_mono_ms > LEASE_RENEW_MS)
			status = leader_keep(scheduler, &again_ms);
		if (!scheduler->leader.leads)
			status = STATUS_DENIED;
	}
	return status == STATUS_EMPTY ? STATUS_OK : status;
}

static enum status rebuild(struct scheduler *scheduler, const char *reason)
{
	int64_t number = 0, began_ms = clock_mono_ms();
	size_t added = 0;
	enum status status = scheduler_write(scheduler, epoch_next, &number);

	CRASH_POINT("rebuild.epoch_recorded");
	if (status == STATUS_OK)
		status = queue_rebuild_begin(scheduler->conn, number, scheduler->leader.generation);
	CRASH_POINT("rebuild.begun");
	if (status == STATUS_OK)
		status = all_add(scheduler, number, &added);
	CRASH_POINT("rebuild.before_end");
	if (status == STATUS_OK)
		status = queue_rebuild_end(scheduler->conn, number);
	CRASH_POINT("rebuild.ended");
	if (status == STATUS_OK)
		scheduler->epoch = number;
	log_warn("redis.rebuilt", LOG_C("reason", reason), LOG_INT("epoch", number),
		 LOG_INT("tasks", added), LOG_INT("ms", clock_mono_ms() - began_ms),
		 LOG_STATUS(status));
	return status;
}

/* NULL: nothing is wrong. */
static const char *wrong(const struct queue_epoch *epoch, int64_t records_number)
{
	if (epoch->state == QUEUE_EPOCH_MISSING)
		return "it is empty, damaged or another server";
	if (epoch->state == QUEUE_EPOCH_BUILDING)
		return "a rebuild was not finished";
	return epoch->number != records_number ? "it is of another time" : NULL;
}

enum status rebuild_check(struct scheduler *scheduler, int64_t *again_ms_out)
{
	struct queue_epoch epoch;
	int64_t number = 0;
	enum status status = queue_epoch_get(scheduler->conn, &scheduler->arena, &epoch);

	scheduler->epoch = 0;
	if (status == STATUS_OK)
		status = meta_get(scheduler->reader, META_QUEUE_EPOCH, &number);
	if (status != STATUS_OK)
		return status;
	if (wrong(&epoch, number) == NULL) {
		scheduler->epoch = number;
		return STATUS_OK;
	}
	status = rebuild(scheduler, wrong(&epoch, number));
	/* Flushed again in the middle: begin again at once. */
	if (status == STATUS_CONFLICT)
		*again_ms_out = 0;
	return status;
}
