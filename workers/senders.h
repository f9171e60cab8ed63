/* workers/senders.h -- the bots in whose name this worker calls Telegram. */
#ifndef WORKERS_SENDERS_H
#define WORKERS_SENDERS_H

#include "base/config.h"
#include "domain/settings.h"
#include "telegram/bot_api.h"

struct senders {
	struct sender {
		int64_t bot_id;
		struct bot_api *api;
	} items[BOT_ROLES];
};

/* A client for each bot of the settings. */
CHECKED enum status senders_open(const struct config *config, struct event_base *base,
				 int calls_max, struct arena *arena, struct senders *senders_out);
void senders_close(struct senders *senders);
/* NULL: no token for this bot. */
struct bot_api *senders_find(const struct senders *senders, int64_t bot_id);

#endif
