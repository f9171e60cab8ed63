/* redis/publisher.c -- from the writer thread to Redis: gather, send one call, drop what can't be
 * told at once. */
#include "redis/publisher.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "redis/keys.h"
#include "redis/tell.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
	GATHERED_MAX = 10000, /* tasks waiting for the call under way */
	CONFIRMED_MAX = 10000,
	BREAKER_MS = 50,
	DRAIN_LOOK_MS = 2,
};

/* Tasks copied into an arena of their own. */
struct gathered {
	struct arena arena;
	struct task_notice *notices;
	size_t count, size;
	int64_t event_seq;
};

struct publisher {
	struct redis_link *link;
	struct loop_wake *wake;
	struct loop_timer *breaker, *draining;
	bool holding; /* loop: until the first connection stands; the breaker runs */
	bool refused; /* loop: no epoch was ready; asked for alone before the next tasks */
	int64_t drain_until_mono_ms;
	loop_fn drained;
	void *drained_arg;
	struct publish_call *under_way; /* loop: at most one */
	struct gathered sending;	/* loop: taken over from incoming; told up to `sent` */
	size_t sent;
	_Atomic bool open; /* the breaker: the call under way is late */
	_Atomic uint64_t dropped;
	pthread_mutex_t lock; /* guards the rest */
	struct gathered incoming;
	int64_t *confirmed; /* a ring */
	size_t confirmed_first, confirmed_count;
};

/* One round trip; freed when each of its commands is answered. */
struct publish_call {
	struct publisher *publisher; /* NULL: closed meanwhile */
	int64_t *ids;
	size_t count, unanswered;
	struct tell_answers answers;
};

/* ---- gathering, on any thread ------------------------------------------------------------ */

static void gather(struct gathered *all, const struct task_notice *notice)
{
	struct task_notice copy = *notice;

	if (all->count == all->size) {
		struct task_notice *notices;

		all->size = all->size == 0 ? 64 : all->size * 2;
		notices = arena_array(&all->arena, all->size, sizeof(*notices));
		if (all->count > 0)
			memcpy(notices, all->notices, all->count * sizeof(*notices));
		all->notices = notices;
	}
	copy.order_key = str_copy(&all->arena, notice->order_key);
	copy.payload = str_copy(&all->arena, notice->payload);
	all->notices[all->count++] = copy;
}

static void gathered_clear(struct gathered *all)
{
	arena_reset(&all->arena);
	*all = (struct gathered){ .arena = all->arena };
}

void publisher_send(void *arg, const struct notice_batch *batch)
{
	struct publisher *publisher = arg;
	int64_t now_ms = clock_wall_ms();

	if (atomic_load(&publisher->open)) {
		atomic_fetch_add(&publisher->dropped, batch->count);
		return;
	}
	pthread_mutex_lock(&publisher->lock);
	for (size_t i = 0; i < batch->count; i++) {
		if (!key_is_published(batch->tasks[i].type) ||
		    !notice_is_near(&batch->tasks[i], now_ms))
			continue;
		if (publisher->incoming.count < GATHERED_MAX)
			gather(&publisher->incoming, &batch->tasks[i]);
		else
			atomic_fetch_add(&publisher->dropped, 1);
	}
	if (batch->event_seq > publisher->incoming.event_seq)
		publisher->incoming.event_seq = batch->event_seq;
	pthread_mutex_unlock(&publisher->lock);
	loop_wake_send(publisher->wake);
}

size_t publisher_confirmed(void *arg, int64_t *ids_out, size_t ids_max)
{
	struct publisher *publisher = arg;
	size_t count = 0;

	pthread_mutex_lock(&publisher->lock);
	while (count < ids_max && publisher->confirmed_count > 0) {
		ids_out[count++] = publisher->confirmed[publisher->confirmed_first];
		publisher->confirmed_first = (publisher->confirmed_first + 1) % CONFIRMED_MAX;
		publisher->confirmed_count--;
	}
	pthread_mutex_unlock(&publisher->lock);
	return count;
}

uint64_t publisher_dropped(const struct publisher *publisher)
{
	return atomic_load(&publisher->dropped);
}

/* ---- sending, on the loop ---------------------------------------------------------------- */

static void send_next(struct publisher *publisher);

