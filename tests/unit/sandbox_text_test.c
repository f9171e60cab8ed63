/* tests/unit/sandbox_text_test.c -- what the sandbox does with texts and keyboards: HTML, trimming,
 * commands, markup. */
#include "telegram/sandbox/html.h"
#include "telegram/sandbox/markup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int forget(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static void assert_json(json_t *json, const char *wanted)
{
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	if (wanted == NULL) {
		assert_null(text);
		return;
	}
	assert_non_null(text);
	assert_string_equal(text, wanted);
	free(text);
}

struct html_case {
	const char *html, *plain, *entities, *error;
};

/* clang-format off */
static const struct html_case html_cases[] = {
	{ "plain & simple", "plain & simple", NULL, NULL },
	{ "<b>a</b>", "a", "[{\"length\":1,\"offset\":0,\"type\":\"bold\"}]", NULL },
	{ "<STRONG>a</strong>", "a", "[{\"length\":1,\"offset\":0,\"type\":\"bold\"}]", NULL },
	{ "\xf0\x9f\x9b\xb4<i>\xd0\xb9</i>", "\xf0\x9f\x9b\xb4\xd0\xb9", "[{\"length\":1,\"offset\":2,\"type\":\"italic\"}]", NULL },
	{ "<b>a<i>b</i></b>", "ab", "[{\"length\":2,\"offset\":0,\"type\":\"bold\"},{\"length\":1,\"offset\":1,\"type\":\"italic\"}]", NULL },
	{ "&lt;b&gt; &amp; &quot;&#1081;&#x439;&nbsp;&bogus", "<b> & \"\xd0\xb9\xd0\xb9&nbsp;&bogus", NULL, NULL },
	{ "<a href=\"http://x/?a=1&b\">l</a>", "l", "[{\"length\":1,\"offset\":0,\"type\":\"text_link\",\"url\":\"http://x/?a=1&b\"}]", NULL },
	{ "<a class=c href='http://x'>l</a><a>no</a>", "lno", "[{\"length\":1,\"offset\":0,\"type\":\"text_link\",\"url\":\"http://x\"}]", NULL },
	{ "<span class=\"tg-spoiler\">s</span>", "s", "[{\"length\":1,\"offset\":0,\"type\":\"spoiler\"}]", NULL },
	{ "<blockquote expandable>q</blockquote>", "q", "[{\"length\":1,\"offset\":0,\"type\":\"expandable_blockquote\"}]", NULL },
	{ "a < b", NULL, NULL, "can't parse entities: Unclosed start tag at byte offset 2" },
	{ "<foo>x</foo>", NULL, NULL, "can't parse entities: Unsupported start tag \"foo\" at byte offset 0" },
	{ "<b>x", NULL, NULL, "can't parse entities: Can't find end tag corresponding to start tag \"b\"" },
	{ "x</b>", NULL, NULL, "can't parse entities: Unexpected end tag at byte offset 1" },
	{ "<b>x</i>", NULL, NULL, "can't parse entities: Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\"" },
	{ "<span>x</span>", NULL, NULL, "can't parse entities: Tag \"span\" must have class \"tg-spoiler\" at byte offset 0" },
	{ "<>", NULL, NULL, "can't parse entities: Unsupported start tag \"\" at byte offset 0" },
	{ "<b =x>a</b>", "a", "[{\"length\":1,\"offset\":0,\"type\":\"bold\"}]", NULL },
};
/* clang-format on */

static void html_becomes_text_and_entities(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(html_cases) / sizeof(*html_cases); i++) {
		const struct html_case *is = &html_cases[i];
		json_t *entities;
		struct str plain;
		const char *error;
		enum status status =
			html_parse(str_from_c(is->html), &arena, &plain, &entities, &error);

		assert_int_equal(status, is->error == NULL ? STATUS_OK : STATUS_BAD_INPUT);
		if (is->error != NULL)
			assert_string_equal(error, is->error);
		else if (!str_eq_c(plain, is->plain))
			fail_msg("%s: '%.*s'", is->html, STR_ARG(plain));
		assert_json(entities, is->entities);
		json_decref(entities);
	}
}

static void sixty_four_nested_tags_pass_and_sixty_five_do_not(void **state)
{
	char html[1024];
	json_t *entities;
	struct str plain;
	const char *error;

	(void)state;
	for (int depth = 64; depth <= 65; depth++) {
		size_t at = 0;

		for (int i = 0; i < depth; i++)
			at += (size_t)snprintf(html + at, sizeof(html) - at, "<b>");
		at += (size_t)snprintf(html + at, sizeof(html) - at, "x");
		for (int i = 0; i < depth; i++)
			at += (size_t)snprintf(html + at, sizeof(html) - at, "</b>");
		assert_int_equal(html_parse(str_from_c(html), &arena, &plain, &entities, &error),
				 depth == 64 ? STATUS_OK : STATUS_BAD_INPUT);
		json_decref(entities);
	}
}

