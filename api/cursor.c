/* api/cursor.c -- "a:<first>:<second>" in URL-safe base64. */
#include "api/cursor.h"

#include <sodium.h>

enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING, PLAIN_BYTES_MAX = 64 };

struct str cursor_format(char kind, int64_t first, int64_t second, struct arena *arena)
{
	struct str plain =
		str_format(arena, "%c:%lld:%lld", kind, (long long)first, (long long)second);
	size_t size = sodium_base64_encoded_len(plain.len, VARIANT);
	char *text = arena_alloc(arena, size);

	sodium_bin2base64(text, size, (const unsigned char *)plain.data, plain.len, VARIANT);
	return str_from_c(text);
}

enum status cursor_parse(char kind, struct str text, struct arena *arena, int64_t *first_out,
			 int64_t *second_out)
{
	char *plain = arena_alloc(arena, PLAIN_BYTES_MAX);
	struct str rest, head, first;
	size_t len;

	if (sodium_base642bin((unsigned char *)plain, PLAIN_BYTES_MAX, text.data, text.len, NULL,
			      &len, NULL, VARIANT) != 0)
		return STATUS_BAD_INPUT;
	rest = str_cut((struct str){ plain, len }, ':', &head);
	if (head.len != 1 || head.data[0] != kind)
		return STATUS_BAD_INPUT;
	rest = str_cut(rest, ':', &first);
	if (str_to_int(first, 0, INT64_MAX, first_out) != STATUS_OK)
		return STATUS_BAD_INPUT;
	return str_to_int(rest, 0, INT64_MAX, second_out);
}
