/* store/delivery.c -- how far an outgoing message has got, and the buttons under it. */
#include "store/messages.h"

#include "base/buf.h"
#include "store/db.h"
#include "store/messages_private.h"

enum status messages_address(struct db *db, int64_t id, struct arena *arena,
			     struct message_address *address_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_messages_address, V_INT(id));
	bool found = sql_next(&rows);
	enum status status;

	if (found)
		*address_out = (struct message_address){
			.id = sql_int(&rows, 0),
			.appeal_id = sql_int(&rows, 1),
			.appeal_number = sql_int(&rows, 2),
			.customer_id = sql_int(&rows, 3),
			.bot_id = sql_int(&rows, 4),
			.chat_id = sql_int(&rows, 5),
			.generation = sql_int(&rows, 6),
			.text = sql_str(&rows, 7, arena),
			.buttons = (enum message_buttons)sql_int(&rows, 8),
			.lang = str_eq_c(sql_borrow(&rows, 9), lang_name(LANG_RU)) ? LANG_RU
										   : LANG_EN,
			.delivery = (enum delivery)sql_int(&rows, 10),
			.telegram_message_id = sql_int(&rows, 11),
			.reachable = sql_int(&rows, 12) != 0,
		};
	status = sql_end(&rows);
	return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

/* NOT_FOUND: no such message; CONFLICT: it can't go there. */
static enum status change(struct db *db, int64_t id, const struct delivery_change *change,
			  struct actor actor, int64_t now_ms, struct message_ref *ref_out,
			  enum message_buttons *buttons_out)
{
	struct buf data = buf_in(db_scratch(db));
	bool found = false;
	int64_t from;
	struct sql_rows rows;
	enum status status = SQL_ONE_INT(db, SQL_messages_delivery_of, &from, V_INT(id));

	if (status == STATUS_OK)
		status = delivery_check((enum delivery)from, change->to);
	if (status != STATUS_OK)
		return status;
	rows = SQL_OPEN(db, SQL_messages_set_delivery, V_INT(id), V_INT(change->to),
			V_STR(change->reason), V_INT_OR_NULL(change->telegram_message_id),
			change->to == DELIVERY_SENT ? V_INT(now_ms) : V_NULL);
	if (sql_next(&rows)) {
		*ref_out = (struct message_ref){ id, sql_int(&rows, 0), sql_int(&rows, 1),
						 sql_int(&rows, 2) };
		*buttons_out = (enum message_buttons)sql_int(&rows, 3);
		found = true;
	}
	status = sql_end(&rows);
	if (status == STATUS_OK && !found)
		return STATUS_NOT_FOUND;
	json_open(&data, '{');
	json_add_str(&data, "delivery", str_from_c(delivery_name(change->to)));
	if (change->reason.data != NULL)
		json_add_str(&data, "reason", change->reason);
	json_close(&data, '}');
	if (status == STATUS_OK)
		status = message_note(db, EVENT_MESSAGE_DELIVERY, actor, ref_out->appeal_id, id,
				      buf_str(&data), now_ms);
	return status;
}

enum status messages_set_delivery(struct db *db, int64_t id, const struct delivery_change *to,
				  int64_t now_ms)
{
	enum message_buttons buttons = BUTTONS_NONE;
	struct message_ref ref;
	int64_t one;
	enum status status =
		change(db, id, to, (struct actor){ ACTOR_SYSTEM, 0 }, now_ms, &ref, &buttons);

	if (status != STATUS_OK || to->to != DELIVERY_SENT || buttons == BUTTONS_NONE)
		return status;
	/* The appeal moved on while it was being sent. */
	status = SQL_ONE_INT(db, SQL_messages_has_void_buttons, &one, V_INT(id));
	if (status == STATUS_OK)
		return messages_drop_buttons(db, id, now_ms);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status messages_send_again(struct db *db, int64_t id, struct actor actor, int64_t now_ms)
{
	struct delivery_change queued = { .to = DELIVERY_QUEUED };
	enum message_buttons buttons;
	struct message_ref ref;
	int64_t from;
	enum status status = SQL_ONE_INT(db, SQL_messages_delivery_of, &from, V_INT(id));

	if (status == STATUS_OK && from != DELIVERY_FAILED && from != DELIVERY_UNKNOWN)
		return STATUS_CONFLICT;
	if (status == STATUS_OK)
		status = change(db, id, &queued, actor, now_ms, &ref, &buttons);
	if (status != STATUS_OK)
		return status;
	return message_queue(db, TASK_DELIVER, TASK_INTERACTIVE, &ref, now_ms);
}

enum status messages_last_with_buttons(struct db *db, int64_t appeal_id, int64_t *id_out)
{
	return SQL_ONE_INT(db, SQL_messages_last_with_buttons, id_out, V_INT(appeal_id));
}

enum status messages_drop_buttons(struct db *db, int64_t id, int64_t now_ms)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_messages_drop_buttons, V_INT(id));
	bool dropped = sql_next(&rows);
	struct message_ref ref = { .id = id };
	enum status status;

	if (dropped)
		ref = (struct message_ref){ id, sql_int(&rows, 0), sql_int(&rows, 1),
					    sql_int(&rows, 2) };
	status = sql_end(&rows);
	if (status == STATUS_OK && dropped)
		status = message_queue(db, TASK_EDIT_MARKUP, TASK_INTERACTIVE, &ref, now_ms);
	return status;
}
