/* tests/unit/store_faults_test.c -- disk and memory that fail at every single step of a batch, a
 * checkpoint and an opening: nothing goes through alone, nothing undone is called done, and the
 * writer goes on afterwards. */
#include "tests/unit/store_fixture.h"

#include "store/bots.h"
#include "store/checkpoint.h"
#include "tests/unit/fault_vfs.h"

#include <limits.h>

enum {
	CHANGES = 6,
	ROUND_IDS = 100,	/* update ids of one round */
	SMALL_CACHE_PAGES = 10, /* so that a batch reads and spills on its way */
	LONG_BYTES = 24000,
	STEPS_MAX = 20000, /* a walk that is longer has lost its way */
};

/* ---- rounds: a batch with a fault in it -------------------------------------------------- */

struct bench;

struct asked {
	struct change change;
	struct bench *bench;
	int64_t id, task_id;
	enum status answer;
};

struct bench {
	struct fixture *f;
	struct asked asked[CHANGES];
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	int answered;
	enum fault_kind kind;
	int nth, times;
	int64_t rounds, notes; /* in the records */
	int64_t lost;	       /* rounds that ended in anything but OK */
	int64_t misread;
};

/* An update noted and a task added, whose payload takes many pages. */
static enum status note(struct db *db, int64_t id, int64_t *task_id_out)
{
	static char text[LONG_BYTES];
	struct task_new task = { .type = TASK_PURGE, .class = TASK_BULK };
	enum status status = updates_note(db, BOT_ID, id, T0);

	memset(text, 'x', sizeof(text));
	task.payload = (struct str){ text, sizeof(text) };
	return status == STATUS_OK ? tasks_add(db, &task, T0, task_id_out) : status;
}

static enum status note_arg(struct db *db, void *arg)
{
	struct asked *asked = arg;

	return note(db, asked->id, &asked->task_id);
}

static enum status note_inner_and_refuse(struct db *db, void *arg)
{
	struct asked *asked = arg;
	enum status status = note(db, asked->id + 1, &asked->task_id);

	return status == STATUS_OK ? STATUS_CONFLICT : status;
}

/* The part within is refused: only the change around it stands. */
static enum status note_around(struct db *db, void *arg)
{
	enum status verdict, status = store_try(db, note_inner_and_refuse, arg, &verdict);

	return status == STATUS_OK ? note_arg(db, arg) : status;
}

/* Careless: what the records said is not looked at. */
static enum status note_and_shrug(struct db *db, void *arg)
{
	enum status status = note_arg(db, arg);

	return status == STATUS_OK ? status : STATUS_OK;
}

static enum status note_and_refuse(struct db *db, void *arg)
{
	return note_inner_and_refuse(db, arg);
}

/* What was written is looked at: a row half read would be worse than none. */
static enum status note_and_look(struct db *db, void *arg)
{
	struct asked *asked = arg;
	enum status status = note_arg(db, arg);
	struct task task;

	if (status == STATUS_OK)
		status = tasks_get(db, asked->task_id, db_scratch(db), &task);
	if (status == STATUS_OK && task.payload.len != LONG_BYTES)
		asked->bench->misread++;
	return status;
}

static enum status arm(struct db *db, void *arg)
{
	struct bench *bench = ((struct asked *)arg)->bench;

	(void)db;
	fault_arm(bench->kind, bench->nth, bench->times, true);
	return STATUS_OK;
}

static const struct {
	change_fn run;
	int notes; /* when all goes well */
} changes[CHANGES] = {
	{ arm, 0 },
	{ note_arg, 1 },
	{ note_around, 1 },
	{ note_and_shrug, 1 },
	{ note_and_refuse, 0 },
	{ note_and_look, 1 },
};

static void answered(enum status status, void *arg)
{
	struct asked *asked = arg;
	struct bench *bench = asked->bench;

	pthread_mutex_lock(&bench->mutex);
	asked->answer = status;
	bench->answered++;
	pthread_cond_signal(&bench->cond);
	pthread_mutex_unlock(&bench->mutex);
}

