/* store/db.c -- named statements: every one of them is bound, stepped and read here. */
#include "store/db_private.h"

#include "base/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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

int statement_make(struct db *db, enum sql_id id)
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

/* ---- what a change has in hand ----------------------------------------------------------- */

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
