/* store/look.c -- opens the records without touching them. */
#include "store/look.h"

#include "base/buf.h"
#include "base/random.h"
#include "store/db_private.h"
#include "store/migrate.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TROUBLE_LINES_MAX = 10, INCARNATION_BYTES = 16 };

static enum status failed(struct look *look, struct arena *arena, const char *why)
{
	look->trouble = str_copy(arena, str_from_c(why));
	return STATUS_FAILED;
}

/* Are these our tables, of our version? */
static enum status tables_check(struct db *db, struct arena *arena, struct look *look)
{
	int application = 0;

	if (db_ask_int(db, "PRAGMA user_version", &look->version) != SQLITE_ROW ||
	    db_ask_int(db, "PRAGMA application_id", &application) != SQLITE_ROW)
		return failed(look, arena, sqlite3_errmsg(db->handle));
	if (application != SCHEMA_APPLICATION_ID)
		return failed(look, arena, "eco.db holds no records of EcoScooter Support");
	return look->version == look->known_version ? STATUS_OK : STATUS_CONFLICT;
}

static enum status connect(const char *path, struct arena *arena, struct look *look,
			   struct db **db_out)
{
	struct db *db;
	enum status status;

	if (db_connect(path, false, &db) != STATUS_OK)
		return failed(look, arena, "eco.db can't be opened");
	status = tables_check(db, arena, look);
	if (status == STATUS_OK && db_check_statements(db) != STATUS_OK)
		status = failed(look, arena, sqlite3_errmsg(db->handle));
	if (status == STATUS_OK)
		*db_out = db;
	else
		db_close(db);
	return status;
}

enum status look_open(const char *dir, struct arena *arena, struct look *look_out,
		      struct db **db_out)
{
	const char *path = str_format(arena, "%s/eco.db", dir).data;
	struct stat info;
	struct lock *lock;
	enum status status;

	*look_out = (struct look){ .known_version = SCHEMA_VERSION };
	if (stat(path, &info) != 0)
		return errno == ENOENT ? STATUS_NOT_FOUND
				       : failed(look_out, arena, strerror(errno));
	if (info.st_size == 0)
		return STATUS_NOT_FOUND;
	if (lock_open(dir, STR("ecoctl"), random_hex(arena, INCARNATION_BYTES), &lock) != STATUS_OK)
		return failed(look_out, arena, "eco.lock can't be opened");
	status = lock_take(lock, LOCK_TIMEOUT_MS);
	if (status == STATUS_OK)
		status = connect(path, arena, look_out, db_out);
	else if (lock_peek(dir, LOCK_SIDE_WRITE, &look_out->holder) != STATUS_OK)
		look_out->holder = (struct lock_holder){ 0 };
	lock_close(lock);
	return status;
}

enum status look_open_file(const char *path, struct arena *arena, struct look *look_out,
			   struct db **db_out)
{
	*look_out = (struct look){ .known_version = SCHEMA_VERSION };
	if (access(path, F_OK) != 0)
		return STATUS_NOT_FOUND;
	return connect(path, arena, look_out, db_out);
}

void look_close(struct db *db)
{
	db_close(db);
}

/* In one line, whatever SQLite's own look like. */
static void trouble_add(struct buf *trouble, const char *what, const char *text)
{
	size_t begin = trouble->len;

	buf_format(trouble, "%s%s: %s", begin > 0 ? "; " : "", what, text);
	for (size_t i = begin; i < trouble->len; i++)
		if (trouble->data[i] == '\n')
			trouble->data[i] = ' ';
}

/* The first lines of a check that should have none, or only "ok". */
static enum status check_run(struct db *db, const char *sql, const char *what, struct buf *trouble)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);

	for (int lines = 0; code == SQLITE_OK || code == SQLITE_ROW; lines++) {
		const char *text;

		code = sqlite3_step(stmt);
		if (code != SQLITE_ROW || lines == TROUBLE_LINES_MAX)
			break;
		text = (const char *)sqlite3_column_text(stmt, 0);
		if (text == NULL || strcmp(text, "ok") != 0)
			trouble_add(trouble, what, text == NULL ? "" : text);
	}
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		trouble_add(trouble, what, sqlite3_errmsg(db->handle));
	sqlite3_finalize(stmt);
	return trouble->len == 0 ? STATUS_OK : STATUS_CONFLICT;
}

enum status look_verify(struct db *db, struct arena *arena, struct str *trouble_out)
{
	struct buf trouble = buf_in(arena);
	enum status status = check_run(db, "PRAGMA integrity_check(10)", "damaged", &trouble);

	if (status == STATUS_OK)
		status = check_run(db, "PRAGMA foreign_key_check", "row without its owner",
				   &trouble);
	*trouble_out = buf_str(&trouble);
	return status;
}

int64_t look_wal_bytes(const char *dir)
{
	struct arena arena = { 0 };
	struct stat info;
	bool there = stat(str_format(&arena, "%s/eco.db-wal", dir).data, &info) == 0;

	arena_release(&arena);
	return there ? (int64_t)info.st_size : 0;
}
