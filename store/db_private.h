/* store/db_private.h -- the inside of a connection, for db.c, migrate.c, the writer's rooms and
 * tasks.c alone. */
#ifndef STORE_DB_PRIVATE_H
#define STORE_DB_PRIVATE_H

#include "store/db.h"
#include "store/outbox.h"
#include "store/tasks.h"

#include <sqlite3.h>

enum { SQL_PARAMETERS_MAX = 20, WORKER_BYTES_MAX = 64 };

struct statement {
	sqlite3_stmt *stmt; /* NULL: not used yet */
	uint8_t count;	    /* parameters as SQLite counts them: $2 may be its first */
	uint8_t number[SQL_PARAMETERS_MAX]; /* SQLite's parameter i + 1 is $number[i] */
	bool open;
};

struct db {
	sqlite3 *handle;
	bool writable;
	bool broken; /* an error that may have ended the transaction: FULL, IOERR, NOMEM, CORRUPT */
	bool without_savepoints; /* the changes of this transaction; see transaction.c */
	bool must_repeat;	 /* a change failed after it had written, and outside a savepoint */
	int open_statements;
	int64_t wal_pages;	 /* in the WAL after the last commit of this connection */
	int checkpoint_failures; /* in a row, while the WAL is long */
	struct arena scratch;
	struct outbox outbox;
	/* Remembered by tasks.c. The worker known to be alive holds for a transaction: nobody else
	 * can bury it meanwhile. */
	char alive[WORKER_BYTES_MAX + 1];
	/* The task that this change took and has yet to finish. */
	bool has_taken;
	struct task taken;
	struct statement statements[SQL_COUNT];
};

/* The pragmas and checks of every connection; no statement is looked at yet. */
CHECKED enum status db_connect(const char *path, bool writable, struct db **db_out);
CHECKED enum status db_check_statements(struct db *db);
/* Makes a named statement that this connection has not used yet: it uses few of all, and each takes
 * some KB. SQLite's code. */
int statement_make(struct db *db, enum sql_id id);
/* The number that a bare statement answers, before named ones can be. SQLite's code: SQLITE_ROW
 * when it did. */
int db_ask_int(struct db *db, const char *sql, int *value_out);
/* One change (or snapshot) is over: its scratch memory goes, and what was remembered for it. */
void db_end_change(struct db *db);
/* Logs a failed call of SQLite and says what it means to us. */
CHECKED enum status db_failed(struct db *db, int code, const char *what);

#endif
