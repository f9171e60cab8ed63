/* base/http/wire.c -- the framing of requests, strictly, byte by byte where it must be. */
#include "base/http/wire.h"

#include "base/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_DIGITS_MAX = 8 };

void wire_refuse(struct wire *wire, int status, const char *field, const char *detail)
{
	if (wire->state == WIRE_REFUSED)
		return;
	wire->verdict = guard_refuse(status, field, detail);
	wire->state = WIRE_REFUSED;
}

bool wire_is_within(const struct wire *wire)
{
	return wire->state != WIRE_REFUSED && (wire->state != WIRE_HEAD || wire->part_len > 0);
}

void wire_release(struct wire *wire)
{
	free(wire->part);
	wire->part = NULL;
	wire->part_len = wire->part_size = 0;
}

static void request_complete(struct wire *wire)
{
	wire->complete++;
	wire->state = WIRE_HEAD;
}

/* ---- the head ---------------------------------------------------------------------------- */

static void part_add(struct wire *wire, struct str bytes)
{
	size_t need = wire->part_len + bytes.len;

	if (need > wire->part_size) {
		size_t size = need < 1024 ? 1024 : need * 2;
		char *part = realloc(wire->part, size);

		if (part == NULL) {
			log_error("http.memory", LOG_INT("bytes", size));
			abort();
		}
		wire->part = part;
		wire->part_size = size;
	}
	memcpy(wire->part + wire->part_len, bytes.data, bytes.len);
	wire->part_len = need;
}

static void head_judge(struct wire *wire, const struct guard_head *head)
{
	wire->is_head = str_eq(head->method, STR("HEAD"));
	wire->verdict = guard_check(head, wire->body_bytes_max);
	if (wire->verdict.status != 0) {
		wire->state = WIRE_REFUSED;
		return;
	}
	wire->left = wire->verdict.body_bytes;
	wire->body_bytes = 0;
	wire->digits = 0;
	if (wire->verdict.chunked) {
		wire->left = 0;
		wire->state = WIRE_CHUNK_SIZE;
	} else if (wire->left > 0) {
		wire->state = WIRE_BODY;
	} else {
		request_complete(wire);
	}
}

static void head_judge_part(struct wire *wire, const struct guard_head *head)
{
	wire->verdict = guard_check_part(head);
	if (wire->verdict.status != 0)
		wire->state = WIRE_REFUSED;
}

/* Looks at all bytes of the head so far. Returns the length of the head, 0 while it is incomplete
 * or refused. */
static size_t head_read(struct wire *wire, struct str so_far)
{
	struct guard_head head;
	size_t head_bytes = so_far.len;
	enum status status = guard_cut(so_far, &head, &head_bytes, &wire->verdict);

	if (status == STATUS_BAD_INPUT)
		wire->state = WIRE_REFUSED;
	else if (head_bytes > wire->head_bytes_max)
		wire_refuse(wire, 431, "headers", "The request line and headers are too long.");
	else if (status == STATUS_OK)
		head_judge(wire, &head);
	else if (head.version.data != NULL)
		head_judge_part(wire, &head);
	return status == STATUS_OK ? head_bytes : 0;
}

/* Most heads come in one piece and are read where they lie; only the others are copied together. */
static size_t head_step(struct wire *wire, struct str bytes)
{
	size_t before = wire->part_len, head_bytes = 0;

	if (before > 0) {
		part_add(wire, bytes);
		if (memchr(bytes.data, '\n', bytes.len) != NULL ||
		    wire->part_len > wire->head_bytes_max)
			head_bytes = head_read(wire, (struct str){ wire->part, wire->part_len });
	} else {
		head_bytes = head_read(wire, bytes);
		if (head_bytes == 0 && wire->state == WIRE_HEAD)
			part_add(wire, bytes);
	}
	if (head_bytes == 0)
		return bytes.len;
	wire->part_len = 0;
	return head_bytes - before;
}

/* ---- the body ---------------------------------------------------------------------------- */

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

static void chunk_begin(struct wire *wire)
{
	wire->body_bytes += wire->left;
	wire->digits = 0;
	wire->state = wire->left > 0 ? WIRE_CHUNK_DATA : WIRE_END_CR;
	if (wire->body_bytes > wire->body_bytes_max)
		wire_refuse(wire, 413, "body", "The body is too large.");
}

static void chunk_size_step(struct wire *wire, char c)
{
	int value = hex_value(c);

	if (value >= 0 && wire->digits < CHUNK_DIGITS_MAX) {
		wire->left = wire->left * 16 + (uint64_t)value;
		wire->digits++;
	} else if (c == '\r' && wire->digits > 0) {
		wire->state = WIRE_CHUNK_SIZE_LF;
	} else {
		wire_refuse(wire, 400, "chunk size",
			    "A chunk size must be 1 to 8 hexadecimal digits and CR LF.");
	}
}

/* The one byte that may come here, and the state behind it. */
static void expect_step(struct wire *wire, char c, char expected, enum wire_state next)
{
	if (c == expected)
		wire->state = next;
	else if (wire->state == WIRE_END_CR)
		wire_refuse(wire, 400, "trailer", "Trailer fields are not accepted.");
	else
		wire_refuse(wire, 400, "chunk", "A chunk and its size must each end in CR LF.");
}

static size_t data_step(struct wire *wire, struct str bytes)
{
	size_t taken = bytes.len < wire->left ? bytes.len : (size_t)wire->left;

	wire->left -= taken;
	if (wire->left > 0)
		return taken;
	if (wire->state == WIRE_BODY)
		request_complete(wire);
	else
		wire->state = WIRE_CHUNK_DATA_CR;
	return taken;
}

static size_t step(struct wire *wire, struct str bytes)
{
	char c = bytes.data[0];

	switch (wire->state) {
	case WIRE_HEAD:
		return head_step(wire, bytes);
	case WIRE_BODY:
	case WIRE_CHUNK_DATA:
		return data_step(wire, bytes);
	case WIRE_CHUNK_SIZE:
		chunk_size_step(wire, c);
		return 1;
	case WIRE_CHUNK_SIZE_LF:
		expect_step(wire, c, '\n', WIRE_CHUNK_DATA);
		if (wire->state == WIRE_CHUNK_DATA)
			chunk_begin(wire);
		return 1;
	case WIRE_CHUNK_DATA_CR:
		expect_step(wire, c, '\r', WIRE_CHUNK_DATA_LF);
		return 1;
	case WIRE_CHUNK_DATA_LF:
		expect_step(wire, c, '\n', WIRE_CHUNK_SIZE);
		return 1;
	case WIRE_END_CR:
		expect_step(wire, c, '\r', WIRE_END_LF);
		return 1;
	case WIRE_END_LF:
		expect_step(wire, c, '\n', WIRE_HEAD);
		if (wire->state == WIRE_HEAD)
			request_complete(wire);
		return 1;
	case WIRE_REFUSED:
		break;
	}
	return bytes.len;
}

void wire_feed(struct wire *wire, struct str bytes)
{
	assert(wire->head_bytes_max > 0);
	while (bytes.len > 0)
		bytes = str_skip(bytes, step(wire, bytes));
}
