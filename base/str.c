/* base/str.c -- slices: comparing, cutting, copying, counting. */
#include "base/str.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct str str_from_c(const char *c)
{
	return c == NULL ? STR_NONE : (struct str){ c, strlen(c) };
}

bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool str_eq_c(struct str a, const char *c)
{
	return str_eq(a, str_from_c(c));
}

bool str_eq_nocase(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || strncasecmp(a.data, b.data, a.len) == 0);
}

bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq((struct str){ s.data, prefix.len }, prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_skip(s, s.len - suffix.len), suffix);
}

struct str str_skip(struct str s, size_t bytes)
{
	if (bytes > s.len)
		bytes = s.len;
	if (bytes == 0)
		return s;
	return (struct str){ s.data + bytes, s.len - bytes };
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.len > 0 && is_space(s.data[0]))
		s = str_skip(s, 1);
	while (s.len > 0 && is_space(s.data[s.len - 1]))
		s.len--;
	return s;
}

struct str str_cut(struct str s, char separator, struct str *head_out)
{
	const char *at = s.len == 0 ? NULL : memchr(s.data, separator, s.len);

	if (at == NULL) {
		*head_out = s;
		return STR_NONE;
	}
	*head_out = (struct str){ s.data, (size_t)(at - s.data) };
	return (struct str){ at + 1, s.len - head_out->len - 1 };
}

struct str str_copy(struct arena *arena, struct str s)
{
	if (s.data == NULL)
		return STR_NONE;
	return (struct str){ str_to_c(arena, s), s.len };
}

char *str_to_c(struct arena *arena, struct str s)
{
	char *copy = arena_alloc(arena, s.len + 1);

	if (s.len > 0)
		memcpy(copy, s.data, s.len);
	return copy;
}

struct str str_format(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	int len;
	char *text;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	assert(len >= 0);
	text = arena_alloc(arena, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return (struct str){ text, (size_t)len };
}

enum status str_to_int(struct str s, int64_t min, int64_t max, int64_t *value_out)
{
	bool negative = s.len > 0 && s.data[0] == '-';
	int64_t value = 0;

	if (negative)
		s = str_skip(s, 1);
	if (s.len == 0 || s.len > 19)
		return STATUS_BAD_INPUT;
	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] < '0' || s.data[i] > '9')
			return STATUS_BAD_INPUT;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, s.data[i] - '0', &value))
			return STATUS_BAD_INPUT;
	}
	/* Summed as a negative number, which has one more value than the positive ones. */
	if (!negative && __builtin_mul_overflow(value, -1, &value))
		return STATUS_BAD_INPUT;
	if (value < min || value > max)
		return STATUS_BAD_INPUT;
	*value_out = value;
	return STATUS_OK;
}

/* Bytes of the character at s[i], 0 if it is not valid UTF-8. */
static size_t utf8_length(const unsigned char *s, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = s[0] < 0x80       ? 1
		     : s[0] >> 5 == 6  ? 2
		     : s[0] >> 4 == 14 ? 3
		     : s[0] >> 3 == 30 ? 4
				       : 0;
	uint32_t code;

	if (len < 2 || len > left)
		return len == 1 && s[0] != 0 ? 1 : 0;
	code = s[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		code = code << 6 | (s[i] & 0x3fu);
	}
	if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return len;
}

bool str_is_utf8(struct str s)
{
	for (size_t i = 0, len; i < s.len; i += len) {
		len = utf8_length((const unsigned char *)s.data + i, s.len - i);
		if (len == 0)
			return false;
	}
	return true;
}

static bool is_char_start(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

size_t str_chars(struct str s)
{
	size_t chars = 0;

	for (size_t i = 0; i < s.len; i++)
		chars += is_char_start(s.data[i]);
	return chars;
}

size_t str_utf16_units(struct str s)
{
	size_t units = 0;

	for (size_t i = 0; i < s.len; i++)
		units += is_char_start(s.data[i]) + ((unsigned char)s.data[i] >= 0xf0);
	return units;
}

struct str str_first_chars(struct str s, size_t chars)
{
	for (size_t i = 0; i < s.len; i++)
		if (is_char_start(s.data[i]) && chars-- == 0)
			return (struct str){ s.data, i };
	return s;
}

struct str str_hex(struct arena *arena, const void *data, size_t bytes)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *in = data;
	char *hex = arena_alloc(arena, bytes * 2 + 1);

	for (size_t i = 0; i < bytes; i++) {
		hex[i * 2] = digits[in[i] >> 4];
		hex[i * 2 + 1] = digits[in[i] & 15];
	}
	return (struct str){ hex, bytes * 2 };
}
