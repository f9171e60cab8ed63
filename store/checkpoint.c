/* store/checkpoint.c -- PASSIVE, then RESTART or TRUNCATE with retries. */
#include "store/checkpoint.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "store/db_private.h"

enum { FRAME_BYTES = 4096 + 24, BUSY_TIMEOUT_MS = 1000 };

int64_t checkpoint_wal_bytes(const struct db *db)
{
	return db->wal_pages * FRAME_BYTES;
}

/* Is it worth keeping writers waiting? Most readers end soon, and new ones read the database itself
 * once all is written back; one that stays (a backup) is not waited for each time. */
static bool is_urgent(const struct db *db)
{
	return checkpoint_wal_bytes(db) > CHECKPOINT_URGENT_BYTES &&
	       db->checkpoint_failures < CHECKPOINT_URGENT_TRIES;
}

/* With a mode that needs every reader gone from the WAL. */
static int finish(struct db *db, int mode)
{
	int64_t try_ms = is_urgent(db) ? CHECKPOINT_URGENT_TRY_MS : CHECKPOINT_TRY_MS;
	int64_t deadline_us = clock_mono_us() + try_ms * 1000;
	int code;

	/* SQLite's own waiting sleeps in steps that are too long here. */
	sqlite3_busy_timeout(db->handle, 0);
	for (;;) {
		struct timespec pause = { 0, CHECKPOINT_RETRY_US * 1000L };

		code = sqlite3_wal_checkpoint_v2(db->handle, NULL, mode, NULL, NULL);
		if ((code & 0xff) != SQLITE_BUSY || clock_mono_us() >= deadline_us)
			break;
		nanosleep(&pause, NULL);
	}
	sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
	return code;
}

static bool run(struct db *db, int mode)
{
	int code;

	CRASH_POINT("checkpoint.before");
	code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	CRASH_POINT("checkpoint.written_back");
	if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY)
		code = finish(db, mode);
	if (code == SQLITE_OK) {
		CRASH_POINT("checkpoint.finished");
		db->wal_pages = 0;
		db->checkpoint_failures = 0;
		return true;
	}
	if ((code & 0xff) != SQLITE_BUSY)
		log_error("records.checkpoint_failed", LOG_INT("code", code),
			  LOG_C("detail", sqlite3_errmsg(db->handle)));
	if (checkpoint_wal_bytes(db) > CHECKPOINT_URGENT_BYTES)
		db->checkpoint_failures++;
	return false;
}

bool checkpoint_restart(struct db *db)
{
	return run(db, SQLITE_CHECKPOINT_RESTART);
}

bool checkpoint_truncate(struct db *db)
{
	return run(db, SQLITE_CHECKPOINT_TRUNCATE);
}

int64_t checkpoint_pause_ms(const struct db *db)
{
	return is_urgent(db) ? CHECKPOINT_URGENT_PAUSE_MS : CHECKPOINT_PAUSE_MS;
}
