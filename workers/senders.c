/* workers/senders.c -- one Bot API client per bot. */
#include "workers/senders.h"

static enum status sender_open(const struct bot_settings *bot, struct event_base *base,
			       int calls_max, struct sender *sender)
{
	struct bot_api_options options = {
		.base = base, .api = bot->api, .token = bot->token.data, .calls_max = calls_max
	};
	enum status status = bot_api_id(bot->token, &sender->bot_id);

	if (status == STATUS_OK)
		status = bot_api_open(&options, &sender->api);
	return status;
}

enum status senders_open(const struct config *config, struct event_base *base, int calls_max,
			 struct arena *arena, struct senders *senders_out)
{
	enum status status = STATUS_OK;

	*senders_out = (struct senders){ 0 };
	for (size_t i = 0; i < BOT_ROLES && status == STATUS_OK; i++) {
		struct bot_settings bot = settings_bot(config, (enum bot_role)i, arena);

		bot.token = str_copy(arena, bot.token);
		status = sender_open(&bot, base, calls_max, &senders_out->items[i]);
	}
	return status;
}

void senders_close(struct senders *senders)
{
	for (size_t i = 0; i < BOT_ROLES; i++)
		bot_api_close(senders->items[i].api);
	*senders = (struct senders){ 0 };
}

struct bot_api *senders_find(const struct senders *senders, int64_t bot_id)
{
	for (size_t i = 0; i < BOT_ROLES; i++)
		if (senders->items[i].bot_id == bot_id && senders->items[i].api != NULL)
			return senders->items[i].api;
	return NULL;
}
