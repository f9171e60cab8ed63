/* store/outbox.c -- a growing list of notices in an arena of its own. */
#include "store/outbox.h"

#include <string.h>

enum { FIRST_SIZE = 64 };

static void grow(struct outbox *outbox)
{
	size_t size = outbox->size == 0 ? FIRST_SIZE : outbox->size * 2;
	struct task_notice *notices = arena_array(&outbox->arena, size, sizeof(*notices));

	if (outbox->count > 0)
		memcpy(notices, outbox->notices, outbox->count * sizeof(*notices));
	outbox->notices = notices;
	outbox->size = size;
}

void outbox_add_task(struct outbox *outbox, const struct task_notice *notice)
{
	struct task_notice *copy;

	if (outbox->count == outbox->size)
		grow(outbox);
	copy = &outbox->notices[outbox->count++];
	*copy = *notice;
	copy->order_key = str_copy(&outbox->arena, notice->order_key);
	copy->payload = str_copy(&outbox->arena, notice->payload);
}

void outbox_add_event(struct outbox *outbox, int64_t seq)
{
	outbox->event_seq = seq;
}

struct outbox_mark outbox_mark(const struct outbox *outbox)
{
	return (struct outbox_mark){ outbox->count, outbox->event_seq };
}

void outbox_truncate(struct outbox *outbox, struct outbox_mark mark)
{
	outbox->count = mark.count;
	outbox->event_seq = mark.event_seq;
}

struct notice_batch outbox_batch(const struct outbox *outbox)
{
	return (struct notice_batch){ outbox->notices, outbox->count, outbox->event_seq };
}

void outbox_clear(struct outbox *outbox)
{
	arena_reset(&outbox->arena);
	outbox->notices = NULL;
	outbox->count = outbox->size = 0;
	outbox->event_seq = 0;
}

void outbox_release(struct outbox *outbox)
{
	outbox_clear(outbox);
	arena_release(&outbox->arena);
}
