/* workers/external.c -- tasks that call Telegram: the claim is durable before the call, the outcome
 * is recorded under its fence. */
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "workers/errand.h"

#include <jansson.h>

enum {
	CALL_TIMEOUT_MS = 2800, /* with BEAT_FRESH_MS under BEAT_DEAD_MS: nobody else acts while a
				   call may still arrive */
	HELD_BACK_PAUSE_MS = 250,
};

/* ---- claim ------------------------------------------------------------------------------- */

static enum status claim(struct db *db, void *arg)
{
	struct errand *errand = arg;
	int64_t now_ms = clock_wall_ms();
	enum status status = errand_take(db, errand, now_ms);
	struct work work = errand_work(db, errand, now_ms);

	if (status != STATUS_OK)
		return status;
	status = handlers[errand->task.type].begin(&work, &errand->call);
	errand->handler_status = status;
	if (status == STATUS_OK && errand->call.kind == CALL_NONE)
		status = errand_finish(db, errand, now_ms);
	return status;
}

static void call_begin(struct errand *errand);

static void claimed(enum status status, void *arg)
{
	struct errand *errand = arg;

	if (status == STATUS_OK && errand->handler_status == STATUS_OK &&
	    errand->call.kind != CALL_NONE) {
		CRASH_POINT("external.claimed");
		errand_ack(errand);
		CRASH_POINT("external.acked");
		call_begin(errand);
	} else if (status == STATUS_OK || status == STATUS_EMPTY) {
		errand_end(errand);
	} else if (errand->handler_status != STATUS_OK) {
		errand_retry_failed(errand, claimed);
	} else if (status == STATUS_DENIED) {
		errand_died(errand);
	} else {
		commits_again(errand->runner->options.commits, &errand->commit);
	}
}

/* ---- record ------------------------------------------------------------------------------ */

static enum status record(struct db *db, void *arg)
{
	struct errand *errand = arg;
	int64_t now_ms = clock_wall_ms();
	struct work work = errand_work(db, errand, now_ms);
	enum status status;

	errand->outcome = (struct outcome){ .kind = OUTCOME_DONE };
	status = handlers[errand->task.type].end(&work, &errand->answer, &errand->outcome);
	if (errand->held_back && errand->outcome.kind == OUTCOME_RETRY) {
		errand->outcome.kind = OUTCOME_WAIT;
		errand->outcome.retry_at_ms = now_ms + HELD_BACK_PAUSE_MS;
	}
	if (status == STATUS_OK)
		status = errand_finish(db, errand, now_ms);
	return status;
}

static void recorded(enum status status, void *arg)
{
	struct errand *errand = arg;

	if (status == STATUS_OK) {
		CRASH_POINT("external.recorded");
		errand_end(errand);
	} else if (status == STATUS_BUSY || status == STATUS_FAILED) {
		commits_again(errand->runner->options.commits, &errand->commit);
	} else {
		/* Somebody resolved it in our place, or its appeal is gone. */
		log_warn("task.outcome_refused", LOG_INT("task_id", errand->hint.task_id),
			 LOG_STATUS(status), LOG_INT("fate", errand->answer.fate));
		errand_end(errand);
	}
}

/* ---- the call between them --------------------------------------------------------------- */

static void answer_take(struct errand *errand, struct call_answer answer)
{
	CRASH_POINT("external.before_record");
	errand->answer = answer;
	errand->answer.reason = str_copy(&errand->arena, answer.reason);
	commits_submit(errand->runner->options.commits, &errand->commit, record, recorded, errand);
}

/* Nothing has left this machine. */
static void call_not_made(struct errand *errand, enum bot_fate fate, struct str reason)
{
	answer_take(errand, (struct call_answer){ .fate = fate, .reason = reason });
}

static void answered(const struct bot_answer *bot_answer, void *arg)
{
	struct errand *errand = arg;
	int64_t pause_ms = bot_answer->retry_after_s * INT64_C(1000);
	struct call_answer answer = { .fate = bot_answer->fate,
				      .retry_at_ms = clock_wall_ms() + pause_ms,
				      .reason = bot_answer->description };

	if (answer.fate == BOT_OK && errand->call.kind == CALL_SEND)
		answer.message_id =
			json_integer_value(json_object_get(bot_answer->result, "message_id"));
	if (answer.fate == BOT_SLOW_DOWN)
		budget_slow_down(errand->runner->options.budget, &errand->budget, pause_ms, false);
	if (answer.fate == BOT_UNAUTHORIZED) {
		log_error(
			"bot.unauthorized", LOG_INT("bot_id", errand->call.bot_id),
			LOG_C("help", "Telegram refuses this bot's token: see ECO_SUPPORT_TOKEN"));
		budget_slow_down(errand->runner->options.budget, &errand->budget,
				 UNAUTHORIZED_PAUSE_MS / 3, true);
	}
	if (answer.fate != BOT_OK)
		log_info("task.call_failed", LOG_INT("task_id", errand->hint.task_id),
			 LOG_INT("code", bot_answer->error_code),
			 LOG_STR("reason", bot_answer->description));
	answer_take(errand, answer);
}

/* Asked before the call and by curl just before the first byte: a process that slept may be dead to
 * the others. */
static bool may_send(void *arg)
{
	struct errand *errand = arg;

	errand->held_back = !beat_is_fresh(errand->runner->options.beat);
	CRASH_POINT("external.before_first_byte");
	return !errand->held_back;
}

static enum status call_start(struct bot_api *api, struct errand *errand)
{
	const struct call *call = &errand->call;
	struct bot_send send = { .chat_id = call->chat_id,
				 .text = call->text,
				 .buttons = call->buttons,
				 .button_count = call->button_count,
				 .timeout_ms = CALL_TIMEOUT_MS,
				 .may_send = may_send,
				 .done = answered,
				 .arg = errand };
	struct bot_edit edit = { .chat_id = call->chat_id,
				 .message_id = call->message_id,
				 .text = call->text,
				 .buttons = call->buttons,
				 .button_count = call->button_count,
				 .timeout_ms = CALL_TIMEOUT_MS,
				 .done = answered,
				 .arg = errand };

	return call->kind == CALL_SEND ? bot_send_message(api, &send)
				       : bot_edit_message(api, &edit);
}

static void call_begin(struct errand *errand)
{
	struct bot_api *api = senders_find(errand->runner->options.senders, errand->call.bot_id);

	if (api == NULL) {
		call_not_made(errand, BOT_REFUSED, STR("no token for this bot"));
		return;
	}
	if (!may_send(errand)) {
		call_not_made(errand, BOT_NOT_SENT, STR("this worker was not heard lately"));
		return;
	}
	CRASH_POINT("external.before_call");
	if (call_start(api, errand) == STATUS_OK) {
		CRASH_POINT("external.calling");
		errand->has_budget = false;
		return;
	}
	errand->held_back = true;
	call_not_made(errand, BOT_NOT_SENT, STR("too many calls at once"));
}

void external_begin(struct errand *errand)
{
	CRASH_POINT("external.before_claim");
	commits_submit(errand->runner->options.commits, &errand->commit, claim, claimed, errand);
}
