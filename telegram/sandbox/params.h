/* telegram/sandbox/params.h -- the parameters of a Bot API call, however they were sent. */
#ifndef TELEGRAM_SANDBOX_PARAMS_H
#define TELEGRAM_SANDBOX_PARAMS_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

struct param {
	struct str name, value;
};

/* In the order sent: query first, then body. As on the real server every value is a text; what came
 * as a JSON object or array is its compact JSON. */
struct params {
	struct param *rows;
	size_t count;
};

enum { PARAMS_MAX = 128 };

/* Everything is copied into or borrowed for the arena. Unknown content types count as no body.
 * Files of a multipart form are left out. BAD_INPUT: *error_out says why, in the Bot API's manner.
 */
CHECKED enum status params_parse(struct str query, struct str content_type, struct str body,
				 struct arena *arena, struct params *params_out,
				 const char **error_out);

/* The first of that name; STR_NONE: absent. */
struct str params_str(const struct params *params, const char *name);
/* Like the real server: no number is 0, and what is out of range is clamped; `fallback` only when
 * absent. */
int64_t params_int(const struct params *params, const char *name, int64_t fallback, int64_t min,
		   int64_t max);
/* "true", "yes", "1" in any case. */
bool params_bool(const struct params *params, const char *name);

/* A multipart body, part by part; pure, for params_parse and tests. BAD_INPUT: no end, no name, a
 * broken head. */
CHECKED enum status multipart_parse(struct str boundary, struct str body, struct arena *arena,
				    struct params *params);
/* The boundary of a multipart/form-data content type; STR_NONE: it has none. */
struct str multipart_boundary(struct str content_type);

#endif
