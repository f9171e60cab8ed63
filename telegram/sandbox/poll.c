/* telegram/sandbox/poll.c -- getUpdates: held until something comes, cut by a second poller, never
 * answered twice. */
#include "base/clock.h"
#include "telegram/sandbox/call.h"

#include <stdlib.h>

enum {
	TIMEOUT_S_MAX = 50,
	REPEAT_MS = 3000, /* the same offset again within this: a short timeout becomes this long */
	CONFLICT_MS = 3000, /* a second 409 within this is held back as long */
};

static const char conflict[] =
	"Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
	"running";

/* Takes the held call off, to answer it. */
static struct call *poll_release(struct bot *bot)
{
	struct call *call = bot->poll;

	bot->poll = NULL;
	loop_timer_off(bot->poll_timer);
	return call;
}

/* Answers with what there is, if there is something or it must be now. */
static bool poll_answer(struct call *call, bool now)
{
	char *json;

	updates_take(&call->bot->updates, call->offset, call->limit, clock_wall_ms() / 1000, &json);
	if (json == NULL && !now)
		return false;
	call_ok_raw(call, json != NULL ? json : "[]");
	free(json);
	return true;
}

void poll_wake(struct bot *bot)
{
	struct call *call = bot->poll;

	if (call == NULL)
		return;
	bot->poll = NULL;
	if (poll_answer(call, false))
		loop_timer_off(bot->poll_timer);
	else
		bot->poll = call;
}

enum status poll_add_update(struct bot *bot, const char *kind, json_t *body, int64_t date_s,
			    int64_t *id_out)
{
	enum status status = updates_add(&bot->updates, kind, body, date_s, id_out);

	if (status == STATUS_OK)
		poll_wake(bot);
	return status;
}

static void poll_timed_out(void *arg)
{
	poll_answer(poll_release(arg), true);
}

void polls_end(struct sandbox *sandbox)
{
	for (struct bot *bot = sandbox->bots; bot != NULL; bot = bot->next)
		if (bot->poll != NULL)
			poll_answer(poll_release(bot), true);
}

/* 409, held back when the last one was just now, so that two pollers do not spin. */
static void poll_conflict(struct call *call)
{
	struct bot *bot = call->bot;
	int64_t now_ms = clock_mono_ms();

	if (now_ms < bot->conflict_next_ms) {
		call_fail_later(call, 409, conflict, CONFLICT_MS);
		return;
	}
	bot->conflict_next_ms = now_ms + CONFLICT_MS;
	call_fail(call, 409, conflict);
}

static void poll_hold(struct call *call, int64_t timeout_ms)
{
	struct bot *bot = call->bot;

	if (bot->poll != NULL)
		poll_conflict(poll_release(bot));
	if (bot->poll_timer == NULL)
		bot->poll_timer = loop_timer_open(call->sandbox->base, poll_timed_out, bot);
	bot->poll = call;
	loop_timer_set(bot->poll_timer, timeout_ms);
}

/* A poller that asks for the same again and again is slowed down. */
static int64_t timeout_of(struct call *call)
{
	struct bot *bot = call->bot;
	int64_t timeout_ms = 1000 * params_int(&call->params, "timeout", 0, 0, TIMEOUT_S_MAX),
		now_ms = clock_mono_ms();

	if (call->offset == bot->poll_offset_last && timeout_ms < REPEAT_MS &&
	    bot->poll_start_last_ms > 0 && now_ms < bot->poll_start_last_ms + REPEAT_MS)
		timeout_ms = REPEAT_MS;
	bot->poll_offset_last = call->offset;
	bot->poll_start_last_ms = now_ms;
	return timeout_ms;
}

void method_get_updates(struct call *call)
{
	int64_t timeout_ms;

	call->offset = params_int(&call->params, "offset", 0, INT32_MIN, INT32_MAX);
	call->limit =
		(size_t)params_int(&call->params, "limit", UPDATES_BATCH_MAX, 1, UPDATES_BATCH_MAX);
	updates_allow(&call->bot->updates, params_str(&call->params, "allowed_updates"));
	timeout_ms = timeout_of(call);
	if (!poll_answer(call, timeout_ms == 0 || call->sandbox->draining))
		poll_hold(call, timeout_ms);
}

void poll_fault(struct bot *bot)
{
	struct call *call = bot->poll;

	if (call == NULL ||
	    faults_take(&bot->faults, call->method->name, 0, &call->fault) != STATUS_OK)
		return;
	bot->poll = NULL;
	if (call_fault(call))
		loop_timer_off(bot->poll_timer);
	else
		bot->poll = call; /* what befalls its answer comes with the answer */
}
