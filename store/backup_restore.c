/* store/backup_restore.c -- a copy becomes the records: made ready in a file of its own, then
 * swapped in by one rename. */
#include "store/backup.h"

#include "base/crash.h"
#include "store/backup_private.h"
#include "store/checkpoint.h"
#include "store/lock.h"
#include "store/messages.h"
#include "store/meta.h"
#include "store/migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	COPY_BYTES = 1 << 16,
	QUEUED_AT_ONCE = 256,
	ASIDE_MAX = 100,
	GAP = 1000000, /* when nobody knows which numbers were given since */
	/* What every open connection to a database in WAL mode has locked for reading. */
	SHARED_FIRST = 0x40000002,
	SHARED_BYTES = 510,
};

/* Numbers that must not come back: a stale token or hint would mean another thing. */
static const char *const meta_keys[] = { "records_epoch", "queue_epoch", "scheduler_generation",
					 "appeal_number" };
static const char *const sequences[] = { "tasks", "sessions", "events" };
enum {
	META_COUNT = sizeof(meta_keys) / sizeof(*meta_keys),
	SEQUENCES = sizeof(sequences) / sizeof(*sequences),
	EPOCHS = 2, /* the first of meta_keys: they begin as a time */
};

struct numbers {
	int64_t meta[META_COUNT], sequence[SEQUENCES];
};

struct restore {
	const char *dir, *file, *live, *copy;
	int64_t now_ms;
	struct arena *arena;
	struct backup_report *report;
	bool has_old;
	struct numbers old;
};

static const char *beside(struct restore *restore, const char *path, const char *ending)
{
	return str_format(restore->arena, "%s%s", path, ending).data;
}

static enum status failed(struct restore *restore, const char *path)
{
	return backup_failed(restore->report, restore->arena, path, strerror(errno));
}

/* ---- the old records --------------------------------------------------------------------- */

/* DENIED: a process has them open. Asking closes the file again, which is fine only because this
 * process has no connection to it. */
static enum status users_check(struct restore *restore)
{
	struct flock asked = { .l_type = F_WRLCK,
			       .l_whence = SEEK_SET,
			       .l_start = SHARED_FIRST,
			       .l_len = SHARED_BYTES };
	int fd = open(restore->live, O_RDWR | O_CLOEXEC);
	bool known;

	if (fd < 0)
		return errno == ENOENT ? STATUS_OK : failed(restore, restore->live);
	known = fcntl(fd, F_GETLK, &asked) == 0;
	close(fd);
	if (!known)
		return failed(restore, restore->live);
	restore->report->user = asked.l_pid;
	return asked.l_type == F_UNLCK ? STATUS_OK : STATUS_DENIED;
}

/* Of a file of any version, on its bare connection. */
static bool number_read(struct db *db, enum sql_id id, const char *name, int64_t *number_out)
{
	sqlite3_stmt *stmt = NULL;
	bool read = sqlite3_prepare_v2(db->handle, sql_text(id), -1, &stmt, NULL) == SQLITE_OK &&
		    sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC) == SQLITE_OK &&
		    sqlite3_step(stmt) == SQLITE_ROW;

	if (read)
		*number_out = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return read;
}

static bool numbers_read(struct db *db, struct numbers *numbers)
{
	bool read = true;

	for (size_t i = 0; i < META_COUNT; i++)
		read = number_read(db, SQL_backup_meta, meta_keys[i], &numbers->meta[i]) && read;
	for (size_t i = 0; i < SEQUENCES; i++)
		read = number_read(db, SQL_backup_sequence, sequences[i], &numbers->sequence[i]) &&
		       read;
	return read;
}

/* Takes down its numbers, and brings its log into the file, so that the file alone is all of it.
 * Records that can't be read are the usual reason for a restore: no error. */
static void old_settle(struct restore *restore)
{
	struct db *db = NULL;
	struct stat info;
	bool settled = false;

	restore->has_old = stat(restore->live, &info) == 0 && info.st_size > 0;
	if (restore->has_old && db_connect(restore->live, true, &db) == STATUS_OK) {
		settled = numbers_read(db, &restore->old);
		settled = checkpoint_truncate(db) && settled;
		db_close(db);
	}
	restore->report->old_unread = restore->has_old && !settled;
}

/* ---- the copy ---------------------------------------------------------------------------- */

static enum status bytes_copy(int from, int to)
{
	char bytes[COPY_BYTES];
	ssize_t got;

	while ((got = read(from, bytes, sizeof(bytes))) > 0)
		for (ssize_t done = 0, wrote; done < got; done += wrote) {
			wrote = write(to, bytes + done, (size_t)(got - done));
			if (wrote <= 0)
				return STATUS_FAILED;
		}
	return got == 0 && fsync(to) == 0 ? STATUS_OK : STATUS_FAILED;
}

/* A log left of a restore that died would be taken for the next copy's. */
static void copy_remove(struct restore *restore)
{
	unlink(restore->copy);
	unlink(beside(restore, restore->copy, "-wal"));
	unlink(beside(restore, restore->copy, "-shm"));
	unlink(beside(restore, restore->copy, "-journal"));
}

