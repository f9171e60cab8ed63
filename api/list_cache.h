/* api/list_cache.h -- encoded pages of lists, for as long as nothing happens: one event makes every
 * open dashboard ask for the same page, which is then read and encoded once.
 *
 * A page is true at one position of the event feed, because every change that a list shows comes
 * with an event. Any thread; the loop needs none of it. */
#ifndef API_LIST_CACHE_H
#define API_LIST_CACHE_H

#include "api/shapes.h"

#include <stdbool.h>

enum {
	LIST_CACHE_PAGES = 32,
	LIST_CACHE_BYTES_MAX = 64 << 10, /* a larger page is not kept */
};

struct list_page {
	struct str items;	/* a JSON list */
	struct str next_cursor; /* STR_NONE: the last page */
};

struct list_cache;

struct list_cache *list_cache_open(void);
void list_cache_close(struct list_cache *cache); /* NULL is fine */

/* `key` names what was asked, and nothing else may matter. The page is copied into the arena. */
bool list_cache_get(struct list_cache *cache, struct str key, const struct out_position *at,
		    struct arena *arena, struct list_page *page_out);
/* Takes the place of another page, if need be. */
void list_cache_put(struct list_cache *cache, struct str key, const struct out_position *at,
		    const struct list_page *page);

#endif
