/* tests/unit/store_fixture.h -- a store in a folder of its own, and short words for what most tests begin with. */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/appeals.h"
#include "store/customers.h"
#include "store/db_private.h"
#include "store/employees.h"
#include "store/store.h"
#include "store/tasks.h"

#include <dirent.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#define assert_ok(expression) assert_string_equal(status_name(expression), "ok")
#define assert_status(expression, expected) assert_string_equal(status_name(expression), status_name(expected))
#define assert_str(value, expected) assert_true(str_eq_c((value), (expected)))

enum { T0 = 1000000, TOLD_MAX = 512, BOT_ID = 77 };

struct fixture {
	char dir[64];
	struct store *store;
	struct db *reader;
	struct arena arena;
	/* What the publish hook was told. */
	pthread_mutex_t mutex;
	int64_t told[TOLD_MAX];
	size_t told_count;
	int64_t told_seq;
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
	f->told_seq = batch->event_seq != 0 ? batch->event_seq : f->told_seq;
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

static inline void fixture_open_store(struct fixture *f)
{
	struct store_options options = {
		.dir = f->dir,
		.service = "test",
		.hooks = { fixture_publish, fixture_confirmed, f },
	};

	assert_ok(store_open(&options, &f->store));
}

static inline void fixture_make_dir(char *dir_out, size_t size)
{
	assert_true(size > sizeof("/tmp/eco-store-XXXXXX"));
	memcpy(dir_out, "/tmp/eco-store-XXXXXX", sizeof("/tmp/eco-store-XXXXXX"));
	assert_non_null(mkdtemp(dir_out));
}

static inline void fixture_remove_dir(const char *dir)
{
	DIR *open = opendir(dir);
	struct dirent *entry;
	char path[512];

	assert_non_null(open);
	while ((entry = readdir(open)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(path);
	}
	closedir(open);
	rmdir(dir);
}

static inline int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	log_init("test", LOG_ERROR);
	pthread_mutex_init(&f->mutex, NULL);
	fixture_make_dir(f->dir, sizeof(f->dir));
	fixture_open_store(f);
	assert_ok(store_reader_open(f->store, &f->reader));
	*state = f;
	return 0;
}

static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	store_reader_close(f->reader);
	store_close(f->store);
	fixture_remove_dir(f->dir);
	arena_release(&f->arena);
	pthread_mutex_destroy(&f->mutex);
	free(f);
	return 0;
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

/* ---- changes as one expression: CHANGE(f, some_call(db, ...)) runs it as a change of its own; GNU C's nested functions would need
 * an executable stack, so that a change is a function and its few words travel in `struct step`. --------------------- */

struct step {
	struct fixture *f;
	int64_t a, b, c, now_ms;
	struct str text;
	int64_t out;
	enum status inner;
	void *ref;
};

/* The number of rows that a bare query on the reader gives in its first column. */
static inline int64_t fixture_number(struct fixture *f, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t value;

	assert_int_equal(sqlite3_prepare_v2(f->reader->handle, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

static inline bool fixture_was_told(struct fixture *f, int64_t task_id)
{
	bool found = false;

	pthread_mutex_lock(&f->mutex);
	for (size_t i = 0; i < f->told_count; i++)
		found = found || f->told[i] == task_id;
	pthread_mutex_unlock(&f->mutex);
	return found;
}

static inline void fixture_forget_told(struct fixture *f)
{
	pthread_mutex_lock(&f->mutex);
	f->told_count = 0;
	pthread_mutex_unlock(&f->mutex);
}

/* ---- people ------------------------------------------------------------------------------------------------ */

static inline enum status step_employee(struct db *db, void *arg)
{
	struct step *s = arg;
	struct employee employee = { .login = s->text,
				     .name = s->text,
				     .role = ROLE_OPERATOR,
				     .lang = LANG_RU,
				     .password_hash = STR("x"),
				     .enabled = s->a != 0 };

	return employees_add(db, &employee, (struct actor){ ACTOR_SYSTEM, 0 }, T0, &s->out);
}

static inline int64_t fixture_employee(struct fixture *f, const char *login)
{
	struct step s = { .text = str_from_c(login), .a = 1 };

	assert_ok(store_run(f->store, step_employee, &s));
	return s.out;
}

static inline enum status step_customer(struct db *db, void *arg)
{
	struct step *s = arg;
	struct customer_seen seen = { .bot_id = BOT_ID,
				      .telegram_id = s->a,
				      .name = s->text,
				      .language_code = STR("ru") };

	return customers_see(db, &seen, T0, &s->f->arena, s->ref);
}

static inline struct customer fixture_customer(struct fixture *f, int64_t telegram_id, const char *name)
{
	struct customer customer;
	struct step s = { .f = f, .a = telegram_id, .text = str_from_c(name), .ref = &customer };

	assert_ok(store_run(f->store, step_customer, &s));
	return customer;
}

#endif
