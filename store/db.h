/* store/db.h -- one SQLite connection, its named statements (checked when it is opened for
 * writing, made when first used), and how rows are asked for. Private to store/ but for struct db,
 * which other rooms hand through. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct db;
struct outbox;

/* The statements of the .sql files in store/, by name: SQL_appeals_insert, ... */
enum sql_id {
#define SQL(name, text) SQL_##name,
#include "store/sql_list.h"
#undef SQL
	SQL_COUNT
};

/* A value for $1, $2, ... */
enum sql_kind { SQL_KIND_NULL, SQL_KIND_INT, SQL_KIND_STR };
struct sql_value {
	enum sql_kind kind;
	int64_t number;
	struct str text; /* borrowed until the statement ended */
};

#define V_INT(n) ((struct sql_value){ SQL_KIND_INT, (int64_t)(n), STR_NONE })
#define V_STR(s) ((struct sql_value){ (s).data != NULL ? SQL_KIND_STR : SQL_KIND_NULL, 0, (s) })
#define V_C(c) V_STR(str_from_c(c))
#define V_NULL ((struct sql_value){ SQL_KIND_NULL, 0, STR_NONE })
/* An id or time that may be absent: 0 is stored as NULL. */
#define V_INT_OR_NULL(n) ((n) != 0 ? V_INT(n) : V_NULL)

/* Rows of one statement. Always end it; strings of a row live until the next call of sql_next or
 * sql_end. */
struct sql_rows {
	struct db *db;
	enum sql_id id;
	enum status status;
};

/* `count` values for exactly $1..$count. One use at a time of each statement. */
struct sql_rows sql_open(struct db *db, enum sql_id id, const struct sql_value *values,
			 size_t count);
bool sql_next(struct sql_rows *rows);
/* OK: read to its end or left early; CONFLICT: a constraint; BUSY; FAILED. */
CHECKED enum status sql_end(struct sql_rows *rows);
int64_t sql_int(const struct sql_rows *rows, int column); /* NULL reads as 0 */
bool sql_is_null(const struct sql_rows *rows, int column);
struct str sql_str(const struct sql_rows *rows, int column,
		   struct arena *arena); /* copied; NULL: STR_NONE */

/* Runs to the end; *changed_out (may be NULL): rows changed. */
CHECKED enum status sql_run(struct db *db, enum sql_id id, const struct sql_value *values,
			    size_t count, int64_t *changed_out);
/* The first column of the only row; NOT_FOUND without a row. */
CHECKED enum status sql_one_int(struct db *db, enum sql_id id, const struct sql_value *values,
				size_t count, int64_t *value_out);

/* Runs an INSERT of at most one row whose key is its row id. NOT_FOUND: ON CONFLICT left it out.
 * (RETURNING would do, at the price of a table of its own per call in SQLite; another backend
 * appends it here.) */
CHECKED enum status sql_insert(struct db *db, enum sql_id id, const struct sql_value *values,
			       size_t count, int64_t *id_out);

#define SQL_VALUES(...)                                                                            \
	(const struct sql_value[]){ __VA_ARGS__ },                                                 \
		sizeof((struct sql_value[]){ __VA_ARGS__ }) / sizeof(struct sql_value)
#define SQL_OPEN(db, id, ...) sql_open((db), (id), SQL_VALUES(__VA_ARGS__))
#define SQL_RUN(db, id, changed_out, ...)                                                          \
	sql_run((db), (id), SQL_VALUES(__VA_ARGS__), (changed_out))
#define SQL_ONE_INT(db, id, value_out, ...)                                                        \
	sql_one_int((db), (id), SQL_VALUES(__VA_ARGS__), (value_out))

#define SQL_INSERT(db, id, id_out, ...) sql_insert((db), (id), SQL_VALUES(__VA_ARGS__), (id_out))

/* As sql_str, but borrowed until the next call of sql_next or sql_end. */
struct str sql_borrow(const struct sql_rows *rows, int column);

const char *sql_name(enum sql_id id);
const char *sql_text(enum sql_id id);

/* A connection. `writable` ones belong to the writer thread only, which holds the write lock while
 * it opens (the tables are made or brought up to date) and closes them; the others carry an
 * authorizer that denies checkpoints and journal changes, and have only the statements that read.
 */
CHECKED enum status db_open(const char *path, bool writable, struct db **db_out);
/* A writable one; `progress` (returning 0) is called now and then while it works, from the making
 * of the tables on. */
CHECKED enum status db_open_writer(const char *path, int (*progress)(void *), void *arg,
				   struct db **db_out);
void db_close(struct db *db); /* NULL is fine */
/* What the change under way wants published; NULL on a reader. */
struct outbox *db_outbox(struct db *db);
/* For what lives no longer than the change or snapshot under way. */
struct arena *db_scratch(struct db *db);

#endif
