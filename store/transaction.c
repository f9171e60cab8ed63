/* store/transaction.c -- how a change is undone, what ends a batch, and what happens after its
 * COMMIT. In a savepoint SQLite copies every page that is written, a third of an answer's time. So
 * changes run without, and when one fails that has already written, the whole batch is rolled back
 * and run once more, each change in a savepoint of its own. */
#include "store/transaction.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "store/store_private.h"
#include "store/turn.h"

#include <assert.h>

enum {
	BATCH_CHANGES_MAX = 128,
	BATCH_US_MAX = 5000,
	BATCH_WANTED_US_MAX = 2000, /* while another process waits for the lock */
};

/* ---- one change -------------------------------------------------------------------------- */

/* SQLite may have rolled back everything by itself; the next change would then commit alone. */
static bool is_lost(const struct db *db)
{
	return db->broken || db->must_repeat || sqlite3_get_autocommit(db->handle) != 0;
}

static enum status simple(struct db *db, enum sql_id id)
{
	return sql_run(db, id, NULL, 0, NULL);
}

/* What a change that is undone leaves as it was. */
struct before {
	sqlite3_int64 rows_written;
	struct outbox_mark mark;
	bool had_taken;
	struct task taken;
};

static enum status undo(struct db *db, const struct before *before)
{
	if (!db->without_savepoints) {
		if (simple(db, SQL_txn_rollback_to) != STATUS_OK)
			return STATUS_FAILED;
	} else if (sqlite3_total_changes64(db->handle) != before->rows_written) {
		db->must_repeat = true;
		return STATUS_FAILED;
	}
	outbox_truncate(&db->outbox, before->mark);
	db->has_taken = before->had_taken;
	db->taken = before->taken;
	db->alive[0] = '\0';
	return STATUS_OK;
}

enum status store_try(struct db *db, change_fn run, void *arg, enum status *verdict_out)
{
	const struct before before = { sqlite3_total_changes64(db->handle),
				       outbox_mark(&db->outbox), db->has_taken, db->taken };
	int open_statements = db->open_statements;
	enum status status = STATUS_OK;

	if (!db->without_savepoints && simple(db, SQL_txn_savepoint) != STATUS_OK)
		return STATUS_FAILED;
	*verdict_out = run(db, arg);
	assert(db->open_statements == open_statements);
	if (is_lost(db))
		return STATUS_FAILED;
	if (*verdict_out != STATUS_OK)
		status = undo(db, &before);
	if (status == STATUS_OK && !db->without_savepoints)
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

static void run_one(struct store *store, struct batch *batch, int i)
{
	const struct change *change = batch->changes[i];
	struct db *db = store->db;
	enum status *answer = &batch->answers[i];

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

/* A transaction in which nothing happened yet. */
static enum status begin(struct db *db, bool without_savepoints)
{
	outbox_clear(&db->outbox);
	db->broken = db->must_repeat = false;
	db->without_savepoints = without_savepoints;
	db->alive[0] = '\0';
	return simple(db, SQL_txn_begin);
}

/* Under the same lock: the records are as they were when the batch began. */
static void repeat(struct store *store, struct batch *batch)
{
	struct db *db = store->db;

	atomic_fetch_add(&store->counters.batches_repeated, 1);
	batch->lost = simple(db, SQL_txn_rollback) != STATUS_OK || begin(db, false) != STATUS_OK;
	for (int i = 0; i < batch->count && !batch->lost; i++)
		run_one(store, batch, i);
}

static void fill(struct store *store, struct batch *batch)
{
	int64_t began_us = clock_mono_us();
	struct change *change;

	while (batch->count < BATCH_CHANGES_MAX && !batch->lost &&
	       (change = changes_next(&store->changes)) != NULL) {
		int64_t spent_us;

		batch->changes[batch->count] = change;
		run_one(store, batch, batch->count++);
		if (store->db->must_repeat)
			repeat(store, batch);
		spent_us = clock_mono_us() - began_us;
		if (spent_us >= BATCH_US_MAX ||
		    (spent_us >= BATCH_WANTED_US_MAX && lock_is_wanted(store->lock)))
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
		atomic_fetch_add(&store->counters.batches_failed, 1);
		outbox_clear(&db->outbox);
	}
}

static void publish(struct store *store)
{
	struct notice_batch notices = outbox_batch(&store->db->outbox);

	if (store->options.hooks.publish != NULL && (notices.count > 0 || notices.event_seq != 0))
		store->options.hooks.publish(store->options.hooks.arg, &notices);
	outbox_clear(&store->db->outbox);
}

void transaction_run(struct store *store)
{
	struct batch batch = { .count = 0 };
	struct db *db = store->db;

	marks_collect(&store->marks, &store->options.hooks);
	if (!turn_take(store, LOCK_TIMEOUT_MS)) {
		changes_refuse(&store->changes);
		return;
	}
	CRASH_POINT("writer.locked");
	if (begin(db, true) != STATUS_OK) {
		lock_drop(store->lock);
		changes_refuse(&store->changes);
		return;
	}
	fill(store, &batch);
	CRASH_POINT("writer.before_commit");
	end(store, &batch);
	CRASH_POINT("writer.after_commit");
	lock_drop(store->lock);
	CRASH_POINT("writer.unlocked");
	atomic_fetch_add(&store->counters.changes, (uint64_t)batch.count);
	atomic_fetch_add(&store->counters.batches, 1);
	for (int i = 0; i < batch.count; i++)
		batch.changes[i]->done(batch.answers[i], batch.changes[i]->arg);
	CRASH_POINT("writer.answered");
	publish(store);
	CRASH_POINT("writer.published");
}
