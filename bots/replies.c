/* bots/replies.c -- direct answers over the Bot API. */
#include "bots/replies.h"

#include "base/log.h"

enum { REPLY_TIMEOUT_MS = 5000 };

/* Nothing depends on it: who got no answer to /help asks again. */
static void reply_done(const struct bot_answer *answer, void *arg)
{
	(void)arg;
	if (answer->fate != BOT_OK)
		log_warn("reply.failed", LOG_INT("error_code", answer->error_code),
			 LOG_STR("description", answer->description));
}

static enum status reply_send(struct bot_api *api, const struct reply *reply)
{
	const struct bot_send send = { .chat_id = reply->chat_id,
				       .text = reply->text,
				       .timeout_ms = REPLY_TIMEOUT_MS,
				       .done = reply_done };

	switch (reply->kind) {
	case REPLY_MESSAGE:
		return bot_send_message(api, &send);
	case REPLY_TOAST:
		return bot_answer_callback(api, reply->callback_id, reply->text, reply_done, NULL);
	}
	return STATUS_BAD_INPUT;
}

void replies_send(struct bot_api *api, const struct replies *replies)
{
	for (size_t i = 0; i < replies->count; i++) {
		enum status status = reply_send(api, &replies->items[i]);

		if (status != STATUS_OK)
			log_warn("reply.dropped", LOG_INT("kind", replies->items[i].kind),
				 LOG_STATUS(status));
	}
}
