/* store/writer.c -- the writer thread: takes every change that waits, runs each in a savepoint,
 * commits once, answers, publishes. */
#include "store/store.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/random.h"
#include "store/checkpoint.h"
#include "store/db_private.h"
#include "store/files.h"
#include "store/lock.h"
#include "store/marks.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
	QUEUE_MAX = 10000,
	BATCH_CHANGES_MAX = 128,
	BATCH_US_MAX = 5000,
	OPEN_TIMEOUT_MS = 30000, /* another process may be migrating */
	PROGRESS_STEPS = 50000,	 /* of SQLite's machine between two signs of life */
	INCARNATION_BYTES = 16,
};

struct store {
	struct store_options options;
	struct arena arena;
	const char *path;
	pthread_t thread;

	pthread_mutex_t mutex; /* guards the queue and what follows until `lock` */
	pthread_cond_t wake, opened;
	struct change *head, **tail;
	uint64_t length;
	bool stopping, is_open;
	enum status open_status;

	/* The writer thread's alone. */
	struct lock *lock;
	struct db *db;
	struct change *taken;	    /* from the queue, not yet run */
	int64_t checkpoint_mono_ms; /* the next one, when the last could not finish; 0: none */
	struct marks marks;

	_Atomic uint64_t changes, batches, batches_failed, lock_waits_ms, wal_bytes;
};

/* ---- the queue --------------------------------------------------------------------------- */

enum status store_submit(struct store *store, struct change *change)
{
	enum status status = STATUS_OK;

	change->next = NULL;
	pthread_mutex_lock(&store->mutex);
	if (store->stopping || store->length >= QUEUE_MAX) {
		status = STATUS_BUSY;
	} else {
		*store->tail = change;
		store->tail = &change->next;
		if (store->length++ == 0)
			pthread_cond_signal(&store->wake);
	}
	pthread_mutex_unlock(&store->mutex);
	return status;
}

struct waiter {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool done;
	enum status status;
};

static void waiter_done(enum status status, void *arg);

struct waited {
	struct waiter waiter;
	change_fn run;
	void *arg;
};

static enum status waited_run(struct db *db, void *arg)
{
	struct waited *waited = arg;

	return waited->run(db, waited->arg);
}

static void waiter_done(enum status status, void *arg)
{
	struct waiter *waiter = &((struct waited *)arg)->waiter;

	pthread_mutex_lock(&waiter->mutex);
	waiter->status = status;
	waiter->done = true;
	pthread_cond_signal(&waiter->cond);
	pthread_mutex_unlock(&waiter->mutex);
}

enum status store_run(struct store *store, change_fn run, void *arg)
{
	struct waited waited = { .waiter = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER,
					     false, STATUS_OK },
				 .run = run,
				 .arg = arg };
	struct change change = { .run = waited_run, .done = waiter_done, .arg = &waited };
	enum status status = store_submit(store, &change);

	assert(!pthread_equal(pthread_self(), store->thread));
	if (status != STATUS_OK)
		return status;
	pthread_mutex_lock(&waited.waiter.mutex);
	while (!waited.waiter.done)
		pthread_cond_wait(&waited.waiter.cond, &waited.waiter.mutex);
	pthread_mutex_unlock(&waited.waiter.mutex);
	return waited.waiter.status;
}

/* Takes the whole queue at once. */
static struct change *take_queue(struct store *store)
{
	struct change *list = store->head;

	store->head = NULL;
	store->tail = &store->head;
	store->length = 0;
	return list;
}

static struct change *next_change(struct store *store)
{
	struct change *change;

	if (store->taken == NULL) {
		pthread_mutex_lock(&store->mutex);
		store->taken = take_queue(store);
		pthread_mutex_unlock(&store->mutex);
	}
	change = store->taken;
	if (change != NULL)
		store->taken = change->next;
	return change;
}

static void wait_until(struct store *store, int64_t mono_ms)
{
	struct timespec until = { mono_ms / 1000, mono_ms % 1000 * 1000000 };

	pthread_cond_timedwait(&store->wake, &store->mutex, &until);
}

