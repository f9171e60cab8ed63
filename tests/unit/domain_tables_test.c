/* tests/unit/domain_tables_test.c -- the product's tables are whole: nothing missing, nothing
 * twice, limits sane. */
#include "domain/event.h"
#include "domain/lang.h"
#include "domain/message.h"
#include "domain/role.h"
#include "domain/settings.h"
#include "domain/task.h"
#include "domain/texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void every_text_exists_in_both_languages_and_fits_one_message(void **unused)
{
	(void)unused;
	for (int key = 0; key < TEXT_KEYS; key++)
		for (int lang = 0; lang < LANGS; lang++) {
			struct str text = text_of((enum text_key)key, (enum lang)lang);

			assert_true(text.len > 0);
			assert_true(str_is_utf8(text));
			assert_true(str_utf16_units(text) < MESSAGE_CHARS_MAX);
		}
}

static void both_languages_take_the_same_value(void **unused)
{
	(void)unused;
	for (int key = 0; key < TEXT_KEYS; key++) {
		struct arena arena = { 0 };
		int with[LANGS];

		for (int lang = 0; lang < LANGS; lang++) {
			struct str filled =
				text_with((enum text_key)key, (enum lang)lang, STR("\x01"), &arena);

			with[lang] = memchr(filled.data, 1, filled.len) != NULL;
			assert_null(memchr(filled.data, '%', filled.len));
		}
		assert_int_equal(with[LANG_RU], with[LANG_EN]);
		arena_release(&arena);
	}
}

static void minutes_have_the_right_ending(void **unused)
{
	struct arena arena = { 0 };

	(void)unused;
	assert_true(str_eq_c(text_minutes(600, LANG_RU, &arena), "10 минут"));
	assert_true(str_eq_c(text_minutes(60, LANG_RU, &arena), "1 минуты"));
	assert_true(str_eq_c(text_minutes(61, LANG_RU, &arena), "2 минут"));
	assert_true(str_eq_c(text_minutes(21 * 60, LANG_RU, &arena), "21 минуты"));
	assert_true(str_eq_c(text_minutes(11 * 60, LANG_RU, &arena), "11 минут"));
	assert_true(str_eq_c(text_minutes(60, LANG_EN, &arena), "1 minute"));
	assert_true(str_eq_c(text_minutes(600, LANG_EN, &arena), "10 minutes"));
	arena_release(&arena);
}

static void languages_follow_the_phone(void **unused)
{
	(void)unused;
	assert_int_equal(lang_from_tag(STR("ru")), LANG_RU);
	assert_int_equal(lang_from_tag(STR("RU-ru")), LANG_RU);
	assert_int_equal(lang_from_tag(STR("kk")), LANG_RU);
	assert_int_equal(lang_from_tag(STR("en-GB")), LANG_EN);
	assert_int_equal(lang_from_tag(STR("rue")), LANG_EN);
	assert_int_equal(lang_from_tag(STR_NONE), LANG_EN);
}

static void task_types_are_whole(void **unused)
{
	(void)unused;
	for (int i = 0; i < TASK_TYPES; i++) {
		const struct task_row *row = &task_rows[i];
		enum task_type type;

		assert_non_null(row->name);
		assert_true(row->attempts_max > 0 && row->crashes_max > 0);
		assert_true(row->backoff_ms > 0 && row->backoff_ms <= row->backoff_ms_max);
		assert_int_equal(task_type_parse(str_from_c(row->name), &type), STATUS_OK);
		assert_int_equal(type, i); /* so no name stands twice */
	}
}

static void pauses_double_up_to_their_limit(void **unused)
{
	(void)unused;
	assert_int_equal(task_backoff_ms(TASK_DELIVER, 1, 500), 1000);
	assert_int_equal(task_backoff_ms(TASK_DELIVER, 2, 500), 2000);
	assert_int_equal(task_backoff_ms(TASK_DELIVER, 25, 500), 300000);
	assert_int_equal(task_backoff_ms(TASK_DELIVER, 1, 0), 800);
	assert_in_range(task_backoff_ms(TASK_DELIVER, 1, 999), 1100, 1200);
}

