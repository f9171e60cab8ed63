/* store/turn.c -- opening, checkpoints and closing: what is no batch and needs the write lock, too.
 */
#include "store/turn.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "store/checkpoint.h"
#include "store/store_private.h"

enum {
	OPEN_TIMEOUT_MS = 30000, /* another process may be migrating */
};

bool turn_take(struct store *store, int64_t timeout_ms)
{
	int64_t began_ms = clock_mono_ms();
	bool taken = lock_take(store->lock, timeout_ms) == STATUS_OK;

	atomic_fetch_add(&store->counters.lock_waits_ms, (uint64_t)(clock_mono_ms() - began_ms));
	if (!taken)
		log_warn("records.lock_busy", LOG_INT("waited_ms", clock_mono_ms() - began_ms));
	return taken;
}

static int note_progress(void *arg)
{
	lock_progress(arg);
	return 0;
}

enum status turn_open(struct store *store)
{
	enum status status = lock_open(store->options.dir, str_from_c(store->options.service),
				       store->options.incarnation, &store->lock);

	if (status != STATUS_OK)
		return status;
	if (!turn_take(store, OPEN_TIMEOUT_MS))
		return STATUS_FAILED;
	status = db_open_writer(store->path, note_progress, store->lock, &store->db);
	lock_drop(store->lock);
	return status;
}

void turn_close(struct store *store)
{
	bool locked = store->db != NULL && turn_take(store, LOCK_TIMEOUT_MS);

	CRASH_POINT("records.before_close");
	if (locked && store->db->wal_pages > 0 && !checkpoint_truncate(store->db))
		log_info("records.wal_left", LOG_INT("bytes", checkpoint_wal_bytes(store->db)));
	db_close(store->db);
	if (locked)
		lock_drop(store->lock);
	CRASH_POINT("records.closed");
	lock_close(store->lock);
}

/* The pause is over, or too long for a writer this quick. */
static bool is_due(const struct store *store)
{
	return clock_mono_ms() >= store->checkpoint_mono_ms ||
	       checkpoint_wal_bytes(store->db) >= store->checkpoint_bytes;
}

static void postpone(struct store *store, int64_t pause_ms)
{
	int64_t bytes = checkpoint_wal_bytes(store->db);

	store->checkpoint_mono_ms = clock_mono_ms() + pause_ms;
	store->checkpoint_bytes = bytes + bytes / CHECKPOINT_GROWTH;
}

void turn_checkpoint_if_due(struct store *store)
{
	if (checkpoint_wal_bytes(store->db) <= CHECKPOINT_BYTES) {
		store->checkpoint_mono_ms = 0; /* another process may have done it */
	} else if (is_due(store)) {
		bool done = false;

		if (turn_take(store, LOCK_TIMEOUT_MS)) {
			done = checkpoint_restart(store->db);
			lock_drop(store->lock);
		}
		if (done)
			store->checkpoint_mono_ms = 0;
		else
			postpone(store, checkpoint_pause_ms(store->db));
	}
	atomic_store(&store->counters.wal_bytes, (uint64_t)checkpoint_wal_bytes(store->db));
}