static enum status small_cache(struct db *db, void *arg)
{
	char sql[64];

	(void)arg;
	snprintf(sql, sizeof(sql), "PRAGMA cache_size = %d", SMALL_CACHE_PAGES);
	return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? STATUS_OK
									    : STATUS_FAILED;
}

/* Old rounds make the file long and teach nothing. */
static enum status forget(struct db *db, void *arg)
{
	(void)arg;
	return sqlite3_exec(db->handle, "DELETE FROM tasks; DELETE FROM updates", NULL, NULL,
			    NULL) == SQLITE_OK
		       ? STATUS_OK
		       : STATUS_FAILED;
}

static void wait_answered(struct bench *bench)
{
	pthread_mutex_lock(&bench->mutex);
	while (bench->answered < CHANGES)
		pthread_cond_wait(&bench->cond, &bench->mutex);
	pthread_mutex_unlock(&bench->mutex);
}

/* True: the fault came about. */
static bool run_round(struct bench *bench)
{
	int64_t first_id = ++bench->rounds * ROUND_IDS;

	bench->answered = 0;
	for (int i = 0; i < CHANGES; i++) {
		struct asked *asked = &bench->asked[i];

		*asked = (struct asked){ .bench = bench, .id = first_id + 2 * i };
		asked->change = (struct change){ changes[i].run, answered, asked, 0, NULL };
		assert_ok(store_submit(bench->f->store, &asked->change));
	}
	wait_answered(bench);
	return fault_disarm();
}

static int64_t count(struct bench *bench, const char *table, int64_t from, int64_t to)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM %s WHERE %s BETWEEN %lld AND %lld", table,
		 strcmp(table, "updates") == 0 ? "update_id" : "id", (long long)from,
		 (long long)to);
	return db_number(bench->f->reader, sql);
}

/* What was answered OK stands, whole; nothing else does. */
static void check_round(struct bench *bench)
{
	int64_t notes = 0;
	bool lost = false;

	for (int i = 0; i < CHANGES; i++) {
		const struct asked *asked = &bench->asked[i];
		int expected = asked->answer == STATUS_OK ? changes[i].notes : 0;

		assert_true(
			asked->answer == STATUS_OK || asked->answer == STATUS_BUSY ||
			asked->answer == STATUS_FAILED ||
			(asked->answer == STATUS_CONFLICT && changes[i].run == note_and_refuse));
		assert_int_equal(count(bench, "updates", asked->id, asked->id), expected);
		assert_int_equal(count(bench, "updates", asked->id + 1, asked->id + 1), 0);
		notes += expected;
		lost = lost || asked->answer == STATUS_BUSY || asked->answer == STATUS_FAILED;
	}
	bench->notes += notes;
	bench->lost += lost;
	assert_int_equal(count(bench, "updates", 0, INT64_MAX), bench->notes);
	assert_int_equal(count(bench, "tasks", 0, INT64_MAX), bench->notes);
}

static size_t forget_told(struct fixture *f)
{
	size_t count;

	pthread_mutex_lock(&f->mutex);
	count = f->told_count;
	f->told_count = 0;
	pthread_mutex_unlock(&f->mutex);
	return count;
}

/* The next change finds a writer in order, and Redis was told of what stands, and of nothing else.
 */
static void check_writer_goes_on(struct bench *bench, int64_t notes_before)
{
	enum { FORGET_NOTES = 60 };
	struct asked asked = { .id = bench->rounds * ROUND_IDS + ROUND_IDS - 2 };

	assert_ok(store_run(bench->f->store, note_arg, &asked));
	assert_int_equal(count(bench, "updates", 0, INT64_MAX), ++bench->notes);
	assert_int_equal(count(bench, "tasks", 0, INT64_MAX), bench->notes);
	assert_ok(store_run(bench->f->store, small_cache, NULL)); /* what was before is published */
	assert_int_equal(forget_told(bench->f), bench->notes - notes_before);
	if (bench->notes < FORGET_NOTES)
		return;
	assert_ok(store_run(bench->f->store, forget, NULL));
	bench->notes = 0;
}

