/* redis/settle.h -- what becomes of entries, on its way to Redis: acks gathered into batches, every
 * call said until it was answered. All of it may be said twice. Internal to the reader; on the
 * loop's thread. */
#ifndef REDIS_SETTLE_H
#define REDIS_SETTLE_H

#include "domain/task.h"
#include "redis/link.h"

#include <stddef.h>

struct settler;

/* Streams by number: type and class in one. */
enum { SETTLE_STREAMS = TASK_TYPES * TASK_CLASSES };
static inline size_t settle_stream(enum task_type type, enum task_class class)
{
	return (size_t)type * TASK_CLASSES + (size_t) class;
}

/* These entries are done with in Redis. */
typedef void (*settled_fn)(size_t stream, const struct str *entry_ids, size_t count, void *arg);

CHECKED enum status settler_open(struct event_base *base, struct redis_link *link, struct str slot,
				 settled_fn settled, void *arg, struct settler **settler_out);
void settler_close(struct settler *settler); /* what is not sent yet stays pending in Redis */
void settler_ack(struct settler *settler, size_t stream, struct str entry_id);
void settler_delay(struct settler *settler, const struct task_notice *notice, struct str entry_id);
void settler_bury(struct settler *settler, const struct task_notice *notice, struct str entry_id,
		  struct str reason);
/* Sends gathered acks now. */
void settler_flush(struct settler *settler);
/* Entries not yet confirmed. */
size_t settler_unsettled(const struct settler *settler);

#endif
