/* base/http/guard.h -- which request heads may pass: one table of refused shapes, no I/O. evhttp
 * lets several shapes through that two servers read differently (request smuggling); here each has
 * a name. */
#ifndef BASE_HTTP_GUARD_H
#define BASE_HTTP_GUARD_H

#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GUARD_FIELDS_MAX = 100 };

struct guard_field {
	struct str name, value; /* the value without white space around it */
};

/* A request head as it came; all slices are borrowed from the raw bytes. */
struct guard_head {
	struct str method, target, version;
	struct guard_field fields[GUARD_FIELDS_MAX];
	size_t count;
};

/* status 0: it may pass, and this is how its body is framed. Else: the answer, after which the
 * connection closes. */
struct guard_verdict {
	int status;
	const char *field;  /* what is refused: "Host", "target", ...; static */
	const char *detail; /* for people; static */
	bool chunked;
	uint64_t body_bytes; /* when not chunked */
};

struct guard_verdict guard_refuse(int status, const char *field, const char *detail);

/* Cuts the head out of raw bytes. OK: *head_bytes_out bytes were it, with the empty line. EMPTY:
 * more must come; the lines so far are in head_out (no version: not even the first). BAD_INPUT:
 * these are no lines of a head, whatever follows; see the verdict. */
CHECKED enum status guard_cut(struct str bytes, struct guard_head *head_out, size_t *head_bytes_out,
			      struct guard_verdict *verdict_out);
/* Judges a whole head. A body longer than body_bytes_max is 413. */
struct guard_verdict guard_check(const struct guard_head *head, uint64_t body_bytes_max);
/* Judges what must be wrong whatever follows, of a head of which at least the first line has come:
 * evhttp looks at each line at once, too, and its own refusals are less clear. */
struct guard_verdict guard_check_part(const struct guard_head *head);

#endif
