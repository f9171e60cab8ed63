/* tests/unit/telegram_update_test.c -- updates of all kinds that the bots rely on, and updates that
 * are none. */
#include "telegram/bot_api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define FROM                                                                                       \
	"\"from\":{\"id\":42,\"is_bot\":false,\"first_name\":\"Anna\",\"last_name\":\"K\","        \
	"\"username\":\"anna\",\"language_code\":\"ru\"}"
#define CHAT "\"chat\":{\"id\":42,\"first_name\":\"Anna\",\"type\":\"private\"}"
#define MESSAGE(more) "{\"message_id\":5," FROM "," CHAT ",\"date\":1700000000" more "}"

/* The update borrows from the JSON, which the fixture frees after the test. */
static json_t *current;

static enum status parse(const char *text, struct update *update_out)
{
	json_error_t error;

	json_decref(current);
	current = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	if (current == NULL)
		fail_msg("the test's JSON is broken: %s", error.text);
	return update_parse(current, update_out);
}

static int forget(void **state)
{
	(void)state;
	json_decref(current);
	current = NULL;
	return 0;
}

static void a_text_message_is_read_whole(void **state)
{
	struct update update;

	(void)state;
	assert_int_equal(
		parse("{\"update_id\":77,\"message\":" MESSAGE(
			      ",\"text\":\"\\u041f\\u0440\\u0438\\u0432\\u0435\\u0442\"") "}",
		      &update),
		STATUS_OK);
	assert_int_equal(update.kind, UPDATE_MESSAGE);
	assert_true(update.update_id == 77 && update.from.id == 42 && update.chat_id == 42 &&
		    update.message_id == 5);
	assert_true(update.date_s == 1700000000 && update.is_private);
	assert_true(str_eq_c(update.text, "Привет"));
	assert_string_equal(update.content, "text");
	assert_true(str_eq_c(update.from.first_name, "Anna") &&
		    str_eq_c(update.from.last_name, "K"));
	assert_true(str_eq_c(update.from.username, "anna") &&
		    str_eq_c(update.from.language_code, "ru"));
}

static void absent_names_are_absent_not_empty(void **state)
{
	struct update update;

	(void)state;
	assert_int_equal(parse("{\"update_id\":1,\"message\":{\"message_id\":5,\"from\":{\"id\":1,"
			       "\"first_name\":\"\"},\"chat\":{\"id\":1,"
			       "\"type\":\"private\"},\"date\":1,\"text\":\"x\"}}",
			       &update),
			 STATUS_OK);
	assert_null(update.from.username.data);
	assert_null(update.from.language_code.data);
	assert_non_null(update.from.first_name.data);
	assert_int_equal(update.from.first_name.len, 0);
}

static void what_a_message_holds_is_named(void **state)
{
	static const struct {
		const char *more, *content;
	} cases[] = {
		{ ",\"sticker\":{}", "sticker" },
		{ ",\"photo\":[],\"caption\":\"look\"", "photo" },
		{ ",\"animation\":{},\"document\":{}", "animation" },
		{ ",\"venue\":{},\"location\":{}", "venue" },
		{ ",\"voice\":{}", "voice" },
		{ ",\"new_feature_of_2031\":{}", "other" },
	};
	struct update update;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[512];

		snprintf(text, sizeof(text), "{\"update_id\":1,\"message\":" MESSAGE("%s") "}",
			 cases[i].more);
		assert_int_equal(parse(text, &update), STATUS_OK);
		assert_string_equal(update.content, cases[i].content);
		assert_null(update.text.data);
	}
}

static void an_edit_carries_the_date_of_the_edit(void **state)
{
	struct update update;

	(void)state;
	assert_int_equal(parse("{\"update_id\":1,\"edited_message\":" MESSAGE(
				       ",\"edit_date\":1700000500,\"text\":\"new\"") "}",
			       &update),
			 STATUS_OK);
	assert_int_equal(update.kind, UPDATE_EDITED_MESSAGE);
	assert_true(update.date_s == 1700000500);
	assert_true(str_eq_c(update.text, "new"));
}

