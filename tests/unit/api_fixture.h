/* tests/unit/api_fixture.h -- records in a folder of their own, for tests of the API's rooms. */
#ifndef TESTS_API_FIXTURE_H
#define TESTS_API_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/employees.h"
#include "store/store.h"
#include "tests/unit/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define assert_ok(expression) assert_string_equal(status_name(expression), "ok")
#define assert_status(expression, expected)                                                        \
	assert_string_equal(status_name(expression), status_name(expected))

struct office {
	char dir[64];
	struct store *store;
};

static inline int office_setup(void **state)
{
	struct office *office = calloc(1, sizeof(*office));
	struct store_options options = { .dir = office->dir, .service = "test" };

	log_init("test", LOG_ERROR);
	snprintf(office->dir, sizeof(office->dir), "/tmp/eco-api-XXXXXX");
	assert_non_null(mkdtemp(office->dir));
	assert_ok(store_open(&options, &office->store));
	*state = office;
	return 0;
}

static inline int office_teardown(void **state)
{
	struct office *office = *state;

	store_close(office->store);
	folder_remove(office->dir);
	free(office);
	return 0;
}

#define with_records(test) cmocka_unit_test_setup_teardown(test, office_setup, office_teardown)

struct office_hiring {
	const char *login;
	enum role role;
	int64_t id;
};

static inline enum status office_hire_run(struct db *db, void *arg)
{
	struct office_hiring *hiring = arg;
	struct employee employee = { .login = str_from_c(hiring->login),
				     .name = str_from_c(hiring->login),
				     .role = hiring->role,
				     .password_hash = STR("x"),
				     .enabled = true };

	return employees_add(db, &employee, (struct actor){ ACTOR_SYSTEM, 0 }, clock_wall_ms(),
			     &hiring->id);
}

static inline int64_t office_hire(struct office *office, const char *login, enum role role)
{
	struct office_hiring hiring = { login, role, 0 };

	assert_ok(store_run(office->store, office_hire_run, &hiring));
	return hiring.id;
}

#endif
