/* tests/unit/base_str_test.c -- slices. */
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static void absent_and_empty_differ_but_are_equal(void **state)
{
	(void)state;
	assert_null(str_from_c(NULL).data);
	assert_non_null(str_from_c("").data);
	assert_true(str_eq(STR_NONE, STR("")));
	assert_null(str_copy(&arena, STR_NONE).data);
	assert_non_null(str_copy(&arena, STR("")).data);
	assert_string_equal(str_to_c(&arena, STR_NONE), "");
}

static void comparing_looks_at_all_bytes(void **state)
{
	(void)state;
	assert_true(str_eq(STR("ab"), STR("ab")));
	assert_false(str_eq(STR("ab"), STR("abc")));
	assert_false(str_eq(STR("a\0b"), STR("a\0c")));
	assert_true(str_eq_c(STR("ab"), "ab"));
	assert_true(str_eq_nocase(STR("Host"), STR("hOST")));
	assert_false(str_eq_nocase(STR("Host"), STR("Hos")));
	assert_true(str_starts(STR("abc"), STR("")));
	assert_true(str_starts(STR("abc"), STR("ab")));
	assert_false(str_starts(STR("a"), STR("ab")));
	assert_true(str_ends(STR("abc"), STR("bc")));
	assert_true(str_ends(STR("abc"), STR("abc")));
	assert_false(str_ends(STR("bc"), STR("abc")));
	assert_true(str_starts(STR_NONE, STR("")));
}

static void skipping_stops_at_the_end(void **state)
{
	(void)state;
	assert_true(str_eq(str_skip(STR("abc"), 1), STR("bc")));
	assert_int_equal(str_skip(STR("abc"), 9).len, 0);
	assert_null(str_skip(STR_NONE, 3).data);
}

static void trimming_takes_ascii_white_space_only(void **state)
{
	(void)state;
	assert_true(str_eq(str_trim(STR(" \t\r\n\v\fa b\n ")), STR("a b")));
	assert_int_equal(str_trim(STR(" \n ")).len, 0);
	assert_true(str_eq(str_trim(STR("\xc2\xa0x")), STR("\xc2\xa0x")));
}

static void cutting_tells_the_last_piece_from_an_empty_rest(void **state)
{
	struct str head, rest;

	(void)state;
	rest = str_cut(STR("a,b"), ',', &head);
	assert_true(str_eq(head, STR("a")) && str_eq(rest, STR("b")));
	rest = str_cut(STR("a,"), ',', &head);
	assert_true(str_eq(head, STR("a")));
	assert_non_null(rest.data);
	assert_int_equal(rest.len, 0);
	rest = str_cut(STR("a"), ',', &head);
	assert_true(str_eq(head, STR("a")));
	assert_null(rest.data);
	rest = str_cut(STR(",a"), ',', &head);
	assert_int_equal(head.len, 0);
	assert_true(str_eq(rest, STR("a")));
	rest = str_cut(STR_NONE, ',', &head);
	assert_null(rest.data);
	assert_null(head.data);
}

