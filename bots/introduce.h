/* bots/introduce.h -- a bot presents itself: asks Telegram its name, writes its link down for
 * people, and sets its menu of commands. */
#ifndef BOTS_INTRODUCE_H
#define BOTS_INTRODUCE_H

#include "base/loop.h"
#include "base/status.h"
#include "domain/settings.h"
#include "telegram/bot_api.h"

struct introduction;

struct introduce_options {
	struct event_base *base;
	struct bot_api *api;
	enum bot_role role;
	const char *sandbox_url; /* the bot lives there; NULL: on Telegram */
	const char *dir;	 /* ECO_DIR: the file `links` is there */
};

/* Starts at once, and goes on until Telegram has answered everything: a link that can't be had now
 * is had later. */
CHECKED enum status introduce_open(const struct introduce_options *options,
				   struct introduction **introduction_out);
void introduce_close(struct introduction *introduction); /* after its api; NULL is fine */

/* Puts or replaces the role's line "<role> <url>" in <dir>/links, which people and `ecoctl up`
 * read. */
CHECKED enum status introduce_write_link(const char *dir, enum bot_role role, const char *url);

#endif