/* Fails the 1st step, the 2nd, ... until a batch has no such step left. */
static void walk(struct bench *bench, enum fault_kind kind, int times)
{
	int64_t lost = bench->lost;

	bench->kind = kind;
	bench->times = times;
	for (bench->nth = 1;; bench->nth++) {
		int64_t notes = bench->notes;
		bool fired;

		assert_true(bench->nth < STEPS_MAX);
		log_init("test", LOG_ERROR + 1);
		fired = run_round(bench);
		check_round(bench);
		check_writer_goes_on(bench, notes);
		assert_int_equal(bench->misread, 0);
		log_init("test", LOG_ERROR);
		if (!fired)
			break;
	}
	print_message("           %s: %d steps, %lld batches lost\n", fault_names[kind],
		      bench->nth - 1, (long long)(bench->lost - lost));
	assert_true(bench->lost > lost);
}

static void walk_whole_batches(void **state, enum fault_kind kind, int times)
{
	struct bench bench = { .f = *state,
			       .mutex = PTHREAD_MUTEX_INITIALIZER,
			       .cond = PTHREAD_COND_INITIALIZER };
	struct fixture *f = *state;
	char path[128];

	assert_ok(store_run(f->store, small_cache, NULL));
	walk(&bench, kind, times);
	/* And so it is for who opens the records anew. */
	store_reader_close(f->reader);
	fixture_close_store(f);
	snprintf(path, sizeof(path), "%s/eco.db", f->dir);
	assert_ok(db_open(path, false, &f->reader));
	assert_int_equal(count(&bench, "updates", 0, INT64_MAX), bench.notes);
	assert_int_equal(db_number(f->reader, "SELECT COUNT(*) FROM pragma_integrity_check "
					      "WHERE integrity_check <> 'ok'"),
			 0);
}

static void a_failing_write_lets_nothing_of_the_batch_through(void **state)
{
	walk_whole_batches(state, FAULT_WRITE, 1);
}

static void a_full_disk_lets_nothing_of_the_batch_through(void **state)
{
	walk_whole_batches(state, FAULT_FULL, INT_MAX);
}

static void a_failing_sync_lets_nothing_of_the_batch_through(void **state)
{
	walk_whole_batches(state, FAULT_SYNC, 1);
}

static void a_failing_read_lets_nothing_of_the_batch_through(void **state)
{
	walk_whole_batches(state, FAULT_READ, 1);
}

static void memory_that_is_gone_once_lets_nothing_of_the_batch_through(void **state)
{
	walk_whole_batches(state, FAULT_MEMORY, 1);
}

static void memory_that_is_gone_for_long_lets_nothing_of_the_batch_through(void **state)
{
	walk_whole_batches(state, FAULT_MEMORY, INT_MAX);
}

/* ---- checkpoints ------------------------------------------------------------------------- */

/* With each step of it failing; then it succeeds. How often it failed. */
static int walk_checkpoint(struct records *r, enum fault_kind kind,
			   bool (*checkpoint)(struct db *db))
{
	int64_t notes = db_number(r->db, "SELECT COUNT(*) FROM updates"), task_id;
	int failures = 0;
	bool fired = true;

	for (int nth = 1; fired; nth++) {
		bool done;

		assert_true(nth < STEPS_MAX);
		db_exec(r->db, "BEGIN IMMEDIATE");
		assert_ok(note(r->db, ++notes, &task_id));
		db_exec(r->db, "COMMIT");
		log_init("test", LOG_ERROR + 1);
		fault_arm(kind, nth, 1, true);
		done = checkpoint(r->db);
		fired = fault_disarm();
		log_init("test", LOG_ERROR);
		failures += !done;
		assert_true(done || fired);
		assert_true(checkpoint(r->db));
		assert_int_equal(checkpoint_wal_bytes(r->db), 0);
		assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM updates"), notes);
	}
	return failures;
}

