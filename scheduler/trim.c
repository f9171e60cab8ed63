/* scheduler/trim.c -- keeps the streams short. */
#include "redis/queue.h"
#include "scheduler/scheduler.h"

#include "base/crash.h"

enum status trim_run(struct scheduler *scheduler, int64_t *again_ms_out)
{
	enum status status = queue_trim(scheduler->conn, scheduler->leader.generation);

	(void)again_ms_out;
	CRASH_POINT("trim.done");
	return status;
}