static void a_message_is_never_resent_silently(void **unused)
{
	(void)unused;
	assert_int_equal(delivery_check(DELIVERY_UNKNOWN, DELIVERY_SENDING), STATUS_CONFLICT);
	assert_int_equal(delivery_check(DELIVERY_SENT, DELIVERY_QUEUED), STATUS_CONFLICT);
	assert_int_equal(delivery_check(DELIVERY_NONE, DELIVERY_QUEUED), STATUS_CONFLICT);
	assert_int_equal(delivery_check(DELIVERY_UNKNOWN, DELIVERY_QUEUED), STATUS_OK);
	assert_int_equal(delivery_check(DELIVERY_QUEUED, DELIVERY_SENDING), STATUS_OK);
	assert_int_equal(delivery_check(DELIVERY_QUEUED, DELIVERY_SENT), STATUS_CONFLICT);
}

static void scopes_and_roles_are_read_back(void **unused)
{
	struct arena arena = { 0 };

	(void)unused;
	for (int i = 0; i < ROLES; i++) {
		scope_set set = role_scopes((enum role)i);
		enum role role;

		assert_int_equal(role_parse(str_from_c(role_name((enum role)i)), &role), STATUS_OK);
		assert_int_equal(role, i);
		assert_int_equal(scope_set_parse(scope_set_format(set, &arena)), set);
		assert_false(set & 1u << SCOPE_PUBLIC);
	}
	assert_int_equal(scope_set_parse(STR("appeals:read nonsense ")), 1u << SCOPE_APPEALS_READ);
	for (int i = 0; i < SCOPES; i++) {
		assert_non_null(scope_name((enum scope)i));
		assert_non_null(scope_summary((enum scope)i));
	}
	arena_release(&arena);
}

static void event_kinds_are_read_back(void **unused)
{
	(void)unused;
	for (int i = 0; i < EVENT_KINDS; i++) {
		enum event_kind kind;

		assert_int_equal(
			event_kind_parse(str_from_c(event_kind_name((enum event_kind)i)), &kind),
			STATUS_OK);
		assert_int_equal(kind, i);
	}
}

static void settings_have_defaults_that_fit_and_stand_once(void **unused)
{
	struct arena arena = { 0 };
	struct config config;

	(void)unused;
	clearenv();
	assert_int_equal(config_load(&config, settings_rows, settings_count, "ECO_", NULL, &arena),
			 STATUS_OK);
	for (size_t i = 0; i < settings_count; i++) {
		assert_non_null(settings_rows[i].help);
		for (size_t j = i + 1; j < settings_count; j++)
			assert_string_not_equal(settings_rows[i].name, settings_rows[j].name);
	}
	arena_release(&arena);
}

static void without_a_token_the_bot_lives_in_the_sandbox(void **unused)
{
	struct arena arena = { 0 };
	struct config config;
	struct bot_settings bot;

	(void)unused;
	clearenv();
	setenv("ECO_SANDBOX_LISTEN", "127.0.0.1:9", 1);
	setenv("ECO_COURIER_TOKEN", "5:abc", 1);
	assert_int_equal(config_load(&config, settings_rows, settings_count, "ECO_", NULL, &arena),
			 STATUS_OK);
	bot = settings_bot(&config, BOT_SUPPORT, &arena);
	assert_true(bot.is_sandbox);
	assert_string_equal(bot.api, "http://127.0.0.1:9");
	assert_string_equal(bot.files, "http://127.0.0.1:9/file");
	bot = settings_bot(&config, BOT_COURIER, &arena);
	assert_false(bot.is_sandbox);
	assert_string_equal(bot.api, "https://api.telegram.org");
	assert_true(str_eq_c(bot.token, "5:abc"));
	assert_true(settings_need_sandbox(&config));
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_exists_in_both_languages_and_fits_one_message),
		cmocka_unit_test(both_languages_take_the_same_value),
		cmocka_unit_test(minutes_have_the_right_ending),
		cmocka_unit_test(languages_follow_the_phone),
		cmocka_unit_test(task_types_are_whole),
		cmocka_unit_test(pauses_double_up_to_their_limit),
		cmocka_unit_test(a_message_is_never_resent_silently),
		cmocka_unit_test(scopes_and_roles_are_read_back),
		cmocka_unit_test(event_kinds_are_read_back),
		cmocka_unit_test(settings_have_defaults_that_fit_and_stand_once),
		cmocka_unit_test(without_a_token_the_bot_lives_in_the_sandbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