static void copies_are_terminated_and_formats_are_measured(void **state)
{
	char long_text[5000];
	struct str s;

	(void)state;
	s = str_copy(&arena, (struct str){ "abcdef", 3 });
	assert_string_equal(s.data, "abc");
	s = str_format(&arena, "%d-%s", 7, "x");
	assert_string_equal(s.data, "7-x");
	assert_int_equal(s.len, 3);
	memset(long_text, 'a', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	assert_int_equal(str_format(&arena, "%s", long_text).len, sizeof(long_text) - 1);
	assert_string_equal(str_format(&arena, "[%.*s]", STR_ARG(STR_NONE)).data, "[]");
}

static void check_int(const char *text, enum status status, int64_t expected)
{
	int64_t value = -7;

	if (str_to_int(str_from_c(text), INT64_MIN, INT64_MAX, &value) != status)
		fail_msg("%s", text);
	assert_int_equal(value, status == STATUS_OK ? expected : -7);
}

static void numbers_are_decimal_and_whole(void **state)
{
	(void)state;
	check_int("0", STATUS_OK, 0);
	check_int("-0", STATUS_OK, 0);
	check_int("42", STATUS_OK, 42);
	check_int("-42", STATUS_OK, -42);
	check_int("9223372036854775807", STATUS_OK, INT64_MAX);
	check_int("-9223372036854775808", STATUS_OK, INT64_MIN);
	check_int("9223372036854775808", STATUS_BAD_INPUT, 0);
	check_int("-9223372036854775809", STATUS_BAD_INPUT, 0);
	check_int("99999999999999999999", STATUS_BAD_INPUT, 0);
	check_int("", STATUS_BAD_INPUT, 0);
	check_int("-", STATUS_BAD_INPUT, 0);
	check_int("--1", STATUS_BAD_INPUT, 0);
	check_int("+1", STATUS_BAD_INPUT, 0);
	check_int(" 1", STATUS_BAD_INPUT, 0);
	check_int("1 ", STATUS_BAD_INPUT, 0);
	check_int("1.0", STATUS_BAD_INPUT, 0);
	check_int("0x10", STATUS_BAD_INPUT, 0);
	check_int("1e3", STATUS_BAD_INPUT, 0);
}

static void numbers_stay_within_their_limits(void **state)
{
	int64_t value;

	(void)state;
	assert_int_equal(str_to_int(STR("1"), 1, 200, &value), STATUS_OK);
	assert_int_equal(str_to_int(STR("200"), 1, 200, &value), STATUS_OK);
	assert_int_equal(str_to_int(STR("0"), 1, 200, &value), STATUS_BAD_INPUT);
	assert_int_equal(str_to_int(STR("201"), 1, 200, &value), STATUS_BAD_INPUT);
	assert_int_equal(str_to_int(STR_NONE, 0, 1, &value), STATUS_BAD_INPUT);
}

static void utf8_is_judged_strictly(void **state)
{
	static const char *const good[] = { "",
					    "a",
					    "\x7f",
					    "\xc2\x80",
					    "\xdf\xbf",
					    "\xe0\xa0\x80",
					    "\xed\x9f\xbf",
					    "\xee\x80\x80",
					    "\xef\xbf\xbf",
					    "\xf0\x90\x80\x80",
					    "\xf4\x8f\xbf\xbf",
					    "Привет, 🛴!" };
	static const char *const bad[] = { "\x80",
					   "\xbf",
					   "\xc0\x80",
					   "\xc1\xbf",
					   "\xc2",
					   "\xe0\x80\x80",
					   "\xe0\x9f\xbf",
					   "\xed\xa0\x80",
					   "\xed\xbf\xbf",
					   "\xf0\x80\x80\x80",
					   "\xf0\x8f\xbf\xbf",
					   "\xf4\x90\x80\x80",
					   "\xf5\x80\x80\x80",
					   "\xf8\x88\x80\x80\x80",
					   "\xff",
					   "\xe2\x82",
					   "\xf0\x9f\x9b",
					   "a\x80",
					   "\xc2z" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (!str_is_utf8(str_from_c(good[i])))
			fail_msg("good %zu", i);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (str_is_utf8(str_from_c(bad[i])))
			fail_msg("bad %zu", i);
	assert_false(str_is_utf8(STR("a\0b")));
	assert_true(str_is_utf8(STR_NONE));
}

static void characters_are_counted_and_cut_whole(void **state)
{
	struct str text = STR("aЯ€🛴");

	(void)state;
	assert_int_equal(text.len, 10);
	assert_int_equal(str_chars(text), 4);
	assert_int_equal(str_utf16_units(text), 5);
	assert_int_equal(str_chars(STR_NONE), 0);
	assert_true(str_eq(str_first_chars(text, 0), STR("")));
	assert_true(str_eq(str_first_chars(text, 2), STR("aЯ")));
	assert_true(str_eq(str_first_chars(text, 4), text));
	assert_true(str_eq(str_first_chars(text, 400), text));
}

static void hex_is_lower_case(void **state)
{
	(void)state;
	assert_string_equal(str_hex(&arena, "\x00\xff\x1a", 3).data, "00ff1a");
	assert_int_equal(str_hex(&arena, "", 0).len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(absent_and_empty_differ_but_are_equal),
		cmocka_unit_test(comparing_looks_at_all_bytes),
		cmocka_unit_test(skipping_stops_at_the_end),
		cmocka_unit_test(trimming_takes_ascii_white_space_only),
		cmocka_unit_test(cutting_tells_the_last_piece_from_an_empty_rest),
		cmocka_unit_test(copies_are_terminated_and_formats_are_measured),
		cmocka_unit_test(numbers_are_decimal_and_whole),
		cmocka_unit_test(numbers_stay_within_their_limits),
		cmocka_unit_test(utf8_is_judged_strictly),
		cmocka_unit_test(characters_are_counted_and_cut_whole),
		cmocka_unit_test(hex_is_lower_case),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
