/* tests/unit/telegram_answer_test.c -- the table of Telegram's answers, row by row. */
#include "telegram/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define REFUSAL(code, words) "{\"ok\":false,\"error_code\":" #code ",\"description\":\"" words "\"}"

struct row {
	const char *name;
	enum http_fate fate;
	int status;
	const char *body;
	enum bot_fate send, edit, other;
};

/* clang-format off */
static const struct row rows[] = {
	{ "ok", HTTP_ANSWERED, 200, "{\"ok\":true,\"result\":{\"message_id\":1}}", BOT_OK, BOT_OK, BOT_OK },
	{ "ok, true", HTTP_ANSWERED, 200, "{\"ok\":true,\"result\":true}", BOT_OK, BOT_OK, BOT_OK },
	{ "network", HTTP_NOT_SENT, 0, NULL, BOT_NOT_SENT, BOT_NOT_SENT, BOT_NOT_SENT },
	{ "timeout", HTTP_UNKNOWN, 0, NULL, BOT_UNKNOWN, BOT_NOT_SENT, BOT_NOT_SENT },
	{ "cut after 200", HTTP_ANSWERED, 200, "{\"ok\":true,\"resu", BOT_UNKNOWN, BOT_NOT_SENT, BOT_NOT_SENT },
	{ "empty 200", HTTP_ANSWERED, 200, "", BOT_UNKNOWN, BOT_NOT_SENT, BOT_NOT_SENT },
	{ "ok without result", HTTP_ANSWERED, 200, "{\"ok\":true}", BOT_UNKNOWN, BOT_NOT_SENT, BOT_NOT_SENT },
	{ "array", HTTP_ANSWERED, 200, "[]", BOT_UNKNOWN, BOT_NOT_SENT, BOT_NOT_SENT },
	{ "html 502", HTTP_ANSWERED, 502, "<html>Bad Gateway</html>", BOT_UNKNOWN, BOT_NOT_SENT, BOT_NOT_SENT },
	{ "html 200", HTTP_ANSWERED, 200, "<html>Welcome to the hotel</html>", BOT_UNKNOWN, BOT_NOT_SENT, BOT_NOT_SENT },
	{ "html 403", HTTP_ANSWERED, 403, "<html>Forbidden by proxy</html>", BOT_NOT_SENT, BOT_NOT_SENT, BOT_NOT_SENT },
	{ "html 401", HTTP_ANSWERED, 401, "<html>Log in to the proxy</html>", BOT_NOT_SENT, BOT_NOT_SENT, BOT_NOT_SENT },
	{ "html 404", HTTP_ANSWERED, 404, "<html>nginx</html>", BOT_NOT_SENT, BOT_NOT_SENT, BOT_NOT_SENT },
	{ "html 429", HTTP_ANSWERED, 429, "<html>slow</html>", BOT_SLOW_DOWN, BOT_SLOW_DOWN, BOT_SLOW_DOWN },
	{ "cut 403", HTTP_ANSWERED, 403, "{\"ok\":false,\"error", BOT_UNREACHABLE, BOT_UNREACHABLE, BOT_UNREACHABLE },
	{ "redirect", HTTP_ANSWERED, 302, "", BOT_UNKNOWN, BOT_NOT_SENT, BOT_NOT_SENT },
	{ "500", HTTP_ANSWERED, 500, REFUSAL(500, "Internal Server Error"), BOT_UNKNOWN, BOT_NOT_SENT, BOT_NOT_SENT },
	{ "blocked", HTTP_ANSWERED, 403, REFUSAL(403, "Forbidden: bot was blocked by the user"), BOT_UNREACHABLE, BOT_UNREACHABLE, BOT_UNREACHABLE },
	{ "deactivated", HTTP_ANSWERED, 403, REFUSAL(403, "Forbidden: user is deactivated"), BOT_UNREACHABLE, BOT_UNREACHABLE, BOT_UNREACHABLE },
	{ "can't initiate", HTTP_ANSWERED, 403, REFUSAL(403, "Forbidden: bot can't initiate conversation with a user"), BOT_UNREACHABLE, BOT_UNREACHABLE, BOT_UNREACHABLE },
	{ "no chat", HTTP_ANSWERED, 400, REFUSAL(400, "Bad Request: chat not found"), BOT_UNREACHABLE, BOT_UNREACHABLE, BOT_UNREACHABLE },
	{ "not modified", HTTP_ANSWERED, 400, REFUSAL(400, "Bad Request: message is not modified: specified new"), BOT_REFUSED, BOT_OK, BOT_REFUSED },
	{ "edit of nothing", HTTP_ANSWERED, 400, REFUSAL(400, "Bad Request: message to edit not found"), BOT_REFUSED, BOT_OK, BOT_REFUSED },
	{ "bad id", HTTP_ANSWERED, 400, REFUSAL(400, "Bad Request: MESSAGE_ID_INVALID"), BOT_REFUSED, BOT_OK, BOT_REFUSED },
	{ "entities", HTTP_ANSWERED, 400, REFUSAL(400, "Bad Request: can't parse entities: x"), BOT_REFUSED, BOT_REFUSED, BOT_REFUSED },
	{ "too long", HTTP_ANSWERED, 400, REFUSAL(400, "Bad Request: message is too long"), BOT_REFUSED, BOT_REFUSED, BOT_REFUSED },
	{ "token", HTTP_ANSWERED, 401, REFUSAL(401, "Unauthorized"), BOT_UNAUTHORIZED, BOT_UNAUTHORIZED, BOT_UNAUTHORIZED },
	{ "token, cloud", HTTP_ANSWERED, 404, REFUSAL(404, "Not Found"), BOT_UNAUTHORIZED, BOT_UNAUTHORIZED, BOT_UNAUTHORIZED },
	{ "second poller", HTTP_ANSWERED, 409, REFUSAL(409, "Conflict: terminated by other getUpdates request"), BOT_CONFLICT, BOT_CONFLICT, BOT_CONFLICT },
	{ "too large", HTTP_ANSWERED, 413, REFUSAL(413, "Request Entity Too Large"), BOT_REFUSED, BOT_REFUSED, BOT_REFUSED },
};
/* clang-format on */

