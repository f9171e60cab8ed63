/* api/shape_encode.c -- C structs into JSON, by the tables of shapes. */
#include "api/shape.h"

static const void *pointer_at(const char *at)
{
	return *(const void *const *)(const void *)at;
}

static int64_t int_at(const char *at)
{
	return *(const int64_t *)(const void *)at;
}

static struct str str_at(const char *at)
{
	return *(const struct str *)(const void *)at;
}

static void encode_int(const struct shape_field *field, int64_t value, struct buf *buf)
{
	if (value == 0 && (field->flags & SHAPE_NULLABLE))
		json_none(buf);
	else
		json_int(buf, value);
}

static void encode_str(const struct shape_field *field, struct str value, struct buf *buf)
{
	json_str(buf, value.data == NULL && !(field->flags & SHAPE_NULLABLE) ? STR("") : value);
}

static void encode_object(const struct shape_field *field, const char *at, struct buf *buf)
{
	const void *object = field->flags & SHAPE_POINTER ? pointer_at(at) : at;

	if (object == NULL)
		json_none(buf);
	else
		shape_encode(field->shape, object, buf);
}

static void encode_list(const struct shape_field *field, const char *at, size_t count,
			struct buf *buf)
{
	const char *items = pointer_at(at);

	json_open(buf, '[');
	for (size_t i = 0; i < count; i++) {
		if (field->type == SHAPE_STRS)
			json_str(buf, str_at(items + i * sizeof(struct str)));
		else
			shape_encode(field->shape, items + i * field->shape->bytes, buf);
	}
	json_close(buf, ']');
}

static void encode_field(const struct shape_field *field, const char *base, struct buf *buf)
{
	const char *at = base + field->offset;

	switch (field->type) {
	case SHAPE_INT:
		encode_int(field, int_at(at), buf);
		break;
	case SHAPE_STR:
		encode_str(field, str_at(at), buf);
		break;
	case SHAPE_ENUM:
		json_str(buf, str_from_c(field->names->name(*(const int *)(const void *)at)));
		break;
	case SHAPE_BOOL:
		json_bool(buf, *(const bool *)at);
		break;
	case SHAPE_OBJECT:
		encode_object(field, at, buf);
		break;
	case SHAPE_LIST:
	case SHAPE_STRS:
		encode_list(field, at, *(const size_t *)(const void *)(base + field->count_offset),
			    buf);
		break;
	case SHAPE_TYPES:
		break;
	}
}

void shape_encode(const struct shape *shape, const void *value, struct buf *buf)
{
	const char *base = value;

	json_open(buf, '{');
	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_field *field = &shape->fields[i];

		json_name(buf, field->name);
		if (field->null_offset > 0 && int_at(base + field->null_offset - 1) == 0)
			json_none(buf);
		else
			encode_field(field, base, buf);
	}
	json_close(buf, '}');
}