static void a_press_is_read_with_the_message_under_it(void **state)
{
	struct update update;

	(void)state;
	assert_int_equal(
		parse("{\"update_id\":1,\"callback_query\":{\"id\":\"4382\"," FROM
		      ",\"message\":" MESSAGE(",\"text\":\"?\"") ",\"chat_instance\":\"1\","
								 "\"data\":\"solved:7:1\"}}",
		      &update),
		STATUS_OK);
	assert_int_equal(update.kind, UPDATE_BUTTON);
	assert_true(str_eq_c(update.callback_id, "4382") &&
		    str_eq_c(update.callback_data, "solved:7:1"));
	assert_true(update.message_id == 5 && update.chat_id == 42 && update.from.id == 42);
}

static void a_press_without_its_message_or_data_is_still_a_press(void **state)
{
	struct update update;

	(void)state;
	assert_int_equal(parse("{\"update_id\":1,\"callback_query\":{\"id\":\"4\"," FROM
			       ",\"chat_instance\":\"1\"}}",
			       &update),
			 STATUS_OK);
	assert_int_equal(update.kind, UPDATE_BUTTON);
	assert_true(update.message_id == 0 && update.callback_data.data == NULL);
	assert_int_equal(parse("{\"update_id\":1,\"callback_query\":{\"id\":\"4\"," FROM
			       ",\"message\":{" CHAT ",\"message_id\":5,\"date\":0},"
			       "\"data\":\"x\"}}",
			       &update),
			 STATUS_OK);
	assert_true(update.message_id == 5 && update.date_s == 0);
}

static void blocking_and_coming_back_are_told_apart(void **state)
{
	static const struct {
		const char *member;
		bool is_member;
	} cases[] = {
		{ "{\"status\":\"kicked\",\"until_date\":0}", false },
		{ "{\"status\":\"left\"}", false },
		{ "{\"status\":\"member\"}", true },
		{ "{\"status\":\"administrator\"}", true },
		{ "{\"status\":\"restricted\",\"is_member\":true}", true },
		{ "{\"status\":\"restricted\",\"is_member\":false}", false },
	};
	struct update update;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[512];

		snprintf(text, sizeof(text),
			 "{\"update_id\":1,\"my_chat_member\":{" CHAT "," FROM
			 ",\"date\":9,\"new_chat_member\":%s}}",
			 cases[i].member);
		assert_int_equal(parse(text, &update), STATUS_OK);
		assert_int_equal(update.kind, UPDATE_MY_CHAT_MEMBER);
		assert_int_equal(update.is_member, cases[i].is_member);
	}
}

static void kinds_we_do_not_know_are_other(void **state)
{
	struct update update;

	(void)state;
	assert_int_equal(parse("{\"update_id\":9,\"poll_answer\":{\"poll_id\":\"1\"}}", &update),
			 STATUS_OK);
	assert_int_equal(update.kind, UPDATE_OTHER);
	assert_true(update.update_id == 9);
	assert_int_equal(parse("{\"update_id\":9}", &update), STATUS_OK);
	assert_int_equal(update.kind, UPDATE_OTHER);
}

static void a_group_is_not_private_and_a_channel_has_no_sender(void **state)
{
	struct update update;

	(void)state;
	assert_int_equal(parse("{\"update_id\":1,\"message\":{\"message_id\":5,\"chat\":{\"id\":-"
			       "1001,\"type\":\"supergroup\"},\"date\":1,"
			       "\"text\":\"x\"}}",
			       &update),
			 STATUS_OK);
	assert_false(update.is_private);
	assert_true(update.from.id == 0 && update.chat_id == -1001);
}