/* Full: the oldest are forgotten, and published once more by the relay. */
static void confirm(struct publisher *publisher, const int64_t *ids, size_t count)
{
	pthread_mutex_lock(&publisher->lock);
	for (size_t i = 0; i < count; i++) {
		size_t at = (publisher->confirmed_first + publisher->confirmed_count) %
			    CONFIRMED_MAX;

		publisher->confirmed[at] = ids[i];
		if (publisher->confirmed_count < CONFIRMED_MAX)
			publisher->confirmed_count++;
		else
			publisher->confirmed_first = (publisher->confirmed_first + 1) %
						     CONFIRMED_MAX;
	}
	pthread_mutex_unlock(&publisher->lock);
}

static void drop_sending(struct publisher *publisher)
{
	atomic_fetch_add(&publisher->dropped, publisher->sending.count - publisher->sent);
	gathered_clear(&publisher->sending);
	publisher->sent = 0;
}

static void drop_gathered(struct publisher *publisher)
{
	uint64_t count;

	drop_sending(publisher);
	pthread_mutex_lock(&publisher->lock);
	count = publisher->incoming.count;
	gathered_clear(&publisher->incoming);
	pthread_mutex_unlock(&publisher->lock);
	atomic_fetch_add(&publisher->dropped, count);
}

static void call_free(struct publish_call *call)
{
	free(call->ids);
	free(call);
}

static void call_end(struct publish_call *call)
{
	struct publisher *publisher = call->publisher;
	enum status status = call->answers.status;

	publisher->under_way = NULL;
	loop_timer_off(publisher->breaker);
	atomic_store(&publisher->open, false);
	CRASH_POINT("publisher.answered");
	if (status == STATUS_OK)
		confirm(publisher, call->ids, call->count);
	else
		atomic_fetch_add(&publisher->dropped, call->count);
	if (status == STATUS_FAILED)
		log_warn("publisher.refused", LOG_INT("tasks", call->count));
	publisher->refused = status == STATUS_DENIED;
	if (publisher->refused)
		drop_sending(publisher);
	send_next(publisher);
}

static void answered(const struct redis_value *value, void *arg)
{
	struct publish_call *call = arg;

	tell_answered(&call->answers, value);
	if (--call->unanswered > 0)
		return;
	if (call->publisher != NULL)
		call_end(call);
	call_free(call);
}

/* The call under way is late. It may still arrive; nothing else waits for it. */
static void breaker_opens(void *arg)
{
	struct publisher *publisher = arg;

	log_warn("publisher.breaker_open", LOG_INT("after_ms", BREAKER_MS));
	publisher->holding = false;
	atomic_store(&publisher->open, publisher->under_way != NULL);
	drop_gathered(publisher);
}

/* A new process has its first batches before its connection. */
static void hold(struct publisher *publisher)
{
	if (!publisher->holding)
		loop_timer_set(publisher->breaker, BREAKER_MS);
	publisher->holding = true;
}

static struct publish_call *call_new(struct publisher *publisher, const struct task_notice *notices,
				     size_t count)
{
	struct publish_call *call = calloc(1, sizeof(*call));
	int64_t *ids = calloc(count + 1, sizeof(*ids));

	if (call == NULL || ids == NULL) {
		free(call);
		free(ids);
		return NULL;
	}
	*call = (struct publish_call){ .publisher = publisher, .ids = ids, .count = count };
	call->answers = tell_answers(publisher->sending.event_seq, STR_NONE);
	for (size_t i = 0; i < count; i++)
		ids[i] = notices[i].id;
	return call;
}

/* BUSY: nothing was sent. What can't be sent after that is as good as unanswered. */
static enum status call_send(struct publisher *publisher, struct publish_call *call,
			     const struct tell *tell)
{
	for (size_t i = 0; i < tell->count; i++) {
		if (redis_link_send(publisher->link, &tell->commands[i], answered, call) ==
		    STATUS_OK)
			call->unanswered++;
		else if (call->unanswered == 0)
			return STATUS_BUSY;
		else
			call->answers.status = STATUS_BUSY;
	}
	return STATUS_OK;
}

static enum status send_some(struct publisher *publisher, const struct task_notice *notices,
			     size_t count)
{
	struct publish_call *call = call_new(publisher, notices, count);
	struct arena arena = { 0 };
	struct tell tell = tell_commands(&arena, notices, count, publisher->sending.event_seq);
	enum status status = STATUS_BUSY;

	CRASH_POINT("publisher.before_send");
	if (call != NULL)
		status = call_send(publisher, call, &tell);
	CRASH_POINT("publisher.sent");
	if (status == STATUS_OK) {
		publisher->under_way = call;
		loop_timer_set(publisher->breaker, BREAKER_MS);
	} else if (call != NULL) {
		call_free(call);
	}
	arena_release(&arena);
	return status;
}

