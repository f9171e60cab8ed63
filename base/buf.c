/* base/buf.c -- bytes and JSON, appended. */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct buf buf_in(struct arena *arena)
{
	return (struct buf){ .arena = arena };
}

static char *buf_room(struct buf *buf, size_t bytes)
{
	if (buf->size - buf->len < bytes) {
		size_t size = buf->size == 0 ? 256 : buf->size * 2;
		char *data;

		while (size - buf->len < bytes)
			size *= 2;
		data = arena_alloc(buf->arena, size);
		if (buf->len > 0)
			memcpy(data, buf->data, buf->len);
		buf->data = data;
		buf->size = size;
	}
	return buf->data + buf->len;
}

void buf_add(struct buf *buf, struct str bytes)
{
	if (bytes.len == 0)
		return;
	memcpy(buf_room(buf, bytes.len), bytes.data, bytes.len);
	buf->len += bytes.len;
}

void buf_add_c(struct buf *buf, const char *text)
{
	buf_add(buf, str_from_c(text));
}

/* By hand: a page of a list holds hundreds of numbers, and printf was a tenth of its cost. */
void buf_add_int(struct buf *buf, int64_t number)
{
	char text[24], *end = text + sizeof(text), *at = end;
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

	do
		*--at = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (number < 0)
		*--at = '-';
	buf_add(buf, (struct str){ at, (size_t)(end - at) });
}

void buf_format(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	assert(len >= 0);
	vsnprintf(buf_room(buf, (size_t)len + 1), (size_t)len + 1, format, again);
	va_end(again);
	buf->len += (size_t)len;
}

struct str buf_str(const struct buf *buf)
{
	return (struct str){ buf->data != NULL ? buf->data : "", buf->len };
}

static void json_before(struct buf *buf)
{
	if (buf->comma)
		buf_add(buf, STR(","));
	buf->comma = true;
}

void json_open(struct buf *buf, char bracket)
{
	json_before(buf);
	buf_add(buf, (struct str){ &bracket, 1 });
	buf->comma = false;
}

void json_close(struct buf *buf, char bracket)
{
	buf_add(buf, (struct str){ &bracket, 1 });
	buf->comma = true;
}

void json_name(struct buf *buf, const char *name)
{
	size_t len = strlen(name);
	char *at;

	json_before(buf);
	at = buf_room(buf, len + 3);
	at[0] = '"';
	memcpy(at + 1, name, len);
	memcpy(at + 1 + len, "\":", 2);
	buf->len += len + 3;
	buf->comma = false;
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

static void json_escape(struct buf *buf, unsigned char c)
{
	switch (c) {
	case '"':
		buf_add(buf, STR("\\\""));
		break;
	case '\\':
		buf_add(buf, STR("\\\\"));
		break;
	case '\n':
		buf_add(buf, STR("\\n"));
		break;
	case '\r':
		buf_add(buf, STR("\\r"));
		break;
	case '\t':
		buf_add(buf, STR("\\t"));
		break;
	default:
		buf_format(buf, "\\u%04x", c);
	}
}

static void json_escaped(struct buf *buf, struct str value)
{
	size_t start = 0;

	for (size_t i = 0; i < value.len; i++) {
		if (is_plain((unsigned char)value.data[i]))
			continue;
		buf_add(buf, (struct str){ value.data + start, i - start });
		json_escape(buf, (unsigned char)value.data[i]);
		start = i + 1;
	}
	buf_add(buf, str_skip(value, start));
}

/* Bytes of the valid character at the start, 0 if there is none. */
static size_t char_bytes(struct str text)
{
	for (size_t len = 1; len <= 4 && len <= text.len; len++)
		if (str_is_utf8((struct str){ text.data, len }))
			return len;
	return 0;
}

/* For text that is no UTF-8: what is valid stays, each other byte becomes U+FFFD. */
static void json_repaired(struct buf *buf, struct str value)
{
	while (value.len > 0) {
		size_t len = char_bytes(value);

		if (len > 0)
			json_escaped(buf, (struct str){ value.data, len });
		else
			buf_add(buf, STR("\xef\xbf\xbd"));
		value = str_skip(value, len > 0 ? len : 1);
	}
}

void json_str(struct buf *buf, struct str value)
{
	if (value.data == NULL) {
		json_none(buf);
		return;
	}
	json_before(buf);
	buf_add(buf, STR("\""));
	if (str_is_utf8(value))
		json_escaped(buf, value);
	else
		json_repaired(buf, value);
	buf_add(buf, STR("\""));
}

void json_int(struct buf *buf, int64_t value)
{
	json_before(buf);
	buf_add_int(buf, value);
}

void json_bool(struct buf *buf, bool value)
{
	json_raw(buf, value ? STR("true") : STR("false"));
}

void json_none(struct buf *buf)
{
	json_raw(buf, STR("null"));
}

void json_raw(struct buf *buf, struct str json)
{
	json_before(buf);
	buf_add(buf, json);
}

void json_add_str(struct buf *buf, const char *name, struct str value)
{
	json_name(buf, name);
	json_str(buf, value);
}

void json_add_int(struct buf *buf, const char *name, int64_t value)
{
	json_name(buf, name);
	json_int(buf, value);
}

void json_add_bool(struct buf *buf, const char *name, bool value)
{
	json_name(buf, name);
	json_bool(buf, value);
}
