/* tests/unit/api_problem_test.c -- statuses become HTTP in one place; problem documents and cursors
 * are well made. */
#include "api/cursor.h"
#include "api/problem.h"
#include "api/throttle.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static json_t *document(const struct problem *problem)
{
	struct str text = problem_format(problem, STR("r-1"), &arena);
	json_t *root = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(root);
	return root;
}

static void every_status_has_its_http_status(void **state)
{
	static const struct {
		enum status status;
		int http;
	} rows[] = {
		{ STATUS_NOT_FOUND, 404 }, { STATUS_CONFLICT, 409 },  { STATUS_DENIED, 401 },
		{ STATUS_BUSY, 503 },	   { STATUS_BAD_INPUT, 400 }, { STATUS_FAILED, 503 },
		{ STATUS_EMPTY, 500 },
	};

	(void)state;
	assert_int_equal(problem_of_status(STATUS_OK), PROBLEM_NONE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(problem_http_status(problem_of_status(rows[i].status)),
				 rows[i].http);
}

static void every_kind_has_a_slug_and_refuses(void **state)
{
	(void)state;
	for (int i = PROBLEM_NONE + 1; i < PROBLEM_KINDS; i++) {
		assert_true(problem_http_status((enum problem_kind)i) >= 400);
		assert_true(strlen(problem_slug((enum problem_kind)i)) > 3);
		assert_true(problem_status((enum problem_kind)i) != STATUS_OK);
		for (int j = PROBLEM_NONE + 1; j < i; j++)
			assert_string_not_equal(problem_slug((enum problem_kind)i),
						problem_slug((enum problem_kind)j));
	}
}

static void a_document_names_the_fields(void **state)
{
	struct problem problem = { 0 };
	json_t *root, *field;

	(void)state;
	problem_add_field(&problem, &arena, STR("text"), STR("must not be \"blank\"\n"));
	problem_add_field(&problem, &arena, STR("limit"), STR("is too high"));
	root = document(&problem);
	assert_string_equal(json_string_value(json_object_get(root, "type")),
			    "/problems/validation");
	assert_int_equal(json_integer_value(json_object_get(root, "status")), 400);
	assert_string_equal(json_string_value(json_object_get(root, "request_id")), "r-1");
	assert_string_equal(json_string_value(json_object_get(root, "detail")),
			    "text must not be \"blank\"\n");
	assert_int_equal(json_array_size(json_object_get(root, "errors")), 2);
	field = json_array_get(json_object_get(root, "errors"), 1);
	assert_string_equal(json_string_value(json_object_get(field, "field")), "limit");
	assert_null(json_object_get(root, "error"));
	json_decref(root);
}

static void an_oauth_problem_has_both_kinds_of_members(void **state)
{
	struct problem problem = { .kind = PROBLEM_BAD_REQUEST,
				   .detail = STR("wrong"),
				   .oauth_error = STR("invalid_grant") };
	json_t *root;

	(void)state;
	root = document(&problem);
	assert_string_equal(json_string_value(json_object_get(root, "error")), "invalid_grant");
	assert_string_equal(json_string_value(json_object_get(root, "error_description")), "wrong");
	assert_string_equal(json_string_value(json_object_get(root, "type")),
			    "/problems/bad-request");
	json_decref(root);
}

static void a_cursor_comes_back_as_it_went(void **state)
{
	static const int64_t values[] = { 0, 1, 1764000000123, INT64_MAX };
	int64_t first, second;

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		struct str text = cursor_format('a', values[i], values[3 - i], &arena);

		assert_int_equal(cursor_parse('a', text, &arena, &first, &second), STATUS_OK);
		assert_true(first == values[i] && second == values[3 - i]);
	}
}

static void what_is_no_cursor_of_this_list_is_refused(void **state)
{
	/* "a:1", "a:1:2:3", "b:1:2", "a:-1:2", "a:x:2", "a::", "" in base64 */
	static const char *const bad[] = {
		"YTox",
		"YToxOjI6Mw",
		"YjoxOjI",
		"YTotMToy",
		"YTp4OjI",
		"YTo6",
		"",
		"!!!!",
		"YToxOjI=",
		"YToxOjI\n",
		"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU"
		"FBQUFBQUFBQUFBQUFBQUFBQUE",
	};
	int64_t first, second;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(cursor_parse('a', str_from_c(bad[i]), &arena, &first, &second),
				 STATUS_BAD_INPUT);
	assert_int_equal(
		cursor_parse('m', cursor_format('a', 1, 2, &arena), &arena, &first, &second),
		STATUS_BAD_INPUT);
}

/* ---- throttling without Redis ------------------------------------------------------------ */

static void note(bool allowed, void *arg)
{
	*(int *)arg = allowed ? 1 : 0;
}

static int attempt(struct throttle *throttle, const char *name)
{
	int allowed = -1;

	throttle_attempt(throttle, str_from_c(name), note, &allowed);
	return allowed;
}

static void the_eleventh_attempt_in_a_minute_is_refused(void **state)
{
	struct throttle *throttle;

	(void)state;
	assert_int_equal(throttle_open(NULL, &throttle), STATUS_OK);
	for (int i = 0; i < THROTTLE_ATTEMPTS_MAX; i++)
		assert_int_equal(attempt(throttle, "anna"), 1);
	assert_int_equal(attempt(throttle, "anna"), 0);
	assert_int_equal(attempt(throttle, "boris"), 1);
	throttle_forget(throttle, STR("anna"));
	assert_int_equal(attempt(throttle, "anna"), 1);
	throttle_close(throttle);
}

static int forget(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

#define plain(test) cmocka_unit_test_teardown(test, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		plain(every_status_has_its_http_status),
		plain(every_kind_has_a_slug_and_refuses),
		plain(a_document_names_the_fields),
		plain(an_oauth_problem_has_both_kinds_of_members),
		plain(a_cursor_comes_back_as_it_went),
		plain(what_is_no_cursor_of_this_list_is_refused),
		plain(the_eleventh_attempt_in_a_minute_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
