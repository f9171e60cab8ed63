/* store/migrate.h -- brings the tables up to this program's version. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "base/status.h"

struct db;

enum {
	SCHEMA_VERSION = 3,		    /* PRAGMA user_version */
	SCHEMA_APPLICATION_ID = 0x45436f53, /* "ECoS" */
};

/* Under the write lock. Each version is one transaction. FAILED: logged; also when the file is of a
 * newer program or no records of ours. */
CHECKED enum status migrate_run(struct db *db);

#endif
