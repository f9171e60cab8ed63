/* tests/unit/api_routes_test.c -- paths find their rows, the table is sound, and the documentation
 * tells of every row. */
#include "api/openapi.h"
#include "api/routes.h"
#include "api/shapes.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct route_match match;

static enum status find(enum http_method method, const char *path)
{
	return route_find(routes, route_count, method, str_from_c(path), &match);
}

static void assert_finds(enum http_method method, const char *path, const char *pattern)
{
	assert_int_equal(find(method, path), STATUS_OK);
	assert_string_equal(match.route->pattern, pattern);
}

/* ---- finding ----------------------------------------------------------------------------- */

static void paths_find_their_rows_and_ids(void **state)
{
	(void)state;
	assert_finds(HTTP_GET, "/api/v1/appeals", "/api/v1/appeals");
	assert_finds(HTTP_POST, "/api/v1/appeals", "/api/v1/appeals");
	assert_finds(HTTP_GET, "/api/v1/appeals/42", "/api/v1/appeals/:id");
	assert_int_equal(match.ids[0], 42);
	assert_finds(HTTP_POST, "/api/v1/appeals/7/messages/9/send-again",
		     "/api/v1/appeals/:id/messages/:message_id/send-again");
	assert_int_equal(match.ids[0], 7);
	assert_int_equal(match.ids[1], 9);
	assert_finds(HTTP_GET, "/api/v1/appeals/9223372036854775807", "/api/v1/appeals/:id");
}

static void ids_are_plain_positive_numbers(void **state)
{
	const char *const bad[] = {
		"0",  "-1", "+1", "01", "1x", "x", "", "1.0", "0x1", " 1", "9223372036854775808",
		"%31"
	};
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(
			find(HTTP_GET, str_format(&arena, "/api/v1/appeals/%s", bad[i]).data),
			STATUS_NOT_FOUND);
	arena_release(&arena);
}

static void head_is_asked_as_get(void **state)
{
	(void)state;
	assert_finds(HTTP_HEAD, "/api/v1/me", "/api/v1/me");
	assert_int_equal(match.route->method, HTTP_GET);
	assert_finds(HTTP_HEAD, "/", "/*");
}

static void wrong_methods_hear_which_are_right(void **state)
{
	(void)state;
	assert_int_equal(find(HTTP_PUT, "/api/v1/appeals/5"), STATUS_CONFLICT);
	assert_string_equal(match.allow, "GET, HEAD, PATCH, DELETE, OPTIONS");
	assert_int_equal(find(HTTP_GET, "/oauth/token"), STATUS_CONFLICT);
	assert_string_equal(match.allow, "POST, OPTIONS");
	assert_int_equal(find(HTTP_OPTIONS, "/api/v1/appeals"), STATUS_CONFLICT);
	assert_string_equal(match.allow, "GET, HEAD, POST, OPTIONS");
	assert_int_equal(find(HTTP_POST, "/inbox"), STATUS_CONFLICT);
	assert_string_equal(match.allow, "GET, HEAD, OPTIONS");
}

static void pages_take_the_rest_but_not_what_programs_speak_to(void **state)
{
	(void)state;
	assert_finds(HTTP_GET, "/", "/*");
	assert_finds(HTTP_GET, "/inbox", "/*");
	assert_finds(HTTP_GET, "/appeals/42", "/*");
	assert_finds(HTTP_GET, "/assets/main-0a1b.js", "/*");
	assert_finds(HTTP_GET, "/apis", "/*");
	assert_finds(HTTP_GET, "/docs", "/docs");
	assert_int_equal(find(HTTP_GET, "/api"), STATUS_NOT_FOUND);
	assert_int_equal(find(HTTP_GET, "/api/"), STATUS_NOT_FOUND);
	assert_int_equal(find(HTTP_GET, "/api/v1/nothing"), STATUS_NOT_FOUND);
	assert_int_equal(find(HTTP_GET, "/api/v1/appeals/"), STATUS_NOT_FOUND);
	assert_int_equal(find(HTTP_GET, "/oauth"), STATUS_NOT_FOUND);
	assert_int_equal(find(HTTP_POST, "/oauth/else"), STATUS_NOT_FOUND);
}

/* ---- soundness --------------------------------------------------------------------------- */

static enum status nothing(struct call *call)
{
	(void)call;
	return STATUS_OK;
}

static const struct route good = {
	.method = HTTP_GET,
	.pattern = "/x",
	.scope = SCOPE_PUBLIC,
	.lane = LANE_LOOP,
	.success = 200,
	.handler = nothing,
	.summary = "x",
};

static enum status check_changed(void (*change)(struct route *))
{
	struct route table[2] = { good, good };

	table[1].pattern = "/y";
	change(&table[1]);
	return routes_check(table, 2);
}

static void as_it_was(struct route *route)
{
	(void)route;
}

static void twice(struct route *route)
{
	route->pattern = "/x";
}

static void without_handler(struct route *route)
{
	route->handler = NULL;
}

static void without_summary(struct route *route)
{
	route->summary = NULL;
}

static void body_without_shape(struct route *route)
{
	route->method = HTTP_POST;
	route->body = BODY_JSON;
}

static void get_with_body(struct route *route)
{
	route->body = BODY_JSON;
	route->request = &shape_nothing;
}

static void secret_on_the_loop(struct route *route)
{
	route->scope = SCOPE_APPEALS_READ;
}

static void change_in_a_reading_lane(struct route *route)
{
	route->method = HTTP_POST;
	route->pattern = "/api/v1/y";
	route->lane = LANE_READ;
}

