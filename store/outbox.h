/* store/outbox.h -- what the batch under way wants told after its COMMIT; a change that is rolled
 * back takes its part out again. */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include "base/arena.h"
#include "domain/task.h"

#include <stddef.h>
#include <stdint.h>

/* Embedded in the writer's connection; zeroed is a valid empty one. Strings are copied in. */
struct outbox {
	struct arena arena;
	struct task_notice *notices;
	size_t count, size;
	int64_t event_seq;
};

struct outbox_mark {
	size_t count;
	int64_t event_seq;
};

void outbox_add_task(struct outbox *outbox, const struct task_notice *notice);
void outbox_add_event(struct outbox *outbox, int64_t seq);
struct outbox_mark outbox_mark(const struct outbox *outbox);
void outbox_truncate(struct outbox *outbox, struct outbox_mark mark);
/* Borrowed until the next call. */
struct notice_batch outbox_batch(const struct outbox *outbox);
void outbox_clear(struct outbox *outbox);
void outbox_release(struct outbox *outbox);

#endif