/* False: stopping, and nothing is left. True: changes, or the time of a checkpoint. */
static bool wait_for_work(struct store *store)
{
	bool more = true;

	if (store->taken != NULL)
		return true;
	pthread_mutex_lock(&store->mutex);
	while (store->head == NULL && !store->stopping) {
		if (store->checkpoint_mono_ms == 0)
			pthread_cond_wait(&store->wake, &store->mutex);
		else if (clock_mono_ms() < store->checkpoint_mono_ms)
			wait_until(store, store->checkpoint_mono_ms);
		else
			break;
	}
	store->taken = take_queue(store);
	more = store->taken != NULL || !store->stopping;
	pthread_mutex_unlock(&store->mutex);
	return more;
}

/* ---- one change -------------------------------------------------------------------------- */

/* SQLite may have rolled back everything by itself; the next change would then commit alone. */
static bool is_lost(const struct db *db)
{
	return db->broken || sqlite3_get_autocommit(db->handle) != 0;
}

static enum status simple(struct db *db, enum sql_id id)
{
	return sql_run(db, id, NULL, 0, NULL);
}

enum status store_try(struct db *db, change_fn run, void *arg, enum status *verdict_out)
{
	struct outbox_mark mark = outbox_mark(&db->outbox);
	bool had_taken = db->has_taken;
	struct task taken = db->taken;
	int open_statements = db->open_statements;
	enum status status = simple(db, SQL_txn_savepoint);

	if (status != STATUS_OK)
		return STATUS_FAILED;
	*verdict_out = run(db, arg);
	assert(db->open_statements == open_statements);
	if (is_lost(db))
		return STATUS_FAILED;
	if (*verdict_out != STATUS_OK) {
		status = simple(db, SQL_txn_rollback_to);
		outbox_truncate(&db->outbox, mark);
		db->has_taken = had_taken;
		db->taken = taken;
		db->alive[0] = '\0';
	}
	if (status == STATUS_OK)
		status = simple(db, SQL_txn_release);
	return status == STATUS_OK && !is_lost(db) ? STATUS_OK : STATUS_FAILED;
}

/* ---- one batch --------------------------------------------------------------------------- */

struct batch {
	struct change *changes[BATCH_CHANGES_MAX];
	enum status answers[BATCH_CHANGES_MAX];
	int count;
	bool lost;
};

/* What was queued when the lock could not be had; nothing of it happened. */
static void refuse_taken(struct store *store)
{
	struct change *change = store->taken;

	store->taken = NULL;
	while (change != NULL) {
		struct change *next = change->next;

		change->done(STATUS_BUSY, change->arg);
		change = next;
	}
}

static void run_one(struct store *store, struct batch *batch, struct change *change)
{
	struct db *db = store->db;
	enum status *answer = &batch->answers[batch->count];

	batch->changes[batch->count++] = change;
	if (change->deadline_mono_ms != 0 && clock_mono_ms() > change->deadline_mono_ms) {
		*answer = STATUS_BUSY;
		return;
	}
	if (store_try(db, change->run, change->arg, answer) != STATUS_OK)
		batch->lost = true;
	else
		assert(*answer != STATUS_OK ||
		       !db->has_taken); /* a task was taken and not finished */
	db_end_change(db);
	lock_progress(store->lock);
	CRASH_POINT("writer.change_run");
}

static void fill(struct store *store, struct batch *batch)
{
	int64_t end_us = clock_mono_us() + BATCH_US_MAX;
	struct change *change;

	while (batch->count < BATCH_CHANGES_MAX && !batch->lost &&
	       (change = next_change(store)) != NULL) {
		run_one(store, batch, change);
		if (clock_mono_us() >= end_us)
			break;
	}
}

static void answer_all_with(struct batch *batch, enum status status)
{
	for (int i = 0; i < batch->count; i++)
		batch->answers[i] = status;
}

