/* store/jobs.c -- ticks, and the table of what is purged when. */
#include "store/jobs.h"

#include "store/bots.h"
#include "store/db.h"
#include "store/idempotency.h"
#include "store/meta.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

struct purge {
	enum sql_id sql;
	int64_t kept_ms; /* after the moment that the statement compares */
};

/* clang-format off */
static const struct purge purges[] = {
	{ SQL_purge_updates,        UPDATES_KEPT_MS },
	{ SQL_purge_idempotency,    IDEMPOTENCY_KEPT_MS },
	{ SQL_purge_refresh_tokens, 0 },
	{ SQL_purge_sessions,       0 },
	{ SQL_purge_ticks,          30 * DAY_MS },
	{ SQL_purge_workers,        DAY_MS },
};
/* clang-format on */

enum status jobs_last_tick(struct db *db, struct str job, int64_t *tick_ms_out)
{
	return SQL_ONE_INT(db, SQL_jobs_last_tick, tick_ms_out, V_STR(job));
}

enum status jobs_note_tick(struct db *db, struct str job, int64_t tick_ms, int64_t generation,
			   int64_t now_ms)
{
	int64_t current = 0, noted;
	enum status status = meta_get(db, META_SCHEDULER_GENERATION, &current);

	if (status != STATUS_OK)
		return status;
	if (current != generation)
		return STATUS_DENIED;
	status = SQL_ONE_INT(db, SQL_jobs_note_tick, &noted, V_STR(job), V_INT(tick_ms),
			     V_INT(now_ms));
	return status == STATUS_NOT_FOUND ? STATUS_CONFLICT : status;
}

enum status jobs_purge(struct db *db, int64_t now_ms, int64_t limit, bool *more_out)
{
	enum status status = STATUS_OK;

	*more_out = false;
	for (size_t i = 0; i < sizeof(purges) / sizeof(*purges) && status == STATUS_OK; i++) {
		int64_t changed = 0;

		status = SQL_RUN(db, purges[i].sql, &changed, V_INT(now_ms - purges[i].kept_ms),
				 V_INT(limit));
		*more_out = *more_out || changed >= limit;
	}
	return status;
}
