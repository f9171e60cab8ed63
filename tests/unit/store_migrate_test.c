/* tests/unit/store_migrate_test.c -- tables of other versions: older ones are brought up, newer
 * ones serve a program as long as they say so, in the middle of its work, too. */
#include "tests/unit/process_fixture.h"

#include "store/bots.h"
#include "store/migrate.h"

#include <fcntl.h>

enum { NEXT = SCHEMA_VERSION + 1, SOME_CHANGES = 30 };

/* What a next version may add without hurting this one. */
static const char additive[] =
	"ALTER TABLE tasks ADD COLUMN weight INTEGER NOT NULL DEFAULT 1;"
	"ALTER TABLE updates ADD COLUMN note TEXT;"
	"CREATE TABLE ratings (appeal_id INTEGER PRIMARY KEY, stars INTEGER NOT NULL) STRICT;"
	"CREATE TABLE counted (what TEXT PRIMARY KEY, times INTEGER NOT NULL) STRICT, WITHOUT "
	"ROWID;"
	"CREATE INDEX tasks_by_weight ON tasks (weight);"
	"CREATE TRIGGER tasks_counted AFTER INSERT ON tasks BEGIN"
	"  INSERT INTO counted VALUES ('tasks', 1)"
	"  ON CONFLICT (what) DO UPDATE SET times = times + 1;"
	"END";

static const struct migration *table_with_next(const char *sql, int oldest)
{
	static struct migration table[NEXT + 1];

	memcpy(table, migrations, sizeof(migrations));
	table[NEXT] = (struct migration){ oldest, sql };
	return table;
}

/* ---- processes of two versions ----------------------------------------------------------- */

struct shared {
	char dir[64];
	atomic_int stop;
	atomic_int done; /* changes of the old program */
	bool additive;
};

static struct shared *shared_make(bool is_additive)
{
	struct shared *s = process_share(sizeof(*s));

	fixture_make_dir(s->dir, sizeof(s->dir));
	s->additive = is_additive;
	return s;
}

static void shared_end(struct shared *s)
{
	folder_remove(s->dir);
	munmap(s, sizeof(*s));
}

static enum status work_a_little(struct db *db, void *arg)
{
	struct shared *s = arg;
	struct task_new new = { .type = TASK_PURGE, .class = TASK_BULK, .payload = STR("{}") };
	struct task task;
	int64_t id;
	enum status status = updates_note(db, BOT_ID, atomic_load(&s->done), T0);

	if (status == STATUS_OK)
		status = tasks_add(db, &new, T0, &id);
	if (status == STATUS_OK)
		status = tasks_get(db, id, db_scratch(db), &task);
	return status;
}

/* Until it is done: on a busy machine the lock is not had in the time that a change may wait. */
static void change_a_little(struct shared *s, struct store *store)
{
	enum status status;

	do
		status = store_run(store, work_a_little, s);
	while (status == STATUS_BUSY);
	must(status == STATUS_OK, "the old program works");
}

/* A program of this version: writes and reads without a pause. */
static void old_program(struct shared *s, int number)
{
	struct store_options options = { .dir = s->dir, .service = "old" };
	struct store *store;
	struct db *reader;
	int64_t offset;

	(void)number;
	must(store_open(&options, &store) == STATUS_OK, "the old program opens");
	must(store_reader_open(store, &reader) == STATUS_OK, "and reads");
	while (!atomic_load(&s->stop)) {
		change_a_little(s, store);
		must(bots_offset(reader, BOT_ID, &offset) == STATUS_OK, "and reads on");
		atomic_fetch_add(&s->done, 1);
	}
	store_reader_close(reader);
	store_close(store);
}

