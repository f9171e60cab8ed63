/* scheduler/trim.c -- keeps the streams short. */
#include "redis/queue.h"
#include "scheduler/scheduler.h"

enum status trim_run(struct scheduler *scheduler, int64_t *again_ms_out)
{
	(void)again_ms_out;
	return queue_trim(scheduler->conn, scheduler->leader.generation);
}
