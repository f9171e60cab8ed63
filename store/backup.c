/* store/backup.c -- VACUUM INTO a file beside the wanted one, verified, then given its name. */
#include "store/backup.h"

#include "base/crash.h"
#include "store/backup_private.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum status backup_failed(struct backup_report *report, struct arena *arena, const char *what,
			  const char *why)
{
	report->trouble = str_format(arena, "%s: %s", what, why);
	return STATUS_FAILED;
}

enum status backup_sync(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	bool synced = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return synced ? STATUS_OK : STATUS_FAILED;
}

enum status backup_sync_folder_of(const char *path, struct arena *arena)
{
	return backup_sync(dirname(str_to_c(arena, str_from_c(path))), O_RDONLY | O_DIRECTORY);
}

enum status backup_facts(struct db *db, struct backup_report *report)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_backup_facts, V_NULL);

	if (sql_next(&rows)) {
		report->appeals = sql_int(&rows, 0);
		report->messages = sql_int(&rows, 1);
		report->last_event_at_ms = sql_int(&rows, 2);
	}
	return sql_end(&rows);
}

const char *backup_unfinished_path(const char *file, struct arena *arena)
{
	return str_format(arena, "%s.unfinished", file).data;
}

/* ---- writing ----------------------------------------------------------------------------- */

/* An empty file of ours alone, private from its first byte; what a dead backup left is taken over.
 * The lock keeps a second backup of that name out; it could also be one that has just got it. */
static enum status unfinished_open(const char *path, struct arena *arena,
				   struct backup_report *report, int *fd_out)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct stat here, there;

	if (fd < 0)
		return backup_failed(report, arena, path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &here) == 0 && stat(path, &there) == 0 &&
	    here.st_ino == there.st_ino && ftruncate(fd, 0) == 0 && fchmod(fd, 0600) == 0) {
		*fd_out = fd;
		return STATUS_OK;
	}
	close(fd);
	return backup_failed(report, arena, path, "another backup is being made there");
}

/* VACUUM attaches its target, which readers are not allowed, and takes an empty file as it is. */
static enum status copy_make(struct db *db, const char *path, struct arena *arena,
			     struct backup_report *report)
{
	sqlite3_stmt *stmt = NULL;
	int code;

	sqlite3_set_authorizer(db->handle, NULL, NULL);
	code = sqlite3_exec(db->handle, "PRAGMA query_only = 0", NULL, NULL, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_prepare_v2(db->handle, "VACUUM INTO $1", -1, &stmt, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC);
	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code != SQLITE_DONE)
		backup_failed(report, arena, path, sqlite3_errmsg(db->handle));
	sqlite3_finalize(stmt);
	return code == SQLITE_DONE ? STATUS_OK : STATUS_FAILED;
}

enum status backup_verify(const char *path, struct arena *arena, struct backup_report *report)
{
	struct str trouble = STR_NONE;
	struct db *db = NULL;
	enum status status = look_open_file(path, arena, &report->look, &db);

	if (status == STATUS_FAILED)
		report->trouble = report->look.trouble;
	if (status != STATUS_OK)
		return status;
	status = look_verify(db, arena, &trouble);
	if (status == STATUS_OK)
		status = backup_facts(db, report);
	else
		status = backup_failed(report, arena, "the copy is damaged",
				       str_to_c(arena, trouble));
	look_close(db);
	return status;
}

/* Atomically, and never over another file. */
static enum status name_give(const char *from, const char *file, struct arena *arena,
			     struct backup_report *report)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, file, RENAME_NOREPLACE) == 0)
		return backup_sync_folder_of(file, arena);
	if (errno == EEXIST)
		return STATUS_CONFLICT;
	/* Not every file system knows that call; link never replaces either. */
	if (errno != EINVAL || link(from, file) != 0)
		return errno == EEXIST ? STATUS_CONFLICT
				       : backup_failed(report, arena, file, strerror(errno));
	unlink(from);
	return backup_sync_folder_of(file, arena);
}

static enum status file_fill(struct db *db, const char *unfinished, const char *file,
			     struct arena *arena, struct backup_report *report)
{
	struct stat info;
	enum status status = copy_make(db, unfinished, arena, report);

	CRASH_POINT("backup.copied");
	if (status == STATUS_OK)
		status = backup_verify(unfinished, arena, report);
	if (status == STATUS_OK &&
	    (backup_sync(unfinished, O_RDONLY) != STATUS_OK || stat(unfinished, &info) != 0))
		status = backup_failed(report, arena, unfinished, strerror(errno));
	if (status == STATUS_OK) {
		report->bytes = info.st_size;
		CRASH_POINT("backup.before_name");
		status = name_give(unfinished, file, arena, report);
	}
	CRASH_POINT("backup.named");
	if (status != STATUS_OK) {
		unlink(unfinished);
		unlink(str_format(arena, "%s-journal", unfinished).data);
	}
	return status;
}

static enum status file_make(struct db *db, const char *file, struct arena *arena,
			     struct backup_report *report)
{
	const char *unfinished = backup_unfinished_path(file, arena);
	int fd;
	enum status status = unfinished_open(unfinished, arena, report, &fd);

	if (status != STATUS_OK)
		return status;
	status = file_fill(db, unfinished, file, arena, report);
	/* Last of all: closing it earlier would drop SQLite's locks on it. */
	close(fd);
	return status;
}

enum status backup_write(const char *dir, const char *file, struct arena *arena,
			 struct backup_report *report_out)
{
	struct db *db;
	enum status status;

	*report_out = (struct backup_report){ 0 };
	if (access(file, F_OK) == 0)
		return STATUS_CONFLICT;
	status = look_open(dir, arena, &report_out->look, &db);
	if (status == STATUS_FAILED)
		report_out->trouble = report_out->look.trouble;
	if (status != STATUS_OK)
		return status;
	status = file_make(db, file, arena, report_out);
	look_close(db);
	return status;
}
