/* tests/fuzz/shape_fuzz.c -- any bytes as each body, form and query that the API takes: what is let
 * through keeps the table's limits, what is not has a problem that can be told. The first byte
 * picks the shape. Build and run: `make fuzz`, or `make CC=clang SAN=fuzz build/fuzz/shape_fuzz &&
 * build/fuzz/shape_fuzz tests/fuzz/corpus/shape_fuzz`. */
#include "tests/fuzz/must.h"

#include "api/shapes.h"

#include <jansson.h>

static const struct shape *const bodies[] = { &shape_nothing, &shape_appeal_new,
					      &shape_appeal_patch, &shape_message_new };
static const struct shape *const forms[] = { &shape_appeals_query, &shape_messages_query,
					     &shape_events_query, &shape_token_form,
					     &shape_revoke_form };

enum { BODIES = sizeof(bodies) / sizeof(*bodies), FORMS = sizeof(forms) / sizeof(*forms) };

static void check_text(const struct shape_field *field, struct str text)
{
	touch(text);
	if (text.data == NULL) {
		must((field->flags & (SHAPE_OPTIONAL | SHAPE_NULLABLE)) != 0);
		return;
	}
	must(str_is_utf8(text) && memchr(text.data, '\0', text.len) == NULL);
	if (field->max > 0)
		must((int64_t)str_chars(text) >= field->min &&
		     (int64_t)str_chars(text) <= field->max);
}

static void check_number(const struct shape_field *field, int64_t number)
{
	if (number == 0 && (field->flags & (SHAPE_OPTIONAL | SHAPE_NULLABLE)) != 0)
		return;
	if (field->min != 0 || field->max != 0)
		must(number >= field->min && number <= field->max);
}

/* All shapes of requests are flat. */
static void check(const struct shape *shape, const void *value)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_field *field = &shape->fields[i];
		const void *member = (const char *)value + field->offset;

		if (field->type == SHAPE_STR)
			check_text(field, *(const struct str *)member);
		else if (field->type == SHAPE_INT)
			check_number(field, *(const int64_t *)member);
	}
}

static void check_problem(const struct problem *problem, struct arena *arena)
{
	struct str document = problem_format(problem, STR("id"), arena);
	json_t *json = json_loadb(document.data, document.len, JSON_REJECT_DUPLICATES, NULL);

	must(problem->kind != PROBLEM_NONE && json_is_object(json));
	must(problem->field_count <= PROBLEM_FIELDS_MAX);
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct problem problem = { 0 };
	const struct shape *shape;
	enum status status;
	struct str text;
	void *value;
	unsigned pick;

	if (size == 0)
		return 0;
	pick = data[0] % (BODIES + 2 * FORMS);
	text = exact(data + 1, size - 1);
	shape = pick < BODIES ? bodies[pick] : forms[(pick - BODIES) / 2];
	value = arena_alloc(&arena, shape->bytes);
	status = pick < BODIES
			 ? shape_decode(shape, text, &arena, value, &problem)
			 : shape_decode_query(shape, text, pick % 2 == 0, &arena, value, &problem);
	if (status == STATUS_OK)
		check(shape, value);
	else
		check_problem(&problem, &arena);
	free((void *)(uintptr_t)text.data);
	arena_release(&arena);
	return 0;
}
