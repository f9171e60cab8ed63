/* store/look.h -- the records as an outsider looks at them: read-only, nothing is made, migrated or
 * repaired. For ecoctl. */
#ifndef STORE_LOOK_H
#define STORE_LOOK_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"
#include "store/lock.h"

#include <stdint.h>

struct db;

struct look {
	int version, known_version; /* of the tables in the file; of this program */
	struct lock_holder holder;  /* with BUSY: who keeps the write lock */
	struct str trouble;	    /* with FAILED: what is wrong, for people */
};

/* A read-only connection, closed with db_close. Opened under the write lock, as every first
 * connection must be. NOT_FOUND: no records in `dir`. BUSY: somebody keeps the lock. CONFLICT:
 * tables of another version than ours. FAILED: no records of ours, damaged or not to be read. */
CHECKED enum status look_open(const char *dir, struct arena *arena, struct look *look_out,
			      struct db **db_out);
/* A file by its name that nobody else has open: a copy. Statuses as above. */
CHECKED enum status look_open_file(const char *path, struct arena *arena, struct look *look_out,
				   struct db **db_out);
void look_close(struct db *db); /* NULL is fine */

/* Reads every page. CONFLICT: *trouble_out says what is damaged. */
CHECKED enum status look_verify(struct db *db, struct arena *arena, struct str *trouble_out);
/* Of the write-ahead log; 0: none. */
int64_t look_wal_bytes(const char *dir);

#endif
