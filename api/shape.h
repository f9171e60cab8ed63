/* api/shape.h -- JSON shapes as tables: one table decodes and validates a C struct, encodes it, and
 * tells the API's documentation about it. */
#ifndef API_SHAPE_H
#define API_SHAPE_H

#include "api/problem.h"
#include "base/buf.h"
#include "base/http/query.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct shape;

enum shape_type {
	SHAPE_INT,    /* int64_t */
	SHAPE_STR,    /* struct str */
	SHAPE_ENUM,   /* an enum of C, by its names */
	SHAPE_BOOL,   /* bool */
	SHAPE_OBJECT, /* an embedded struct, or one pointed to */
	SHAPE_LIST,   /* a pointer to structs, and their count */
	SHAPE_STRS,   /* a pointer to struct str, and their count */
	SHAPE_TYPES,
};

enum {
	SHAPE_OPTIONAL = 1, /* a request may leave it out */
	SHAPE_NULLABLE =
		2, /* null is fine: int 0, absent string, NULL pointer, an enum without a name */
	SHAPE_NOT_BLANK = 4, /* a string with something visible in it */
	SHAPE_POINTER = 8,   /* an object: the member points to it */
	SHAPE_TIME = 16,     /* an int: epoch milliseconds */
};

/* Names of an enum's values; NULL for a value that is written as null. */
struct shape_enum {
	const char *(*name)(int value);
	int count;
};

struct shape_field {
	const char *name;
	enum shape_type type;
	unsigned flags;
	size_t offset; /* of the member in the struct */
	int64_t min,
		max; /* of a number; characters of a string; items of a list; both 0: no limit */
	const struct shape *shape; /* of an object or of a list's items */
	const struct shape_enum *names;
	size_t count_offset; /* lists: the size_t with the number of items */
	size_t given_offset; /* requests: 1 + offset of the bool "was it there"; 0: nobody asks */
	size_t null_offset;  /* answers: 1 + offset of the int64_t whose 0 makes it null; 0: none */
	size_t raw_offset;   /* answers: 1 + offset of the struct str that, if there, is its JSON
				already; 0: none */
	const char *doc;
	const char *example; /* JSON; NULL: none */
};

struct shape {
	const char *name; /* in the documentation; NULL: written out where it is used */
	const char *doc;
	const struct shape_field *fields;
	size_t count;
	size_t bytes; /* of the struct */
};

#define SHAPE_FIELDS(fields) (fields), sizeof(fields) / sizeof(*(fields))
#define SHAPE_AT(type, member) (1 + offsetof(type, member))

enum {
	SHAPE_DEPTH_MAX = 16,	/* nesting of a body */
	SHAPE_ITEMS_MAX = 1000, /* of a list without a limit of its own */
};

/* Decodes a JSON object into *struct_out (zeroed first); strings live in the arena. Refuses unknown
 * and doubled members, wrong types, broken limits, NUL in strings, broken surrogates, deep nesting;
 * lists everything in *problem. BAD_INPUT if there is any. */
CHECKED enum status shape_decode(const struct shape *shape, struct str json, struct arena *arena,
				 void *struct_out, struct problem *problem);
/* The same from a query string or a form. Unknown names are ignored if `lenient` (OAuth demands
 * it), else refused. */
CHECKED enum status shape_decode_query(const struct shape *shape, struct str text, bool lenient,
				       struct arena *arena, void *struct_out,
				       struct problem *problem);

/* Appends the struct as a JSON object. */
void shape_encode(const struct shape *shape, const void *value, struct buf *buf);

/* The same for a list of structs. */
void shape_encode_list(const struct shape *shape, const void *items, size_t count, struct buf *buf);

/* JSON Schemas: of one shape (a named one as $ref), of a named one written out, of one field. */
void shape_describe(const struct shape *shape, struct buf *buf);
void shape_describe_whole(const struct shape *shape, struct buf *buf);
void shape_describe_field(const struct shape_field *field, struct buf *buf);
/* An example made of the fields' examples. */
void shape_example(const struct shape *shape, struct buf *buf);

/* Is the table sound: names there and unique, limits sane, what each type needs present? Logs what
 * is not. */
CHECKED enum status shape_check(const struct shape *shape);

#endif
