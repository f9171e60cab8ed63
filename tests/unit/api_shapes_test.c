/* tests/unit/api_shapes_test.c -- JSON and queries into structs and back: every type, every limit,
 * every fault by name. */
#include "api/shapes.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* ---- a shape with everything in it ------------------------------------------------------- */

struct inner {
	int64_t number;
	struct str word;
};

enum colour { RED, GREEN, NO_COLOUR, COLOURS };

struct all {
	int64_t count, when;
	struct str text, note;
	enum colour colour;
	bool flag, note_given, count_given;
	struct inner inner, *pointed;
	struct inner *items;
	struct str *tags;
	size_t item_count, tag_count;
};

static const char *colour_name(int value)
{
	static const char *const names[COLOURS] = { "red", "green", NULL };

	return names[value];
}

static const struct shape_enum colours = { colour_name, COLOURS };

#define AT(type, member) .offset = offsetof(struct type, member)

static const struct shape_field inner_fields[] = {
	{ "number", SHAPE_INT, 0, AT(inner, number), -5, 5, .doc = "d", .example = "1" },
	{ "word", SHAPE_STR, SHAPE_OPTIONAL, AT(inner, word), 0, 3, .doc = "d",
	  .example = "\"w\"" },
};
static const struct shape inner_shape = { "Inner", NULL, SHAPE_FIELDS(inner_fields),
					  sizeof(struct inner) };

static const struct shape_field all_fields[] = {
	{ "count", SHAPE_INT, SHAPE_OPTIONAL | SHAPE_NULLABLE, AT(all, count), 1, 10,
	  .given_offset = SHAPE_AT(struct all, count_given), .doc = "d", .example = "1" },
	{ "text", SHAPE_STR, SHAPE_NOT_BLANK, AT(all, text), 1, 5, .doc = "d", .example = "\"t\"" },
	{ "note", SHAPE_STR, SHAPE_OPTIONAL | SHAPE_NULLABLE, AT(all, note), 0, 5,
	  .given_offset = SHAPE_AT(struct all, note_given), .doc = "d", .example = "\"n\"" },
	{ "colour", SHAPE_ENUM, SHAPE_OPTIONAL, AT(all, colour), .names = &colours, .doc = "d" },
	{ "flag", SHAPE_BOOL, SHAPE_OPTIONAL, AT(all, flag), .doc = "d" },
	{ "inner", SHAPE_OBJECT, SHAPE_OPTIONAL, AT(all, inner), .shape = &inner_shape,
	  .doc = "d" },
	{ "pointed", SHAPE_OBJECT, SHAPE_OPTIONAL | SHAPE_NULLABLE | SHAPE_POINTER,
	  AT(all, pointed), .shape = &inner_shape, .doc = "d" },
	{ "items", SHAPE_LIST, SHAPE_OPTIONAL, AT(all, items), 0, 2, .shape = &inner_shape,
	  .count_offset = offsetof(struct all, item_count), .doc = "d" },
	{ "tags", SHAPE_STRS, SHAPE_OPTIONAL, AT(all, tags), 0, 2,
	  .count_offset = offsetof(struct all, tag_count), .doc = "d", .example = "[]" },
};
static const struct shape all_shape = { "All", "d", SHAPE_FIELDS(all_fields), sizeof(struct all) };

static struct arena arena;
static struct all all;
static struct problem problem;

static enum status decode_bytes(struct str json)
{
	problem = (struct problem){ 0 };
	return shape_decode(&all_shape, json, &arena, &all, &problem);
}

static enum status decode(const char *json)
{
	return decode_bytes(str_from_c(json));
}

static const char *fault_of(const char *field)
{
	for (const struct problem_field *each = problem.first; each != NULL; each = each->next)
		if (str_eq_c(each->field, field))
			return str_to_c(&arena, each->detail);
	return NULL;
}

/* Refused, and the field is named with these words. */
static void assert_refused(const char *json, const char *field, const char *words)
{
	assert_int_equal(decode(json), STATUS_BAD_INPUT);
	if (fault_of(field) == NULL || strstr(fault_of(field), words) == NULL)
		fail_msg("%s: %s %s", json, field,
			 fault_of(field) != NULL ? fault_of(field) : "is not named");
}

