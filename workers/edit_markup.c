/* workers/edit_markup.c -- takes the buttons off a message that has served. Repeating it does no
 * harm. */
#include "domain/payload.h"
#include "store/messages.h"
#include "workers/handlers.h"

enum status edit_markup_begin(const struct work *work, struct call *call_out)
{
	struct message_address address;
	int64_t message_id = 0;
	enum status status = payload_int(work->task->payload, "message_id", &message_id);

	if (status == STATUS_OK)
		status = messages_address(work->db, message_id, work->arena, &address);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status == STATUS_OK && address.telegram_message_id != 0 && address.reachable)
		*call_out = (struct call){ .kind = CALL_EDIT,
					   .bot_id = address.bot_id,
					   .chat_id = address.chat_id,
					   .message_id = address.telegram_message_id };
	return status;
}

enum status edit_markup_end(const struct work *work, const struct call_answer *answer,
			    struct outcome *outcome_out)
{
	outcome_out->reason = answer->reason;
	switch (answer->fate) {
	case BOT_OK:
	case BOT_UNREACHABLE:
	case BOT_REFUSED:
		outcome_out->kind = OUTCOME_DONE;
		break;
	case BOT_NOT_SENT:
	case BOT_CONFLICT:
	case BOT_UNKNOWN:
		outcome_out->kind = OUTCOME_RETRY;
		break;
	case BOT_SLOW_DOWN:
		outcome_out->kind = OUTCOME_WAIT;
		outcome_out->retry_at_ms = answer->retry_at_ms;
		break;
	case BOT_UNAUTHORIZED:
		outcome_out->kind = OUTCOME_WAIT;
		outcome_out->retry_at_ms = work->now_ms + UNAUTHORIZED_PAUSE_MS;
		break;
	}
	return STATUS_OK;
}
