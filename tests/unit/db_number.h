/* tests/unit/db_number.h -- asks the records a bare question. */
#ifndef TESTS_DB_NUMBER_H
#define TESTS_DB_NUMBER_H

#include "store/db_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The first column of the first row of a bare query. */
static inline int64_t db_number(struct db *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t value;

	assert_int_equal(sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

#endif