static struct bot_answer classify(const struct http_result *result, enum answer_kind kind)
{
	struct bot_answer answer;
	json_t *json;

	answer_classify(result, kind, &answer, &json);
	/* What is borrowed must not outlive the JSON: tests look at numbers and fates only. */
	answer.result = NULL;
	answer.description = STR_NONE;
	json_decref(json);
	return answer;
}

static struct http_result result_of(int status, const char *body)
{
	return (struct http_result){
		.fate = HTTP_ANSWERED, .status = status, .body = str_from_c(body), .reason = ""
	};
}

static void each_answer_has_its_fate(void **state)
{
	static const enum answer_kind kinds[] = { ANSWER_SEND, ANSWER_EDIT, ANSWER_OTHER };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];
		struct http_result result = { .fate = row->fate,
					      .status = row->status,
					      .body = str_from_c(row->body),
					      .reason = "reason" };
		const enum bot_fate wanted[] = { row->send, row->edit, row->other };

		for (size_t k = 0; k < 3; k++) {
			enum bot_fate fate = classify(&result, kinds[k]).fate;

			if (fate != wanted[k])
				fail_msg("%s, kind %zu: fate %d, not %d", row->name, k, (int)fate,
					 (int)wanted[k]);
		}
	}
}

static void a_429_tells_how_long_from_body_then_header_then_one_second(void **state)
{
	struct http_result result = result_of(
		429, "{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests: retry "
		     "after 7\",\"parameters\":{\"retry_after\":7}}");

	(void)state;
	result.retry_after_s = 3;
	assert_int_equal(classify(&result, ANSWER_SEND).retry_after_s, 7);
	result.body =
		STR("{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests\"}");
	assert_int_equal(classify(&result, ANSWER_SEND).retry_after_s, 3);
	result.retry_after_s = 0;
	assert_int_equal(classify(&result, ANSWER_SEND).retry_after_s, 1);
	result.body = STR(
		"{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":99999999999}}");
	assert_int_equal(classify(&result, ANSWER_SEND).retry_after_s, 24 * 3600);
}

static void the_error_code_of_the_body_beats_the_status(void **state)
{
	struct http_result result =
		result_of(400, REFUSAL(403, "Forbidden: bot was blocked by the user"));
	struct bot_answer answer = classify(&result, ANSWER_SEND);

	(void)state;
	assert_int_equal(answer.fate, BOT_UNREACHABLE);
	assert_int_equal(answer.error_code, 403);
}

static void a_moved_chat_tells_where_to(void **state)
{
	struct http_result result = result_of(
		400, "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: group chat "
		     "was upgraded to a "
		     "supergroup chat\",\"parameters\":{\"migrate_to_chat_id\":-1001234567890}}");
	struct bot_answer answer = classify(&result, ANSWER_SEND);

	(void)state;
	assert_int_equal(answer.fate, BOT_REFUSED);
	assert_true(answer.migrate_to_chat_id == -1001234567890);
}

static void the_words_are_telegrams_or_the_networks(void **state)
{
	struct http_result result =
		result_of(400, REFUSAL(400, "Bad Request: message is too long"));
	struct http_result broken = { .fate = HTTP_UNKNOWN, .reason = "reset by peer" };
	struct bot_answer answer;
	json_t *json;

	(void)state;
	answer_classify(&result, ANSWER_SEND, &answer, &json);
	assert_true(str_eq_c(answer.description, "Bad Request: message is too long"));
	assert_null(answer.result);
	json_decref(json);
	answer_classify(&broken, ANSWER_SEND, &answer, &json);
	assert_true(str_eq_c(answer.description, "reset by peer"));
	assert_null(json);
}

static void a_nul_in_a_text_does_not_spoil_the_whole_answer(void **state)
{
	struct http_result result =
		result_of(200, "{\"ok\":true,\"result\":[{\"text\":\"a\\u0000b\"}]}");

	(void)state;
	assert_int_equal(classify(&result, ANSWER_OTHER).fate, BOT_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_answer_has_its_fate),
		cmocka_unit_test(a_429_tells_how_long_from_body_then_header_then_one_second),
		cmocka_unit_test(the_error_code_of_the_body_beats_the_status),
		cmocka_unit_test(a_moved_chat_tells_where_to),
		cmocka_unit_test(the_words_are_telegrams_or_the_networks),
		cmocka_unit_test(a_nul_in_a_text_does_not_spoil_the_whole_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
