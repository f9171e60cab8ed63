/* api/shape_openapi.c -- the tables of shapes as JSON Schema, with examples; and whether they are
 * sound. */
#include "api/shape.h"

#include "base/log.h"

#include <string.h>

static const char *const schema_types[SHAPE_TYPES] = {
	[SHAPE_INT] = "integer",  [SHAPE_STR] = "string",    [SHAPE_ENUM] = "string",
	[SHAPE_BOOL] = "boolean", [SHAPE_OBJECT] = "object", [SHAPE_LIST] = "array",
	[SHAPE_STRS] = "array",
};

static void add_type(const struct shape_field *field, bool nullable, struct buf *buf)
{
	struct str type = str_from_c(schema_types[field->type]);

	json_name(buf, "type");
	if (!nullable) {
		json_str(buf, type);
		return;
	}
	json_open(buf, '[');
	json_str(buf, type);
	json_str(buf, STR("null"));
	json_close(buf, ']');
}

static void add_enum(const struct shape_field *field, bool nullable, struct buf *buf)
{
	json_name(buf, "enum");
	json_open(buf, '[');
	for (int i = 0; i < field->names->count; i++)
		if (field->names->name(i) != NULL)
			json_str(buf, str_from_c(field->names->name(i)));
	if (nullable)
		json_none(buf);
	json_close(buf, ']');
}

static void add_limit(const struct shape_field *field, const char *min_name, const char *max_name,
		      struct buf *buf)
{
	if (field->min == 0 && field->max == 0)
		return;
	json_add_int(buf, min_name, field->min);
	if (field->max != INT64_MAX)
		json_add_int(buf, max_name, field->max);
}

static void add_object(const struct shape *shape, bool nullable, struct buf *buf)
{
	if (!nullable && shape->name != NULL) {
		json_add_str(buf, "$ref",
			     str_format(buf->arena, "#/components/schemas/%s", shape->name));
		return;
	}
	if (!nullable) {
		json_name(buf, "allOf");
	} else {
		json_name(buf, "anyOf");
	}
	json_open(buf, '[');
	shape_describe(shape, buf);
	if (nullable)
		json_raw(buf, STR("{\"type\":\"null\"}"));
	json_close(buf, ']');
}

static void add_items(const struct shape_field *field, struct buf *buf)
{
	json_name(buf, "items");
	if (field->type == SHAPE_STRS)
		json_raw(buf, STR("{\"type\":\"string\"}"));
	else
		shape_describe(field->shape, buf);
}

static void add_constraints(const struct shape_field *field, bool nullable, struct buf *buf)
{
	add_type(field, nullable, buf);
	switch (field->type) {
	case SHAPE_INT:
		json_add_str(buf, "format", STR("int64"));
		add_limit(field, "minimum", "maximum", buf);
		break;
	case SHAPE_STR:
		add_limit(field, "minLength", "maxLength", buf);
		break;
	case SHAPE_ENUM:
		add_enum(field, nullable, buf);
		break;
	case SHAPE_LIST:
	case SHAPE_STRS:
		add_limit(field, "minItems", "maxItems", buf);
		add_items(field, buf);
		break;
	case SHAPE_BOOL:
	case SHAPE_OBJECT:
	case SHAPE_TYPES:
		break;
	}
}

void shape_describe_field(const struct shape_field *field, struct buf *buf)
{
	bool nullable = (field->flags & SHAPE_NULLABLE) || field->null_offset > 0;

	json_open(buf, '{');
	if (field->type == SHAPE_OBJECT)
		add_object(field->shape, nullable, buf);
	else
		add_constraints(field, nullable, buf);
	json_add_str(buf, "description",
		     field->flags & SHAPE_TIME
			     ? str_format(buf->arena, "%s (epoch milliseconds)", field->doc)
			     : str_from_c(field->doc));
	if (field->example != NULL) {
		json_name(buf, "examples");
		json_open(buf, '[');
		json_raw(buf, str_from_c(field->example));
		json_close(buf, ']');
	}
	json_close(buf, '}');
}