/* The first of the next version does this as it opens. */
static void next_program_migrates(struct shared *s, int number)
{
	const struct migration *table = s->additive ? table_with_next(additive, SCHEMA_VERSION)
						    : table_with_next("DROP TABLE ticks", NEXT);
	char path[128];
	struct lock *lock;
	struct db *db;

	(void)number;
	snprintf(path, sizeof(path), "%s/eco.db", s->dir);
	must(lock_open(s->dir, STR("next"), STR("0"), &lock) == STATUS_OK, "open the lock");
	must(lock_take(lock, 10000) == STATUS_OK, "take the lock");
	must(db_connect(path, true, &db) == STATUS_OK, "connect");
	must(migrate_along(db, table, NEXT) == STATUS_OK, "migrate");
	db_close(db);
	lock_close(lock);
}

static void wait_for_changes(struct shared *s, int more)
{
	int target = atomic_load(&s->done) + more;

	while (atomic_load(&s->done) < target) {
		assert_int_equal(waitpid(-1, NULL, WNOHANG), 0); /* nobody ended */
		usleep(1000);
	}
}

static int64_t number_in(struct shared *s, const char *sql)
{
	char path[128];
	struct db *db;
	int64_t number;

	snprintf(path, sizeof(path), "%s/eco.db", s->dir);
	assert_ok(db_connect(path, false, &db));
	number = db_number(db, sql);
	db_close(db);
	return number;
}

static void a_program_works_on_while_and_after_the_next_version_migrates(void **state)
{
	struct shared *s = shared_make(true);
	pid_t old;
	int before;

	(void)state;
	old = process_start(s, old_program, 0);
	wait_for_changes(s, SOME_CHANGES);
	before = atomic_load(&s->done);
	process_reap(process_start(s, next_program_migrates, 0));
	wait_for_changes(s, SOME_CHANGES);
	/* It ends, and is started again before its successor is in place. */
	atomic_store(&s->stop, 1);
	process_reap(old);
	atomic_store(&s->stop, 0);
	old = process_start(s, old_program, 0);
	wait_for_changes(s, SOME_CHANGES);
	atomic_store(&s->stop, 1);
	process_reap(old);

	assert_int_equal(number_in(s, "PRAGMA user_version"), NEXT);
	assert_int_equal(number_in(s, "SELECT COUNT(*) FROM tasks WHERE weight = 1"), s->done);
	assert_in_range(number_in(s, "SELECT times FROM counted"), 2 * SOME_CHANGES,
			s->done - before);
	shared_end(s);
}

/* What it says goes to a file. */
static void old_program_is_refused(struct shared *s, int number)
{
	struct store_options options = { .dir = s->dir, .service = "old" };
	struct store *store;
	char path[128];
	int fd;

	(void)number;
	snprintf(path, sizeof(path), "%s/said", s->dir);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	must(fd >= 0 && dup2(fd, STDERR_FILENO) >= 0, "stderr");
	must(store_open(&options, &store) == STATUS_FAILED, "refused");
}

static void an_incompatible_version_refuses_the_old_program_by_name(void **state)
{
	struct shared *s = shared_make(false);
	char path[128], said[1024] = "", words[64];
	pid_t old;
	FILE *file;

	(void)state;
	old = process_start(s, old_program, 0);
	wait_for_changes(s, 1);
	atomic_store(&s->stop, 1);
	process_reap(old);
	process_reap(process_start(s, next_program_migrates, 0));
	process_reap(process_start(s, old_program_is_refused, 0));
	snprintf(path, sizeof(path), "%s/said", s->dir);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_true(fread(said, 1, sizeof(said) - 1, file) > 0);
	fclose(file);
	assert_non_null(strstr(said, "event=records.newer"));
	snprintf(words, sizeof(words), "version=%d known=%d", NEXT, SCHEMA_VERSION);
	assert_non_null(strstr(said, words));
	shared_end(s);
}

/* ---- one program ------------------------------------------------------------------------- */

static int64_t version(struct records *r)
{
	return db_number(r->db, "PRAGMA user_version");
}