static enum status copy_make(struct restore *restore)
{
	struct stat log;
	int from = open(restore->file, O_RDONLY | O_CLOEXEC), to;
	enum status status;

	if (from < 0)
		return errno == ENOENT ? STATUS_NOT_FOUND : failed(restore, restore->file);
	if (stat(beside(restore, restore->file, "-wal"), &log) == 0 && log.st_size > 0) {
		close(from);
		return backup_failed(restore->report, restore->arena, restore->file,
				     "a -wal lies beside it: it is no backup by ecoctl");
	}
	copy_remove(restore);
	to = open(restore->copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	status = to >= 0 ? bytes_copy(from, to) : STATUS_FAILED;
	if (status != STATUS_OK)
		status = failed(restore, restore->copy);
	close(from);
	if (to >= 0)
		close(to);
	return status;
}

static int64_t raised(struct restore *restore, size_t meta, int64_t in_copy)
{
	bool known = restore->has_old && !restore->report->old_unread;
	int64_t old = restore->old.meta[meta];
	int64_t top = old > in_copy ? old : in_copy;

	if (known)
		return top + 1;
	if (meta < EPOCHS)
		return in_copy + 1 > restore->now_ms / 1000 ? in_copy + 1 : restore->now_ms / 1000;
	return in_copy + GAP;
}

static enum status numbers_raise(struct restore *restore, struct db *db)
{
	bool known = restore->has_old && !restore->report->old_unread;
	struct numbers numbers;
	enum status status = numbers_read(db, &numbers) ? STATUS_OK : STATUS_FAILED;

	for (size_t i = 0; i < META_COUNT && status == STATUS_OK; i++)
		status = SQL_RUN(db, SQL_backup_meta_raise, NULL, V_C(meta_keys[i]),
				 V_INT(raised(restore, i, numbers.meta[i])));
	for (size_t i = 0; i < SEQUENCES && status == STATUS_OK; i++) {
		int64_t old = restore->old.sequence[i], in_copy = numbers.sequence[i];
		int64_t next = !known ? in_copy + GAP : old > in_copy ? old : in_copy;

		status = SQL_RUN(db, SQL_backup_sequence_forget, NULL, V_C(sequences[i]));
		if (status == STATUS_OK)
			status = SQL_RUN(db, SQL_backup_sequence_set, NULL, V_C(sequences[i]),
					 V_INT(next));
	}
	return status;
}

static enum status message_doubt(struct restore *restore, struct db *db, int64_t id)
{
	struct delivery_change change = { .to = DELIVERY_UNKNOWN,
					  .reason = STR("restored from a backup") };
	struct str dedup = str_format(db_scratch(db), "deliver:%lld", (long long)id);
	enum status status = messages_set_delivery(db, id, &change, restore->now_ms);

	return status == STATUS_OK ? tasks_cancel(db, dedup, restore->now_ms) : status;
}

/* What waited to be sent when the backup was made has most likely been sent since; what was on its
 * way then is found by the scheduler, as after any death of a worker. */
static enum status deliveries_doubt(struct restore *restore, struct db *db)
{
	int64_t ids[QUEUED_AT_ONCE], after_id = 0;
	size_t count = QUEUED_AT_ONCE;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && count == QUEUED_AT_ONCE) {
		struct sql_rows rows =
			SQL_OPEN(db, SQL_backup_queued, V_INT(after_id), V_INT(QUEUED_AT_ONCE));

		for (count = 0; count < QUEUED_AT_ONCE && sql_next(&rows); count++)
			after_id = ids[count] = sql_int(&rows, 0);
		status = sql_end(&rows);
		for (size_t i = 0; i < count && status == STATUS_OK; i++)
			status = message_doubt(restore, db, ids[i]);
		restore->report->doubtful += (int64_t)count;
		db_end_change(db);
	}
	return status;
}

/* One of an older version could not be looked at before it was brought up to date. */
static enum status older_verify(struct restore *restore, struct db *db)
{
	struct str trouble = STR_NONE;

	if (restore->report->look.version == SCHEMA_VERSION ||
	    look_verify(db, restore->arena, &trouble) == STATUS_OK)
		return STATUS_OK;
	return backup_failed(restore->report, restore->arena, "the copy is damaged",
			     str_to_c(restore->arena, trouble));
}

/* Brought up to date, told what happened to it, and in one file. */
static enum status copy_prepare(struct restore *restore)
{
	struct db *db;
	enum status status;

	if (db_open(restore->copy, true, &db) != STATUS_OK)
		return backup_failed(restore->report, restore->arena, restore->file,
				     "it can't be brought up to date");
	status = SQL_RUN(db, SQL_txn_begin, NULL, V_NULL);
	if (status == STATUS_OK)
		status = numbers_raise(restore, db);
	if (status == STATUS_OK)
		status = deliveries_doubt(restore, db);
	if (status == STATUS_OK)
		status = backup_facts(db, restore->report);
	if (status == STATUS_OK)
		status = SQL_RUN(db, SQL_txn_commit, NULL, V_NULL);
	if (status == STATUS_OK && !checkpoint_truncate(db))
		status = STATUS_FAILED;
	if (status == STATUS_OK)
		status = older_verify(restore, db);
	if (status != STATUS_OK && restore->report->trouble.len == 0)
		status = backup_failed(restore->report, restore->arena, restore->copy,
				       sqlite3_errmsg(db->handle));
	db_close(db);
	return status;
}

