/* scheduler/alive.h -- what this scheduler has seen of the others' beats, by its own monotonic
 * clock. */
#ifndef SCHEDULER_ALIVE_H
#define SCHEDULER_ALIVE_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	INCARNATION_BYTES_MAX = 64,
	ALIVE_GAP_MS_MAX = 3000, /* not looked for so long: it knows nothing any more */
};

struct watched {
	char incarnation[INCARNATION_BYTES_MAX];
	size_t len;
	int64_t count; /* of beats, as last seen; -1: none yet */
	int64_t changed_mono_ms;
	bool seen; /* in this look */
};

/* Zeroed is a valid one that has seen nothing. */
struct alive_watch {
	struct watched *items;
	size_t count, size;
	int64_t looked_mono_ms, epoch;
};

void alive_forget(struct alive_watch *watch);
/* Notes what was seen of one; returns for how long it has shown no beat. */
int64_t alive_note(struct alive_watch *watch, struct str incarnation, int64_t count,
		   int64_t now_mono_ms);
/* Drops whom no alive_note named since the last call. */
void alive_prune(struct alive_watch *watch);

#endif
