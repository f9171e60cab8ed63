/* domain/settings.c -- the settings table. */
#include "domain/settings.h"

/* clang-format off */
const struct config_row settings_rows[] = {
	/* name                 kind        default                          min  max      secret help */
	{ "ECO_DIR",            CONFIG_STR, "var",                           1, 200,       false, "where records, sockets and keys live" },
	{ "ECO_CONFIG",         CONFIG_STR, "",                              0, 400,       false, "settings file (default: eco.conf in ECO_DIR)" },
	{ "ECO_LOG_LEVEL",      CONFIG_STR, "info",                          1, 10,        false, "debug, info, warn or error" },
	{ "ECO_LISTEN",         CONFIG_STR, "127.0.0.1:8080,127.0.0.1:8000", 1, 400,       false, "addresses of dashboard and API" },
	{ "ECO_SANDBOX_LISTEN", CONFIG_STR, "127.0.0.1:8081",                1, 100,       false, "address of the sandbox Telegram" },
	{ "ECO_SANDBOX_URL",    CONFIG_STR, "",                              0, 400,       false, "where a browser reaches the sandbox page (default: http:// and its address)" },
	{ "ECO_REDIS_URL",      CONFIG_STR, "",                              0, 400,       true,  "redis://[user:password@]host:port or unix:///path (default: the private one in ECO_DIR)" },
	{ "ECO_REDIS_USERS",    CONFIG_STR, "",                              0, 400,       false, "folder with the passwords of Redis's users (default: redis-users in ECO_DIR, for the private one)" },
	{ "ECO_SUPPORT_TOKEN",  CONFIG_STR, "",                              0, 100,       true,  "token of the customers' bot (empty: sandbox)" },
	{ "ECO_COURIER_TOKEN",  CONFIG_STR, "",                              0, 100,       true,  "token of the couriers' bot (empty: sandbox)" },
	{ "ECO_TELEGRAM_API",   CONFIG_STR, "",                              0, 400,       false, "base of the Bot API (default: https://api.telegram.org, or the sandbox without tokens)" },
	{ "ECO_TELEGRAM_FILES", CONFIG_STR, "",                              0, 400,       false, "base of file downloads (default: the Bot API's base + /file)" },
	{ "ECO_CLOSE_AFTER_S",  CONFIG_INT, "600",                           1, 604800,    false, "silence after which a closing appeal is closed" },
	{ "ECO_TIMEZONE",       CONFIG_STR, "Europe/Moscow",                 1, 60,        false, "the business's time zone" },
	{ "ECO_WEB_DIR",        CONFIG_STR, "web/dist",                      1, 400,       false, "the built dashboard" },
	{ "ECO_READ_THREADS",   CONFIG_INT, "2",                             1, 32,        false, "threads of the API's read lane" },
	{ "ECO_WORKER_SLOTS",   CONFIG_INT, "32",                            1, 256,       false, "external calls one worker has under way at once" },
	{ "ECO_WORKERS",        CONFIG_INT, "1",                             1, 16,        false, "worker processes that ecoctl up starts" },
	{ "ECO_SEND_PER_S",     CONFIG_INT, "30",                            1, 10000,     false, "the bot's budget: messages a second" },
	{ "ECO_CHAT_PER_S",     CONFIG_INT, "1",                             1, 10000,     false, "and to one chat (short bursts allowed)" },
	{ "ECO_POLL_S",         CONFIG_INT, "25",                            0, 50,        false, "how long one getUpdates waits" },
	{ "ECO_TEST",           CONFIG_INT, "0",                             0, 1,         false, "1: tests may move the wall clock" },
	{ "ECO_CRASH",          CONFIG_STR, "",                              0, 120,       false, "with ECO_TEST=1: where the process ends itself (base/crash.h)" },
};
/* clang-format on */

const size_t settings_count = sizeof(settings_rows) / sizeof(*settings_rows);

struct bot_row {
	const char *name, *setting, *sandbox_token;
};

/* clang-format off */
static const struct bot_row bots[BOT_ROLES] = {
	[BOT_SUPPORT] = { "support", "ECO_SUPPORT_TOKEN", "7000000001:sandbox-support" },
	[BOT_COURIER] = { "courier", "ECO_COURIER_TOKEN", "7000000002:sandbox-courier" },
};
/* clang-format on */

const char *bot_role_name(enum bot_role role)
{
	return bots[role].name;
}

struct str bot_role_sandbox_token(enum bot_role role)
{
	return str_from_c(bots[role].sandbox_token);
}

bool settings_need_sandbox(const struct config *config)
{
	for (size_t i = 0; i < BOT_ROLES; i++)
		if (config_str(config, bots[i].setting).len == 0)
			return true;
	return false;
}

struct bot_settings settings_bot(const struct config *config, enum bot_role role,
				 struct arena *arena)
{
	struct str token = config_str(config, bots[role].setting);
	struct bot_settings bot = { .token = token, .api = config_c(config, "ECO_TELEGRAM_API") };

	bot.is_sandbox = token.len == 0;
	if (bot.is_sandbox)
		bot.token = bot_role_sandbox_token(role);
	if (*bot.api == '\0')
		bot.api = !bot.is_sandbox ? "https://api.telegram.org"
					  : str_format(arena, "http://%s",
						       config_c(config, "ECO_SANDBOX_LISTEN"))
						    .data;
	bot.files = config_c(config, "ECO_TELEGRAM_FILES");
	if (*bot.files == '\0')
		bot.files = str_format(arena, "%s/file", bot.api).data;
	return bot;
}

const char *settings_sandbox_url(const struct config *config, struct arena *arena)
{
	struct str url = config_str(config, "ECO_SANDBOX_URL");

	if (url.len > 0)
		return url.data;
	return str_format(arena, "http://%s/", config_c(config, "ECO_SANDBOX_LISTEN")).data;
}
