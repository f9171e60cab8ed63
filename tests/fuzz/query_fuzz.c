/* tests/fuzz/query_fuzz.c -- arbitrary query strings: what is read is UTF-8 without NUL, and
 * encoding it again gives the same pairs. Build and run: `make fuzz`, or `make CC=clang SAN=fuzz
 * build/fuzz/query_fuzz && build/fuzz/query_fuzz tests/fuzz/corpus/query_fuzz`. */
#include "tests/fuzz/must.h"

#include "base/buf.h"
#include "base/http/query.h"

#include <stdlib.h>
#include <string.h>

static void encode(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		buf_format(out, "%%%02x", (unsigned char)text.data[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct buf again = buf_in(&arena);
	struct query query, same;
	char *copy = malloc(size + 1);

	memcpy(copy, data, size);
	if (query_parse((struct str){ copy, size }, &arena, &query) == STATUS_OK) {
		must(query.count <= 64);
		for (size_t i = 0; i < query.count; i++) {
			must(str_is_utf8(query.pairs[i].name) && str_is_utf8(query.pairs[i].value));
			encode(&again, query.pairs[i].name);
			buf_add_c(&again, "=");
			encode(&again, query.pairs[i].value);
			buf_add_c(&again, "&");
		}
		must(query_parse(buf_str(&again), &arena, &same) == STATUS_OK);
		must(same.count == query.count);
		for (size_t i = 0; i < query.count; i++)
			must(str_eq(same.pairs[i].name, query.pairs[i].name) &&
			     str_eq(same.pairs[i].value, query.pairs[i].value));
	}
	free(copy);
	arena_release(&arena);
	return 0;
}
