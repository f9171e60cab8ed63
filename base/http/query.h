/* base/http/query.h -- query strings and urlencoded forms, strictly. */
#ifndef BASE_HTTP_QUERY_H
#define BASE_HTTP_QUERY_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct query_pair {
	struct str name, value; /* decoded, in the arena */
};

struct query {
	struct query_pair *pairs;
	size_t count;
};

/* Empty pieces ("&&") are skipped, "a" is "a=". BAD_INPUT: a bad escape, an embedded NUL, no UTF-8,
 * over 64 pairs. */
CHECKED enum status query_parse(struct str text, struct arena *arena, struct query *query_out);
/* The first of that name; STR_NONE: absent. */
struct str query_value(const struct query *query, const char *name);
/* Is the name there more than once? */
bool query_is_repeated(const struct query *query, const char *name);

#endif
