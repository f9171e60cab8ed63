/* base/buf.h -- a growing byte buffer in an arena, and JSON written into it. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Init with {arena}; grows by doubling inside the arena. */
struct buf {
	struct arena *arena;
	char *data;
	size_t len, size;
	bool comma; /* JSON: the next member or element needs one before it */
};

struct buf buf_in(struct arena *arena);
void buf_add(struct buf *buf, struct str bytes);
void buf_add_c(struct buf *buf, const char *text);
void buf_add_int(struct buf *buf, int64_t number);
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct str buf_str(const struct buf *buf); /* borrowed from the arena; valid until the next add */

/* JSON: open, name, value, close. Commas are set here; the caller keeps the nesting right. */
void json_open(struct buf *buf, char bracket);	   /* '{' or '[' */
void json_close(struct buf *buf, char bracket);	   /* '}' or ']' */
void json_name(struct buf *buf, const char *name); /* a plain ASCII member name */
void json_str(struct buf *buf, struct str value);  /* escaped; STR_NONE writes null; bytes that are
						      no UTF-8 become U+FFFD */
void json_int(struct buf *buf, int64_t value);
void json_bool(struct buf *buf, bool value);
void json_none(struct buf *buf);		 /* null; jansson has the other name */
void json_raw(struct buf *buf, struct str json); /* already JSON */

/* name and value in one step */
void json_add_str(struct buf *buf, const char *name, struct str value);
void json_add_int(struct buf *buf, const char *name, int64_t value);
void json_add_bool(struct buf *buf, const char *name, bool value);

#endif
