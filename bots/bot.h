/* bots/bot.h -- one bot: its poller, its introduction, its requeued updates, opened and closed
 * together. */
#ifndef BOTS_BOT_H
#define BOTS_BOT_H

#include "base/service.h"
#include "bots/intake.h"
#include "domain/settings.h"
#include "store/store.h"

struct bot;

/* What a bot is; the table is in main.c. */
struct bot_row {
	enum bot_role role;
	const struct intake_table *table;
};

/* What the process lends to its bots. */
struct bot_options {
	struct service *service;
	struct store *store;
	struct db *reader; /* the loop's own */
	struct str incarnation;
};

CHECKED enum status bot_open(const struct bot_row *row, const struct bot_options *options,
			     struct bot **bot_out);
/* Polls no more; a batch under way commits first. Then stopped, once. */
void bot_stop(struct bot *bot, loop_fn stopped, void *arg);
/* After the store. NULL is fine. */
void bot_close(struct bot *bot);

#endif
