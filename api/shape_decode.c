/* api/shape_decode.c -- JSON, queries and forms into C structs, by the tables of shapes; all faults
 * are collected. */
#include "api/shape.h"

#include <assert.h>
#include <jansson.h>
#include <string.h>

struct decoder {
	struct arena *arena;
	struct problem *problem;
};

static void decode_object(struct decoder *decoder, const struct shape *shape, json_t *object,
			  void *out, struct str path);

static void refuse(struct decoder *decoder, struct str field, struct str detail)
{
	problem_add_field(decoder->problem, decoder->arena, field, detail);
}

#define REFUSE(decoder, field, ...)                                                                \
	refuse((decoder), (field), str_format((decoder)->arena, __VA_ARGS__))

static struct str path_join(struct arena *arena, struct str path, const char *name)
{
	return path.len == 0 ? str_from_c(name) : str_format(arena, "%.*s.%s", STR_ARG(path), name);
}

static bool is_blank(struct str text)
{
	static const struct str spaces[] = {
		/* no-break space, zero-width space, joiner, word joiner, ideographic space, BOM,
		   line separator */
		{ "\xc2\xa0", 2 },     { "\xe2\x80\x8b", 3 }, { "\xe2\x80\x8d", 3 },
		{ "\xe2\x81\xa0", 3 }, { "\xe3\x80\x80", 3 }, { "\xef\xbb\xbf", 3 },
		{ "\xe2\x80\xa8", 3 },
	};

	while ((text = str_trim(text)).len > 0) {
		size_t skip = 0;

		for (size_t i = 0; i < sizeof(spaces) / sizeof(*spaces); i++)
			if (str_starts(text, spaces[i]))
				skip = spaces[i].len;
		if (skip == 0)
			return false;
		text = str_skip(text, skip);
	}
	return true;
}

static void put_str(struct decoder *decoder, const struct shape_field *field, struct str text,
		    char *out, struct str path)
{
	size_t chars = str_chars(text);

	if (memchr(text.data, '\0', text.len) != NULL)
		REFUSE(decoder, path, "must not contain the character U+0000");
	else if (!str_is_utf8(text))
		REFUSE(decoder, path, "must be valid UTF-8");
	else if ((field->flags & SHAPE_NOT_BLANK) && is_blank(text))
		REFUSE(decoder, path, "must not be blank");
	else if (field->max > 0 && (chars < (size_t)field->min || chars > (size_t)field->max))
		REFUSE(decoder, path, "must have %d to %d characters, has %zu", (int)field->min,
		       (int)field->max, chars);
	else
		*(struct str *)(void *)(out + field->offset) = str_copy(decoder->arena, text);
}

static void put_int(struct decoder *decoder, const struct shape_field *field, int64_t value,
		    char *out, struct str path)
{
	if ((field->min != 0 || field->max != 0) && (value < field->min || value > field->max))
		REFUSE(decoder, path, "must be between %lld and %lld", (long long)field->min,
		       (long long)field->max);
	else
		*(int64_t *)(void *)(out + field->offset) = value;
}

static void put_enum(struct decoder *decoder, const struct shape_field *field, struct str text,
		     char *out, struct str path)
{
	struct buf names = buf_in(decoder->arena);

	for (int i = 0; i < field->names->count; i++) {
		const char *name = field->names->name(i);

		if (name == NULL)
			continue;
		if (str_eq_c(text, name)) {
			*(int *)(void *)(out + field->offset) = i;
			return;
		}
		buf_format(&names, "%s%s", names.len > 0 ? ", " : "", name);
	}
	REFUSE(decoder, path, "must be one of: %.*s", STR_ARG(buf_str(&names)));
}

static struct str json_text(json_t *value)
{
	return (struct str){ json_string_value(value), json_string_length(value) };
}

static bool list_fits(struct decoder *decoder, const struct shape_field *field, size_t count,
		      struct str path)
{
	int64_t max = field->max > 0 ? field->max : SHAPE_ITEMS_MAX;

	if ((int64_t)count >= field->min && (int64_t)count <= max)
		return true;
	REFUSE(decoder, path, "must have %d to %d items, has %zu", (int)field->min, (int)max,
	       count);
	return false;
}

