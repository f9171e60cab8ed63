/* store/db.c -- connections and statements: every call of SQLite that asks for rows is made here.
 */
#include "store/db_private.h"

#include "base/crash.h"
#include "base/log.h"
#include "store/migrate.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRESS_STEPS = 50000 }; /* of SQLite's machine between two signs of life */

static const char *const names[SQL_COUNT] = {
#define SQL(name, text) #name,
#include "store/sql_list.h"
#undef SQL
};

static const char *const texts[SQL_COUNT] = {
#define SQL(name, text) text,
#include "store/sql_list.h"
#undef SQL
};

const char *sql_name(enum sql_id id)
{
	return names[id];
}

const char *sql_text(enum sql_id id)
{
	return texts[id];
}

enum status db_failed(struct db *db, int code, const char *what)
{
	int primary = code & 0xff;

	if (primary == SQLITE_CONSTRAINT)
		return STATUS_CONFLICT;
	if (primary == SQLITE_FULL || primary == SQLITE_IOERR || primary == SQLITE_NOMEM ||
	    primary == SQLITE_CORRUPT)
		db->broken = true;
	log_error("records.failed", LOG_C("what", what), LOG_INT("code", code),
		  LOG_C("detail", sqlite3_errmsg(db->handle)));
	return primary == SQLITE_BUSY || primary == SQLITE_LOCKED ? STATUS_BUSY : STATUS_FAILED;
}

/* ---- statements -------------------------------------------------------------------------- */

static int bind(sqlite3_stmt *stmt, int index, const struct sql_value *value)
{
	switch (value->kind) {
	case SQL_KIND_INT:
		return sqlite3_bind_int64(stmt, index, value->number);
	case SQL_KIND_STR:
		return sqlite3_bind_text64(stmt, index, value->text.data, value->text.len,
					   SQLITE_STATIC, SQLITE_UTF8);
	case SQL_KIND_NULL:
		break;
	}
	return sqlite3_bind_null(stmt, index);
}

/* A connection uses few of all statements, and each takes some KB. */
static int statement_make(struct db *db, enum sql_id id)
{
	struct statement *statement = &db->statements[id];
	int code = sqlite3_prepare_v3(db->handle, texts[id], -1, SQLITE_PREPARE_PERSISTENT,
				      &statement->stmt, NULL);
	int count;

	if (code != SQLITE_OK)
		return code;
	count = sqlite3_bind_parameter_count(statement->stmt);
	assert(count <= SQL_PARAMETERS_MAX);
	statement->count = (uint8_t)count;
	for (int i = 0; i < count; i++) {
		const char *name = sqlite3_bind_parameter_name(statement->stmt, i + 1);

		assert(name != NULL && name[0] == '$');
		statement->number[i] = (uint8_t)strtoul(name + 1, NULL, 10);
	}
	return SQLITE_OK;
}

struct sql_rows sql_open(struct db *db, enum sql_id id, const struct sql_value *values,
			 size_t count)
{
	struct statement *statement = &db->statements[id];
	struct sql_rows rows = { db, id, STATUS_OK };
	int code = statement->stmt == NULL ? statement_make(db, id) : SQLITE_OK;

	assert(db->writable || sqlite3_stmt_readonly(statement->stmt) != 0);
	assert(!statement->open);
	statement->open = true;
	db->open_statements++;
	for (int i = 0; i < statement->count && code == SQLITE_OK; i++) {
		assert(statement->number[i] <= count);
		code = bind(statement->stmt, i + 1, &values[statement->number[i] - 1]);
	}
	if (code != SQLITE_OK)
		rows.status = db_failed(db, code, names[id]);
	return rows;
}

/* EMPTY in rows->status: read to the end; another step would start anew. */
bool sql_next(struct sql_rows *rows)
{
	int code;

	if (rows->status != STATUS_OK)
		return false;
	code = sqlite3_step(rows->db->statements[rows->id].stmt);
	if (code == SQLITE_ROW)
		return true;
	rows->status = code == SQLITE_DONE ? STATUS_EMPTY
					   : db_failed(rows->db, code, names[rows->id]);
	return false;
}