static void a_checkpoint_that_fails_loses_nothing_and_succeeds_later(void **state)
{
	static const enum fault_kind kinds[] = { FAULT_WRITE,	 FAULT_FULL, FAULT_SYNC,
						 FAULT_TRUNCATE, FAULT_READ, FAULT_MEMORY };
	struct records *r = *state;

	db_exec(r->db, "COMMIT");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		int restart = walk_checkpoint(r, kinds[i], checkpoint_restart);
		int truncate = walk_checkpoint(r, kinds[i], checkpoint_truncate);

		print_message("           %s: %d and %d failures\n", fault_names[kinds[i]], restart,
			      truncate);
		assert_true((restart > 0 && truncate > 0) || kinds[i] == FAULT_MEMORY);
	}
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM pragma_integrity_check "
					  "WHERE integrity_check <> 'ok'"),
			 0);
	db_exec(r->db, "BEGIN");
}

/* ---- opening ----------------------------------------------------------------------------- */

/* Opens new records with the nth step failing; then they open well. True: it had failed. */
static bool open_with_fault(enum fault_kind kind, int nth, bool *fired_out)
{
	struct store_options options = { .service = "test" };
	char dir[64];
	struct store *store = NULL;
	struct db *reader;
	enum status status;

	fixture_make_dir(dir, sizeof(dir));
	options.dir = dir;
	log_init("test", LOG_ERROR + 1);
	fault_arm(kind, nth, 1, false);
	status = store_open(&options, &store);
	*fired_out = fault_disarm();
	log_init("test", LOG_ERROR);
	assert_true(status == STATUS_OK || *fired_out);
	if (status == STATUS_OK)
		store_close(store);
	assert_ok(store_open(&options, &store));
	assert_ok(store_reader_open(store, &reader));
	assert_int_equal(db_number(reader, "SELECT COUNT(*) FROM meta WHERE key = 'queue_epoch'"),
			 1);
	store_reader_close(reader);
	store_close(store);
	folder_remove(dir);
	return status != STATUS_OK;
}

static void records_whose_making_failed_open_well_the_next_time(void **state)
{
	static const struct {
		enum fault_kind kind;
		int stride; /* memory is asked for thousands of times */
	} faults[] = { { FAULT_WRITE, 1 },
		       { FAULT_SYNC, 1 },
		       { FAULT_READ, 1 },
		       { FAULT_SHM, 1 },
		       { FAULT_MEMORY, 997 } };

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		int failures = 0, nth = 1;

		for (bool fired = true; fired; nth += faults[i].stride) {
			assert_true(nth < STEPS_MAX * faults[i].stride);
			failures += open_with_fault(faults[i].kind, nth, &fired);
		}
		print_message("           %s: %d failures in %d steps\n",
			      fault_names[faults[i].kind], failures, nth);
		assert_true(failures > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_store(a_failing_write_lets_nothing_of_the_batch_through),
		with_store(a_full_disk_lets_nothing_of_the_batch_through),
		with_store(a_failing_sync_lets_nothing_of_the_batch_through),
		with_store(a_failing_read_lets_nothing_of_the_batch_through),
		with_store(memory_that_is_gone_once_lets_nothing_of_the_batch_through),
		with_store(memory_that_is_gone_for_long_lets_nothing_of_the_batch_through),
		with_records(a_checkpoint_that_fails_loses_nothing_and_succeeds_later),
		cmocka_unit_test(records_whose_making_failed_open_well_the_next_time),
	};

	fault_install();
	return cmocka_run_group_tests_name("store_faults", tests, NULL, NULL);
}