static void trimming_moves_cuts_and_drops_entities(void **state)
{
	json_t *entities = json_loads("[{\"type\":\"bold\",\"offset\":0,\"length\":2},{\"type\":"
				      "\"italic\",\"offset\":1,\"length\":4},"
				      "{\"type\":\"code\",\"offset\":3,\"length\":9}]",
				      0, NULL);
	struct str trimmed = text_trim(STR("  ab \n"), &entities);

	(void)state;
	assert_true(str_eq_c(trimmed, "ab"));
	assert_json(entities, "[{\"length\":2,\"offset\":0,\"type\":\"italic\"},{\"length\":1,"
			      "\"offset\":1,\"type\":\"code\"}]");
	json_decref(entities);
	entities = json_loads("[{\"type\":\"bold\",\"offset\":0,\"length\":2}]", 0, NULL);
	trimmed = text_trim(STR("  "), &entities);
	assert_int_equal(trimmed.len, 0);
	assert_null(entities);
}

static void commands_of_a_user_are_marked(void **state)
{
	static const struct {
		const char *text, *entities;
	} cases[] = {
		{ "/start abc", "[{\"length\":6,\"offset\":0,\"type\":\"bot_command\"}]" },
		{ "\xd0\xb9 /help@my_bot now",
		  "[{\"length\":12,\"offset\":2,\"type\":\"bot_command\"}]" },
		{ "/a /b", "[{\"length\":2,\"offset\":0,\"type\":\"bot_command\"},{\"length\":2,"
			   "\"offset\":3,\"type\":\"bot_command\"}]" },
		{ "a/b", NULL },
		{ "/", NULL },
		{ "/usr/bin", NULL },
		{ "http://x", NULL },
		{ "/abcdefghijklmnopqrstuvwxyz0123456789", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *entities = text_commands(str_from_c(cases[i].text));

		assert_json(entities, cases[i].entities);
		json_decref(entities);
	}
}

static void keyboards_are_checked_in_the_real_servers_words(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "{", "can't parse reply keyboard markup JSON object" },
		{ "[]", "object expected as reply markup" },
		{ "{\"inline_keyboard\":1}", "field \"inline_keyboard\" must be of type Array" },
		{ "{\"inline_keyboard\":[{}]}",
		  "field \"inline_keyboard\" of the InlineKeyboardMarkup should be an Array of "
		  "Arrays" },
		{ "{\"inline_keyboard\":[[1]]}",
		  "can't parse inline keyboard button: InlineKeyboardButton must be an Object" },
		{ "{\"inline_keyboard\":[[{\"callback_data\":\"a\"}]]}",
		  "can't parse inline keyboard button: Can't find field \"text\"" },
		{ "{\"inline_keyboard\":[[{\"text\":\"\",\"callback_data\":\"a\"}]]}",
		  "inline keyboard button text must be non-empty" },
		{ "{\"inline_keyboard\":[[{\"text\":\"a\"}]]}",
		  "can't parse inline keyboard button: Text buttons are unallowed in the inline "
		  "keyboard" },
		{ "{\"inline_keyboard\":[[{\"text\":\"a\",\"callback_data\":\"\"}]]}",
		  "can't parse inline keyboard button: Text buttons are unallowed in the inline "
		  "keyboard" },
		{ "{\"inline_keyboard\":[[{\"text\":\"a\",\"callback_data\":5}]]}",
		  "can't parse inline keyboard button: Field \"callback_data\" must be of type "
		  "String" },
		{ "{\"inline_keyboard\":[[{\"text\":\"a\",\"callback_data\":"
		  "\"0123456789012345678901234567890123456789012345678901234567890123x\"}]]}",
		  "BUTTON_DATA_INVALID" },
		{ "{\"keyboard\":{}}", "field \"keyboard\" must be of type Array" },
	};
	struct markup markup;
	const char *error;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(markup_parse(str_from_c(cases[i].text), &markup, &error),
				 STATUS_BAD_INPUT);
		assert_string_equal(error, cases[i].error);
		markup_release(&markup);
	}
}

static void good_keyboards_pass(void **state)
{
	struct markup markup;
	const char *error;

	(void)state;
	assert_int_equal(
		markup_parse(
			STR("{\"inline_keyboard\":[[],[{\"text\":\"a\",\"callback_data\":"
			    "\"0123456789012345678901234567890123456789012345678901234567890123\"},"
			    "{\"text\":\"u\",\"url\":\"http://x\"}]]}"),
			&markup, &error),
		STATUS_OK);
	assert_int_equal(
		json_array_size(json_object_get(markup.inline_keyboard, "inline_keyboard")), 1);
	assert_null(markup.reply);
	markup_release(&markup);
	assert_int_equal(markup_parse(STR("{\"inline_keyboard\":[]}"), &markup, &error), STATUS_OK);
	assert_null(markup.inline_keyboard);
	assert_int_equal(markup_parse(STR("{\"remove_keyboard\":true}"), &markup, &error),
			 STATUS_OK);
	assert_non_null(markup.reply);
	markup_release(&markup);
	assert_int_equal(markup_parse(STR_NONE, &markup, &error), STATUS_OK);
	assert_true(markup.inline_keyboard == NULL && markup.reply == NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(html_becomes_text_and_entities, forget),
		cmocka_unit_test_teardown(sixty_four_nested_tags_pass_and_sixty_five_do_not,
					  forget),
		cmocka_unit_test_teardown(trimming_moves_cuts_and_drops_entities, forget),
		cmocka_unit_test_teardown(commands_of_a_user_are_marked, forget),
		cmocka_unit_test(keyboards_are_checked_in_the_real_servers_words),
		cmocka_unit_test(good_keyboards_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
