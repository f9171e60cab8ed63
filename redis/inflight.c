/* redis/inflight.c -- a set of entry ids on libc's balanced tree. */
#include "redis/inflight.h"

#include <search.h>
#include <stdlib.h>

struct inflight_id {
	size_t stream;
	int64_t ms, seq;
};

static bool parse(size_t stream, struct str entry_id, struct inflight_id *id_out)
{
	struct str ms, seq = str_cut(entry_id, '-', &ms);

	id_out->stream = stream;
	return str_to_int(ms, 0, INT64_MAX, &id_out->ms) == STATUS_OK &&
	       str_to_int(seq, 0, INT64_MAX, &id_out->seq) == STATUS_OK;
}

static int compare(const void *a_arg, const void *b_arg)
{
	const struct inflight_id *a = a_arg, *b = b_arg;

	if (a->stream != b->stream)
		return a->stream < b->stream ? -1 : 1;
	if (a->ms != b->ms)
		return a->ms < b->ms ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

void inflight_add(struct inflight *all, size_t stream, struct str entry_id)
{
	struct inflight_id *id = calloc(1, sizeof(*id));
	struct inflight_id **found;

	if (id == NULL)
		abort();
	if (!parse(stream, entry_id, id)) {
		free(id);
		return;
	}
	found = tsearch(id, &all->root, compare);
	if (found == NULL)
		abort();
	if (*found == id)
		all->count++;
	else
		free(id);
}

void inflight_remove(struct inflight *all, size_t stream, struct str entry_id)
{
	struct inflight_id id, **found, *stored;

	if (!parse(stream, entry_id, &id))
		return;
	found = tfind(&id, &all->root, compare);
	if (found == NULL)
		return;
	stored = *found;
	tdelete(&id, &all->root, compare);
	free(stored);
	all->count--;
}

bool inflight_has(const struct inflight *all, size_t stream, struct str entry_id)
{
	struct inflight_id id;

	return parse(stream, entry_id, &id) && tfind(&id, &all->root, compare) != NULL;
}

void inflight_clear(struct inflight *all)
{
	tdestroy(all->root, free);
	*all = (struct inflight){ 0 };
}
