/* store/migrate.h -- brings the tables up to this program's version, and tells whether the program
 * may work with tables that a newer one has made.
 *
 * A rolling restart has programs of version N and N+1 at work on the same records. The first of
 * N+1 migrates under the write lock; programs of N that are at work go on (SQLite prepares their
 * statements anew), and such as are started again meanwhile must start. So each migration says in
 * migrations[] which programs its tables still serve, the oldest of them is noted in the records
 * (meta, "schema_oldest") in the same transaction, and a program at least as new works with
 * tables newer than its own, and migrates nothing.
 *
 * ADDITIVE, so that the oldest stays what it was: new tables, indexes, triggers that keep new
 * tables; new columns with a default, and NULL or a constant being right for rows that old programs
 * write; new numbers at the end of an enum once no old program can meet them. Not so: a column or
 * table that goes or changes its meaning, a constraint that old rows or old writers break. For
 * these the oldest is the version itself: everything is stopped, the new programs are started, and
 * an old one says at its start "records.newer" with both versions. To come in two steps is better:
 * first a version that can do without, later the one that takes it away. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "base/status.h"

struct db;

enum {
	SCHEMA_VERSION = 3,		    /* PRAGMA user_version */
	SCHEMA_APPLICATION_ID = 0x45436f53, /* "ECoS" */
};

struct migration {
	int oldest;	 /* version whose programs work with these tables */
	const char *sql; /* NULL: the named statements schema_<version>_* */
};

/* By version, from 1 to SCHEMA_VERSION. */
extern const struct migration migrations[SCHEMA_VERSION + 1];

/* Under the write lock, by the program of SCHEMA_VERSION. Each version is one transaction. FAILED:
 * logged; also when the file is of a newer program that is no longer compatible, or no records of
 * ours. */
CHECKED enum status migrate_run(struct db *db);
/* The same for a program whose version is `known`, by a table of its own: for tests. */
CHECKED enum status migrate_along(struct db *db, const struct migration *table, int known);

/* OK: a program of version `known` may work with these tables, which are of *version_out (0: none
 * yet). CONFLICT: they are newer, and only programs from *oldest_out on may. FAILED: logged. */
CHECKED enum status migrate_check(struct db *db, int known, int *version_out, int *oldest_out);

#endif