enum status sql_end(struct sql_rows *rows)
{
	struct statement *statement = &rows->db->statements[rows->id];
	int code;

	assert(statement->open);
	code = sqlite3_reset(statement->stmt);
	statement->open = false;
	rows->db->open_statements--;
	/* News only now: a column that found no memory was read as NULL. */
	if (code != SQLITE_OK && (rows->status == STATUS_OK || rows->status == STATUS_EMPTY))
		return db_failed(rows->db, code, names[rows->id]);
	return rows->status == STATUS_EMPTY ? STATUS_OK : rows->status;
}

int64_t sql_int(const struct sql_rows *rows, int column)
{
	return sqlite3_column_int64(rows->db->statements[rows->id].stmt, column);
}

bool sql_is_null(const struct sql_rows *rows, int column)
{
	return sqlite3_column_type(rows->db->statements[rows->id].stmt, column) == SQLITE_NULL;
}

struct str sql_borrow(const struct sql_rows *rows, int column)
{
	sqlite3_stmt *stmt = rows->db->statements[rows->id].stmt;
	const char *text = (const char *)sqlite3_column_text(stmt, column);

	return text == NULL ? STR_NONE
			    : (struct str){ text, (size_t)sqlite3_column_bytes(stmt, column) };
}

struct str sql_str(const struct sql_rows *rows, int column, struct arena *arena)
{
	return str_copy(arena, sql_borrow(rows, column));
}

enum status sql_run(struct db *db, enum sql_id id, const struct sql_value *values, size_t count,
		    int64_t *changed_out)
{
	struct sql_rows rows = sql_open(db, id, values, count);
	enum status status;

	while (sql_next(&rows))
		;
	status = sql_end(&rows);
	if (status == STATUS_OK && changed_out != NULL)
		*changed_out = sqlite3_changes64(db->handle);
	return status;
}

enum status sql_one_int(struct db *db, enum sql_id id, const struct sql_value *values, size_t count,
			int64_t *value_out)
{
	struct sql_rows rows = sql_open(db, id, values, count);
	bool found = sql_next(&rows);
	enum status status;

	if (found)
		*value_out = sql_int(&rows, 0);
	status = sql_end(&rows);
	return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status sql_insert(struct db *db, enum sql_id id, const struct sql_value *values, size_t count,
		       int64_t *id_out)
{
	int64_t inserted = 0;
	enum status status = sql_run(db, id, values, count, &inserted);

	if (status != STATUS_OK)
		return status;
	if (inserted == 0)
		return STATUS_NOT_FOUND;
	*id_out = sqlite3_last_insert_rowid(db->handle);
	return STATUS_OK;
}

/* ---- connections ------------------------------------------------------------------------- */

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
		"PRAGMA cache_size = -3072; PRAGMA temp_store = MEMORY";
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

		if (!str_starts(str_from_c(names[id]), STR("schema_")))
			code = sqlite3_prepare_v2(db->handle, texts[id], -1, &stmt, NULL);
		sqlite3_finalize(stmt);
		if (code != SQLITE_OK)
			return db_failed(db, code, names[id]);
	}
	return STATUS_OK;
}

/* A transaction ends also where no memory is left. */
static enum status make_transaction_statements(struct db *db)
{
	for (size_t id = 0; id < SQL_COUNT; id++) {
		int code = SQLITE_OK;

		if (str_starts(str_from_c(names[id]), STR("txn_")))
			code = statement_make(db, (enum sql_id)id);
		if (code != SQLITE_OK)
			return db_failed(db, code, names[id]);
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

struct outbox *db_outbox(struct db *db)
{
	return db->writable ? &db->outbox : NULL;
}

struct arena *db_scratch(struct db *db)
{
	return &db->scratch;
}

void db_end_change(struct db *db)
{
	assert(db->open_statements == 0);
	arena_reset(&db->scratch);
	db->has_taken = false;
}
