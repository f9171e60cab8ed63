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

static void encode_strs(const struct str *items, size_t count, struct buf *buf)
{
	json_open(buf, '[');
	for (size_t i = 0; i < count; i++)
		json_str(buf, items[i]);
	json_close(buf, ']');
}

void shape_encode_list(const struct shape *shape, const void *items, size_t count, struct buf *buf)
{
	json_open(buf, '[');
	for (size_t i = 0; i < count; i++)
		shape_encode(shape, (const char *)items + i * shape->bytes, buf);
	json_close(buf, ']');
}

static size_t count_of(const struct shape_field *field, const char *base)
{
	return *(const size_t *)(const void *)(base + field->count_offset);
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
		shape_encode_list(field->shape, pointer_at(at), count_of(field, base), buf);
		break;
	case SHAPE_STRS:
		encode_strs(pointer_at(at), count_of(field, base), buf);
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
		else if (field->raw_offset > 0 && str_at(base + field->raw_offset - 1).data != NULL)
			json_raw(buf, str_at(base + field->raw_offset - 1));
		else
			encode_field(field, base, buf);
	}
	json_close(buf, '}');
}
