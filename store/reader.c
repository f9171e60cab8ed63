/* store/reader.c -- read-only connections and their snapshots. */
#include "store/store_private.h"

#include "base/log.h"

#include <assert.h>

enum status store_reader_open(struct store *store, struct db **db_out)
{
	return db_open(store->path, false, db_out);
}

void store_reader_close(struct db *db)
{
	db_close(db);
}

enum status store_read_begin(struct db *db)
{
	return sql_run(db, SQL_txn_snapshot, NULL, 0, NULL);
}

void store_read_end(struct db *db)
{
	db_end_change(db);
	if (sql_run(db, SQL_txn_commit, NULL, 0, NULL) != STATUS_OK)
		log_error("records.snapshot_failed",
			  LOG_INT("autocommit", sqlite3_get_autocommit(db->handle)));
	assert(sqlite3_get_autocommit(db->handle) != 0);
}
