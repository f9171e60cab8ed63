/* workers/deliver.c -- sends one message to its customer; it is never sent twice by itself. */
#include "domain/payload.h"
#include "domain/texts.h"
#include "store/customers.h"
#include "store/messages.h"
#include "workers/handlers.h"

static enum status address_get(const struct work *work, struct message_address *address_out)
{
	int64_t message_id = 0;
	enum status status = payload_int(work->task->payload, "message_id", &message_id);

	if (status == STATUS_OK)
		status = messages_address(work->db, message_id, work->arena, address_out);
	return status;
}

static enum status delivery_set(const struct work *work, int64_t message_id, enum delivery to,
				struct str reason)
{
	struct delivery_change change = { .to = to, .reason = reason };

	return messages_set_delivery(work->db, message_id, &change, work->now_ms);
}

/* What the bots read back: "solved:<appeal>:<generation>". */
static void buttons_make(const struct work *work, const struct message_address *address,
			 struct call *call)
{
	struct bot_button *buttons;

	if (address->buttons != BUTTONS_CLOSING)
		return;
	buttons = arena_array(work->arena, 2, sizeof(*buttons));
	buttons[0].text = text_of(TEXT_BUTTON_SOLVED, address->lang);
	buttons[0].data = str_format(work->arena, "solved:%lld:%lld", (long long)address->appeal_id,
				     (long long)address->generation);
	buttons[1].text = text_of(TEXT_BUTTON_NEED_HELP, address->lang);
	buttons[1].data = str_format(work->arena, "need:%lld:%lld", (long long)address->appeal_id,
				     (long long)address->generation);
	call->buttons = buttons;
	call->button_count = 2;
}

enum status deliver_begin(const struct work *work, struct call *call_out)
{
	struct message_address address;
	enum status status = address_get(work, &address);

	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK
						  : status; /* erased: nothing to send */
	/* Somebody began to send it and never told the end. */
	if (address.delivery == DELIVERY_SENDING)
		return delivery_set(work, address.id, DELIVERY_UNKNOWN,
				    STR("the sender was interrupted"));
	if (address.delivery != DELIVERY_QUEUED)
		return STATUS_OK;
	if (!address.reachable)
		return delivery_set(work, address.id, DELIVERY_FAILED,
				    STR("the customer is unreachable"));
	*call_out = (struct call){ .kind = CALL_SEND,
				   .bot_id = address.bot_id,
				   .chat_id = address.chat_id,
				   .text = address.text };
	buttons_make(work, &address, call_out);
	return delivery_set(work, address.id, DELIVERY_SENDING, STR_NONE);
}

/* How far the message has got by this answer. */
static struct delivery_change change_of(const struct call_answer *answer)
{
	struct delivery_change change = { .to = DELIVERY_QUEUED, .reason = answer->reason };

	switch (answer->fate) {
	case BOT_OK:
		change = (struct delivery_change){ .to = DELIVERY_SENT,
						   .telegram_message_id = answer->message_id };
		break;
	case BOT_UNREACHABLE:
	case BOT_REFUSED:
		change.to = DELIVERY_FAILED;
		break;
	case BOT_UNKNOWN:
		change.to = DELIVERY_UNKNOWN;
		break;
	case BOT_NOT_SENT:
	case BOT_CONFLICT:
	case BOT_SLOW_DOWN:
	case BOT_UNAUTHORIZED:
		change.reason = STR_NONE; /* queued again */
		break;
	}
	return change;
}

static struct outcome outcome_of(const struct work *work, const struct call_answer *answer)
{
	struct outcome outcome = { .kind = OUTCOME_DONE, .reason = answer->reason };

	switch (answer->fate) {
	case BOT_OK:
	case BOT_UNREACHABLE:
	case BOT_REFUSED:
	case BOT_UNKNOWN: /* the message says so; the task has done what it may */
		break;
	case BOT_NOT_SENT:
	case BOT_CONFLICT:
		outcome.kind = OUTCOME_RETRY;
		break;
	case BOT_SLOW_DOWN:
		outcome.kind = OUTCOME_WAIT;
		outcome.retry_at_ms = answer->retry_at_ms;
		break;
	case BOT_UNAUTHORIZED:
		outcome.kind = OUTCOME_WAIT;
		outcome.retry_at_ms = work->now_ms + UNAUTHORIZED_PAUSE_MS;
		break;
	}
	return outcome;
}

enum status deliver_end(const struct work *work, const struct call_answer *answer,
			struct outcome *outcome_out)
{
	struct message_address address;
	struct delivery_change change = change_of(answer);
	enum status status = address_get(work, &address);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK; /* erased while it was on its way */
	if (status == STATUS_OK)
		status = messages_set_delivery(work->db, address.id, &change, work->now_ms);
	if (status == STATUS_OK && answer->fate == BOT_UNREACHABLE)
		status =
			customers_set_reachable(work->db, address.customer_id, false, work->now_ms);
	*outcome_out = outcome_of(work, answer);
	return status;
}

enum status deliver_lost(const struct work *work, struct str reason)
{
	struct message_address address;
	enum status status = address_get(work, &address);

	if (status == STATUS_OK && address.delivery == DELIVERY_QUEUED)
		status = delivery_set(work, address.id, DELIVERY_FAILED, reason);
	return status == STATUS_NOT_FOUND || status == STATUS_BAD_INPUT ? STATUS_OK : status;
}
