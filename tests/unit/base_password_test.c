/* tests/unit/base_password_test.c -- passwords are hashed, told apart, and unknown names cost as
 * much as known ones. */
#include "base/clock.h"
#include "base/password.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena arena;

static struct str hash_of(struct str password)
{
	struct str hash;

	assert_int_equal(password_hash(password, &arena, &hash), STATUS_OK);
	return hash;
}

static void right_password_passes_and_wrong_is_denied(void **state)
{
	struct str hash = hash_of(STR("correct horse"));

	(void)state;
	assert_int_equal(password_verify(STR("correct horse"), hash), STATUS_OK);
	assert_int_equal(password_verify(STR("correct horsf"), hash), STATUS_DENIED);
	assert_int_equal(password_verify(STR(""), hash), STATUS_DENIED);
}

static void too_short_and_too_long_are_refused(void **state)
{
	struct str hash;
	char *long_one = arena_alloc(&arena, PASSWORD_BYTES_MAX + 1);

	(void)state;
	assert_int_equal(password_hash(STR("seven77"), &arena, &hash), STATUS_BAD_INPUT);
	assert_int_equal(
		password_hash((struct str){ long_one, PASSWORD_BYTES_MAX + 1 }, &arena, &hash),
		STATUS_BAD_INPUT);
}

static int64_t verify_time_us(struct str hash)
{
	int64_t start = clock_mono_us();

	assert_int_equal(password_verify(STR("some password"), hash), STATUS_DENIED);
	return clock_mono_us() - start;
}

static void unknown_names_cost_as_much_as_known_ones(void **state)
{
	struct str hash = hash_of(STR("another password"));
	int64_t known_us = INT64_MAX, unknown_us = INT64_MAX;

	(void)state;
	/* The best of five each: what is left is the work itself. */
	for (int i = 0; i < 5; i++) {
		int64_t us = verify_time_us(hash);

		known_us = us < known_us ? us : known_us;
		us = verify_time_us(STR_NONE);
		unknown_us = us < unknown_us ? us : unknown_us;
	}
	assert_true(unknown_us > known_us / 2 && unknown_us < known_us * 2);
}

static void hashes_of_other_costs_are_outdated(void **state)
{
	(void)state;
	assert_false(password_is_outdated(hash_of(STR("correct horse"))));
	assert_true(password_is_outdated(STR("$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$"
					     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")));
	assert_true(password_is_outdated(STR_NONE));
}

static void random_passwords_use_no_lookalikes(void **state)
{
	struct str password = password_random(&arena, 2000);

	(void)state;
	assert_int_equal(password.len, 2000);
	for (size_t i = 0; i < password.len; i++)
		assert_null(strchr("0O1lIi o", password.data[i]));
	assert_false(str_eq(password, password_random(&arena, 2000)));
}

static int forget(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_password_passes_and_wrong_is_denied),
		cmocka_unit_test(too_short_and_too_long_are_refused),
		cmocka_unit_test(unknown_names_cost_as_much_as_known_ones),
		cmocka_unit_test(hashes_of_other_costs_are_outdated),
		cmocka_unit_test(random_passwords_use_no_lookalikes),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
