/* tests/unit/store_wal_test.c -- SQLite's WAL-reset bug is kept away: nobody writes or checkpoints
 * without the write lock, many processes at once leave the records whole, and the WAL stays small.
 *
 * ECO_STRESS_S: seconds of stress, 3 if it is not said. */
#include "tests/unit/process_fixture.h"

#include "store/bots.h"
#include "store/checkpoint.h"
#include "store/store_private.h"
#include "store/turn.h"
#include "tests/unit/fault_vfs.h"
#include "tests/unit/slow.h"

#include <sys/stat.h>

/* ---- every way to a checkpoint ----------------------------------------------------------- */

static void a_reader_is_refused_every_way_to_a_checkpoint(void **state)
{
	static const char *const statements[] = {
		"PRAGMA wal_checkpoint",
		"PRAGMA wal_checkpoint(PASSIVE)",
		"PRAGMA wal_checkpoint(TRUNCATE)",
		"PRAGMA main.wal_checkpoint = RESTART",
		"PRAGMA WAL_Checkpoint",
		"PRAGMA journal_mode",
		"PRAGMA journal_mode = DELETE",
		"PRAGMA main.journal_mode = OFF",
		"PRAGMA wal_autocheckpoint",
		"PRAGMA wal_autocheckpoint = 1",
		"PRAGMA locking_mode = EXCLUSIVE",
		"PRAGMA query_only = 0",
		"PRAGMA user_version = 7",
		"PRAGMA synchronous = OFF",
		"PRAGMA writable_schema = 1",
		"PRAGMA mmap_size = 1000000000",
		"PRAGMA data_version = 1",
		"PRAGMA optimize",
		"PRAGMA incremental_vacuum",
		"SELECT * FROM pragma_wal_checkpoint",
		"SELECT * FROM pragma_journal_mode",
		"ATTACH 'file:other.db' AS other",
		"DETACH main",
		"VACUUM",
		"REINDEX",
		"ANALYZE",
		"BEGIN IMMEDIATE",
		"BEGIN EXCLUSIVE",
		"DELETE FROM updates",
		"CREATE TEMP TABLE t (a)",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++)
		if (sqlite3_exec(f->reader->handle, statements[i], NULL, NULL, NULL) == SQLITE_OK)
			fail_msg("a reader may: %s", statements[i]);
	assert_int_equal(db_number(f->reader, "SELECT COUNT(*) FROM updates"), 0);
}

static int64_t file_bytes(const char *dir, const char *name)
{
	struct stat info;
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return stat(path, &info) == 0 ? info.st_size : 0;
}

/* Many more pages than SQLite would wait for, then all connections close. */
static void no_connection_checkpoints_by_itself(void **state)
{
	enum { ROWS = 300, LONG_BYTES = 30000 };
	static char text[LONG_BYTES];
	struct records *r = *state;
	struct task_new task = { .type = TASK_PURGE,
				 .class = TASK_BULK,
				 .payload = { text, sizeof(text) } };
	int64_t before, id;
	struct db *reader;
	char path[128];

	memset(text, 'x', sizeof(text));
	snprintf(path, sizeof(path), "%s/eco.db", r->dir);
	db_exec(r->db, "COMMIT");
	assert_true(checkpoint_truncate(r->db));
	before = file_bytes(r->dir, "eco.db");
	assert_int_equal(db_number(r->db, "PRAGMA wal_autocheckpoint"), 0);
	for (int i = 0; i < ROWS; i++) {
		db_exec(r->db, "BEGIN IMMEDIATE");
		assert_ok(tasks_add(r->db, &task, T0, &id));
		db_exec(r->db, "COMMIT");
	}
	assert_ok(db_open(path, false, &reader));
	assert_int_equal(db_number(reader, "SELECT COUNT(*) FROM tasks"), ROWS);
	db_close(r->db);
	r->db = NULL;
	db_close(reader);
	assert_int_equal(file_bytes(r->dir, "eco.db"), before);
	assert_true(file_bytes(r->dir, "eco.db-wal") > (int64_t)ROWS * LONG_BYTES);
	assert_ok(db_open(path, true, &r->db));
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM tasks"), ROWS);
	db_exec(r->db, "BEGIN");
}

