/* store/checkpoint.h -- keeps the WAL small, in the writer's hands alone. */
#ifndef STORE_CHECKPOINT_H
#define STORE_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

struct db;

enum {
	CHECKPOINT_BYTES = 4 * 1024 * 1024, /* a larger WAL is written back */
	CHECKPOINT_RETRY_US = 500,
	CHECKPOINT_TRY_MS = 30,	   /* for readers to let go; else later */
	CHECKPOINT_PAUSE_MS = 200, /* how much later */
	/* Beyond this, writers wait for readers, until so many tries in a row were in vain. */
	CHECKPOINT_URGENT_BYTES = 6 * 1024 * 1024,
	CHECKPOINT_URGENT_TRIES = 5,
	CHECKPOINT_URGENT_TRY_MS = 100,
	CHECKPOINT_URGENT_PAUSE_MS = 20,
};

/* As the last commit of this connection left it. */
int64_t checkpoint_wal_bytes(const struct db *db);
/* PASSIVE copies what can be copied while readers read; then TRUNCATE, which needs a moment without
 * old readers. Under the write lock. False: the WAL could not be emptied. */
bool checkpoint_run(struct db *db);
/* After one that could not: when to try again. */
int64_t checkpoint_pause_ms(const struct db *db);

#endif