/* ---- decoding ---------------------------------------------------------------------------- */

static void every_type_is_decoded(void **state)
{
	(void)state;
	assert_int_equal(
		decode("{\"text\":\"abc\",\"count\":7,\"note\":\"n\",\"colour\":\"green\",\"flag\":"
		       "true,"
		       "\"inner\":{\"number\":-5,\"word\":\"xyz\"},\"pointed\":{\"number\":5},"
		       "\"items\":[{\"number\":1},{\"number\":2}],\"tags\":[\"a\",\"b\"]}"),
		STATUS_OK);
	assert_int_equal(all.count, 7);
	assert_true(str_eq_c(all.text, "abc") && str_eq_c(all.note, "n") && all.note_given &&
		    all.count_given);
	assert_int_equal(all.colour, GREEN);
	assert_true(all.flag);
	assert_int_equal(all.inner.number, -5);
	assert_int_equal(all.pointed->number, 5);
	assert_int_equal(all.item_count, 2);
	assert_int_equal(all.items[1].number, 2);
	assert_int_equal(all.tag_count, 2);
	assert_true(str_eq_c(all.tags[1], "b"));
}

static void absent_and_null_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(decode("{\"text\":\"a\",\"note\":null,\"pointed\":null}"), STATUS_OK);
	assert_true(all.note_given && all.note.data == NULL && all.pointed == NULL);
	assert_false(all.count_given);
	assert_refused("{\"text\":null}", "text", "must be a string");
	assert_refused("{\"text\":\"a\",\"flag\":null}", "flag", "true or false");
	assert_refused("{\"text\":\"a\",\"items\":null}", "items", "a list");
}

static void wrong_types_are_refused_by_name(void **state)
{
	(void)state;
	assert_refused("{\"text\":5}", "text", "must be a string");
	assert_refused("{\"text\":\"a\",\"count\":\"5\"}", "count", "must be an integer or null");
	assert_refused("{\"text\":\"a\",\"count\":5.0}", "count", "must be an integer");
	assert_refused("{\"text\":\"a\",\"count\":true}", "count", "must be an integer");
	assert_refused("{\"text\":\"a\",\"flag\":1}", "flag", "must be true or false");
	assert_refused("{\"text\":\"a\",\"colour\":\"blue\"}", "colour",
		       "must be one of: red, green");
	assert_refused("{\"text\":\"a\",\"colour\":1}", "colour", "must be a string");
	assert_refused("{\"text\":\"a\",\"inner\":[]}", "inner", "must be an object");
	assert_refused("{\"text\":\"a\",\"items\":{}}", "items", "must be a list");
	assert_refused("{\"text\":\"a\",\"items\":[5]}", "items[0]", "must be an object");
	assert_refused("{\"text\":\"a\",\"tags\":[\"a\",5]}", "tags[1]", "must be a string");
	assert_refused("[]", "body", "must be a JSON object");
	assert_refused("\"text\"", "body", "must be");
}

static void limits_hold_on_both_sides(void **state)
{
	(void)state;
	assert_int_equal(decode("{\"text\":\"a\",\"count\":1}"), STATUS_OK);
	assert_int_equal(decode("{\"text\":\"abcde\",\"count\":10}"), STATUS_OK);
	assert_refused("{\"text\":\"a\",\"count\":0}", "count", "between 1 and 10");
	assert_refused("{\"text\":\"a\",\"count\":11}", "count", "between 1 and 10");
	assert_refused("{\"text\":\"abcdef\"}", "text", "1 to 5 characters, has 6");
	assert_refused("{\"text\":\"a\",\"inner\":{\"number\":6}}", "inner.number",
		       "between -5 and 5");
	assert_refused("{\"text\":\"a\",\"items\":[{\"number\":1},{\"number\":1},{\"number\":1}]}",
		       "items", "0 to 2 items, has 3");
	assert_refused("{\"text\":\"a\",\"items\":[{\"number\":1},{\"number\":9}]}",
		       "items[1].number", "between");
	assert_refused("{\"text\":\"a\",\"count\":9223372036854775808}", "body", "too big integer");
}

