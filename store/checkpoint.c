/* store/checkpoint.c -- PASSIVE, then TRUNCATE with retries. */
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

/* All is in the database, and who still reads the WAL began before: it is a matter of their end. A
 * reader that holds an older state back may stay for long. */
static bool ends_soon(const struct db *db, int frames, int written_back)
{
	return frames == written_back && checkpoint_wal_bytes(db) > CHECKPOINT_URGENT_BYTES;
}

static int truncate_wal(struct db *db)
{
	int64_t began_us = clock_mono_us(), patience_ms;
	int code, frames = 0, written_back = 0;

	/* SQLite's own waiting sleeps in steps that are too long here. */
	sqlite3_busy_timeout(db->handle, 0);
	for (;;) {
		struct timespec pause = { 0, CHECKPOINT_RETRY_US * 1000L };
		bool soon;

		code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE,
						 &frames, &written_back);
		soon = ends_soon(db, frames, written_back);
		patience_ms = soon ? CHECKPOINT_URGENT_TRY_MS : CHECKPOINT_TRY_MS;
		db->checkpoint_pause_ms = soon ? CHECKPOINT_URGENT_PAUSE_MS : CHECKPOINT_PAUSE_MS;
		if ((code & 0xff) != SQLITE_BUSY ||
		    clock_mono_us() - began_us >= patience_ms * 1000)
			break;
		nanosleep(&pause, NULL);
	}
	sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
	return code;
}

bool checkpoint_run(struct db *db)
{
	int code;

	CRASH_POINT("checkpoint.before");
	db->checkpoint_pause_ms = CHECKPOINT_PAUSE_MS;
	code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	CRASH_POINT("checkpoint.written_back");
	if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY)
		code = truncate_wal(db);
	if (code == SQLITE_OK) {
		CRASH_POINT("checkpoint.truncated");
		db->wal_pages = 0;
		return true;
	}
	if ((code & 0xff) != SQLITE_BUSY)
		log_error("records.checkpoint_failed", LOG_INT("code", code),
			  LOG_C("detail", sqlite3_errmsg(db->handle)));
	return false;
}

int64_t checkpoint_pause_ms(const struct db *db)
{
	return db->checkpoint_pause_ms;
}
