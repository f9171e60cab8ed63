/* ctl/rota_json.c -- JSON by jansson; duplicate members are refused. */
#include "ctl/rota_json.h"

#include "base/buf.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = 65536, CHUNK_BYTES = 1 << 20 };

static struct str place_text(struct reader *reader, const struct place *place, const char *key)
{
	struct arena *arena = reader->arena;
	struct str at = STR("");

	if (place->list != NULL)
		at = str_format(arena, "%s[%zu]", place->list, place->index);
	if (place->inner != NULL)
		at = str_format(arena, "%.*s.%s[%zu]", STR_ARG(at), place->inner,
				place->inner_index);
	if (key != NULL)
		at = str_format(arena, "%.*s%s%s", STR_ARG(at), at.len > 0 ? "." : "", key);
	return at;
}

void complain(struct reader *reader, const struct place *place, const char *key, const char *format,
	      ...)
{
	struct str at;
	char what[256];
	va_list args;

	if (!is_well(reader))
		return;
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	at = place_text(reader, place, key);
	reader->fault = str_format(reader->arena, "%s: %.*s%s%s", reader->file, STR_ARG(at),
				   at.len > 0 ? ": " : "", what);
}

bool is_well(const struct reader *reader)
{
	return reader->fault.data == NULL;
}

/* ---- memory ------------------------------------------------------------------------------ */

/* jansson makes half a dozen small blocks per object and frees them one by one: for a large rota
 * that was two thirds of the reading. Here they are cut off a chunk, and the chunks are freed. */
struct chunk {
	struct chunk *older;
	size_t used, size;
	_Alignas(16) unsigned char bytes[];
};

static struct chunk *chunks;

static void *node_alloc(size_t bytes)
{
	size_t rounded = (bytes + 15) & ~(size_t)15;
	void *node;

	if (chunks == NULL || chunks->size - chunks->used < rounded) {
		size_t size = rounded > CHUNK_BYTES ? rounded : CHUNK_BYTES;
		struct chunk *chunk = malloc(sizeof(*chunk) + size);

		if (chunk == NULL)
			return NULL;
		*chunk = (struct chunk){ .older = chunks, .size = size };
		chunks = chunk;
	}
	node = chunks->bytes + chunks->used;
	chunks->used += rounded;
	return node;
}

static void node_free(void *node)
{
	(void)node;
}

void document_release(void)
{
	while (chunks != NULL) {
		struct chunk *older = chunks->older;

		free(chunks);
		chunks = older;
	}
	json_set_alloc_funcs(malloc, free);
}

/* ---- the document ------------------------------------------------------------------------ */

/* The whole file at once: jansson reads a stream byte by byte. */
static struct str file_read(struct arena *arena, FILE *in)
{
	struct buf text = buf_in(arena);
	char *piece = arena_alloc(arena, PIECE_BYTES);
	size_t len;

	while ((len = fread(piece, 1, PIECE_BYTES, in)) > 0)
		buf_add(&text, (struct str){ piece, len });
	return buf_str(&text);
}

json_t *document_read(struct reader *reader, FILE *in)
{
	const struct place top = { 0 };
	struct arena scratch = { 0 };
	json_error_t error;
	struct str text = file_read(&scratch, in);
	json_t *document;

	json_set_alloc_funcs(node_alloc, node_free);
	document = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &error);
	arena_release(&scratch);

	if (document == NULL) {
		complain(reader, &top, NULL, "line %d, column %d: %s", error.line, error.column,
			 error.text);
	} else if (!json_is_object(document)) {
		complain(reader, &top, NULL, "must be a JSON object");
		document = NULL;
	}
	return document;
}

static bool is_among(const char *const *names, const char *name)
{
	for (; *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

bool object_check(struct reader *reader, const struct place *place, json_t *object,
		  const char *const *names)
{
	const char *name;
	json_t *value;

	if (!json_is_object(object)) {
		complain(reader, place, NULL, "must be an object");
		return false;
	}
	json_object_foreach(object, name, value) if (!is_among(names, name))
		complain(reader, place, name, "no such member");
	return is_well(reader);
}

static json_t *member_get(struct reader *reader, const struct place *place, json_t *object,
			  const char *key, bool is_needed)
{
	json_t *value = json_object_get(object, key);

	if (value == NULL && is_needed)
		complain(reader, place, key, "is missing");
	return value;
}

json_t *list_get(struct reader *reader, const struct place *place, json_t *object, const char *key,
		 size_t max, bool is_needed)
{
	json_t *list = member_get(reader, place, object, key, is_needed);

	if (list == NULL)
		return NULL;
	if (!json_is_array(list)) {
		complain(reader, place, key, "must be a list");
		return NULL;
	}
	if (json_array_size(list) > max) {
		complain(reader, place, key, "has %zu entries, at most %zu are allowed",
			 json_array_size(list), max);
		return NULL;
	}
	return list;
}

static int64_t int_check(struct reader *reader, const struct place *place, const char *key,
			 json_t *value, int64_t min, int64_t max)
{
	if (value == NULL)
		return min;
	if (!json_is_integer(value) || json_integer_value(value) < min ||
	    json_integer_value(value) > max) {
		complain(reader, place, key, "must be a whole number from %lld to %lld",
			 (long long)min, (long long)max);
		return min;
	}
	return json_integer_value(value);
}

int64_t int_get(struct reader *reader, const struct place *place, json_t *object, const char *key,
		int64_t min, int64_t max)
{
	return int_check(reader, place, key, member_get(reader, place, object, key, true), min,
			 max);
}

int64_t int_get_or(struct reader *reader, const struct place *place, json_t *object,
		   const char *key, int64_t min, int64_t max, int64_t fallback)
{
	json_t *value = json_object_get(object, key);

	return value == NULL ? fallback : int_check(reader, place, key, value, min, max);
}

int64_t milli_get_or(struct reader *reader, const struct place *place, json_t *object,
		     const char *key, int64_t min, int64_t max, int64_t fallback_milli)
{
	json_t *value = json_object_get(object, key);
	double number;

	if (value == NULL)
		return fallback_milli;
	number = json_number_value(value);
	if (!json_is_number(value) || number < (double)min || number > (double)max) {
		complain(reader, place, key, "must be a number from %lld to %lld", (long long)min,
			 (long long)max);
		return fallback_milli;
	}
	return llround(number * 1000);
}

struct str text_get(struct reader *reader, const struct place *place, json_t *object,
		    const char *key, bool is_needed)
{
	json_t *value = member_get(reader, place, object, key, is_needed);

	if (value == NULL)
		return STR_NONE;
	if (!json_is_string(value) || json_string_length(value) == 0) {
		complain(reader, place, key, "must be a text that is not empty");
		return STR_NONE;
	}
	return (struct str){ json_string_value(value), json_string_length(value) };
}

bool bool_get(struct reader *reader, const struct place *place, json_t *object, const char *key)
{
	json_t *value = member_get(reader, place, object, key, true);

	if (value != NULL && !json_is_boolean(value))
		complain(reader, place, key, "must be true or false");
	return json_is_true(value);
}
