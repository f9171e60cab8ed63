/* scheduler/relay.c -- tells Redis what its publisher could not, and of timers that come within its
 * horizon. */
#include "base/clock.h"
#include "base/crash.h"
#include "scheduler/told.h"
#include "store/marks.h"
#include "store/tasks.h"

enum {
	RELAY_ROWS_MAX = 1000,
	RELAY_AGE_MS = 1000,	  /* younger ones are on their way */
	RELAY_HORIZON_MS = 55000, /* the delayed sets hold 60 s; a clock that steps back a little
				     must not lose any */
	COMMIT_MS = 300,	  /* what a mark may take on its way into the records */
};
_Static_assert(MARKS_AGE_MS + MARKS_SPAN_MS + COMMIT_MS < RELAY_AGE_MS,
	       "what is known to be told is marked before it is looked for");

enum status relay_run(struct scheduler *scheduler, int64_t *again_ms_out)
{
	int64_t now_ms = clock_wall_ms();
	struct task_scan scan = { .what = SCAN_UNPUBLISHED,
				  .due_before_ms = now_ms + RELAY_HORIZON_MS,
				  .ready_before_ms = now_ms - RELAY_AGE_MS,
				  .limit = RELAY_ROWS_MAX };
	struct task_notice *notices;
	size_t count = 0;
	enum status status =
		tasks_scan_ready(scheduler->reader, &scan, &scheduler->arena, &notices, &count);

	if (status == STATUS_OK && count > 0) {
		CRASH_POINT("relay.before");
		status = told_publish(scheduler, notices, count);
		CRASH_POINT("relay.told");
	}
	if (status == STATUS_OK && count == RELAY_ROWS_MAX)
		*again_ms_out = 0;
	return status;
}
