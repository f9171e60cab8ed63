/* store/db_open.c -- connections: their settings, what a reader is not allowed, opening, closing.
 */
#include "store/db_private.h"

#include "base/crash.h"
#include "base/log.h"
#include "store/checkpoint.h"
#include "store/migrate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRESS_STEPS = 50000 }; /* of SQLite's machine between two signs of life */

int db_ask_int(struct db *db, const char *sql, int *value_out)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		*value_out = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return code;
}

/* A checkpoint beside another connection's write may lose commits (SQLite 3.40), and mode=ro does
 * not stop one. So a reader has the pragmas that only look, and no other. */
static int authorize_reader(void *arg, int action, const char *first, const char *second,
			    const char *schema, const char *trigger)
{
	static const struct {
		const char *name;
		bool with_value; /* which then says what to look at */
	} allowed[] = {
		{ "integrity_check", true },   { "quick_check", true },
		{ "foreign_key_check", true }, { "user_version", false },
		{ "schema_version", false },   { "application_id", false },
		{ "page_count", false },       { "page_size", false },
		{ "freelist_count", false },   { "data_version", false },
		{ "compile_options", false },
	};

	(void)arg, (void)schema, (void)trigger;
	if (action == SQLITE_ATTACH || action == SQLITE_DETACH)
		return SQLITE_DENY;
	if (action != SQLITE_PRAGMA)
		return SQLITE_OK;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
		if (sqlite3_stricmp(first, allowed[i].name) == 0)
			return second == NULL || allowed[i].with_value ? SQLITE_OK : SQLITE_DENY;
	return SQLITE_DENY;
}

/* COMMIT has begun and nothing of it is in the WAL yet. */
static int note_commit(void *arg)
{
	(void)arg;
	CRASH_POINT("records.in_commit");
	return 0;
}

/* Its frames are durable; the statement has not yet returned. */
static int note_wal_pages(void *arg, sqlite3 *handle, const char *schema, int pages)
{
	struct db *db = arg;

	(void)handle, (void)schema;
	CRASH_POINT("records.in_commit_durable");
	db->wal_pages = pages;
	return SQLITE_OK;
}

static enum status configure(struct db *db)
{
	static const struct {
		int option, value;
	} options[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },   { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },	    { SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 }, { SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 },
	};
	/* secure_delete FAST: what is erased is zeroed where the page is written anyway, at no
	 * extra I/O. */
	/* The kernel caches the file already: a writer's larger cache brought no speed and cost
	 * each process up to its size. */
	static const char *const writer =
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST;"
		"PRAGMA cache_size = -3072; PRAGMA temp_store = MEMORY;"
		"PRAGMA journal_size_limit = " CHECKPOINT_KEPT_BYTES;
	static const char *const reader =
		"PRAGMA query_only = 1; PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY";
	int code = SQLITE_OK;

	for (size_t i = 0; i < sizeof(options) / sizeof(*options) && code == SQLITE_OK; i++)
		code = sqlite3_db_config(db->handle, options[i].option, options[i].value, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_busy_timeout(
			db->handle, 1000); /* only recovery after a crash makes anybody wait */
	if (code == SQLITE_OK)
		code = sqlite3_exec(db->handle, db->writable ? writer : reader, NULL, NULL, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_wal_autocheckpoint(db->handle, 0);
	if (code != SQLITE_OK)
		return db_failed(db, code, "configure");
	if (db->writable) {
		sqlite3_commit_hook(db->handle, note_commit, NULL);
		sqlite3_wal_hook(db->handle, note_wal_pages, db);
	} else {
		sqlite3_set_authorizer(db->handle, authorize_reader, db);
	}
	return STATUS_OK;
}

/* Before the first connection. No connection is shared by threads, and without its statistics
 * SQLite takes no mutex at each allocation. Who has used SQLite before us decides for itself. */
static void library_configure(void)
{
	if (sqlite3_config(SQLITE_CONFIG_MULTITHREAD) != SQLITE_OK ||
	    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) != SQLITE_OK)
		log_debug("records.library_as_it_is", LOG_C("version", sqlite3_libversion()));
}

enum status db_connect(const char *path, bool writable, struct db **db_out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
		    (writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
	struct db *db = calloc(1, sizeof(*db));
	enum status status;
	int code;

	if (db == NULL)
		return STATUS_FAILED;
	pthread_once(&once, library_configure);
	db->writable = writable;
	code = sqlite3_open_v2(path, &db->handle, flags, NULL);
	status = code == SQLITE_OK ? configure(db) : db_failed(db, code, path);
	if (status != STATUS_OK) {
		db_close(db);
		return STATUS_FAILED;
	}
	*db_out = db;
	return STATUS_OK;
}

/* Each named statement, so that a typo stops the start; they are made when they are first used. */
enum status db_check_statements(struct db *db)
{
	for (size_t id = 0; id < SQL_COUNT; id++) {
		sqlite3_stmt *stmt = NULL;
		int code = SQLITE_OK;

		if (!str_starts(str_from_c(sql_name((enum sql_id)id)), STR("schema_")))
			code = sqlite3_prepare_v2(db->handle, sql_text((enum sql_id)id), -1, &stmt,
						  NULL);
		sqlite3_finalize(stmt);
		if (code != SQLITE_OK)
			return db_failed(db, code, sql_name((enum sql_id)id));
	}
	return STATUS_OK;
}

/* A transaction ends also where no memory is left. */
static enum status make_transaction_statements(struct db *db)
{
	for (size_t id = 0; id < SQL_COUNT; id++) {
		int code = SQLITE_OK;

		if (str_starts(str_from_c(sql_name((enum sql_id)id)), STR("txn_")))
			code = statement_make(db, (enum sql_id)id);
		if (code != SQLITE_OK)
			return db_failed(db, code, sql_name((enum sql_id)id));
	}
	return STATUS_OK;
}

/* What could not be opened whole is closed. */
static enum status open_end(struct db *db, enum status status, struct db **db_out)
{
	if (status == STATUS_OK)
		status = make_transaction_statements(db);
	if (status == STATUS_OK)
		*db_out = db;
	else
		db_close(db);
	return status;
}

enum status db_open_writer(const char *path, int (*progress)(void *), void *arg, struct db **db_out)
{
	struct db *db = NULL;
	enum status status = db_connect(path, true, &db);

	if (status == STATUS_OK)
		sqlite3_progress_handler(db->handle, PROGRESS_STEPS, progress, arg);
	if (status == STATUS_OK)
		status = migrate_run(db);
	if (status == STATUS_OK)
		status = db_check_statements(db);
	return open_end(db, status, db_out);
}

enum status db_open(const char *path, bool writable, struct db **db_out)
{
	struct db *db = NULL;
	enum status status;

	if (writable)
		return db_open_writer(path, NULL, NULL, db_out);
	status = db_connect(path, false, &db);
	return open_end(db, status, db_out);
}

void db_close(struct db *db)
{
	if (db == NULL)
		return;
	for (size_t id = 0; id < SQL_COUNT; id++)
		sqlite3_finalize(db->statements[id].stmt);
	sqlite3_close(db->handle);
	outbox_release(&db->outbox);
	arena_release(&db->scratch);
	free(db);
}
