/* bots/bot.c -- the parts of one bot. */
#include "bots/bot.h"

#include "base/log.h"
#include "bots/introduce.h"
#include "bots/poller.h"
#include "bots/requeued.h"

#include <stdlib.h>

enum { DIRECT_CALLS_MAX = 16 };

struct bot {
	const struct bot_row *row;
	struct bot_options options;
	struct bot_settings settings;
	int64_t id;
	struct bot_api *direct; /* all calls but polls */
	struct poller *poller;
	struct introduction *introduction;
	struct requeued *requeued;
};

static const char *bot_dir(const struct bot *bot)
{
	return config_c(&bot->options.service->config, "ECO_DIR");
}

static void bot_buried(void *arg)
{
	struct bot *bot = arg;

	log_error("bot.held_for_dead", LOG_INT("bot_id", bot->id));
	service_fail(bot->options.service);
}

/* Only the one that polls speaks for the bot. */
static void bot_elected(void *arg)
{
	struct bot *bot = arg;
	struct service *service = bot->options.service;
	const struct introduce_options introduce = {
		.base = service->base,
		.api = bot->direct,
		.role = bot->row->role,
		.sandbox_url = bot->settings.is_sandbox
				       ? settings_sandbox_url(&service->config, &service->arena)
				       : NULL,
		.dir = bot_dir(bot),
	};
	const struct requeued_options requeued = {
		.base = service->base,
		.store = bot->options.store,
		.reader = bot->options.reader,
		.table = bot->row->table,
		.bot_id = bot->id,
		.replies = bot->direct,
		.incarnation = bot->options.incarnation,
		.buried = bot_buried,
		.arg = bot,
	};

	if (introduce_open(&introduce, &bot->introduction) != STATUS_OK ||
	    requeued_open(&requeued, &bot->requeued) != STATUS_OK)
		service_fail(service);
}

static enum status bot_poll(struct bot *bot)
{
	struct service *service = bot->options.service;
	const struct poller_options poller = {
		.base = service->base,
		.store = bot->options.store,
		.reader = bot->options.reader,
		.table = bot->row->table,
		.bot_id = bot->id,
		.api = bot->settings.api,
		.token = bot->settings.token.data,
		.replies = bot->direct,
		.poll_s = (int)config_int(&service->config, "ECO_POLL_S"),
		.dir = bot_dir(bot),
		.incarnation = bot->options.incarnation,
		.elected = bot_elected,
		.arg = bot,
	};

	return poller_open(&poller, &bot->poller);
}

enum status bot_open(const struct bot_row *row, const struct bot_options *options,
		     struct bot **bot_out)
{
	struct service *service = options->service;
	struct bot *bot = calloc(1, sizeof(*bot));
	struct bot_api_options api;
	enum status status;

	if (bot == NULL)
		return STATUS_FAILED;
	bot->row = row;
	bot->options = *options;
	bot->settings = settings_bot(&service->config, row->role, &service->arena);
	api = (struct bot_api_options){ service->base, bot->settings.api, bot->settings.token.data,
					DIRECT_CALLS_MAX };
	status = bot_api_id(bot->settings.token, &bot->id);
	if (status == STATUS_OK)
		status = bot_api_open(&api, &bot->direct);
	if (status == STATUS_OK)
		status = bot_poll(bot);
	if (status != STATUS_OK) {
		log_error("bot.not_opened", LOG_C("bot", bot_role_name(row->role)),
			  LOG_STATUS(status));
		bot_close(bot);
		return status;
	}
	*bot_out = bot;
	return STATUS_OK;
}

void bot_stop(struct bot *bot, loop_fn stopped, void *arg)
{
	requeued_stop(bot->requeued);
	poller_stop(bot->poller, stopped, arg);
}

void bot_close(struct bot *bot)
{
	if (bot == NULL)
		return;
	poller_close(bot->poller);
	requeued_close(bot->requeued);
	bot_api_close(bot->direct);
	introduce_close(bot->introduction);
	free(bot);
}