static void success_that_is_none(struct route *route)
{
	route->success = 404;
}

static void unsound_rows_stop_the_start(void **state)
{
	(void)state;
	assert_int_equal(routes_check(routes, route_count), STATUS_OK);
	assert_int_equal(check_changed(as_it_was), STATUS_OK);
	assert_int_equal(check_changed(twice), STATUS_FAILED);
	assert_int_equal(check_changed(without_handler), STATUS_FAILED);
	assert_int_equal(check_changed(without_summary), STATUS_FAILED);
	assert_int_equal(check_changed(body_without_shape), STATUS_FAILED);
	assert_int_equal(check_changed(get_with_body), STATUS_FAILED);
	assert_int_equal(check_changed(secret_on_the_loop), STATUS_FAILED);
	assert_int_equal(check_changed(change_in_a_reading_lane), STATUS_FAILED);
	assert_int_equal(check_changed(success_that_is_none), STATUS_FAILED);
}

static void every_change_of_the_desk_needs_a_scope(void **state)
{
	(void)state;
	for (size_t i = 0; i < route_count; i++)
		if (strncmp(routes[i].pattern, "/api/", 5) == 0)
			assert_true(routes[i].scope != SCOPE_PUBLIC);
}

/* ---- the documentation ------------------------------------------------------------------- */

static json_t *document(struct arena *arena)
{
	struct str text = openapi_make(routes, route_count, arena);
	json_error_t error;
	json_t *root = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &error);

	if (root == NULL)
		fail_msg("openapi.json: %s at %d", error.text, error.position);
	return root;
}

static size_t operations_of(json_t *root)
{
	size_t count = 0;
	const char *path;
	json_t *item;

	json_object_foreach(json_object_get(root, "paths"), path, item)
		count += json_object_size(item);
	return count;
}

static void documentation_tells_of_every_route(void **state)
{
	struct arena arena = { 0 };
	json_t *root = document(&arena), *post, *parameters;

	(void)state;
	assert_int_equal(operations_of(root), route_count);
	post = json_object_get(
		json_object_get(json_object_get(root, "paths"), "/api/v1/appeals/{id}/messages"),
		"post");
	assert_non_null(post);
	assert_string_equal(json_string_value(json_object_get(post, "operationId")),
			    "post_appeals_id_messages");
	parameters = json_object_get(post, "parameters");
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(parameters, 0), "name")), "id");
	assert_non_null(json_object_get(json_object_get(post, "responses"), "201"));
	assert_non_null(json_object_get(json_object_get(post, "responses"), "409"));
	json_decref(root);
	arena_release(&arena);
}

/* Every "$ref" in `value` names something that is there. */
static void assert_refs(json_t *root, json_t *value)
{
	const char *key;
	json_t *item;
	size_t i;

	if (json_is_array(value))
		json_array_foreach(value, i, item) assert_refs(root, item);
	if (!json_is_object(value))
		return;
	json_object_foreach(value, key, item)
	{
		if (strcmp(key, "$ref") == 0) {
			json_t *at = root;
			struct str part, rest = str_skip(str_from_c(json_string_value(item)), 2);
			struct arena arena = { 0 };

			while (rest.data != NULL) {
				rest = str_cut(rest, '/', &part);
				at = json_object_get(at, str_to_c(&arena, part));
			}
			if (at == NULL)
				fail_msg("%s leads nowhere", json_string_value(item));
			arena_release(&arena);
		}
		assert_refs(root, item);
	}
}

static void documentation_has_no_loose_ends(void **state)
{
	struct arena arena = { 0 };
	json_t *root = document(&arena), *flows;

	(void)state;
	assert_refs(root, root);
	flows = json_object_get(json_object_get(json_object_get(json_object_get(root, "components"),
								"securitySchemes"),
						"oauth2"),
				"flows");
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(flows, "password"), "tokenUrl")),
		"/oauth/token");
	assert_non_null(json_object_get(
		json_object_get(json_object_get(root, "components"), "schemas"), "Event"));
	assert_non_null(json_object_get(
		json_object_get(json_object_get(root, "components"), "schemas"), "Problem"));
	json_decref(root);
	arena_release(&arena);
}

/* The documented example of a request is one that the decoder takes. */
static void examples_of_requests_are_valid(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < route_count; i++) {
		struct buf buf = buf_in(&arena);
		struct problem problem = { 0 };

		if (routes[i].body != BODY_JSON)
			continue;
		shape_example(routes[i].request, &buf);
		if (shape_decode(routes[i].request, buf_str(&buf), &arena,
				 arena_alloc(&arena, routes[i].request->bytes + 1),
				 &problem) != STATUS_OK)
			fail_msg("%s: %.*s", routes[i].pattern, STR_ARG(buf_str(&buf)));
	}
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_find_their_rows_and_ids),
		cmocka_unit_test(ids_are_plain_positive_numbers),
		cmocka_unit_test(head_is_asked_as_get),
		cmocka_unit_test(wrong_methods_hear_which_are_right),
		cmocka_unit_test(pages_take_the_rest_but_not_what_programs_speak_to),
		cmocka_unit_test(unsound_rows_stop_the_start),
		cmocka_unit_test(every_change_of_the_desk_needs_a_scope),
		cmocka_unit_test(documentation_tells_of_every_route),
		cmocka_unit_test(documentation_has_no_loose_ends),
		cmocka_unit_test(examples_of_requests_are_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