static void a_migration_that_fails_leaves_everything_as_it_was(void **state)
{
	static const char failing[] = "CREATE TABLE half (a INTEGER) STRICT;"
				      "UPDATE meta SET value = -1;"
				      "INSERT INTO missing VALUES (1)";
	struct records *r = *state;

	db_exec(r->db, "COMMIT");
	log_init("test", LOG_ERROR + 1);
	assert_status(migrate_along(r->db, table_with_next(failing, SCHEMA_VERSION), NEXT),
		      STATUS_FAILED);
	log_init("test", LOG_ERROR);
	assert_int_equal(version(r), SCHEMA_VERSION);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'half'"),
			 0);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM meta WHERE value = -1"), 0);
	assert_ok(migrate_run(r->db));
	db_exec(r->db, "BEGIN");
}

static void tables_of_every_older_version_are_brought_up(void **state)
{
	(void)state;
	for (int from = 1; from < SCHEMA_VERSION; from++) {
		char dir[64], path[128];
		struct db *db;

		fixture_make_dir(dir, sizeof(dir));
		snprintf(path, sizeof(path), "%s/eco.db", dir);
		assert_int_equal(close(open(path, O_CREAT | O_WRONLY, 0600)), 0);
		assert_ok(db_connect(path, true, &db));
		assert_ok(migrate_along(db, migrations, from));
		assert_int_equal(db_number(db, "PRAGMA user_version"), from);
		db_close(db);
		assert_ok(db_open(path, true, &db));
		assert_int_equal(db_number(db, "PRAGMA user_version"), SCHEMA_VERSION);
		db_close(db);
		folder_remove(dir);
	}
}

static void newer_tables_that_say_nothing_and_foreign_ones_are_refused(void **state)
{
	struct records *r = *state;

	db_exec(r->db, "COMMIT; PRAGMA user_version = 99");
	assert_ok(migrate_run(r->db)); /* they say who is welcome */
	db_exec(r->db, "DELETE FROM meta WHERE key = 'schema_oldest'");
	log_init("test", LOG_ERROR + 1);
	assert_status(migrate_run(r->db), STATUS_FAILED);
	db_exec(r->db, "PRAGMA user_version = 3; PRAGMA application_id = 7");
	assert_status(migrate_run(r->db), STATUS_FAILED);
	log_init("test", LOG_ERROR);
	db_exec(r->db, "BEGIN");
}

static int count_sign(void *arg)
{
	++*(int *)arg;
	return 0;
}

/* Else the supervisor would take a long migration for a process that stands still. */
static void a_long_migration_gives_signs_of_life(void **state)
{
	static const char many[] =
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 60000) "
		"INSERT INTO tasks (type, class, state, payload, due_at, ready_at, created_at) "
		"SELECT 4, 1, 1, '{}', i, i, i FROM n";
	char dir[64], path[128];
	int signs = 0;
	struct db *db;

	(void)state;
	fixture_make_dir(dir, sizeof(dir));
	snprintf(path, sizeof(path), "%s/eco.db", dir);
	assert_int_equal(close(open(path, O_CREAT | O_WRONLY, 0600)), 0);
	assert_ok(db_connect(path, true, &db));
	assert_ok(migrate_along(db, migrations, 1));
	db_exec(db, many);
	db_close(db);
	assert_ok(db_open_writer(path, count_sign, &signs, &db));
	assert_int_equal(db_number(db, "PRAGMA user_version"), SCHEMA_VERSION);
	assert_true(signs > 0);
	db_close(db);
	folder_remove(dir);
}

static void the_table_of_migrations_makes_sense(void **state)
{
	(void)state;
	for (int i = 1; i <= SCHEMA_VERSION; i++) {
		assert_in_range(migrations[i].oldest, 1, i);
		assert_true(migrations[i].oldest >= migrations[i - 1].oldest);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_works_on_while_and_after_the_next_version_migrates),
		cmocka_unit_test(an_incompatible_version_refuses_the_old_program_by_name),
		with_records(a_migration_that_fails_leaves_everything_as_it_was),
		cmocka_unit_test(tables_of_every_older_version_are_brought_up),
		with_records(newer_tables_that_say_nothing_and_foreign_ones_are_refused),
		with_records(a_long_migration_gives_signs_of_life),
		cmocka_unit_test(the_table_of_migrations_makes_sense),
	};

	return cmocka_run_group_tests_name("store_migrate", tests, NULL, NULL);
}
