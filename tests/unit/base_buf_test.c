/* tests/unit/base_buf_test.c -- bytes and JSON, appended; jansson reads back what was written. */
#include "base/buf.h"

#include <jansson.h>
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

static void bytes_are_appended_through_all_growth(void **state)
{
	struct buf buf = buf_in(&arena);

	(void)state;
	assert_int_equal(buf_str(&buf).len, 0);
	assert_non_null(buf_str(&buf).data);
	for (int i = 0; i < 10000; i++) {
		buf_add_int(&buf, i % 10);
		buf_add_c(&buf, "x");
		buf_add(&buf, STR_NONE);
	}
	assert_int_equal(buf_str(&buf).len, 20000);
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(buf_str(&buf).data[i * 2], '0' + (int)(i % 10));
}

static void numbers_and_formats_are_written_whole(void **state)
{
	struct buf buf = buf_in(&arena);

	(void)state;
	buf_add_int(&buf, INT64_MIN);
	buf_add_int(&buf, INT64_MAX);
	buf_format(&buf, "[%s|%d]", "a", 5);
	buf_format(&buf, "%0300d", 7);
	assert_true(
		str_starts(buf_str(&buf), STR("-92233720368547758089223372036854775807[a|5]0000")));
	assert_int_equal(buf_str(&buf).len, 39 + 5 + 300);
	assert_true(str_ends(buf_str(&buf), STR("0007")));
}

static void commas_stand_between_and_nowhere_else(void **state)
{
	struct buf buf = buf_in(&arena);

	(void)state;
	json_open(&buf, '{');
	json_add_str(&buf, "a", STR("b"));
	json_add_int(&buf, "c", -1);
	json_name(&buf, "d");
	json_open(&buf, '[');
	json_int(&buf, 1);
	json_str(&buf, STR_NONE);
	json_open(&buf, '{');
	json_close(&buf, '}');
	json_open(&buf, '[');
	json_close(&buf, ']');
	json_bool(&buf, false);
	json_raw(&buf, STR("{\"e\":2}"));
	json_close(&buf, ']');
	json_add_bool(&buf, "f", true);
	json_close(&buf, '}');
	assert_true(str_eq(
		buf_str(&buf),
		STR("{\"a\":\"b\",\"c\":-1,\"d\":[1,null,{},[],false,{\"e\":2}],\"f\":true}")));
}

static void check_text(struct str text, const char *expected)
{
	struct buf buf = buf_in(&arena);
	json_t *back;

	json_str(&buf, text);
	back = json_loadb(buf_str(&buf).data, buf_str(&buf).len, JSON_DECODE_ANY, NULL);
	if (back == NULL || strcmp(json_string_value(back), expected) != 0)
		fail_msg("%.*s", STR_ARG(buf_str(&buf)));
	json_decref(back);
}

static void texts_come_back_as_they_were(void **state)
{
	char all[128] = "";

	(void)state;
	for (char c = 1; c < 127; c++)
		all[c - 1] = c;
	check_text(str_from_c(all), all);
	check_text(STR(""), "");
	check_text(STR("Привет \"мир\" \\ 🛴\n"), "Привет \"мир\" \\ 🛴\n");
	check_text(STR("</script>"), "</script>");
}

static void what_is_no_utf8_is_replaced_and_the_rest_stays(void **state)
{
	(void)state;
	check_text(STR("a\x80"
		       "b"),
		   "a\xef\xbf\xbd"
		   "b");
	check_text(STR("\xff"), "\xef\xbf\xbd");
	check_text(STR("Я\xd0"), "Я\xef\xbf\xbd");
	check_text(STR("\xd0Я"), "\xef\xbf\xbdЯ");
	check_text(STR("a\0b"), "a\xef\xbf\xbd"
				"b");
	check_text(STR("\xed\xa0\x80x"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx");
	check_text(STR("🛴\xf0\x9f\x9b"), "🛴\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	check_text(STR("\"\xfe\\"), "\"\xef\xbf\xbd\\");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_appended_through_all_growth),
		cmocka_unit_test(numbers_and_formats_are_written_whole),
		cmocka_unit_test(commas_stand_between_and_nowhere_else),
		cmocka_unit_test(texts_come_back_as_they_were),
		cmocka_unit_test(what_is_no_utf8_is_replaced_and_the_rest_stays),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
