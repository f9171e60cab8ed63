/* base/http/query.c -- application/x-www-form-urlencoded, read strictly. */
#include "base/http/query.h"

enum { PAIRS_MAX = 64 };

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

static enum status decode(struct str text, struct arena *arena, struct str *decoded_out)
{
	char *to = arena_alloc(arena, text.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		int high, low;

		if (text.data[i] != '%') {
			to[len++] = text.data[i] == '+' ? ' ' : text.data[i];
			continue;
		}
		high = text.len - i > 2 ? hex_value(text.data[i + 1]) : -1;
		low = high >= 0 ? hex_value(text.data[i + 2]) : -1;
		if (low < 0)
			return STATUS_BAD_INPUT;
		to[len++] = (char)(high * 16 + low);
		i += 2;
	}
	*decoded_out = (struct str){ to, len };
	/* Which also has no NUL. */
	return str_is_utf8(*decoded_out) ? STATUS_OK : STATUS_BAD_INPUT;
}

static enum status pair_read(struct str piece, struct arena *arena, struct query_pair *pair_out)
{
	struct str name, value = str_cut(piece, '=', &name);
	enum status status = decode(name, arena, &pair_out->name);

	return status != STATUS_OK ? status : decode(value, arena, &pair_out->value);
}

enum status query_parse(struct str text, struct arena *arena, struct query *query_out)
{
	struct query query = { arena_array(arena, PAIRS_MAX, sizeof(*query.pairs)), 0 };

	while (text.len > 0) {
		struct str piece;

		text = str_cut(text, '&', &piece);
		if (piece.len == 0)
			continue;
		if (query.count == PAIRS_MAX ||
		    pair_read(piece, arena, &query.pairs[query.count]) != STATUS_OK)
			return STATUS_BAD_INPUT;
		query.count++;
	}
	*query_out = query;
	return STATUS_OK;
}

struct str query_value(const struct query *query, const char *name)
{
	for (size_t i = 0; i < query->count; i++)
		if (str_eq_c(query->pairs[i].name, name))
			return query->pairs[i].value;
	return STR_NONE;
}

bool query_is_repeated(const struct query *query, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < query->count; i++)
		count += str_eq_c(query->pairs[i].name, name);
	return count > 1;
}