static void decode_list(struct decoder *decoder, const struct shape_field *field, json_t *list,
			char *out, struct str path)
{
	size_t count = json_array_size(list);
	size_t bytes = field->type == SHAPE_LIST ? field->shape->bytes : sizeof(struct str);
	const struct shape_field text_field = { .type = SHAPE_STR, .max = 256 };
	char *items;

	if (!list_fits(decoder, field, count, path))
		return;
	items = arena_array(decoder->arena, count + 1, bytes);
	for (size_t i = 0; i < count; i++) {
		json_t *item = json_array_get(list, i);
		struct str at = str_format(decoder->arena, "%.*s[%zu]", STR_ARG(path), i);

		if (field->type == SHAPE_LIST && json_is_object(item))
			decode_object(decoder, field->shape, item, items + i * bytes, at);
		else if (field->type == SHAPE_STRS && json_is_string(item))
			put_str(decoder, &text_field, json_text(item), items + i * bytes, at);
		else
			REFUSE(decoder, at, "must be %s",
			       field->type == SHAPE_LIST ? "an object" : "a string");
	}
	memcpy(out + field->offset, &items, sizeof(items));
	*(size_t *)(void *)(out + field->count_offset) = count;
}

static void decode_nested(struct decoder *decoder, const struct shape_field *field, json_t *object,
			  char *out, struct str path)
{
	void *target = out + field->offset;

	if (field->flags & SHAPE_POINTER) {
		void *made = arena_alloc(decoder->arena, field->shape->bytes);

		memcpy(target, &made, sizeof(made));
		target = made;
	}
	decode_object(decoder, field->shape, object, target, path);
}

static const char *const type_words[SHAPE_TYPES] = {
	[SHAPE_INT] = "an integer",	[SHAPE_STR] = "a string",     [SHAPE_ENUM] = "a string",
	[SHAPE_BOOL] = "true or false", [SHAPE_OBJECT] = "an object", [SHAPE_LIST] = "a list",
	[SHAPE_STRS] = "a list",
};

static bool type_fits(const struct shape_field *field, json_t *value)
{
	switch (field->type) {
	case SHAPE_INT:
		return json_is_integer(value);
	case SHAPE_STR:
	case SHAPE_ENUM:
		return json_is_string(value);
	case SHAPE_BOOL:
		return json_is_boolean(value);
	case SHAPE_OBJECT:
		return json_is_object(value);
	case SHAPE_LIST:
	case SHAPE_STRS:
		return json_is_array(value);
	case SHAPE_TYPES:
		break;
	}
	return false;
}

static void decode_value(struct decoder *decoder, const struct shape_field *field, json_t *value,
			 char *out, struct str path)
{
	assert(field->type < SHAPE_TYPES);
	if (!type_fits(field, value)) {
		REFUSE(decoder, path, "must be %s%s", type_words[field->type],
		       field->flags & SHAPE_NULLABLE ? " or null" : "");
		return;
	}
	switch (field->type) {
	case SHAPE_INT:
		put_int(decoder, field, json_integer_value(value), out, path);
		break;
	case SHAPE_STR:
		put_str(decoder, field, json_text(value), out, path);
		break;
	case SHAPE_ENUM:
		put_enum(decoder, field, json_text(value), out, path);
		break;
	case SHAPE_BOOL:
		*(bool *)(out + field->offset) = json_is_true(value);
		break;
	case SHAPE_OBJECT:
		decode_nested(decoder, field, value, out, path);
		break;
	case SHAPE_LIST:
	case SHAPE_STRS:
		decode_list(decoder, field, value, out, path);
		break;
	case SHAPE_TYPES:
		break;
	}
}

static const struct shape_field *field_named(const struct shape *shape, struct str name)
{
	for (size_t i = 0; i < shape->count; i++)
		if (str_eq_c(name, shape->fields[i].name))
			return &shape->fields[i];
	return NULL;
}

static void refuse_unknown(struct decoder *decoder, const struct shape *shape, json_t *object,
			   struct str path)
{
	for (void *iter = json_object_iter(object); iter != NULL;
	     iter = json_object_iter_next(object, iter)) {
		struct str name = str_from_c(json_object_iter_key(iter));

		if (field_named(shape, name) == NULL)
			REFUSE(decoder,
			       path_join(decoder->arena, path, str_to_c(decoder->arena, name)),
			       "is not known here");
	}
}

static void note_given(const struct shape_field *field, char *out)
{
	if (field->given_offset > 0)
		*(bool *)(out + field->given_offset - 1) = true;
}

static void decode_object(struct decoder *decoder, const struct shape *shape, json_t *object,
			  void *out, struct str path)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_field *field = &shape->fields[i];
		json_t *value = json_object_get(object, field->name);
		struct str at = path_join(decoder->arena, path, field->name);

		if (value == NULL) {
			if (!(field->flags & SHAPE_OPTIONAL))
				REFUSE(decoder, at, "is required");
			continue;
		}
		note_given(field, out);
		if (json_is_null(value) && (field->flags & SHAPE_NULLABLE))
			continue;
		decode_value(decoder, field, value, out, at);
	}
	refuse_unknown(decoder, shape, object, path);
}

