/* tests/unit/store_fixture.h -- records in a folder of their own: a whole store with its writer, or
 * one bare connection in a transaction for tests of single record kinds. */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "tests/unit/db_number.h"
#include "tests/unit/folder.h"

#include "store/customers.h"
#include "store/db_private.h"
#include "store/employees.h"
#include "store/files.h"
#include "store/lock.h"
#include "store/store.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#define assert_ok(expression) assert_string_equal(status_name(expression), "ok")
#define assert_status(expression, expected)                                                        \
	assert_string_equal(status_name(expression), status_name(expected))
#define assert_str(value, expected) assert_true(str_eq_c((value), (expected)))

enum { BOT_ID = 77 };
#define T0 INT64_C(1700000000000)

static inline void fixture_make_dir(char *dir_out, size_t size)
{
	static const char pattern[] = "/tmp/eco-store-XXXXXX";

	assert_true(size >= sizeof(pattern));
	memcpy(dir_out, pattern, sizeof(pattern));
	assert_non_null(mkdtemp(dir_out));
}

static inline void db_exec(struct db *db, const char *sql)
{
	assert_int_equal(sqlite3_exec(db->handle, sql, NULL, NULL, NULL), SQLITE_OK);
}

/* ---- a bare connection, in one transaction from beginning to end ------------------------- */

struct records {
	char dir[64];
	struct lock *lock;
	struct db *db;
	struct arena arena;
};

static inline int records_setup(void **state)
{
	struct records *r = calloc(1, sizeof(*r));
	const char *path;

	log_init("test", LOG_ERROR);
	fixture_make_dir(r->dir, sizeof(r->dir));
	assert_ok(files_prepare(r->dir, &r->arena, &path));
	assert_ok(lock_open(r->dir, STR("test"), STR("0"), &r->lock));
	assert_ok(lock_take(r->lock, LOCK_TIMEOUT_MS));
	assert_ok(db_open(path, true, &r->db));
	db_exec(r->db, "BEGIN IMMEDIATE");
	*state = r;
	return 0;
}

static inline int records_teardown(void **state)
{
	struct records *r = *state;

	db_close(r->db);
	lock_close(r->lock);
	folder_remove(r->dir);
	arena_release(&r->arena);
	free(r);
	return 0;
}

#define with_records(test) cmocka_unit_test_setup_teardown(test, records_setup, records_teardown)

/* Was this task told to Redis since the last outbox_clear? How often? */
static inline int times_told(struct db *db, int64_t task_id)
{
	struct notice_batch batch = outbox_batch(&db->outbox);
	int times = 0;

	for (size_t i = 0; i < batch.count; i++)
		times += batch.tasks[i].id == task_id;
	return times;
}

static inline int64_t add_employee(struct records *r, const char *login)
{
	struct employee employee = { .login = str_from_c(login),
				     .name = str_from_c(login),
				     .role = ROLE_OPERATOR,
				     .password_hash = STR("x"),
				     .enabled = true };
	int64_t id;

	assert_ok(employees_add(r->db, &employee, (struct actor){ ACTOR_SYSTEM, 0 }, T0, &id));
	return id;
}

static inline struct customer add_customer(struct records *r, int64_t telegram_id, const char *name)
{
	struct customer_seen seen = { .bot_id = BOT_ID,
				      .telegram_id = telegram_id,
				      .name = str_from_c(name),
				      .language_code = STR("en") };
	struct customer customer;

	assert_ok(customers_see(r->db, &seen, T0, &r->arena, &customer));
	return customer;
}

/* ---- a whole store, and what its publish hook was told ----------------------------------- */

enum { TOLD_MAX = 512 };

struct fixture {
	char dir[64];
	struct store *store;
	struct db *reader;
	struct arena arena;
	pthread_mutex_t mutex;
	int64_t told[TOLD_MAX];
	size_t told_count;
	int publishes;
	/* Ids that the next `confirmed` reports. */
	int64_t confirmed[16];
	size_t confirmed_count;
};

static inline void fixture_publish(void *arg, const struct notice_batch *batch)
{
	struct fixture *f = arg;

	pthread_mutex_lock(&f->mutex);
	for (size_t i = 0; i < batch->count && f->told_count < TOLD_MAX; i++)
		f->told[f->told_count++] = batch->tasks[i].id;
	f->publishes++;
	pthread_mutex_unlock(&f->mutex);
}

static inline size_t fixture_confirmed(void *arg, int64_t *ids_out, size_t ids_max)
{
	struct fixture *f = arg;
	size_t count;

	pthread_mutex_lock(&f->mutex);
	count = f->confirmed_count < ids_max ? f->confirmed_count : ids_max;
	memcpy(ids_out, f->confirmed, count * sizeof(*ids_out));
	f->confirmed_count = 0;
	pthread_mutex_unlock(&f->mutex);
	return count;
}

static inline int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct store_options options = { .service = "test",
					 .hooks = { fixture_publish, fixture_confirmed, f } };

	log_init("test", LOG_ERROR);
	pthread_mutex_init(&f->mutex, NULL);
	fixture_make_dir(f->dir, sizeof(f->dir));
	options.dir = f->dir;
	assert_ok(store_open(&options, &f->store));
	assert_ok(store_reader_open(f->store, &f->reader));
	*state = f;
	return 0;
}

/* The last answers and publications are over. */
static inline void fixture_close_store(struct fixture *f)
{
	store_close(f->store);
	f->store = NULL;
}

static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	store_reader_close(f->reader);
	store_close(f->store);
	folder_remove(f->dir);
	arena_release(&f->arena);
	pthread_mutex_destroy(&f->mutex);
	free(f);
	return 0;
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

static inline bool fixture_was_told(struct fixture *f, int64_t task_id)
{
	bool found = false;

	pthread_mutex_lock(&f->mutex);
	for (size_t i = 0; i < f->told_count; i++)
		found = found || f->told[i] == task_id;
	pthread_mutex_unlock(&f->mutex);
	return found;
}

#endif
