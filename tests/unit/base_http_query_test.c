/* tests/unit/base_http_query_test.c -- query strings and forms. */
#include "base/http/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static void check(const char *text, const char *expected)
{
	struct query query;
	struct str got = STR("");

	assert_int_equal(query_parse(str_from_c(text), &arena, &query), STATUS_OK);
	for (size_t i = 0; i < query.count; i++)
		got = str_format(&arena, "%.*s[%.*s=%.*s]", STR_ARG(got),
				 STR_ARG(query.pairs[i].name), STR_ARG(query.pairs[i].value));
	assert_string_equal(got.data, expected);
}

static void pairs_are_read_and_decoded(void **state)
{
	(void)state;
	check("", "");
	check("a=1&b=2", "[a=1][b=2]");
	check("a", "[a=]");
	check("a=", "[a=]");
	check("=b", "[=b]");
	check("a=b=c", "[a=b=c]");
	check("&&a=1&&b&", "[a=1][b=]");
	check("a+b=c+d", "[a b=c d]");
	check("%61%3d=%26%2B", "[a==&+]");
	check("q=%D0%B0%d0%91", "[q=\xd0\xb0\xd0\x91]");
	check("a=?/:@", "[a=?/:@]");
	check("a%20=%25", "[a =%]");
}

static void bad_escapes_are_bad_input(void **state)
{
	static const char *const bad[] = { "a=%",    "a=%2",  "a=%zz",	  "a=%2g",	 "a=%g2",
					   "a=%%41", "%=a",   "a=%-1",	  "a=% 1",	 "a=%00",
					   "%00",    "a=%ff", "a=%c0%80", "a=%ed%a0%80", "a=\xff" };
	struct query query;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (query_parse(str_from_c(bad[i]), &arena, &query) != STATUS_BAD_INPUT)
			fail_msg("%s passed", bad[i]);
	assert_int_equal(query_parse((struct str){ "a=\0", 3 }, &arena, &query), STATUS_BAD_INPUT);
}

static void escapes_at_the_end_of_a_slice_read_nothing_behind_it(void **state)
{
	struct query query;

	(void)state;
	assert_int_equal(query_parse((struct str){ "a=%41", 4 }, &arena, &query), STATUS_BAD_INPUT);
	assert_int_equal(query_parse((struct str){ "a=%41", 5 }, &arena, &query), STATUS_OK);
}

static void absent_empty_and_repeated_names_differ(void **state)
{
	struct query query;

	(void)state;
	assert_int_equal(query_parse(STR("a=1&b=&a=2"), &arena, &query), STATUS_OK);
	assert_true(str_eq(query_value(&query, "a"), STR("1")));
	assert_non_null(query_value(&query, "b").data);
	assert_int_equal(query_value(&query, "b").len, 0);
	assert_null(query_value(&query, "c").data);
	assert_true(query_is_repeated(&query, "a"));
	assert_false(query_is_repeated(&query, "b"));
	assert_false(query_is_repeated(&query, "c"));
}

static void more_than_64_pairs_are_bad_input(void **state)
{
	char text[65 * 2 + 1] = "";
	struct query query;

	(void)state;
	for (size_t i = 0; i < 65; i++)
		memcpy(text + i * 2, "a&", 2);
	assert_int_equal(query_parse((struct str){ text, 64 * 2 }, &arena, &query), STATUS_OK);
	assert_int_equal(query.count, 64);
	assert_int_equal(query_parse((struct str){ text, 65 * 2 }, &arena, &query),
			 STATUS_BAD_INPUT);
}

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_are_read_and_decoded),
		cmocka_unit_test(bad_escapes_are_bad_input),
		cmocka_unit_test(escapes_at_the_end_of_a_slice_read_nothing_behind_it),
		cmocka_unit_test(absent_empty_and_repeated_names_differ),
		cmocka_unit_test(more_than_64_pairs_are_bad_input),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
