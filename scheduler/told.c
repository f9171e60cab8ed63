/* scheduler/told.c -- publication by the scheduler. */
#include "scheduler/told.h"

#include "base/clock.h"
#include "base/crash.h"
#include "redis/queue.h"
#include "store/tasks.h"

struct told {
	const int64_t *ids;
	size_t count;
	int64_t now_ms;
};

static enum status mark(struct db *db, void *arg)
{
	const struct told *told = arg;

	return tasks_mark_published(db, told->ids, told->count, told->now_ms);
}

enum status told_mark(struct scheduler *scheduler, const struct task_notice *notices, size_t count)
{
	int64_t *ids = arena_array(&scheduler->arena, count, sizeof(*ids));
	struct told told = { ids, count, clock_wall_ms() };

	for (size_t i = 0; i < count; i++)
		ids[i] = notices[i].id;
	return scheduler_write(scheduler, mark, &told);
}

enum status told_publish(struct scheduler *scheduler, const struct task_notice *notices,
			 size_t count)
{
	enum status status = queue_publish(scheduler->conn, notices, count);

	CRASH_POINT("told.published");
	/* Refused while another epoch is being built: that is no loss of the lead. */
	if (status == STATUS_DENIED)
		return STATUS_BUSY;
	return status == STATUS_OK ? told_mark(scheduler, notices, count) : status;
}