/* A batch that is lost has had no effect; of one whose COMMIT failed nobody knows. */
static void end(struct store *store, struct batch *batch)
{
	struct db *db = store->db;

	if (!batch->lost && marks_write(&store->marks, db) != STATUS_OK)
		batch->lost = true;
	if (batch->lost)
		answer_all_with(batch, STATUS_BUSY);
	else if (simple(db, SQL_txn_commit) != STATUS_OK) {
		answer_all_with(batch, STATUS_FAILED);
		batch->lost = true;
	}
	if (sqlite3_get_autocommit(db->handle) == 0 && simple(db, SQL_txn_rollback) != STATUS_OK)
		log_error("records.rollback_failed", LOG_INT("changes", batch->count));
	if (batch->lost) {
		log_error("records.batch_lost", LOG_INT("changes", batch->count));
		atomic_fetch_add(&store->batches_failed, 1);
		outbox_clear(&db->outbox);
	}
}

static bool take_lock(struct store *store, int64_t timeout_ms)
{
	int64_t began_ms = clock_mono_ms();
	bool taken = lock_take(store->lock, timeout_ms) == STATUS_OK;

	atomic_fetch_add(&store->lock_waits_ms, (uint64_t)(clock_mono_ms() - began_ms));
	if (!taken)
		log_warn("records.lock_busy", LOG_INT("waited_ms", clock_mono_ms() - began_ms));
	return taken;
}

static void publish(struct store *store)
{
	struct notice_batch notices = outbox_batch(&store->db->outbox);

	if (store->options.hooks.publish != NULL && (notices.count > 0 || notices.event_seq != 0))
		store->options.hooks.publish(store->options.hooks.arg, &notices);
	outbox_clear(&store->db->outbox);
}

static void run_batch(struct store *store)
{
	struct batch batch = { .count = 0 };
	struct db *db = store->db;

	marks_collect(&store->marks, &store->options.hooks);
	if (!take_lock(store, LOCK_TIMEOUT_MS)) {
		refuse_taken(store);
		return;
	}
	CRASH_POINT("writer.locked");
	db->broken = false;
	db->alive[0] = '\0';
	if (simple(db, SQL_txn_begin) != STATUS_OK) {
		lock_drop(store->lock);
		refuse_taken(store);
		return;
	}
	fill(store, &batch);
	CRASH_POINT("writer.before_commit");
	end(store, &batch);
	CRASH_POINT("writer.after_commit");
	lock_drop(store->lock);
	CRASH_POINT("writer.unlocked");
	atomic_fetch_add(&store->changes, (uint64_t)batch.count);
	atomic_fetch_add(&store->batches, 1);
	for (int i = 0; i < batch.count; i++)
		batch.changes[i]->done(batch.answers[i], batch.changes[i]->arg);
	CRASH_POINT("writer.answered");
	publish(store);
	CRASH_POINT("writer.published");
}

/* ---- checkpoints ------------------------------------------------------------------------- */

static void checkpoint_if_due(struct store *store)
{
	bool done = true;

	if (checkpoint_wal_bytes(store->db) > CHECKPOINT_BYTES &&
	    clock_mono_ms() >= store->checkpoint_mono_ms) {
		done = take_lock(store, LOCK_TIMEOUT_MS) && checkpoint_run(store->db);
		if (lock_is_held(store->lock))
			lock_drop(store->lock);
		store->checkpoint_mono_ms = done ? 0 : clock_mono_ms() + CHECKPOINT_PAUSE_MS;
	}
	atomic_store(&store->wal_bytes, (uint64_t)checkpoint_wal_bytes(store->db));
}

/* ---- the thread -------------------------------------------------------------------------- */

static int note_progress(void *arg)
{
	lock_progress(arg);
	return 0;
}

static enum status open_all(struct store *store)
{
	enum status status = lock_open(store->options.dir, str_from_c(store->options.service),
				       store->options.incarnation, &store->lock);

	if (status != STATUS_OK)
		return status;
	if (!take_lock(store, OPEN_TIMEOUT_MS))
		return STATUS_FAILED;
	status = db_open(store->path, true, &store->db);
	lock_drop(store->lock);
	if (status == STATUS_OK)
		sqlite3_progress_handler(store->db->handle, PROGRESS_STEPS, note_progress,
					 store->lock);
	return status;
}

