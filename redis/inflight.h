/* redis/inflight.h -- which stream entries this process has in its hands, so that reading its own
 * pending ones again does not hand them out twice. Internal to the reader; not locked. */
#ifndef REDIS_INFLIGHT_H
#define REDIS_INFLIGHT_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

/* Zeroed: empty. */
struct inflight {
	void *root;
	size_t count;
};

/* `stream` is any small number; ids that are no stream ids are ignored. */
void inflight_add(struct inflight *all, size_t stream, struct str entry_id);
void inflight_remove(struct inflight *all, size_t stream, struct str entry_id);
bool inflight_has(const struct inflight *all, size_t stream, struct str entry_id);
void inflight_clear(struct inflight *all);

#endif
