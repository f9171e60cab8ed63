/* scheduler/due.c -- the delayed sets hold what comes within a minute; here it goes to the streams
 * at its time. */
#include "base/clock.h"
#include "base/crash.h"
#include "redis/queue.h"
#include "scheduler/scheduler.h"

enum { PROMOTE_MAX = 1000 };

enum status due_promote(struct scheduler *scheduler, int64_t *again_ms_out)
{
	int64_t now_ms = clock_wall_ms(), moved = 0, next_due_ms = 0;
	enum status status =
		queue_promote(scheduler->conn, now_ms, PROMOTE_MAX, &moved, &next_due_ms);

	if (status != STATUS_OK)
		return status;
	if (moved > 0)
		CRASH_POINT("due.promoted");
	if (moved >= PROMOTE_MAX)
		*again_ms_out = 0;
	else if (next_due_ms > now_ms && next_due_ms - now_ms < *again_ms_out)
		*again_ms_out = next_due_ms - now_ms;
	return STATUS_OK;
}