/* Nesting is looked at before the parser recurses. Brackets in strings do not count. */
static bool is_too_deep(struct str json)
{
	bool in_string = false;
	int depth = 0;

	for (size_t i = 0; i < json.len; i++) {
		char c = json.data[i];

		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > SHAPE_DEPTH_MAX)
				return true;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	return false;
}

enum status shape_decode(const struct shape *shape, struct str json, struct arena *arena,
			 void *struct_out, struct problem *problem)
{
	struct decoder decoder = { arena, problem };
	json_error_t error = { 0 };
	json_t *root = NULL;

	memset(struct_out, 0, shape->bytes);
	if (!is_too_deep(json))
		root = json_loadb(json.data != NULL ? json.data : "", json.len,
				  JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	else
		snprintf(error.text, sizeof(error.text), "nested deeper than %d levels",
			 SHAPE_DEPTH_MAX);
	if (root == NULL) {
		problem->kind = PROBLEM_BAD_REQUEST;
		REFUSE(&decoder, STR("body"), "must be valid JSON: %s", error.text);
		if (error.line > 0)
			problem->detail = str_format(arena, "JSON, line %d, column %d: %s",
						     error.line, error.column, error.text);
		return STATUS_BAD_INPUT;
	}
	if (json_is_object(root))
		decode_object(&decoder, shape, root, struct_out, STR(""));
	else
		REFUSE(&decoder, STR("body"), "must be a JSON object");
	json_decref(root);
	return problem->kind == PROBLEM_NONE ? STATUS_OK : STATUS_BAD_INPUT;
}

/* ---- queries and forms ------------------------------------------------------------------- */

static void decode_text(struct decoder *decoder, const struct shape_field *field, struct str text,
			char *out)
{
	struct str name = str_from_c(field->name);
	int64_t number;

	switch (field->type) {
	case SHAPE_INT:
		if (str_to_int(text, INT64_MIN, INT64_MAX, &number) == STATUS_OK)
			put_int(decoder, field, number, out, name);
		else
			REFUSE(decoder, name, "must be an integer");
		break;
	case SHAPE_STR:
		put_str(decoder, field, text, out, name);
		break;
	case SHAPE_ENUM:
		put_enum(decoder, field, text, out, name);
		break;
	case SHAPE_BOOL:
		if (!str_eq_c(text, "true") && !str_eq_c(text, "false"))
			REFUSE(decoder, name, "must be true or false");
		*(bool *)(out + field->offset) = str_eq_c(text, "true");
		break;
	case SHAPE_OBJECT:
	case SHAPE_LIST:
	case SHAPE_STRS:
	case SHAPE_TYPES:
		assert(false); /* queries are flat */
	}
}

static void decode_pairs(struct decoder *decoder, const struct shape *shape,
			 const struct query *query, bool lenient, char *out)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_field *field = &shape->fields[i];
		struct str value = query_value(query, field->name), name = str_from_c(field->name);

		if (query_is_repeated(query, field->name)) {
			REFUSE(decoder, name, "is given more than once");
		} else if (value.data != NULL) {
			note_given(field, out);
			decode_text(decoder, field, value, out);
		} else if (!(field->flags & SHAPE_OPTIONAL)) {
			REFUSE(decoder, name, "is required");
		}
	}
	for (size_t i = 0; i < query->count && !lenient; i++)
		if (field_named(shape, query->pairs[i].name) == NULL)
			REFUSE(decoder, query->pairs[i].name, "is not known here");
}

enum status shape_decode_query(const struct shape *shape, struct str text, bool lenient,
			       struct arena *arena, void *struct_out, struct problem *problem)
{
	struct decoder decoder = { arena, problem };
	struct query query;

	memset(struct_out, 0, shape->bytes);
	if (query_parse(text, arena, &query) != STATUS_OK) {
		problem->kind = PROBLEM_BAD_REQUEST;
		REFUSE(&decoder, STR("query"),
		       "must be name=value pairs in valid percent-encoded UTF-8, at most 64");
		return STATUS_BAD_INPUT;
	}
	decode_pairs(&decoder, shape, &query, lenient, struct_out);
	return problem->kind == PROBLEM_NONE ? STATUS_OK : STATUS_BAD_INPUT;
}
