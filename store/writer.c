/* store/writer.c -- the writer thread's life, and the store's public face. */
#include "store/store.h"

#include "base/random.h"
#include "store/transaction.h"
#include "store/files.h"
#include "store/store_private.h"
#include "store/turn.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>

enum { INCARNATION_BYTES = 16 };

/* ---- the thread -------------------------------------------------------------------------- */

static void *writer_main(void *arg)
{
	struct store *store = arg;
	enum status status = turn_open(store);

	store->open_status = status;
	sem_post(&store->opened);
	while (status == STATUS_OK && changes_wait(&store->changes, store->checkpoint_mono_ms)) {
		if (changes_any(&store->changes))
			transaction_run(store);
		turn_checkpoint_if_due(store);
	}
	turn_close(store);
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

	if (store == NULL)
		return NULL;
	store->options = *options;
	store->options.dir = str_to_c(&store->arena, str_from_c(options->dir));
	store->options.service = str_to_c(&store->arena, str_from_c(options->service));
	store->options.incarnation = options->incarnation.data != NULL
					     ? str_copy(&store->arena, options->incarnation)
					     : random_hex(&store->arena, INCARNATION_BYTES);
	sem_init(&store->opened, 0, 0);
	changes_init(&store->changes);
	return store;
}

static void store_free(struct store *store)
{
	changes_release(&store->changes);
	sem_destroy(&store->opened);
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
	while (sem_wait(&store->opened) != 0)
		; /* a signal came */
	status = store->open_status;
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
	changes_stop(&store->changes);
	pthread_join(store->thread, NULL);
	store_free(store);
}

/* ---- changes ----------------------------------------------------------------------------- */

enum status store_submit(struct store *store, struct change *change)
{
	return changes_add(&store->changes, change);
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

struct store_counters store_counters(const struct store *store)
{
	struct store *locked = (struct store *)(uintptr_t)store;

	return (struct store_counters){
		.changes = atomic_load(&store->counters.changes),
		.batches = atomic_load(&store->counters.batches),
		.batches_failed = atomic_load(&store->counters.batches_failed),
		.batches_repeated = atomic_load(&store->counters.batches_repeated),
		.lock_waits_ms = atomic_load(&store->counters.lock_waits_ms),
		.wal_bytes = atomic_load(&store->counters.wal_bytes),
		.queue_length = changes_length(&locked->changes),
	};
}
