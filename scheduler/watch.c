/* scheduler/watch.c -- the memory of beats seen. */
#include "scheduler/alive.h"

#include <stdlib.h>
#include <string.h>

void alive_forget(struct alive_watch *watch)
{
	free(watch->items);
	*watch = (struct alive_watch){ 0 };
}

static struct watched *watched_find(struct alive_watch *watch, struct str incarnation)
{
	for (size_t i = 0; i < watch->count; i++)
		if (str_eq((struct str){ watch->items[i].incarnation, watch->items[i].len },
			   incarnation))
			return &watch->items[i];
	return NULL;
}

static struct watched *watched_add(struct alive_watch *watch, struct str incarnation,
				   int64_t now_mono_ms)
{
	struct watched *item;

	if (watch->count == watch->size) {
		watch->size = watch->size == 0 ? 16 : watch->size * 2;
		watch->items = realloc(watch->items, watch->size * sizeof(*watch->items));
		if (watch->items == NULL)
			abort();
	}
	item = &watch->items[watch->count++];
	*item = (struct watched){ .count = -1, .changed_mono_ms = now_mono_ms };
	item->len = incarnation.len < INCARNATION_BYTES_MAX ? incarnation.len
							    : INCARNATION_BYTES_MAX;
	memcpy(item->incarnation, incarnation.data, item->len);
	return item;
}

int64_t alive_note(struct alive_watch *watch, struct str incarnation, int64_t count,
		   int64_t now_mono_ms)
{
	struct watched *item = watched_find(watch, incarnation);

	if (item == NULL)
		item = watched_add(watch, incarnation, now_mono_ms);
	item->seen = true;
	if (count >= 0 && count != item->count) {
		item->count = count;
		item->changed_mono_ms = now_mono_ms;
	}
	return now_mono_ms - item->changed_mono_ms;
}

void alive_prune(struct alive_watch *watch)
{
	size_t kept = 0;

	for (size_t i = 0; i < watch->count; i++)
		if (watch->items[i].seen) {
			watch->items[kept] = watch->items[i];
			watch->items[kept++].seen = false;
		}
	watch->count = kept;
}
