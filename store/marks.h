/* store/marks.h -- tasks whose publication Redis has confirmed: those still ready half a
 * second later are marked so in the records, before the relay looks for them; most are done by
 * then. */
#ifndef STORE_MARKS_H
#define STORE_MARKS_H

#include "base/status.h"
#include "store/store.h"

enum {
	MARKS_MAX = 4096, /* beyond, the oldest are forgotten: the relay tells them once more */
	MARKS_SPAN_MS = 100,
	MARKS_AGE_MS = 500,
	MARKS_WRITTEN_MAX = 1024, /* in one commit */
};

/* Ids in a row, confirmed within MARKS_SPAN_MS: a burst of tasks is a handful of these. */
struct mark {
	int64_t first_id, last_id;
	int64_t wall_ms, mono_ms; /* when the first was confirmed */
};

/* Embedded; zeroed is a valid empty one. A ring. */
struct marks {
	struct mark ring[MARKS_MAX];
	size_t first, count;
};

void marks_collect(struct marks *marks, const struct store_hooks *hooks);
/* In the transaction under way. */
CHECKED enum status marks_write(struct marks *marks, struct db *db);

#endif
