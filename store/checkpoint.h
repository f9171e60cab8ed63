/* store/checkpoint.h -- keeps the WAL small, in the writer's hands alone. */
#ifndef STORE_CHECKPOINT_H
#define STORE_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

struct db;

/* Bytes of the WAL's file that are kept to be written over: twice as quick to sync as bytes that
 * make a file longer. What a long WAL took beyond is given back. */
#define CHECKPOINT_KEPT_BYTES "6291456"

enum {
	CHECKPOINT_BYTES = 4 * 1024 * 1024, /* a larger WAL is written back */
	CHECKPOINT_RETRY_US = 500,
	CHECKPOINT_TRY_MS = 30,	   /* for readers to let go; else later */
	CHECKPOINT_PAUSE_MS = 200, /* how much later */
	CHECKPOINT_GROWTH = 4,	   /* sooner, when the WAL is longer by this part of it meanwhile */
	/* Beyond this, writers wait for readers, until so many tries in a row were in vain. */
	CHECKPOINT_URGENT_BYTES = 6 * 1024 * 1024,
	CHECKPOINT_URGENT_TRIES = 5,
	CHECKPOINT_URGENT_TRY_MS = 100,
	CHECKPOINT_URGENT_PAUSE_MS = 20,
};

/* As the last commit of this connection left it. */
int64_t checkpoint_wal_bytes(const struct db *db);
/* PASSIVE copies what can be copied while readers read; then RESTART, which needs a moment without
 * old readers: the next commit writes over the WAL from its start. Under the write lock. False: it
 * could not be; what was copied stays copied. */
bool checkpoint_restart(struct db *db);
/* As above, and the WAL's file is empty then: the database is one file. */
bool checkpoint_truncate(struct db *db);
/* After one that could not: when to try again. */
int64_t checkpoint_pause_ms(const struct db *db);

#endif