/* Until the WAL is longer than `bytes`. */
static void grow_wal(struct records *r, int64_t bytes)
{
	static char text[30000];
	struct task_new task = { .type = TASK_PURGE,
				 .class = TASK_BULK,
				 .payload = { text, sizeof(text) } };
	int64_t id;

	memset(text, 'x', sizeof(text));
	do {
		db_exec(r->db, "BEGIN IMMEDIATE");
		assert_ok(tasks_add(r->db, &task, T0, &id));
		db_exec(r->db, "COMMIT");
	} while (checkpoint_wal_bytes(r->db) <= bytes);
}

static int64_t fails_after_ms(struct records *r)
{
	int64_t began_ms = clock_mono_ms();

	assert_false(checkpoint_restart(r->db));
	return clock_mono_ms() - began_ms;
}

/* A backup pins the WAL for long: writers must not wait for it each time. */
static void a_long_wal_waits_for_readers_and_not_for_long_for_one_that_stays(void **state)
{
	struct records *r = *state;
	struct db *reader;
	char path[128];

	snprintf(path, sizeof(path), "%s/eco.db", r->dir);
	db_exec(r->db, "COMMIT");
	assert_ok(db_open(path, false, &reader));
	grow_wal(r, CHECKPOINT_BYTES);
	assert_ok(store_read_begin(reader));
	db_number(reader, "SELECT COUNT(*) FROM tasks");
	assert_true(fails_after_ms(r) >= CHECKPOINT_TRY_MS); /* not so long yet */
	assert_int_equal(checkpoint_pause_ms(r->db), CHECKPOINT_PAUSE_MS);
	store_read_end(reader);

	grow_wal(r, CHECKPOINT_URGENT_BYTES);
	assert_ok(store_read_begin(reader));
	db_number(reader, "SELECT COUNT(*) FROM tasks");
	for (int i = 1; i <= CHECKPOINT_URGENT_TRIES; i++) {
		assert_int_equal(checkpoint_pause_ms(r->db), CHECKPOINT_URGENT_PAUSE_MS);
		assert_true(fails_after_ms(r) >= CHECKPOINT_URGENT_TRY_MS);
	}
	assert_int_equal(checkpoint_pause_ms(r->db), CHECKPOINT_PAUSE_MS);
	assert_true(fails_after_ms(r) >= CHECKPOINT_TRY_MS);
	store_read_end(reader);
	assert_true(checkpoint_restart(r->db));
	assert_int_equal(r->db->checkpoint_failures, 0);
	db_close(reader);
	db_exec(r->db, "BEGIN");
}

static void the_wal_is_written_over_and_gives_back_what_a_long_one_took(void **state)
{
	struct records *r = *state;
	int64_t kept, bytes;

	assert_ok(str_to_int(STR(CHECKPOINT_KEPT_BYTES), CHECKPOINT_BYTES, INT64_MAX, &kept));
	db_exec(r->db, "COMMIT");
	grow_wal(r, CHECKPOINT_BYTES);
	bytes = file_bytes(r->dir, "eco.db-wal");
	assert_in_range(bytes, CHECKPOINT_BYTES, kept);
	assert_true(checkpoint_restart(r->db));
	grow_wal(r, CHECKPOINT_BYTES / 2);
	assert_in_range(checkpoint_wal_bytes(r->db), 1, CHECKPOINT_BYTES);
	assert_int_equal(file_bytes(r->dir, "eco.db-wal"), bytes);

	grow_wal(r, 2 * kept);
	assert_true(file_bytes(r->dir, "eco.db-wal") > 2 * kept);
	assert_true(checkpoint_restart(r->db));
	grow_wal(r, 0);
	assert_int_equal(file_bytes(r->dir, "eco.db-wal"), kept);
	assert_true(checkpoint_truncate(r->db));
	assert_int_equal(file_bytes(r->dir, "eco.db-wal"), 0);
	db_exec(r->db, "BEGIN");
}

