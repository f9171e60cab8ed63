/* tests/fuzz/guard_fuzz.c -- arbitrary bytes through the guard: however they are cut, the verdict
 * is the same, and what passes has none of the refused shapes. Build and run: `make fuzz`, or `make
 * CC=clang SAN=fuzz build/fuzz/guard_fuzz && build/fuzz/guard_fuzz tests/fuzz/corpus/guard_fuzz` */
#include "tests/fuzz/must.h"

#include "base/http/wire.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD_MAX = 2000, BODY_MAX = 1000 };

static struct wire wire_read(struct str bytes, size_t piece_bytes)
{
	struct wire wire = { .head_bytes_max = HEAD_MAX, .body_bytes_max = BODY_MAX };

	while (bytes.len > 0) {
		struct str piece = { bytes.data,
				     bytes.len < piece_bytes ? bytes.len : piece_bytes };
		/* In memory of its own, so that reading over its end is seen. */
		char *copy = malloc(piece.len);

		memcpy(copy, piece.data, piece.len);
		wire_feed(&wire, (struct str){ copy, piece.len });
		free(copy);
		bytes = str_skip(bytes, piece.len);
	}
	must(wire.part_len <= HEAD_MAX + bytes.len + piece_bytes);
	wire_release(&wire);
	return wire;
}

/* The promises again, in other words than the guard's own. */
static void head_check(const struct guard_head *head, const struct guard_verdict *verdict)
{
	size_t hosts = 0, lengths = 0, encodings = 0;

	must(head->target.len > 0 && head->target.data[0] == '/');
	must(head->target.len == 1 || head->target.data[1] != '/');
	for (size_t i = 0; i < head->target.len; i++)
		must(head->target.data[i] > 0x20 && head->target.data[i] < 0x7f);
	for (size_t i = 0; i < head->count; i++) {
		struct str name = head->fields[i].name, value = head->fields[i].value;

		must(name.len > 0 && memchr(name.data, ' ', name.len) == NULL);
		must(value.len == 0 || (memchr(value.data, '\n', value.len) == NULL &&
					memchr(value.data, '\0', value.len) == NULL));
		hosts += str_eq_nocase(name, STR("host"));
		lengths += str_eq_nocase(name, STR("content-length"));
		encodings += str_eq_nocase(name, STR("transfer-encoding"));
	}
	must(hosts == 1 && lengths + encodings <= 1);
	must(verdict->chunked == (encodings == 1));
	must(verdict->body_bytes <= BODY_MAX);
	must(!str_eq(head->method, STR("HEAD")) || (!verdict->chunked && verdict->body_bytes == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t piece_bytes = size > 0 ? data[0] % 64 + 1u : 1, head_bytes = 0;
	struct str bytes = str_skip((struct str){ (const char *)data, size }, 1);
	struct wire whole = wire_read(bytes, bytes.len + 1), pieces = wire_read(bytes, piece_bytes);
	struct guard_head head;
	struct guard_verdict verdict;

	must(whole.complete == pieces.complete);
	must((whole.verdict.status != 0) == (pieces.verdict.status != 0));
	must(wire_is_within(&whole) == wire_is_within(&pieces));
	if (guard_cut(bytes, &head, &head_bytes, &verdict) == STATUS_OK) {
		must(head_bytes <= bytes.len);
		verdict = guard_check(&head, BODY_MAX);
		if (verdict.status == 0)
			head_check(&head, &verdict);
	}
	return 0;
}