static void add_required(const struct shape *shape, struct buf *buf)
{
	json_name(buf, "required");
	json_open(buf, '[');
	for (size_t i = 0; i < shape->count; i++)
		if (!(shape->fields[i].flags & SHAPE_OPTIONAL))
			json_str(buf, str_from_c(shape->fields[i].name));
	json_close(buf, ']');
}

void shape_describe(const struct shape *shape, struct buf *buf)
{
	if (shape->name != NULL) {
		json_open(buf, '{');
		add_object(shape, false, buf);
		json_close(buf, '}');
		return;
	}
	shape_describe_whole(shape, buf);
}

void shape_describe_whole(const struct shape *shape, struct buf *buf)
{
	json_open(buf, '{');
	json_add_str(buf, "type", STR("object"));
	if (shape->doc != NULL)
		json_add_str(buf, "description", str_from_c(shape->doc));
	json_name(buf, "properties");
	json_open(buf, '{');
	for (size_t i = 0; i < shape->count; i++) {
		json_name(buf, shape->fields[i].name);
		shape_describe_field(&shape->fields[i], buf);
	}
	json_close(buf, '}');
	add_required(shape, buf);
	json_add_bool(buf, "additionalProperties", false);
	json_close(buf, '}');
}

static void example_value(const struct shape_field *field, struct buf *buf)
{
	if (field->example != NULL) {
		json_raw(buf, str_from_c(field->example));
	} else if (field->type == SHAPE_OBJECT) {
		shape_example(field->shape, buf);
	} else if (field->type == SHAPE_LIST) {
		json_open(buf, '[');
		shape_example(field->shape, buf);
		json_close(buf, ']');
	} else if (field->type == SHAPE_ENUM && field->names->name(0) != NULL) {
		json_str(buf, str_from_c(field->names->name(0)));
	} else if (field->type == SHAPE_BOOL) {
		json_bool(buf, true);
	} else {
		json_none(buf);
	}
}

void shape_example(const struct shape *shape, struct buf *buf)
{
	json_open(buf, '{');
	for (size_t i = 0; i < shape->count; i++) {
		json_name(buf, shape->fields[i].name);
		example_value(&shape->fields[i], buf);
	}
	json_close(buf, '}');
}

/* ---- are the tables sound? --------------------------------------------------------------- */

static bool has_what_its_type_needs(const struct shape_field *field)
{
	switch (field->type) {
	case SHAPE_INT:
	case SHAPE_STR:
		/* Its schema needs an example, or null as one. */
		return field->example != NULL || (field->flags & SHAPE_NULLABLE);
	case SHAPE_ENUM:
		return field->names != NULL && field->names->count > 0;
	case SHAPE_BOOL:
		return true;
	case SHAPE_OBJECT:
		return field->shape != NULL;
	case SHAPE_LIST:
		return field->shape != NULL && field->count_offset > 0;
	case SHAPE_STRS:
		return field->count_offset > 0 && field->example != NULL;
	case SHAPE_TYPES:
		break;
	}
	return false;
}

static const char *fault_of(const struct shape *shape, size_t i)
{
	const struct shape_field *field = &shape->fields[i];

	if (field->name == NULL || field->doc == NULL)
		return "no name or no doc";
	for (size_t j = 0; j < i; j++)
		if (strcmp(shape->fields[j].name, field->name) == 0)
			return "its name is there twice";
	if (field->offset >= shape->bytes)
		return "lies outside its struct";
	if (field->min > field->max)
		return "minimum above maximum";
	return has_what_its_type_needs(field) ? NULL : "lacks what its type needs";
}

enum status shape_check(const struct shape *shape)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_field *field = &shape->fields[i];
		const char *fault = fault_of(shape, i);

		if (fault != NULL) {
			log_error("shape.bad",
				  LOG_C("shape", shape->name != NULL ? shape->name : "?"),
				  LOG_C("field", field->name != NULL ? field->name : "?"),
				  LOG_C("reason", fault));
			return STATUS_FAILED;
		}
		if (field->shape != NULL && shape_check(field->shape) != STATUS_OK)
			return STATUS_FAILED;
	}
	return STATUS_OK;
}
