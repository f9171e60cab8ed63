/* tests/unit/sandbox_params_test.c -- parameters of a Bot API call in every form that clients send
 * them. */
#include "telegram/sandbox/params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;
static struct params params;
static const char *error;

static int forget(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static enum status parse(const char *query, const char *type, const char *body)
{
	return params_parse(str_from_c(query), str_from_c(type), str_from_c(body), &arena, &params,
			    &error);
}

static void assert_param(const char *name, const char *value)
{
	struct str found = params_str(&params, name);

	if (!str_eq_c(found, value))
		fail_msg("%s is '%.*s', not '%s'", name, STR_ARG(found), value);
}

static void a_query_is_read(void **state)
{
	(void)state;
	assert_int_equal(parse("chat_id=42&text=a%20b+c", NULL, ""), STATUS_OK);
	assert_param("chat_id", "42");
	assert_param("text", "a b c");
	assert_null(params_str(&params, "absent").data);
}

static void a_form_is_read_and_the_query_comes_first(void **state)
{
	(void)state;
	assert_int_equal(
		parse("a=1", "application/x-www-form-urlencoded; charset=utf-8", "a=2&b=%D0%B9"),
		STATUS_OK);
	assert_param("a", "1");
	assert_param("b", "й");
}

static void json_values_become_texts(void **state)
{
	(void)state;
	assert_int_equal(parse(NULL, "application/json",
			       "{\"chat_id\":-42,\"text\":\"x\",\"flag\":true,\"none\":null,\"o\":{"
			       "\"a\":[1,2]}}"),
			 STATUS_OK);
	assert_param("chat_id", "-42");
	assert_param("text", "x");
	assert_param("flag", "true");
	assert_param("o", "{\"a\":[1,2]}");
	assert_null(params_str(&params, "none").data);
	assert_true(params_bool(&params, "flag"));
}

static void a_body_that_is_not_what_it_says_is_refused(void **state)
{
	(void)state;
	assert_int_equal(parse(NULL, "application/json", "[1]"), STATUS_BAD_INPUT);
	assert_non_null(error);
	assert_int_equal(parse(NULL, "application/json", "{\"a\":"), STATUS_BAD_INPUT);
	assert_int_equal(parse(NULL, "application/x-www-form-urlencoded", "a=%zz"),
			 STATUS_BAD_INPUT);
	assert_int_equal(parse("a=%00", NULL, ""), STATUS_BAD_INPUT);
	assert_int_equal(parse(NULL, "multipart/form-data; boundary=x", "no parts at all"),
			 STATUS_BAD_INPUT);
}

static void an_unknown_content_type_counts_as_no_body(void **state)
{
	(void)state;
	assert_int_equal(parse("a=1", "text/plain", "b=2"), STATUS_OK);
	assert_int_equal(params.count, 1);
}

static void a_multipart_form_is_read_without_its_files(void **state)
{
	(void)state;
	assert_int_equal(parse(NULL, "multipart/form-data; boundary=\"--b 7\"",
			       "preamble\r\n----b 7\r\ncontent-disposition: form-data; "
			       "name=\"chat_id\"\r\n\r\n42"
			       "\r\n----b 7\r\nContent-Type: text/plain\r\nContent-Disposition: "
			       "form-data; name=\"text\"\r\n\r\nline\r\nline"
			       "\r\n----b 7\r\nContent-Disposition: form-data; name=\"photo\"; "
			       "filename=\"a.png\"\r\n\r\nPNG"
			       "\r\n----b 7--\r\n"),
			 STATUS_OK);
	assert_int_equal(params.count, 2);
	assert_param("chat_id", "42");
	assert_param("text", "line\r\nline");
}

static void an_empty_multipart_form_has_no_parameters(void **state)
{
	(void)state;
	assert_int_equal(parse(NULL, "multipart/form-data; boundary=b", "--b--\r\n"), STATUS_OK);
	assert_int_equal(params.count, 0);
}

static void a_broken_multipart_form_is_refused(void **state)
{
	static const char *const bodies[] = {
		"--b\r\n",
		"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1",
		"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b",
		"--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--",
		"--b\r\nno head\r\n--b--",
		"--bad",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
		if (parse(NULL, "multipart/form-data; boundary=b", bodies[i]) != STATUS_BAD_INPUT)
			fail_msg("taken: %s", bodies[i]);
	assert_null(multipart_boundary(STR("multipart/form-data")).data);
	assert_null(multipart_boundary(STR("multipart/mixed; boundary=b")).data);
}

static void numbers_are_clamped_as_the_real_server_clamps(void **state)
{
	(void)state;
	assert_int_equal(parse("limit=1000&offset=-5&bad=ten&big=99999999999999999999", NULL, ""),
			 STATUS_OK);
	assert_int_equal(params_int(&params, "limit", 100, 1, 100), 100);
	assert_int_equal(params_int(&params, "offset", 0, -10, 10), -5);
	assert_int_equal(params_int(&params, "bad", 7, 1, 100), 1);
	assert_int_equal(params_int(&params, "absent", 7, 1, 100), 7);
	assert_int_equal(params_int(&params, "big", 7, 0, 100), 0);
}

static void more_parameters_than_the_limit_are_refused(void **state)
{
	char body[4096] = "{";
	size_t at = 1;

	(void)state;
	for (int i = 0; i <= PARAMS_MAX; i++)
		at += (size_t)snprintf(body + at, sizeof(body) - at, "%s\"p%d\":1",
				       i > 0 ? "," : "", i);
	snprintf(body + at, sizeof(body) - at, "}");
	assert_int_equal(parse(NULL, "application/json", body), STATUS_BAD_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_query_is_read, forget),
		cmocka_unit_test_teardown(a_form_is_read_and_the_query_comes_first, forget),
		cmocka_unit_test_teardown(json_values_become_texts, forget),
		cmocka_unit_test_teardown(a_body_that_is_not_what_it_says_is_refused, forget),
		cmocka_unit_test_teardown(an_unknown_content_type_counts_as_no_body, forget),
		cmocka_unit_test_teardown(a_multipart_form_is_read_without_its_files, forget),
		cmocka_unit_test_teardown(an_empty_multipart_form_has_no_parameters, forget),
		cmocka_unit_test_teardown(a_broken_multipart_form_is_refused, forget),
		cmocka_unit_test_teardown(numbers_are_clamped_as_the_real_server_clamps, forget),
		cmocka_unit_test_teardown(more_parameters_than_the_limit_are_refused, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