static void characters_are_counted_not_bytes(void **state)
{
	(void)state;
	assert_int_equal(decode("{\"text\":\"приве\"}"), STATUS_OK);
	assert_int_equal(decode("{\"text\":"
				"\"\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\\ud83d"
				"\\ude00\"}"),
			 STATUS_OK);
	assert_refused("{\"text\":\"привет\"}", "text", "has 6");
}

static void blank_texts_are_refused(void **state)
{
	(void)state;
	assert_refused("{\"text\":\"\"}", "text", "must not be blank");
	assert_refused("{\"text\":\" \\n\\t \"}", "text", "must not be blank");
	assert_refused("{\"text\":\"\\u00a0\\u200b\\u3000\"}", "text", "must not be blank");
	assert_int_equal(decode("{\"text\":\" \\u00a0.\"}"), STATUS_OK);
}

static void unknown_and_missing_members_are_named(void **state)
{
	(void)state;
	assert_refused("{}", "text", "is required");
	assert_refused("{\"text\":\"a\",\"inner\":{}}", "inner.number", "is required");
	assert_refused("{\"text\":\"a\",\"txet\":1}", "txet", "is not known");
	assert_refused("{\"text\":\"a\",\"inner\":{\"number\":1,\"x\":2}}", "inner.x",
		       "is not known");
}

static void all_faults_are_collected(void **state)
{
	(void)state;
	assert_int_equal(decode("{\"count\":99,\"flag\":7,\"extra\":1}"), STATUS_BAD_INPUT);
	assert_int_equal(problem.field_count, 4);
	assert_non_null(fault_of("count"));
	assert_non_null(fault_of("flag"));
	assert_non_null(fault_of("extra"));
	assert_non_null(fault_of("text"));
	assert_int_equal(problem.kind, PROBLEM_VALIDATION);
}

static void the_list_of_faults_has_an_end(void **state)
{
	struct buf buf = buf_in(&arena);
	size_t listed = 0;

	(void)state;
	json_open(&buf, '{');
	for (int i = 0; i < 200; i++)
		json_add_int(&buf, str_format(&arena, "x%d", i).data, i);
	json_close(&buf, '}');
	assert_int_equal(decode_bytes(buf_str(&buf)), STATUS_BAD_INPUT);
	for (const struct problem_field *each = problem.first; each != NULL; each = each->next)
		listed++;
	assert_int_equal(listed, PROBLEM_FIELDS_MAX);
	assert_int_equal(problem.field_count, PROBLEM_FIELDS_MAX);
}

static void doubled_members_are_refused(void **state)
{
	(void)state;
	assert_refused("{\"text\":\"a\",\"text\":\"b\"}", "body", "duplicate");
	assert_int_equal(problem.kind, PROBLEM_BAD_REQUEST);
}

static void nul_is_refused_by_name(void **state)
{
	(void)state;
	assert_refused("{\"text\":\"a\\u0000b\"}", "text", "U+0000");
	assert_int_equal(decode_bytes((struct str){ "{\"text\":\"a\0\"}", 13 }), STATUS_BAD_INPUT);
	assert_int_equal(decode_bytes((struct str){ "{\"te\0xt\":\"a\"}", 14 }), STATUS_BAD_INPUT);
}

static void broken_unicode_is_refused(void **state)
{
	(void)state;
	assert_refused("{\"text\":\"\\ud800\"}", "body", "must be valid JSON");
	assert_refused("{\"text\":\"\\udc00\\ud800\"}", "body", "must be valid JSON");
	assert_refused("{\"text\":\"\xff\"}", "body", "must be valid JSON");
	assert_refused("{\"text\":\"\xed\xa0\x80\"}", "body", "must be valid JSON");
	assert_refused("{\"text\":\"\xc0\xaf\"}", "body", "must be valid JSON");
}

static void deep_nesting_is_refused_before_it_is_parsed(void **state)
{
	struct buf buf = buf_in(&arena);

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_add_c(&buf, "[");
	assert_int_equal(decode_bytes(buf_str(&buf)), STATUS_BAD_INPUT);
	assert_non_null(strstr(fault_of("body"), "deeper"));
	/* Brackets in a string are no nesting. */
	assert_refused("{\"text\":\"[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[[[[\"}", "text", "has 3");
}