/* Else the writer, woken at a time that has passed, would never sleep again. */
static void a_wal_that_another_process_emptied_needs_no_further_try(void **state)
{
	struct records *r = *state;
	struct store store = { .db = r->db, .lock = r->lock };

	db_exec(r->db, "COMMIT");
	assert_true(checkpoint_restart(r->db));
	lock_drop(r->lock);
	store.checkpoint_mono_ms = clock_mono_ms() - 1;
	turn_checkpoint_if_due(&store);
	assert_int_equal(store.checkpoint_mono_ms, 0);
	db_exec(r->db, "BEGIN");
}

/* A reader that lost the processor is a short obstacle; 200 ms of a quick writer are 6 MB. */
static void a_wal_that_grows_is_not_left_alone_for_the_whole_pause(void **state)
{
	struct records *r = *state;
	struct store store = { .db = r->db, .lock = r->lock };
	struct db *reader;
	char path[128];
	int64_t due_ms;

	snprintf(path, sizeof(path), "%s/eco.db", r->dir);
	db_exec(r->db, "COMMIT");
	lock_drop(r->lock);
	assert_ok(db_open(path, false, &reader));
	grow_wal(r, CHECKPOINT_BYTES);
	assert_ok(store_read_begin(reader));
	db_number(reader, "SELECT COUNT(*) FROM tasks");
	turn_checkpoint_if_due(&store);
	store_read_end(reader);
	assert_true(store.checkpoint_mono_ms != 0);

	due_ms = store.checkpoint_mono_ms = clock_mono_ms() + 3600 * 1000;
	grow_wal(r, CHECKPOINT_BYTES + CHECKPOINT_BYTES / CHECKPOINT_GROWTH / 2);
	turn_checkpoint_if_due(&store);
	assert_int_equal(store.checkpoint_mono_ms, due_ms);
	grow_wal(r, store.checkpoint_bytes);
	turn_checkpoint_if_due(&store);
	assert_int_equal(store.checkpoint_mono_ms, 0);
	assert_int_equal(checkpoint_wal_bytes(r->db), 0);
	db_close(reader);
	db_exec(r->db, "BEGIN");
}

/* ---- many processes ---------------------------------------------------------------------- */

enum { WRITERS = 4, READERS = 3, PROCESSES = WRITERS + READERS, ROUND_MS = 400, LONG_BYTES = 6000 };

struct shared {
	char dir[64];
	atomic_int stop;
	/* Of each writer: updates 1..confirmed were answered OK. */
	_Atomic int64_t confirmed[WRITERS];
	_Atomic int64_t reads;
};

static const char *watched_dir;

/* Whoever changes the files stands in the lock file, or the process ends badly. */
static void check_lock(const char *what)
{
	struct lock_holder holder = { 0 };

	if (lock_peek(watched_dir, LOCK_SIDE_WRITE, &holder) == STATUS_OK && holder.held &&
	    holder.pid == getpid())
		return;
	fprintf(stderr, "%s without the write lock\n", what);
	_exit(3);
}

static struct store *open_store(struct shared *s)
{
	struct store_options options = { .dir = s->dir, .service = "test" };
	struct store *store = NULL;

	must(store_open(&options, &store) == STATUS_OK, "open");
	return store;
}

struct writing {
	int number;
	int64_t next;
	bool is_first; /* of this process */
};

static enum status note_next(struct db *db, void *arg)
{
	static char text[LONG_BYTES];
	struct writing *writing = arg;
	struct task_new task = { .type = TASK_PURGE,
				 .class = TASK_BULK,
				 .payload = { text, sizeof(text) } };
	enum status status = updates_note(db, BOT_ID + writing->number, writing->next, T0);
	int64_t id;

	memset(text, 'x', sizeof(text));
	return status == STATUS_OK ? tasks_add(db, &task, T0, &id) : status;
}

