/* api/list_cache.c -- a table of pages, each in the place that its key falls on. */
#include "api/list_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct place {
	struct out_position at;
	struct arena arena; /* of what follows; reset by each put */
	struct str key;	    /* STR_NONE: free */
	struct list_page page;
};

struct list_cache {
	pthread_mutex_t mutex;
	struct place places[LIST_CACHE_PAGES];
};

struct list_cache *list_cache_open(void)
{
	struct list_cache *cache = calloc(1, sizeof(*cache));

	if (cache != NULL)
		pthread_mutex_init(&cache->mutex, NULL);
	return cache;
}

void list_cache_close(struct list_cache *cache)
{
	if (cache == NULL)
		return;
	for (size_t i = 0; i < LIST_CACHE_PAGES; i++)
		arena_release(&cache->places[i].arena);
	pthread_mutex_destroy(&cache->mutex);
	free(cache);
}

/* FNV-1a. */
static struct place *place_of(struct list_cache *cache, struct str key)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < key.len; i++)
		hash = (hash ^ (unsigned char)key.data[i]) * UINT64_C(1099511628211);
	return &cache->places[hash % LIST_CACHE_PAGES];
}

bool list_cache_get(struct list_cache *cache, struct str key, const struct out_position *at,
		    struct arena *arena, struct list_page *page_out)
{
	struct place *place = place_of(cache, key);
	bool found;

	pthread_mutex_lock(&cache->mutex);
	found = place->key.data != NULL && str_eq(place->key, key) &&
		place->at.epoch == at->epoch && place->at.as_of_seq == at->as_of_seq;
	if (found)
		*page_out = (struct list_page){ str_copy(arena, place->page.items),
						str_copy(arena, place->page.next_cursor) };
	pthread_mutex_unlock(&cache->mutex);
	return found;
}

void list_cache_put(struct list_cache *cache, struct str key, const struct out_position *at,
		    const struct list_page *page)
{
	struct place *place = place_of(cache, key);

	if (page->items.len > LIST_CACHE_BYTES_MAX)
		return;
	pthread_mutex_lock(&cache->mutex);
	arena_reset(&place->arena);
	place->at = *at;
	place->key = str_copy(&place->arena, key);
	place->page = (struct list_page){ str_copy(&place->arena, page->items),
					  str_copy(&place->arena, page->next_cursor) };
	pthread_mutex_unlock(&cache->mutex);
}