static void close_all(struct store *store)
{
	bool locked = store->db != NULL && take_lock(store, LOCK_TIMEOUT_MS);

	CRASH_POINT("records.before_close");
	if (locked && store->db->wal_pages > 0 && !checkpoint_run(store->db))
		log_info("records.wal_left", LOG_INT("bytes", checkpoint_wal_bytes(store->db)));
	db_close(store->db);
	if (locked)
		lock_drop(store->lock);
	CRASH_POINT("records.closed");
	lock_close(store->lock);
}

static void *writer_main(void *arg)
{
	struct store *store = arg;
	enum status status = open_all(store);

	pthread_mutex_lock(&store->mutex);
	store->open_status = status;
	store->is_open = true;
	pthread_cond_signal(&store->opened);
	pthread_mutex_unlock(&store->mutex);
	while (status == STATUS_OK && wait_for_work(store)) {
		if (store->taken != NULL)
			run_batch(store);
		checkpoint_if_due(store);
	}
	close_all(store);
	return NULL;
}

/* Signals are for the loop's thread. */
static bool start_thread(struct store *store)
{
	sigset_t all, before;
	int code;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	code = pthread_create(&store->thread, NULL, writer_main, store);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code == 0;
}

static struct store *store_new(const struct store_options *options)
{
	struct store *store = calloc(1, sizeof(*store));
	pthread_condattr_t monotonic;

	if (store == NULL)
		return NULL;
	store->options = *options;
	store->options.dir = str_to_c(&store->arena, str_from_c(options->dir));
	store->options.service = str_to_c(&store->arena, str_from_c(options->service));
	store->options.incarnation = options->incarnation.data != NULL
					     ? str_copy(&store->arena, options->incarnation)
					     : random_hex(&store->arena, INCARNATION_BYTES);
	store->tail = &store->head;
	pthread_mutex_init(&store->mutex, NULL);
	pthread_cond_init(&store->opened, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&store->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return store;
}

static void store_free(struct store *store)
{
	pthread_cond_destroy(&store->wake);
	pthread_cond_destroy(&store->opened);
	pthread_mutex_destroy(&store->mutex);
	arena_release(&store->arena);
	free(store);
}

enum status store_open(const struct store_options *options, struct store **store_out)
{
	struct store *store = store_new(options);
	enum status status;

	if (store == NULL)
		return STATUS_FAILED;
	status = files_prepare(store->options.dir, &store->arena, &store->path);
	if (status != STATUS_OK || !start_thread(store)) {
		store_free(store);
		return STATUS_FAILED;
	}
	pthread_mutex_lock(&store->mutex);
	while (!store->is_open)
		pthread_cond_wait(&store->opened, &store->mutex);
	status = store->open_status;
	pthread_mutex_unlock(&store->mutex);
	if (status != STATUS_OK) {
		pthread_join(store->thread, NULL);
		store_free(store);
		return STATUS_FAILED;
	}
	*store_out = store;
	return STATUS_OK;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	pthread_mutex_lock(&store->mutex);
	store->stopping = true;
	pthread_cond_signal(&store->wake);
	pthread_mutex_unlock(&store->mutex);
	pthread_join(store->thread, NULL);
	store_free(store);
}

/* ---- reading ----------------------------------------------------------------------------- */

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
	return simple(db, SQL_txn_snapshot);
}

void store_read_end(struct db *db)
{
	db_end_change(db);
	if (simple(db, SQL_txn_commit) != STATUS_OK)
		log_error("records.snapshot_failed",
			  LOG_INT("autocommit", sqlite3_get_autocommit(db->handle)));
	assert(sqlite3_get_autocommit(db->handle) != 0);
}

struct store_counters store_counters(const struct store *store)
{
	struct store *locked = (struct store *)(uintptr_t)store;
	struct store_counters counters = {
		.changes = atomic_load(&store->changes),
		.batches = atomic_load(&store->batches),
		.batches_failed = atomic_load(&store->batches_failed),
		.lock_waits_ms = atomic_load(&store->lock_waits_ms),
		.wal_bytes = atomic_load(&store->wal_bytes),
	};

	pthread_mutex_lock(&locked->mutex);
	counters.queue_length = store->length;
	pthread_mutex_unlock(&locked->mutex);
	return counters;
}