/* Until it is done: a machine that is busy keeps the lock for longer than a change may wait. */
static void write_next(struct shared *s, struct store *store, struct writing *writing)
{
	enum status status;

	do
		status = store_run(store, note_next, writing);
	while (status == STATUS_BUSY);
	/* The last change before a kill may have been committed, and not been answered. */
	must(status == STATUS_OK || (status == STATUS_CONFLICT && writing->is_first), "a change");
	writing->is_first = false;
	atomic_store(&s->confirmed[writing->number], writing->next++);
}

static void write_on(struct shared *s, int number)
{
	struct writing writing = { number, atomic_load(&s->confirmed[number]) + 1, true };
	struct store *store = open_store(s);

	while (!atomic_load(&s->stop))
		write_next(s, store, &writing);
	store_close(store);
}

static int64_t number_of(struct db *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t value;

	must(sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL) == SQLITE_OK, sql);
	must(sqlite3_step(stmt) == SQLITE_ROW, sql);
	value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

/* Two questions in one snapshot agree. Readers overlap, and leave the others some of the machine.
 */
static void read_on(struct shared *s, int number)
{
	uint32_t random = (uint32_t)number;
	struct db *db;
	char path[128];

	snprintf(path, sizeof(path), "%s/eco.db", s->dir);
	must(db_open(path, false, &db) == STATUS_OK, "open for reading");
	while (!atomic_load(&s->stop)) {
		int64_t last_id;

		must(store_read_begin(db) == STATUS_OK, "a snapshot");
		last_id = number_of(db, "SELECT MAX(rowid) FROM tasks");
		usleep(random >> 8 & 0x07ff);
		must(number_of(db, "SELECT MAX(rowid) FROM tasks") == last_id, "one snapshot");
		store_read_end(db);
		atomic_fetch_add(&s->reads, 1);
		random = random * 1664525 + 1013904223;
		usleep(random >> 8 & 0x07ff);
	}
	db_close(db);
}

/* By a connection of its own, in a process of its own. */
static void check_records(struct shared *s, int number)
{
	struct store *store = open_store(s);
	struct db *db;
	char sql[160];

	(void)number;
	must(store_reader_open(store, &db) == STATUS_OK, "open for reading");
	must(number_of(db, "SELECT COUNT(*) FROM pragma_integrity_check "
			   "WHERE integrity_check <> 'ok'") == 0,
	     "integrity");
	must(number_of(db, "SELECT COUNT(*) FROM pragma_foreign_key_check") == 0, "foreign keys");
	for (int i = 0; i < WRITERS; i++) {
		int64_t confirmed = atomic_load(&s->confirmed[i]);

		snprintf(sql, sizeof(sql),
			 "SELECT COUNT(*) FROM updates WHERE bot_id = %d AND update_id <= %lld",
			 BOT_ID + i, (long long)confirmed);
		must(number_of(db, sql) == confirmed, "what was confirmed is there");
	}
	store_reader_close(db);
	store_close(store);
}

/* All at work; then some writers and readers are killed, the others end in order. */
static void run_round(struct shared *s, uint32_t kills)
{
	pid_t pids[PROCESSES];

	atomic_store(&s->stop, 0);
	for (int i = 0; i < PROCESSES; i++)
		pids[i] = process_start(s, i < WRITERS ? write_on : read_on, i);
	usleep((useconds_t)(ROUND_MS * slow_times() * 1000));
	for (int i = 0; i < PROCESSES; i++)
		if ((kills >> i & 1) != 0)
			process_kill(pids[i]);
	atomic_store(&s->stop, 1);
	for (int i = 0; i < PROCESSES; i++)
		if ((kills >> i & 1) == 0)
			process_reap(pids[i]);
	process_reap(process_start(s, check_records, 0));
}

static int stress_s(void)
{
	const char *said = getenv("ECO_STRESS_S");
	int64_t seconds = 3;

	if (said != NULL)
		assert_ok(str_to_int(str_from_c(said), 1, 100000, &seconds));
	return (int)seconds;
}