static void broken_json_says_where(void **state)
{
	(void)state;
	assert_refused("", "body", "must be valid JSON");
	assert_refused("{", "body", "must be valid JSON");
	assert_refused("{\"text\":\"a\"} x", "body", "must be valid JSON");
	assert_refused("{'text':1}", "body", "must be valid JSON");
	assert_refused("{\n\"text\": oops}", "body", "must be valid JSON");
	assert_non_null(strstr(str_to_c(&arena, problem.detail), "line 2"));
}

/* ---- queries ----------------------------------------------------------------------------- */

static enum status decode_query(const struct shape *shape, const char *text, bool lenient,
				void *out)
{
	problem = (struct problem){ 0 };
	return shape_decode_query(shape, str_from_c(text), lenient, &arena, out, &problem);
}

static void queries_are_decoded_and_checked(void **state)
{
	struct in_appeals_query in;

	(void)state;
	assert_int_equal(
		decode_query(&shape_appeals_query, "state=new&limit=7&customer=3", false, &in),
		STATUS_OK);
	assert_true(str_eq_c(in.state, "new") && in.limit == 7 && in.customer == 3 &&
		    in.cursor.data == NULL);
	assert_int_equal(decode_query(&shape_appeals_query, "", false, &in), STATUS_OK);
	assert_int_equal(decode_query(&shape_appeals_query, "limit=201", false, &in),
			 STATUS_BAD_INPUT);
	assert_non_null(strstr(fault_of("limit"), "between 1 and 200"));
	assert_int_equal(decode_query(&shape_appeals_query, "limit=5x", false, &in),
			 STATUS_BAD_INPUT);
	assert_non_null(strstr(fault_of("limit"), "integer"));
	assert_int_equal(decode_query(&shape_appeals_query, "limit=5&limit=6", false, &in),
			 STATUS_BAD_INPUT);
	assert_non_null(strstr(fault_of("limit"), "more than once"));
	assert_int_equal(decode_query(&shape_appeals_query, "sate=new", false, &in),
			 STATUS_BAD_INPUT);
	assert_non_null(strstr(fault_of("sate"), "not known"));
	assert_int_equal(decode_query(&shape_appeals_query, "state=%zz", false, &in),
			 STATUS_BAD_INPUT);
	assert_int_equal(problem.kind, PROBLEM_BAD_REQUEST);
}

static void forms_ignore_what_oauth_says_to_ignore(void **state)
{
	struct in_token in;

	(void)state;
	assert_int_equal(
		decode_query(&shape_token_form,
			     "grant_type=password&username=a%20b&password=%D0%B9&client_id=x", true,
			     &in),
		STATUS_OK);
	assert_true(str_eq_c(in.username, "a b") && str_eq_c(in.password, "й"));
	assert_int_equal(decode_query(&shape_token_form, "username=a", true, &in),
			 STATUS_BAD_INPUT);
	assert_non_null(fault_of("grant_type"));
}

/* ---- encoding ---------------------------------------------------------------------------- */

static struct str encode(const struct shape *shape, const void *value)
{
	struct buf buf = buf_in(&arena);

	shape_encode(shape, value, &buf);
	return buf_str(&buf);
}

static void what_is_encoded_is_decoded_again(void **state)
{
	struct str json;

	(void)state;
	assert_int_equal(decode("{\"text\":\"a\\\"\\\\\\n\",\"count\":7,\"note\":null,\"colour\":"
				"\"red\",\"flag\":false,"
				"\"inner\":{\"number\":1,\"word\":\"\"},\"pointed\":null,\"items\":"
				"[],\"tags\":[\"x\"]}"),
			 STATUS_OK);
	json = encode(&all_shape, &all);
	assert_true(str_eq_c(json, "{\"count\":7,\"text\":\"a\\\"\\\\\\n\",\"note\":null,"
				   "\"colour\":\"red\",\"flag\":false,"
				   "\"inner\":{\"number\":1,\"word\":\"\"},\"pointed\":null,"
				   "\"items\":[],\"tags\":[\"x\"]}"));
	assert_int_equal(decode_bytes(json), STATUS_OK);
	assert_true(str_eq_c(all.text, "a\"\\\n"));
}

