/* base/str.h -- strings as slices: a pointer and a length, never owning. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/arena.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes, not terminated. {NULL, 0} is the absent string; {"", 0} the empty one. */
struct str {
	const char *data;
	size_t len;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_NONE ((struct str){ NULL, 0 })
/* For printf: "%.*s", STR_ARG(s) */
#define STR_ARG(s) (int)(s).len, ((s).data != NULL ? (s).data : "")

struct str str_from_c(const char *c); /* borrowed; NULL gives STR_NONE */
bool str_eq(struct str a, struct str b);
bool str_eq_c(struct str a, const char *c);
bool str_eq_nocase(struct str a, struct str b); /* ASCII */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_skip(struct str s, size_t bytes); /* the rest after `bytes`, at most all of it */
struct str str_trim(struct str s);		 /* ASCII white space off both ends */

/* Splits at the first `separator`: head_out before, returns the rest (STR_NONE when it was the
 * last). */
struct str str_cut(struct str s, char separator, struct str *head_out);

/* Copies into the arena. str_to_c terminates; an embedded NUL ends the C string early. */
struct str str_copy(struct arena *arena, struct str s);
char *str_to_c(struct arena *arena, struct str s);
struct str str_format(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Decimal only, the whole string, within [min, max]; else BAD_INPUT. */
CHECKED enum status str_to_int(struct str s, int64_t min, int64_t max, int64_t *value_out);

/* Valid UTF-8 (no surrogates, no overlong forms, no NUL)? */
bool str_is_utf8(struct str s);
/* Number of code points of valid UTF-8; number of UTF-16 units, as Telegram counts. */
size_t str_chars(struct str s);
size_t str_utf16_units(struct str s);
/* The first `chars` code points. */
struct str str_first_chars(struct str s, size_t chars);

/* Lower-case hexadecimal of `bytes` bytes. */
struct str str_hex(struct arena *arena, const void *data, size_t bytes);

#endif