static struct shared *shared_make(void)
{
	struct shared *s = process_share(sizeof(*s));

	fixture_make_dir(s->dir, sizeof(s->dir));
	watched_dir = s->dir;
	fault_watch(check_lock);
	process_reap(process_start(s, check_records, 0)); /* makes them */
	return s;
}

static void shared_end(struct shared *s)
{
	fault_watch(NULL);
	folder_remove(s->dir);
	munmap(s, sizeof(*s));
}

static void writers_readers_and_kills_leave_the_records_whole(void **state)
{
	int64_t end_ms = clock_mono_ms() + stress_s() * 1000, changes = 0;
	uint32_t random = (uint32_t)getpid();
	struct shared *s = shared_make();
	int rounds = 0;

	(void)state;
	print_message("           seed %u\n", random);
	do {
		random = random * 1664525 + 1013904223;
		run_round(s, rounds++ % 2 == 0 ? 0 : random >> 16);
	} while (clock_mono_ms() < end_ms);
	for (int i = 0; i < WRITERS; i++)
		changes += atomic_load(&s->confirmed[i]);
	print_message("           %d rounds, %lld changes, %lld reads\n", rounds,
		      (long long)changes, (long long)atomic_load(&s->reads));
	assert_true(changes > 0 && atomic_load(&s->reads) > 0);
	shared_end(s);
}

/* ---- the WAL's size ---------------------------------------------------------------------- */

enum { MANY_READERS = 10, WAL_BYTES_MAX = 8 * 1024 * 1024 };

/* There is hardly a moment without an open snapshot; and it is written back meanwhile. */
static void the_wal_stays_small_beside_ten_readers(void **state)
{
	int64_t end_ms = clock_mono_ms() + stress_s() * 1000, most = 0, looked = 0, written = 0,
		before;
	struct shared *s = shared_make();
	pid_t readers[MANY_READERS], writers[2];

	(void)state;
	before = file_bytes(s->dir, "eco.db");
	for (int i = 0; i < 2; i++)
		writers[i] = process_start(s, write_on, i);
	for (int i = 0; i < MANY_READERS; i++)
		readers[i] = process_start(s, read_on, i);
	/* Until there was something to write back, and it was. */
	for (; clock_mono_ms() < end_ms || written * LONG_BYTES <= CHECKPOINT_BYTES ||
	       most < CHECKPOINT_BYTES || file_bytes(s->dir, "eco.db") == before;
	     looked++) {
		int64_t bytes = file_bytes(s->dir, "eco.db-wal");

		written = atomic_load(&s->confirmed[0]) + atomic_load(&s->confirmed[1]);
		most = bytes > most ? bytes : most;
		assert_true(clock_mono_ms() < end_ms + 60000);
		usleep(1000);
	}
	atomic_store(&s->stop, 1);
	for (int i = 0; i < 2; i++)
		process_reap(writers[i]);
	for (int i = 0; i < MANY_READERS; i++)
		process_reap(readers[i]);
	print_message("           %.1f MB at most in %lld looks; %lld changes, %lld reads\n",
		      (double)most / 1e6, (long long)looked, (long long)written,
		      (long long)atomic_load(&s->reads));
	assert_in_range(most, 1, WAL_BYTES_MAX);
	shared_end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_store(a_reader_is_refused_every_way_to_a_checkpoint),
		with_records(no_connection_checkpoints_by_itself),
		with_records(a_long_wal_waits_for_readers_and_not_for_long_for_one_that_stays),
		with_records(the_wal_is_written_over_and_gives_back_what_a_long_one_took),
		with_records(a_wal_that_another_process_emptied_needs_no_further_try),
		with_records(a_wal_that_grows_is_not_left_alone_for_the_whole_pause),
		cmocka_unit_test(writers_readers_and_kills_leave_the_records_whole),
		cmocka_unit_test(the_wal_stays_small_beside_ten_readers),
	};

	fault_install();
	return cmocka_run_group_tests_name("store_wal", tests, NULL, NULL);
}