static enum status copy_check(struct restore *restore)
{
	enum status status = backup_verify(restore->copy, restore->arena, restore->report);

	/* Tables of an older version are brought up to date. */
	if (status == STATUS_CONFLICT && restore->report->look.version < SCHEMA_VERSION)
		return STATUS_OK;
	return status;
}

/* ---- the swap ---------------------------------------------------------------------------- */

static const char *aside_path(struct restore *restore, int number)
{
	time_t seconds = (time_t)(restore->now_ms / 1000);
	struct tm parts;
	char text[32], more[16] = "";

	gmtime_r(&seconds, &parts);
	strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &parts);
	if (number > 1)
		snprintf(more, sizeof(more), "-%d", number);
	return str_format(restore->arena, "%s/eco.db.before-restore-%s%s", restore->dir, text, more)
		.data;
}

static bool is_same_file(const char *one, const char *other)
{
	struct stat first, second;

	return stat(one, &first) == 0 && stat(other, &second) == 0 &&
	       first.st_ino == second.st_ino && first.st_dev == second.st_dev;
}

/* A second name for the old records. One that a restore which died gave them will do; that of
 * others in the same second will not. */
static enum status old_keep(struct restore *restore, const char **aside_out)
{
	const char *aside = NULL;
	int error = 0;

	*aside_out = NULL;
	if (!restore->has_old)
		return STATUS_OK;
	for (int number = 1; number <= ASIDE_MAX && (error == 0 || error == EEXIST); number++) {
		aside = aside_path(restore, number);
		error = link(restore->live, aside) == 0 ? 0 : errno;
		if (error == 0 || (error == EEXIST && is_same_file(restore->live, aside))) {
			*aside_out = aside;
			return STATUS_OK;
		}
	}
	errno = error;
	return failed(restore, aside);
}

/* At no moment is there no eco.db, and never one with another's log beside it. */
static enum status swap(struct restore *restore)
{
	const char *aside, *wal = beside(restore, restore->live, "-wal");
	enum status status = old_keep(restore, &aside);
	struct stat log;

	if (status != STATUS_OK)
		return status;
	CRASH_POINT("restore.old_kept");
	if (aside != NULL && stat(wal, &log) == 0 && log.st_size > 0 &&
	    rename(wal, beside(restore, aside, "-wal")) != 0)
		return failed(restore, wal);
	if (unlink(wal) != 0 && errno != ENOENT)
		return failed(restore, wal);
	unlink(beside(restore, restore->live, "-shm"));
	CRASH_POINT("restore.before_swap");
	if (backup_sync_folder_of(restore->live, restore->arena) != STATUS_OK ||
	    rename(restore->copy, restore->live) != 0 ||
	    backup_sync_folder_of(restore->live, restore->arena) != STATUS_OK)
		return failed(restore, restore->live);
	CRASH_POINT("restore.swapped");
	restore->report->aside = aside;
	return STATUS_OK;
}

static enum status restore_run(struct restore *restore)
{
	struct stat info;
	enum status status = users_check(restore);

	if (status == STATUS_OK)
		status = copy_make(restore);
	CRASH_POINT("restore.copied");
	if (status == STATUS_OK)
		status = copy_check(restore);
	if (status == STATUS_OK) {
		old_settle(restore);
		CRASH_POINT("restore.old_settled");
		status = copy_prepare(restore);
		CRASH_POINT("restore.prepared");
	}
	if (status == STATUS_OK && backup_sync(restore->copy, O_RDONLY) != STATUS_OK)
		status = failed(restore, restore->copy);
	if (status == STATUS_OK) {
		restore->report->bytes = stat(restore->copy, &info) == 0 ? info.st_size : 0;
		status = swap(restore);
	}
	copy_remove(restore);
	return status;
}

enum status backup_restore(const char *dir, const char *file, int64_t now_ms, struct arena *arena,
			   struct backup_report *report_out)
{
	struct restore restore = { .dir = dir,
				   .file = file,
				   .live = str_format(arena, "%s/eco.db", dir).data,
				   .copy = str_format(arena, "%s/eco.db.restoring", dir).data,
				   .now_ms = now_ms,
				   .arena = arena,
				   .report = report_out };
	struct lock *lock;
	enum status status;

	*report_out = (struct backup_report){ .look.known_version = SCHEMA_VERSION };
	if (lock_open(dir, STR("ecoctl"), STR("restore"), &lock) != STATUS_OK)
		return backup_failed(report_out, arena, dir, "eco.lock can't be opened");
	status = lock_take(lock, LOCK_TIMEOUT_MS);
	if (status == STATUS_OK)
		status = restore_run(&restore);
	else if (lock_peek(dir, LOCK_SIDE_WRITE, &report_out->look.holder) != STATUS_OK)
		report_out->look.holder = (struct lock_holder){ 0 };
	lock_close(lock);
	return status;
}
