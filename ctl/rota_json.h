/* ctl/rota_json.h -- strict reading of JSON whose every complaint names the place. */
#ifndef CTL_ROTA_JSON_H
#define CTL_ROTA_JSON_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Where we are: "slots[3]", "couriers[2].unavailable[0]"; list NULL is the top. */
struct place {
	const char *list;
	size_t index;
	const char *inner; /* NULL: not that deep */
	size_t inner_index;
};

struct reader {
	struct arena *arena;
	const char *file; /* begins every complaint */
	struct str fault; /* the first complaint; data NULL while all is well */
};

/* The first complaint counts, later ones are dropped. */
void complain(struct reader *reader, const struct place *place, const char *key, const char *format,
	      ...) __attribute__((format(printf, 4, 5)));
bool is_well(const struct reader *reader);

/* NULL, with a complaint, when the file is no JSON object. One document at a time in a process: its
 * nodes live in memory of their own, which document_release gives back whole. Always released. */
json_t *document_read(struct reader *reader, FILE *in);
void document_release(void);

/* `object` is an object with no other members than those of `names` (ends with NULL). */
bool object_check(struct reader *reader, const struct place *place, json_t *object,
		  const char *const *names);
/* A list of at most `max`; NULL when it is not there, or no list. */
json_t *list_get(struct reader *reader, const struct place *place, json_t *object, const char *key,
		 size_t max, bool is_needed);

int64_t int_get(struct reader *reader, const struct place *place, json_t *object, const char *key,
		int64_t min, int64_t max);
/* Absent: `fallback`. */
int64_t int_get_or(struct reader *reader, const struct place *place, json_t *object,
		   const char *key, int64_t min, int64_t max, int64_t fallback);
/* A number, to thousandths; min and max are whole. */
int64_t milli_get_or(struct reader *reader, const struct place *place, json_t *object,
		     const char *key, int64_t min, int64_t max, int64_t fallback_milli);
/* Borrowed from the document, never empty. STR_NONE: absent, or a complaint. */
struct str text_get(struct reader *reader, const struct place *place, json_t *object,
		    const char *key, bool is_needed);
bool bool_get(struct reader *reader, const struct place *place, json_t *object, const char *key);

#endif
