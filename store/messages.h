/* store/messages.h -- the words of an appeal, both ways, with their older versions and their
 * delivery. */
#ifndef STORE_MESSAGES_H
#define STORE_MESSAGES_H

#include "base/arena.h"
#include "domain/event.h"
#include "domain/lang.h"
#include "domain/message.h"
#include "domain/task.h"

#include <stdbool.h>
#include <stdint.h>

struct db;

struct message_version {
	struct str text;
	int64_t at_ms; /* when this text was written */
};

struct message {
	int64_t id, appeal_id;
	enum message_author author;
	enum message_kind kind;
	int64_t employee_id; /* who wrote it; 0: no employee */
	struct str author_name;
	struct str text;
	enum message_buttons buttons;
	int64_t generation; /* of the appeal, for its buttons */
	int64_t created_at_ms;
	enum delivery delivery;
	struct str delivery_reason;
	int64_t delivered_at_ms;
	int64_t telegram_message_id; /* 0: none yet */
	int64_t edited_at_ms;
	const struct message_version *versions; /* older texts, oldest first */
	size_t version_count;
};

/* An incoming message. CONFLICT: (bot, chat, message id) is there already, a duplicate. */
struct message_incoming {
	int64_t appeal_id, customer_id, bot_id, chat_id, telegram_message_id;
	enum message_kind kind;
	struct str text;
	int64_t date_ms; /* Telegram's */
};
CHECKED enum status messages_add_incoming(struct db *db, const struct message_incoming *message,
					  int64_t now_ms, int64_t *id_out);
/* CONFLICT: there already, also in a deleted appeal. */
CHECKED enum status messages_check_new(struct db *db, int64_t bot_id, int64_t chat_id,
				       int64_t telegram_message_id);

/* An outgoing one: the row (queued), its event, the appeal touched (an employee's answer ends the
 * waiting), and a task `deliver` with order key "chat:<bot>:<chat>". An unreachable customer: the
 * row is failed at once, no task. */
struct message_outgoing {
	int64_t appeal_id;
	enum message_author author; /* employee or bot */
	int64_t employee_id;
	struct str text;
	enum message_buttons buttons;
	enum task_class class;
};
CHECKED enum status messages_add_outgoing(struct db *db, const struct message_outgoing *message,
					  int64_t now_ms, int64_t *id_out);

/* The customer edited: the old text becomes a version, event message.edited. NOT_FOUND: unknown
 * message. OK without any change when the text is the same. */
CHECKED enum status messages_edit_incoming(struct db *db, int64_t bot_id, int64_t chat_id,
					   int64_t telegram_message_id, struct str text,
					   int64_t date_ms, int64_t now_ms);

CHECKED enum status messages_get(struct db *db, int64_t id, struct arena *arena,
				 struct message *message_out);
/* Newest first, id < before_id (0: from the newest). */
CHECKED enum status messages_list(struct db *db, int64_t appeal_id, int64_t before_id,
				  int64_t limit, struct arena *arena, struct message **messages_out,
				  size_t *count_out);

/* What a sender needs to know. */
struct message_address {
	int64_t id, appeal_id, appeal_number, customer_id, bot_id, chat_id;
	int64_t generation;
	struct str text;
	enum message_buttons buttons;
	enum lang lang;
	enum delivery delivery;
	int64_t telegram_message_id;
	bool reachable;
};
CHECKED enum status messages_address(struct db *db, int64_t id, struct arena *arena,
				     struct message_address *address_out);

/* Along the table of domain/message (CONFLICT otherwise), with event message.delivery. */
struct delivery_change {
	enum delivery to;
	struct str reason;	     /* failed, unknown */
	int64_t telegram_message_id; /* sent */
};
CHECKED enum status messages_set_delivery(struct db *db, int64_t id,
					  const struct delivery_change *change, int64_t now_ms);
/* A person asked: failed or unknown -> queued, with a new task. CONFLICT otherwise. */
CHECKED enum status messages_send_again(struct db *db, int64_t id, struct actor actor,
					int64_t now_ms);

/* The last sent closing message of the appeal, whose buttons are to be taken off; NOT_FOUND: none.
 */
CHECKED enum status messages_last_with_buttons(struct db *db, int64_t appeal_id, int64_t *id_out);
/* Queues TASK_EDIT_MARKUP for a message with buttons. */
CHECKED enum status messages_drop_buttons(struct db *db, int64_t id, int64_t now_ms);

#endif
