/* redis/beat.c -- the sender of one process' beats. */
#include "redis/beat.h"

#include "base/clock.h"
#include "redis/script.h"

#include <stdlib.h>

enum { RETRY_MS = 100 };

struct beat_sender {
	struct redis_link *link;
	struct loop_timer *timer;
	struct arena arena;
	struct str incarnation, service, slot;
	int64_t count;
	int64_t confirmed_ms; /* when the last confirmed beat was sent, monotonic; 0: none yet */
	struct beat_sent *under_way; /* at most one */
	loop_fn heard;
	void *heard_arg;
};

struct beat_sent {
	struct beat_sender *beat; /* NULL: closed meanwhile */
	int64_t sent_ms;
};

static void tell_heard(struct beat_sender *beat)
{
	loop_fn heard = beat->heard;

	beat->heard = NULL;
	if (heard != NULL)
		heard(beat->heard_arg);
}

static void beat_answered(const struct redis_value *value, void *arg)
{
	struct beat_sent *sent = arg;
	struct beat_sender *beat = sent->beat;

	if (beat != NULL) {
		beat->under_way = NULL;
		if (value != NULL && value->type == REDIS_IS_INT) {
			beat->confirmed_ms = sent->sent_ms;
			tell_heard(beat);
		} else {
			loop_timer_set(beat->timer, RETRY_MS);
		}
	}
	free(sent);
}

static enum status beat_send(struct beat_sender *beat)
{
	struct beat_sent *sent = calloc(1, sizeof(*sent));
	struct arena arena = { 0 };
	struct script_call call = script_call(&arena, SCRIPT_beat);
	enum status status = STATUS_BUSY;

	if (sent != NULL) {
		*sent = (struct beat_sent){ beat, clock_mono_ms() };
		script_arg(&call, beat->incarnation);
		script_arg(&call, beat->service);
		script_arg(&call, beat->slot);
		script_arg_int(&call, ++beat->count);
		script_arg_int(&call, clock_wall_ms());
		status = script_send(beat->link, &call, beat_answered, sent);
	}
	if (status == STATUS_OK)
		beat->under_way = sent;
	else
		free(sent);
	arena_release(&arena);
	return status;
}

static void beat_due(void *arg)
{
	struct beat_sender *beat = arg;

	loop_timer_set(beat->timer, BEAT_PERIOD_MS);
	if (beat->under_way == NULL && beat_send(beat) != STATUS_OK)
		loop_timer_set(beat->timer, RETRY_MS);
}

enum status beat_open(struct event_base *base, struct redis_link *link, struct str incarnation,
		      struct str service, struct str slot, struct beat_sender **beat_out)
{
	struct beat_sender *beat = calloc(1, sizeof(*beat));

	if (beat == NULL)
		return STATUS_FAILED;
	beat->link = link;
	beat->incarnation = str_copy(&beat->arena, incarnation);
	beat->service = str_copy(&beat->arena, service);
	beat->slot = str_copy(&beat->arena, slot);
	beat->timer = loop_timer_open(base, beat_due, beat);
	loop_timer_set(beat->timer, 0);
	*beat_out = beat;
	return STATUS_OK;
}

void beat_close(struct beat_sender *beat)
{
	struct arena arena = { 0 };
	struct script_call call;

	if (beat == NULL)
		return;
	if (beat->under_way != NULL)
		beat->under_way->beat = NULL;
	call = script_call(&arena, SCRIPT_beats_drop);
	script_arg(&call, beat->incarnation);
	/* Not taken off now, the missing beats tell it. */
	if (script_send(beat->link, &call, NULL, NULL) != STATUS_OK)
		beat->link = NULL;
	arena_release(&arena);
	loop_timer_close(beat->timer);
	arena_release(&beat->arena);
	free(beat);
}

void beat_when_heard(struct beat_sender *beat, loop_fn fn, void *arg)
{
	beat->heard = fn;
	beat->heard_arg = arg;
	if (beat->confirmed_ms != 0)
		tell_heard(beat);
}

bool beat_is_fresh(const struct beat_sender *beat)
{
	return beat->confirmed_ms != 0 && clock_mono_ms() - beat->confirmed_ms < BEAT_FRESH_MS;
}
