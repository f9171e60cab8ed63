/* telegram/bot_api.h -- the Bot API client: typed calls, and for each failure whether it can have
 * had an effect. */
#ifndef TELEGRAM_BOT_API_H
#define TELEGRAM_BOT_API_H

#include "base/http/client.h"
#include "base/loop.h"
#include "base/status.h"
#include "base/str.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct bot_api;

struct bot_api_options {
	struct event_base *base;
	const char *api;   /* "https://api.telegram.org": calls go to <api>/bot<token>/<method> */
	const char *token; /* a secret: never logged */
	int calls_max;
};

CHECKED enum status bot_api_open(const struct bot_api_options *options, struct bot_api **api_out);
void bot_api_close(struct bot_api *api);
/* The number before the colon of the token. */
CHECKED enum status bot_api_id(struct str token, int64_t *bot_id_out);

enum bot_fate {
	BOT_OK,
	BOT_NOT_SENT,	 /* surely without effect: the network, or a 5xx of an idempotent call */
	BOT_SLOW_DOWN,	 /* 429: retry_after_s; without effect */
	BOT_UNREACHABLE, /* 403 blocked, deactivated, kicked; 400 chat not found: the customer can't
			    be reached */
	BOT_REFUSED,	 /* any other 4xx: for good */
	BOT_UNAUTHORIZED, /* 401: the token is wrong */
	BOT_CONFLICT,	  /* 409: a second poller or a webhook */
	BOT_UNKNOWN,	  /* it may have had its effect */
};

struct bot_answer {
	enum bot_fate fate;
	int error_code; /* 0: none */
	int retry_after_s;
	int64_t migrate_to_chat_id; /* 0: none */
	struct str description;	    /* Telegram's words, or the network's; borrowed */
	json_t *result;		    /* of an OK answer; borrowed during done */
};

typedef void (*bot_done)(const struct bot_answer *answer, void *arg);

struct bot_button {
	struct str text, data;
}; /* data: 1..64 bytes */

/* All may end with BUSY (too many waiting) without calling done. `may_send` as in
 * base/http/client.h; may be NULL. */
struct bot_send {
	int64_t chat_id;
	struct str text;
	const struct bot_button *buttons; /* one row each; NULL: none */
	size_t button_count;
	int64_t reply_to; /* 0: none */
	int timeout_ms;
	bool (*may_send)(void *arg);
	bot_done done;
	void *arg;
};
CHECKED enum status bot_send_message(struct bot_api *api, const struct bot_send *send);

/* `text` STR_NONE: only the buttons change (editMessageReplyMarkup). "message is not modified" and
 * "not found" count as OK. */
struct bot_edit {
	int64_t chat_id, message_id;
	struct str text;
	const struct bot_button *buttons;
	size_t button_count;
	int timeout_ms;
	bot_done done;
	void *arg;
};
CHECKED enum status bot_edit_message(struct bot_api *api, const struct bot_edit *edit);

CHECKED enum status bot_answer_callback(struct bot_api *api, struct str callback_id,
					struct str text, bot_done done, void *arg);
CHECKED enum status bot_send_chat_action(struct bot_api *api, int64_t chat_id, struct str action,
					 bot_done done, void *arg);
struct bot_command {
	struct str command, description;
};
CHECKED enum status bot_set_my_commands(struct bot_api *api, struct str language_code,
					const struct bot_command *commands, size_t count,
					bot_done done, void *arg);
CHECKED enum status bot_get_me(struct bot_api *api, bot_done done, void *arg);
CHECKED enum status bot_get_updates(struct bot_api *api, int64_t offset, int limit, int timeout_s,
				    bot_done done, void *arg);

/* ---- updates, as far as the support bot needs them; all strings borrowed from the JSON
 * -------------------------- */

enum update_kind {
	UPDATE_MESSAGE,
	UPDATE_EDITED_MESSAGE,
	UPDATE_BUTTON,
	UPDATE_MY_CHAT_MEMBER,
	UPDATE_OTHER, /* known to Telegram, not to us: answered politely or ignored by the bot */
};

struct update {
	int64_t update_id;
	enum update_kind kind;
	struct {
		int64_t id;
		struct str first_name, last_name, username, language_code;
	} from;
	int64_t chat_id;
	bool is_private;
	int64_t message_id;  /* of the message, or the one under the button */
	int64_t date_s;	     /* an edit: its edit_date */
	struct str text;     /* STR_NONE: no text */
	struct str caption;  /* words under a photo and the like; STR_NONE: none */
	const char *content; /* "text", "sticker", "photo", ...: what the message holds */
	struct str callback_id, callback_data;
	bool is_member; /* my_chat_member: may we write to them now? */
};
/* BAD_INPUT: not an update (no update_id, wrong types): *update_out still has the update_id if
 * there was one, else 0. */
CHECKED enum status update_parse(const json_t *json, struct update *update_out);

#endif
