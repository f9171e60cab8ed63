/* store/changes.c -- a queue under a mutex, and the part of it that the writer has at hand. */
#include "store/changes.h"

#include "base/clock.h"

void changes_init(struct changes *changes)
{
	pthread_condattr_t monotonic;

	changes->tail = &changes->head;
	pthread_mutex_init(&changes->mutex, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&changes->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

void changes_release(struct changes *changes)
{
	pthread_cond_destroy(&changes->wake);
	pthread_mutex_destroy(&changes->mutex);
}

/* ---- any thread -------------------------------------------------------------------------- */

enum status changes_add(struct changes *changes, struct change *change)
{
	enum status status = STATUS_OK;
	bool is_first = false;

	change->next = NULL;
	pthread_mutex_lock(&changes->mutex);
	if (changes->stopping || changes->length >= CHANGES_MAX) {
		status = STATUS_BUSY;
	} else {
		*changes->tail = change;
		changes->tail = &change->next;
		is_first = changes->length++ == 0;
	}
	pthread_mutex_unlock(&changes->mutex);
	/* Woken under the mutex, the writer would wait for it at once. */
	if (is_first)
		pthread_cond_signal(&changes->wake);
	return status;
}

void changes_stop(struct changes *changes)
{
	pthread_mutex_lock(&changes->mutex);
	changes->stopping = true;
	pthread_cond_signal(&changes->wake);
	pthread_mutex_unlock(&changes->mutex);
}

uint64_t changes_length(struct changes *changes)
{
	uint64_t length;

	pthread_mutex_lock(&changes->mutex);
	length = changes->length;
	pthread_mutex_unlock(&changes->mutex);
	return length;
}

/* ---- the writer's ------------------------------------------------------------------------ */

/* The whole queue at once. */
static struct change *take_all(struct changes *changes)
{
	struct change *list = changes->head;

	changes->head = NULL;
	changes->tail = &changes->head;
	changes->length = 0;
	return list;
}

static void wait_until(struct changes *changes, int64_t mono_ms)
{
	struct timespec until = { mono_ms / 1000, mono_ms % 1000 * 1000000 };

	pthread_cond_timedwait(&changes->wake, &changes->mutex, &until);
}

bool changes_wait(struct changes *changes, int64_t until_mono_ms)
{
	bool more = true;

	if (changes->taken != NULL)
		return true;
	pthread_mutex_lock(&changes->mutex);
	while (changes->head == NULL && !changes->stopping) {
		if (until_mono_ms == 0)
			pthread_cond_wait(&changes->wake, &changes->mutex);
		else if (clock_mono_ms() < until_mono_ms)
			wait_until(changes, until_mono_ms);
		else
			break;
	}
	changes->taken = take_all(changes);
	more = changes->taken != NULL || !changes->stopping;
	pthread_mutex_unlock(&changes->mutex);
	return more;
}

bool changes_any(const struct changes *changes)
{
	return changes->taken != NULL;
}

struct change *changes_next(struct changes *changes)
{
	struct change *change = changes->taken;

	if (change != NULL)
		changes->taken = change->next;
	return change;
}

void changes_refuse(struct changes *changes)
{
	struct change *change = changes->taken;

	changes->taken = NULL;
	while (change != NULL) {
		struct change *next = change->next;

		change->done(STATUS_BUSY, change->arg);
		change = next;
	}
}
