/* domain/payload.c -- a task's payload, read by name. It is a flat object that we wrote ourselves:
 * scanning it for its numbers costs a twentieth of parsing it as JSON, which was a third of a small
 * task. */
#include "domain/payload.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

static bool is_space(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Is this the next byte that is no white space? Then it is read. */
static bool read_byte(struct str *rest, char byte)
{
	while (rest->len > 0 && is_space(rest->data[0]))
		*rest = str_skip(*rest, 1);
	if (rest->len == 0 || rest->data[0] != byte)
		return false;
	*rest = str_skip(*rest, 1);
	return true;
}

/* What is between quotes, escapes as they are: our names have none. Its first quote is read. */
static bool read_quoted(struct str *rest, struct str *text_out)
{
	size_t len = 0;

	while (len < rest->len && rest->data[len] != '"')
		len += rest->data[len] == '\\' ? 2 : 1;
	if (len >= rest->len)
		return false;
	*text_out = (struct str){ rest->data, len };
	*rest = str_skip(*rest, len + 1);
	return true;
}

/* A number, true, false or null. */
static bool read_bare(struct str *rest, struct str *text_out)
{
	size_t len = 0;

	while (len < rest->len && !is_space(rest->data[len]) && rest->data[len] != ',' &&
	       rest->data[len] != '}')
		len++;
	*text_out = (struct str){ rest->data, len };
	*rest = str_skip(*rest, len);
	return len > 0 && memchr("{[\"", text_out->data[0], 3) == NULL;
}

/* "name": value. *number_out: the value's text, when it can be a number. */
static bool read_member(struct str *rest, struct str *name_out, struct str *number_out)
{
	struct str ignored;

	*number_out = STR_NONE;
	if (!read_byte(rest, '"') || !read_quoted(rest, name_out) || !read_byte(rest, ':'))
		return false;
	return read_byte(rest, '"') ? read_quoted(rest, &ignored) : read_bare(rest, number_out);
}

/* The place of the name among those asked for, or `count`. */
static size_t find(struct str name, const char *const *names, size_t count)
{
	size_t i = 0;

	while (i < count && !str_eq_c(name, names[i]))
		i++;
	return i;
}

enum status payload_ints(struct str payload, const char *const *names, size_t count,
			 int64_t *values_out)
{
	unsigned found = 0;
	struct str name, number;

	assert(count < sizeof(found) * CHAR_BIT);
	if (!read_byte(&payload, '{'))
		return STATUS_BAD_INPUT;
	do {
		size_t i;

		if (!read_member(&payload, &name, &number))
			return STATUS_BAD_INPUT;
		i = find(name, names, count);
		if (i == count)
			continue;
		if ((found & 1U << i) != 0 ||
		    str_to_int(number, INT64_MIN, INT64_MAX, &values_out[i]) != STATUS_OK)
			return STATUS_BAD_INPUT;
		found |= 1U << i;
	} while (read_byte(&payload, ','));
	if (!read_byte(&payload, '}') || str_trim(payload).len > 0)
		return STATUS_BAD_INPUT;
	return found == (1U << count) - 1 ? STATUS_OK : STATUS_BAD_INPUT;
}

enum status payload_int(struct str payload, const char *name, int64_t *value_out)
{
	return payload_ints(payload, &name, 1, value_out);
}
