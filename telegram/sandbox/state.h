/* telegram/sandbox/state.h -- the sandbox's world: bots, their chats, messages. All in memory, all
 * bounded, gone at the end. */
#ifndef TELEGRAM_SANDBOX_STATE_H
#define TELEGRAM_SANDBOX_STATE_H

#include "base/http/server.h"
#include "base/status.h"
#include "base/str.h"
#include "telegram/sandbox/calls.h"
#include "telegram/sandbox/faults.h"
#include "telegram/sandbox/updates.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	BOTS_MAX = 256,
	CHATS_MAX = 20000,	 /* of one bot */
	MESSAGES_MAX = 500,	 /* of one chat; the oldest are forgotten */
	PRESSES_MAX = 20,	 /* remembered of one chat */
	PRESS_ANSWER_MS = 60000, /* a press must be answered within this */
	ACTION_MS = 5000,	 /* "typing..." lasts this long */
	TOKEN_BYTES_MAX = 80,
};

struct message {
	int64_t id;
	bool from_bot, deleted;
	json_t *json;	   /* a Message as the Bot API shows it */
	json_t *versions;  /* earlier texts, oldest first: [{"text", "date"}]; NULL: none */
	json_t *pressable; /* {callback_data: true} of all buttons it ever had; NULL: none */
};

/* A button press; the bot answers it once, within PRESS_ANSWER_MS of wall time. */
struct press {
	int64_t id; /* of the callback query; 0: a free place */
	int64_t message_id, at_ms;
	bool answered;
	json_t *shown; /* {"id", "message_id", "data", "at", and when answered: "text",
			  "show_alert"} */
};

/* A user's private chat with one bot. */
struct chat {
	int64_t user_id;
	json_t *user; /* a User as the Bot API shows it */
	bool started, blocked;
	struct message **messages; /* by id, ascending */
	size_t message_count;
	struct press presses[PRESSES_MAX];
	size_t press_next;
	json_t *reply_markup;	 /* the reply keyboard on the user's screen; NULL: none */
	const char *action;	 /* static: "typing", ... */
	int64_t action_until_ms; /* monotonic */
	int64_t rate_at_ms;	 /* as in bot */
	uint64_t revision;	 /* grows with every change that a screen shows */
};

struct call;

struct bot {
	struct sandbox *sandbox;
	struct str token; /* owned */
	int64_t id;
	json_t *user;	     /* a User: id, is_bot, first_name, username */
	struct chat **chats; /* by user id, ascending */
	size_t chat_count;
	int64_t message_id_next;
	json_t *commands; /* {"<scope>|<language>": [{"command", "description"}]} */
	struct updates updates;
	struct faults faults;
	struct call_log log;
	struct call *poll; /* the held getUpdates; NULL: none */
	struct loop_timer *poll_timer;
	int64_t poll_offset_last, poll_start_last_ms; /* of the same-offset rule; monotonic */
	int64_t conflict_next_ms;      /* a 409 before this is held back; monotonic */
	int64_t chat_per_s, bot_per_s; /* rate limits; 0: none */
	int64_t rate_at_ms;	       /* when the next message is due at that rate; monotonic */
	struct bot *next;
};

struct sandbox {
	struct event_base *base;
	struct http_server *server;
	int64_t first_id;
	struct bot *bots;
	size_t bot_count;
	struct call *held; /* answers that wait for their time */
	bool draining;
};

/* "support", "courier" or a token. NOT_FOUND: neither; BUSY: BOTS_MAX. A token seen first makes its
 * bot. */
CHECKED enum status bot_get(struct sandbox *sandbox, struct str name_or_token,
			    struct bot **bot_out);
bool token_is_valid(struct str token);
void bots_free(struct sandbox *sandbox);

struct chat *chat_find(const struct bot *bot, int64_t user_id); /* NULL: none */
/* Makes it if need be. BUSY: CHATS_MAX. */
CHECKED enum status chat_get(struct bot *bot, int64_t user_id, struct chat **chat_out);
void chat_changed(struct chat *chat);
/* A Chat as the Bot API shows it; a new reference. */
json_t *chat_json(const struct chat *chat);
/* Now going on on the user's screen; NULL: nothing. */
const char *chat_action(const struct chat *chat);

/* A message dated date_s with its ids, sender and chat filled in; text etc. are added to
 * message->json. */
struct message *message_add(struct bot *bot, struct chat *chat, bool from_bot, int64_t date_s);
/* NULL: never there, forgotten or deleted. */
struct message *message_find(const struct chat *chat, int64_t id);
/* As it stands in a reply to it: without the message that it replied to itself. A new reference. */
json_t *message_reply_json(const struct message *message);
struct str message_text(const struct message *message); /* STR_NONE: it has none */
/* Shows another inline keyboard; NULL: none. A finger may still be on the old one. */
void message_set_keyboard(struct message *message, json_t *inline_keyboard);
bool message_can_be_pressed(const struct message *message, struct str data);
/* Puts the current text among the versions, before it changes. */
void message_keep_version(struct message *message);

/* A new press, replacing the oldest one. */
struct press *press_add(struct chat *chat, int64_t message_id, struct str data);
/* The unanswered press of this id that is young enough, and its chat; NULL: none. */
struct press *press_find(const struct bot *bot, int64_t id, struct chat **chat_out);

json_t *json_text(struct str text); /* a new JSON string */

#endif
