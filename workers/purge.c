/* workers/purge.c -- drops what has outlived its use, a little at a time: nobody waits long for the
 * write lock. */
#include "store/jobs.h"
#include "workers/handlers.h"

enum { PURGE_ROWS_MAX = 500, PURGE_PAUSE_MS = 100 };

enum status purge_run(const struct work *work, struct outcome *outcome_out)
{
	bool more = false;
	enum status status = jobs_purge(work->db, work->now_ms, PURGE_ROWS_MAX, &more);

	if (more)
		*outcome_out = (struct outcome){ OUTCOME_WAIT, work->now_ms + PURGE_PAUSE_MS,
						 STR("more to drop") };
	return status;
}
