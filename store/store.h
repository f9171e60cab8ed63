/* store/store.h -- the records as one process has them: a writer thread with group commit, and
 * read-only connections for other threads. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"
#include "domain/task.h"

#include <stdbool.h>
#include <stdint.h>

struct db; /* one connection; writes only through the writer's */
struct store;

/* What crosses to Redis is wired by main.c; all run on the writer thread. Both may be NULL. */
struct store_hooks {
	/* After COMMIT, when the answers have left. Must not block. */
	void (*publish)(void *arg, const struct notice_batch *batch);
	/* Before a COMMIT: ids of tasks whose publication Redis has confirmed since; those still
	 * ready after 1 s get their published_at with this commit. Returns how many were written to
	 * ids_out. */
	size_t (*confirmed)(void *arg, int64_t *ids_out, size_t ids_max);
	void *arg;
};

struct store_options {
	const char *dir;	/* ECO_DIR: eco.db, eco.lock and eco.gate live there */
	const char *service;	/* for the lock file and logs */
	struct str incarnation; /* of the process, for the lock file; STR_NONE: one is made */
	struct store_hooks hooks;
};

/* Opens (and creates or migrates, under the lock) the records and starts the writer thread. FAILED:
 * logged; also when the file system is not local. */
CHECKED enum status store_open(const struct store_options *options, struct store **store_out);
/* Runs what waits, then ends the thread. NULL is fine. */
void store_close(struct store *store);

/* ---- writing ----------------------------------------------------------------------------- */

/* One change: runs on the writer thread; not OK rolls back just this change. May run once more from
 * the start, only if it was never committed: when a change of its batch fails after it has written,
 * all of them do. So one that refuses does it best before it writes. */
typedef enum status (*change_fn)(struct db *db, void *arg);
/* On the writer thread, when the batch is durable (or is known not to be): `status` is what run
 * returned, BUSY when it never ran (lock or queue; nothing happened), FAILED when COMMIT failed:
 * unknown, treat as not done and say 503. */
typedef void (*change_done)(enum status status, void *arg);

struct change {
	change_fn run;
	change_done done;
	void *arg;
	int64_t deadline_mono_ms; /* 0: none; looked at when it is taken from the queue: BUSY if
				     passed */
	struct change *next;	  /* the store's, while queued */
};

/* The change is borrowed until done() returned; done() may free it. BUSY: the queue (10,000) is
 * full; done is not called. */
CHECKED enum status store_submit(struct store *store, struct change *change);
/* Submits and waits until it is durable. Not from the writer thread, not from a loop that must not
 * wait. */
CHECKED enum status store_run(struct store *store, change_fn run, void *arg);

/* A change within a change, from inside one. OK: *verdict_out is what run returned; not OK there
 * rolled back just this part, with what it wanted published, and the change around it goes on.
 * Anything else: the transaction itself is lost (disk full, I/O, memory) or has to be repeated; the
 * change must return that at once. */
CHECKED enum status store_try(struct db *db, change_fn run, void *arg, enum status *verdict_out);

/* ---- reading ----------------------------------------------------------------------------- */

/* A read-only connection for the calling thread's own use. */
CHECKED enum status store_reader_open(struct store *store, struct db **db_out);
void store_reader_close(struct db *db);
/* One snapshot: everything read in between is of one moment. End asserts that no statement is left
 * open. */
CHECKED enum status store_read_begin(struct db *db);
void store_read_end(struct db *db);

/* For metrics and readiness; any thread. */
struct store_counters {
	uint64_t changes, batches, batches_failed, batches_repeated, lock_waits_ms;
	uint64_t queue_length, wal_bytes;
};
struct store_counters store_counters(const struct store *store);

#endif
