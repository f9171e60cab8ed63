/* store/changes.h -- the changes that wait for the writer: any thread adds, the writer takes all at
 * once and hands them out one by one. */
#ifndef STORE_CHANGES_H
#define STORE_CHANGES_H

#include "store/store.h"

#include <pthread.h>

enum { CHANGES_MAX = 10000 };

struct changes {
	pthread_mutex_t mutex; /* guards what follows until `taken` */
	pthread_cond_t wake;
	struct change *head, **tail;
	uint64_t length;
	bool stopping;
	struct change *taken; /* the writer's alone: out of the queue, not yet run */
};

void changes_init(struct changes *changes);
void changes_release(struct changes *changes);

/* ---- any thread -------------------------------------------------------------------------- */

/* BUSY: full, or stopping. */
CHECKED enum status changes_add(struct changes *changes, struct change *change);
/* What is there is still run; nothing is added any more. */
void changes_stop(struct changes *changes);
uint64_t changes_length(struct changes *changes);

/* ---- the writer's ------------------------------------------------------------------------ */

/* Until there are changes, or until `until_mono_ms` (0: no such time). False: stopping, and nothing
 * is left. */
CHECKED bool changes_wait(struct changes *changes, int64_t until_mono_ms);
/* Is any at hand after changes_wait? */
bool changes_any(const struct changes *changes);
/* NULL: none left at hand. What came meanwhile makes the next batch, so that it gathers while this
 * one is committed and answered. */
struct change *changes_next(struct changes *changes);
/* Answers BUSY to those at hand; nothing of them happened. */
void changes_refuse(struct changes *changes);

#endif
