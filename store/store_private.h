/* store/store_private.h -- the inside of a store, for the writer's rooms alone: writer.c (the
 * thread and the public face), turn.c (what is done under the write lock), transaction.c (one batch
 * of changes). */
#ifndef STORE_STORE_PRIVATE_H
#define STORE_STORE_PRIVATE_H

#include "store/changes.h"
#include "store/db_private.h"
#include "store/lock.h"
#include "store/marks.h"
#include "store/store.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

struct store {
	struct store_options options;
	struct arena arena;
	const char *path;
	pthread_t thread;
	sem_t opened; /* posted once, when open_status stands */
	enum status open_status;
	struct changes changes;

	/* The writer thread's alone. */
	struct lock *lock;
	struct db *db;
	/* After one that could not finish: tried again then, or when the WAL is so long. 0: none.
	 */
	int64_t checkpoint_mono_ms, checkpoint_bytes;
	struct marks marks;

	struct {
		_Atomic uint64_t changes, batches, batches_failed, batches_repeated;
		_Atomic uint64_t lock_waits_ms, wal_bytes;
	} counters;
};

#endif
