/* domain/settings.h -- every setting of the product, in one table that all processes share, and
 * what follows from them. */
#ifndef DOMAIN_SETTINGS_H
#define DOMAIN_SETTINGS_H

#include "base/config.h"

#include <stdbool.h>

extern const struct config_row settings_rows[];
extern const size_t settings_count;

enum bot_role { BOT_SUPPORT, BOT_COURIER, BOT_ROLES };

/* Where a bot lives. Without a token it lives in the sandbox, under a token of its own there. */
struct bot_settings {
	struct str token;
	const char *api;   /* base of /bot<token>/<method> */
	const char *files; /* base of /bot<token>/<path> for downloads */
	bool is_sandbox;
};

struct bot_settings settings_bot(const struct config *config, enum bot_role role,
				 struct arena *arena);
const char *bot_role_name(enum bot_role role); /* "support", "courier" */
struct str bot_role_sandbox_token(enum bot_role role);
/* Is any bot in the sandbox, so that it must run? */
bool settings_need_sandbox(const struct config *config);
/* Where a browser finds the sandbox's page. */
const char *settings_sandbox_url(const struct config *config, struct arena *arena);

#endif