/* What came meanwhile becomes what is sent next. */
static void take_incoming(struct publisher *publisher)
{
	struct gathered empty = publisher->sending;

	gathered_clear(&empty);
	pthread_mutex_lock(&publisher->lock);
	publisher->sending = publisher->incoming;
	publisher->incoming = empty;
	pthread_mutex_unlock(&publisher->lock);
	publisher->sent = 0;
}

static void send_next(struct publisher *publisher)
{
	struct gathered *sending = &publisher->sending;
	size_t part;

	if (publisher->under_way != NULL)
		return;
	if (publisher->sent == sending->count && sending->event_seq == 0)
		take_incoming(publisher);
	part = sending->count - publisher->sent;
	if (part == 0 && sending->event_seq == 0)
		return;
	if (redis_link_is_coming(publisher->link)) {
		hold(publisher);
		return;
	}
	publisher->holding = false;
	if (part > PUBLISH_BATCH_MAX)
		part = PUBLISH_BATCH_MAX;
	if (publisher->refused)
		part = 0;
	if (send_some(publisher, sending->notices + publisher->sent, part) != STATUS_OK) {
		drop_gathered(publisher);
		return;
	}
	publisher->sent += part;
	sending->event_seq = 0; /* said with the first part */
}

static void woken(void *arg)
{
	struct publisher *publisher = arg;

	send_next(publisher);
}

/* ---- the end ----------------------------------------------------------------------------- */

static bool is_idle(struct publisher *publisher)
{
	const struct gathered *sending = &publisher->sending;
	bool is_idle = publisher->under_way == NULL && publisher->sent == sending->count &&
		       sending->event_seq == 0;

	pthread_mutex_lock(&publisher->lock);
	is_idle = is_idle && publisher->incoming.count == 0 && publisher->incoming.event_seq == 0;
	pthread_mutex_unlock(&publisher->lock);
	return is_idle;
}

static void drain_look(void *arg)
{
	struct publisher *publisher = arg;

	if (is_idle(publisher) || clock_mono_ms() >= publisher->drain_until_mono_ms)
		publisher->drained(publisher->drained_arg);
	else
		loop_timer_set(publisher->draining, DRAIN_LOOK_MS);
}

void publisher_drain(struct publisher *publisher, loop_fn done, void *arg)
{
	publisher->drained = done;
	publisher->drained_arg = arg;
	publisher->drain_until_mono_ms = clock_mono_ms() + PUBLISHER_DRAIN_MS;
	loop_timer_set(publisher->draining, 0);
}

/* ---- handle ------------------------------------------------------------------------------ */

enum status publisher_open(struct event_base *base, struct redis_link *link,
			   struct publisher **publisher_out)
{
	struct publisher *publisher = calloc(1, sizeof(*publisher));

	if (publisher == NULL)
		return STATUS_FAILED;
	publisher->confirmed = calloc(CONFIRMED_MAX, sizeof(*publisher->confirmed));
	if (publisher->confirmed == NULL || pthread_mutex_init(&publisher->lock, NULL) != 0) {
		free(publisher->confirmed);
		free(publisher);
		return STATUS_FAILED;
	}
	publisher->link = link;
	publisher->wake = loop_wake_open(base, woken, publisher);
	publisher->breaker = loop_timer_open(base, breaker_opens, publisher);
	publisher->draining = loop_timer_open(base, drain_look, publisher);
	redis_link_on_up(link, woken, publisher);
	*publisher_out = publisher;
	return STATUS_OK;
}

void publisher_close(struct publisher *publisher)
{
	if (publisher == NULL)
		return;
	if (publisher->under_way != NULL)
		publisher->under_way->publisher = NULL;
	loop_wake_close(publisher->wake);
	loop_timer_close(publisher->breaker);
	loop_timer_close(publisher->draining);
	arena_release(&publisher->sending.arena);
	arena_release(&publisher->incoming.arena);
	pthread_mutex_destroy(&publisher->lock);
	free(publisher->confirmed);
	free(publisher);
}
