/* store/messages_private.h -- what messages.c and delivery.c share. */
#ifndef STORE_MESSAGES_PRIVATE_H
#define STORE_MESSAGES_PRIVATE_H

#include "store/messages.h"

struct message_ref {
	int64_t id, appeal_id, bot_id, chat_id;
};

/* A task deliver or edit_markup about one message, in its chat's order. */
CHECKED enum status message_queue(struct db *db, enum task_type type, enum task_class class,
				  const struct message_ref *about, int64_t now_ms);
CHECKED enum status message_note(struct db *db, enum event_kind kind, struct actor actor,
				 int64_t appeal_id, int64_t id, struct str data, int64_t now_ms);

#endif
