/* redis/keys.h -- the names of the queue engine's keys, and tasks as their entries hold them.
 * KEYS.md describes each. Internal. */
#ifndef REDIS_KEYS_H
#define REDIS_KEYS_H

#include "domain/task.h"
#include "redis/script.h"

#include <stdbool.h>
#include <stddef.h>

#define KEY_EPOCH STR("eco:epoch")
#define KEY_PAUSED STR("eco:paused")
#define KEY_EVENTS STR("eco:events") /* a channel */

enum {
	DELAYED_HORIZON_MS = 60000, /* what is due later stays in the records alone */
	PUBLISH_BATCH_MAX = 500,    /* tasks in one round trip */
	DEAD_MAX = 1000,	    /* of each type and class; the records keep all */
};

/* Are tasks of this type told to Redis at all? */
bool key_is_published(enum task_type type);
struct str key_stream(struct arena *arena, enum task_type type, enum task_class class);
struct str key_delayed(struct arena *arena, enum task_type type, enum task_class class);
struct str key_dead(struct arena *arena, enum task_type type, enum task_class class);

/* Due within the horizon? Others are not told. */
bool notice_is_near(const struct task_notice *notice, int64_t now_ms);
/* The fields of an entry, name and value in turn; how many words. `at`: when it is told. */
enum { NOTICE_WORDS_MAX = 12 };
size_t notice_words(struct arena *arena, const struct task_notice *notice, struct str at,
		    struct str words_out[NOTICE_WORDS_MAX]);
/* As it stands in the delayed set. promote.lua reads it. */
struct str notice_member(struct arena *arena, const struct task_notice *notice);

#endif
