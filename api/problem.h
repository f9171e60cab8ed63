/* api/problem.h -- what went wrong, as RFC 9457 problem documents. The one place where a status
 * becomes an HTTP status. */
#ifndef API_PROBLEM_H
#define API_PROBLEM_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <stddef.h>

enum problem_kind {
	PROBLEM_NONE,
	PROBLEM_BAD_REQUEST, /* can't be read at all */
	PROBLEM_VALIDATION,  /* read, but fields break rules */
	PROBLEM_UNAUTHORIZED,
	PROBLEM_FORBIDDEN,
	PROBLEM_NOT_FOUND,
	PROBLEM_METHOD_NOT_ALLOWED,
	PROBLEM_CONFLICT,
	PROBLEM_TOO_LARGE,
	PROBLEM_UNSUPPORTED_MEDIA_TYPE,
	PROBLEM_UNPROCESSABLE,
	PROBLEM_TOO_MANY_REQUESTS,
	PROBLEM_UNAVAILABLE,
	PROBLEM_INTERNAL,
	PROBLEM_KINDS,
};

enum { PROBLEM_FIELDS_MAX = 32 }; /* further ones are not listed */

struct problem_field {
	struct str field;  /* "text", "customer.name", "items[2]" */
	struct str detail; /* "must be ..." */
	struct problem_field *next;
};

/* Zeroed: none. */
struct problem {
	enum problem_kind kind;
	struct str detail; /* STR_NONE: the title says it all */
	struct problem_field *first, *last;
	size_t field_count;	/* that are listed */
	struct str oauth_error; /* adds RFC 6749's members; STR_NONE: no OAuth answer */
};

int problem_http_status(enum problem_kind kind);
const char *problem_title(enum problem_kind kind);
const char *problem_slug(enum problem_kind kind);
/* What a handler returns when it refuses that way. */
CHECKED enum status problem_status(enum problem_kind kind);
/* OK is no problem: PROBLEM_NONE. */
enum problem_kind problem_of_status(enum status status);

/* Adds a field's trouble, and makes it a validation problem if it was none. Both texts are
 * borrowed. */
void problem_add_field(struct problem *problem, struct arena *arena, struct str field,
		       struct str detail);
/* The JSON document, in the arena. */
struct str problem_format(const struct problem *problem, struct str request_id,
			  struct arena *arena);

#endif