static void garbage_is_refused_but_keeps_its_number(void **state)
{
	static const char *const cases[] = {
		"{\"update_id\":8,\"message\":[]}",
		"{\"update_id\":8,\"message\":null}",
		"{\"update_id\":8,\"message\":{}}",
		"{\"update_id\":8,\"message\":{\"message_id\":\"5\"," CHAT ",\"date\":1}}",
		"{\"update_id\":8,\"message\":{\"message_id\":5," CHAT "}}",
		"{\"update_id\":8,\"message\":{\"message_id\":5,\"chat\":{\"id\":1.5},\"date\":1}}",
		"{\"update_id\":8,\"message\":{\"message_id\":5,\"from\":7," CHAT ",\"date\":1}}",
		"{\"update_id\":8,\"message\":" MESSAGE(",\"text\":[\"a\"]") "}",
		"{\"update_id\":8,\"edited_message\":" MESSAGE(
			",\"edit_date\":\"x\",\"text\":\"a\"") "}",
		"{\"update_id\":8,\"callback_query\":{" FROM ",\"data\":\"x\"}}",
		"{\"update_id\":8,\"callback_query\":{\"id\":\"1\",\"data\":\"x\"}}",
		"{\"update_id\":8,\"callback_query\":{\"id\":\"1\"," FROM ",\"data\":5}}",
		"{\"update_id\":8,\"my_chat_member\":{" CHAT "," FROM ",\"date\":9}}",
	};
	struct update update;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (parse(cases[i], &update) != STATUS_BAD_INPUT)
			fail_msg("taken: %s", cases[i]);
		assert_true(update.update_id == 8);
		assert_int_equal(update.kind, UPDATE_OTHER);
		assert_true(update.chat_id == 0 && update.text.data == NULL);
	}
}

static void what_is_no_update_has_number_zero(void **state)
{
	static const char *const cases[] = { "{}",
					     "[]",
					     "null",
					     "5",
					     "\"x\"",
					     "{\"update_id\":\"8\"}",
					     "{\"update_id\":8.5}",
					     "{\"message\":" MESSAGE("") "}" };
	struct update update;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(parse(cases[i], &update), STATUS_BAD_INPUT);
		assert_true(update.update_id == 0);
	}
	assert_int_equal(update_parse(NULL, &update), STATUS_BAD_INPUT);
}

static void a_token_begins_with_the_bots_id(void **state)
{
	int64_t id = 0;

	(void)state;
	assert_int_equal(bot_api_id(STR("7000000001:secret"), &id), STATUS_OK);
	assert_true(id == 7000000001);
	assert_int_equal(bot_api_id(STR("7000000001"), &id), STATUS_BAD_INPUT);
	assert_int_equal(bot_api_id(STR("7000000001:"), &id), STATUS_BAD_INPUT);
	assert_int_equal(bot_api_id(STR("bot:secret"), &id), STATUS_BAD_INPUT);
	assert_int_equal(bot_api_id(STR("-7:secret"), &id), STATUS_BAD_INPUT);
	assert_int_equal(bot_api_id(STR_NONE, &id), STATUS_BAD_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_text_message_is_read_whole, forget),
		cmocka_unit_test_teardown(absent_names_are_absent_not_empty, forget),
		cmocka_unit_test_teardown(what_a_message_holds_is_named, forget),
		cmocka_unit_test_teardown(an_edit_carries_the_date_of_the_edit, forget),
		cmocka_unit_test_teardown(a_press_is_read_with_the_message_under_it, forget),
		cmocka_unit_test_teardown(a_press_without_its_message_or_data_is_still_a_press,
					  forget),
		cmocka_unit_test_teardown(blocking_and_coming_back_are_told_apart, forget),
		cmocka_unit_test_teardown(kinds_we_do_not_know_are_other, forget),
		cmocka_unit_test_teardown(a_group_is_not_private_and_a_channel_has_no_sender,
					  forget),
		cmocka_unit_test_teardown(garbage_is_refused_but_keeps_its_number, forget),
		cmocka_unit_test_teardown(what_is_no_update_has_number_zero, forget),
		cmocka_unit_test(a_token_begins_with_the_bots_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