static void nothing_there_is_null_only_where_allowed(void **state)
{
	struct all empty = { .colour = NO_COLOUR };

	(void)state;
	assert_true(str_eq_c(
		encode(&all_shape, &empty),
		"{\"count\":null,\"text\":\"\",\"note\":null,\"colour\":null,\"flag\":false,"
		"\"inner\":{\"number\":0,\"word\":\"\"},\"pointed\":null,\"items\":[],\"tags\":[]"
		"}"));
}

static void an_appeal_looks_as_promised(void **state)
{
	struct appeal appeal = {
		.id = 42,
		.number = 1042,
		.state = APPEAL_CLOSING,
		.customer = { .id = 7, .name = STR("Anna"), .lang = LANG_EN, .reachable = true },
		.opened_at_ms = 1000,
		.closing_at_ms = 2000,
		.last_activity_at_ms = 1500,
		.message_count = 1,
	};
	struct str json;
	json_t *root;

	(void)state;
	json = encode(&shape_appeal, &appeal);
	root = json_loadb(json.data, json.len, 0, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "state")), "closing");
	assert_true(json_is_null(json_object_get(root, "assignee")));
	assert_true(json_is_null(json_object_get(root, "last_message")));
	assert_true(json_is_null(json_object_get(root, "closed_by")));
	assert_true(json_is_null(json_object_get(root, "subject")));
	assert_int_equal(json_integer_value(json_object_get(root, "closing_at")), 2000);
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(root, "customer"), "language")),
		"en");
	assert_true(json_is_null(json_object_get(json_object_get(root, "customer"), "username")));
	json_decref(root);
	appeal.assignee_id = 2;
	appeal.assignee_name = STR("Boris");
	json = encode(&shape_appeal, &appeal);
	assert_non_null(
		strstr(str_to_c(&arena, json), "\"assignee\":{\"id\":2,\"name\":\"Boris\"}"));
}

/* ---- soundness --------------------------------------------------------------------------- */

static void unsound_tables_are_found(void **state)
{
	struct shape_field fields[2] = { inner_fields[0], inner_fields[0] };
	struct shape shape = { "Bad", NULL, fields, 2, sizeof(struct inner) };

	(void)state;
	assert_int_equal(shape_check(&all_shape), STATUS_OK);
	assert_int_equal(shape_check(&shape), STATUS_FAILED);
	fields[1].name = "other";
	assert_int_equal(shape_check(&shape), STATUS_OK);
	fields[1].offset = sizeof(struct inner);
	assert_int_equal(shape_check(&shape), STATUS_FAILED);
	fields[1] = inner_fields[1];
	fields[1].max = -1;
	assert_int_equal(shape_check(&shape), STATUS_FAILED);
	fields[1] = (struct shape_field){ "object", SHAPE_OBJECT, .doc = "d" };
	assert_int_equal(shape_check(&shape), STATUS_FAILED);
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
		plain(every_type_is_decoded),
		plain(absent_and_null_are_told_apart),
		plain(wrong_types_are_refused_by_name),
		plain(limits_hold_on_both_sides),
		plain(characters_are_counted_not_bytes),
		plain(blank_texts_are_refused),
		plain(unknown_and_missing_members_are_named),
		plain(all_faults_are_collected),
		plain(the_list_of_faults_has_an_end),
		plain(doubled_members_are_refused),
		plain(nul_is_refused_by_name),
		plain(broken_unicode_is_refused),
		plain(deep_nesting_is_refused_before_it_is_parsed),
		plain(broken_json_says_where),
		plain(queries_are_decoded_and_checked),
		plain(forms_ignore_what_oauth_says_to_ignore),
		plain(what_is_encoded_is_decoded_again),
		plain(nothing_there_is_null_only_where_allowed),
		plain(an_appeal_looks_as_promised),
		plain(unsound_tables_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
