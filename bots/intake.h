/* bots/intake.h -- what a bot does with each kind of update: a table of handlers, and what one
 * update brings along. */
#ifndef BOTS_INTAKE_H
#define BOTS_INTAKE_H

#include "base/arena.h"
#include "base/status.h"
#include "store/customers.h"
#include "telegram/bot_api.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;

/* ---- what is said directly, after commit, best effort ------------------------------------ */

enum reply_kind {
	REPLY_MESSAGE, /* to the chat, outside any appeal */
	REPLY_TOAST,   /* under the pressed button; without text it just ends the spinner */
};

struct reply {
	enum reply_kind kind;
	int64_t chat_id;
	struct str callback_id;
	struct str text;
};

struct replies {
	struct reply *items; /* room for one per update */
	size_t count, size;
};

/* ---- one update on its way --------------------------------------------------------------- */

/* Made by the batch, handed through the handler; all runs on the writer thread, and is undone
 * together. */
struct intake {
	struct db *db;
	struct arena *arena; /* until the batch is done */
	int64_t bot_id, now_ms;
	struct customer customer; /* the sender as recorded now, where the row says so */
	struct replies *replies;
};

/* Not OK: nothing of it stays, and the update is kept raw for people. */
typedef enum status (*intake_handler)(struct intake *intake, const struct update *update);

enum intake_where { WHERE_PRIVATE, WHERE_ANY };
enum intake_what {
	WHAT_ANY,
	WHAT_COMMAND, /* text that is a bot command */
	WHAT_TEXT,
	WHAT_SERVICE, /* Telegram's own notes in the chat ("pinned_message"): nobody said anything
		       */
};

struct intake_row {
	enum update_kind kind;
	enum intake_where where;
	enum intake_what what;
	bool sees; /* the sender is made known (and reachable) first */
	intake_handler handler;
};

/* The first row that fits takes the update; without one it is ignored: that is where groups and
 * other kinds stand today. */
struct intake_table {
	const struct intake_row *rows;
	size_t count;
};

extern const struct intake_table intake_support;

/* Runs the update through its row. */
CHECKED enum status intake_update(const struct intake_table *table, struct intake *intake,
				  const struct update *update);

/* For handlers. A reply beyond one per update is our own mistake. */
void intake_reply(struct intake *intake, const struct update *update, struct str text);
void intake_toast(struct intake *intake, const struct update *update, struct str text);

/* ---- the handlers, one file each --------------------------------------------------------- */

enum status start_handle(struct intake *intake,
			 const struct update *update); /* /start, /help, /privacy */
enum status words_handle_text(struct intake *intake, const struct update *update);
enum status words_handle_unsupported(struct intake *intake,
				     const struct update *update); /* a sticker, a photo, ... */
enum status edits_handle(struct intake *intake, const struct update *update);
enum status buttons_handle(struct intake *intake, const struct update *update);
enum status member_handle(struct intake *intake,
			  const struct update *update); /* blocked, unblocked */

#endif
