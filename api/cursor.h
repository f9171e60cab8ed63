/* api/cursor.h -- where a page of a list ended, as opaque text. */
#ifndef API_CURSOR_H
#define API_CURSOR_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <stdint.h>

/* `kind` tells lists apart: a cursor of one list is refused by another. Two numbers, both >= 0. */
struct str cursor_format(char kind, int64_t first, int64_t second, struct arena *arena);
/* BAD_INPUT: not a cursor of this kind. */
CHECKED enum status cursor_parse(char kind, struct str text, struct arena *arena,
				 int64_t *first_out, int64_t *second_out);

#endif
