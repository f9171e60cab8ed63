/* store/messages.c -- messages at rest: taking in, writing, editing, listing. */
#include "store/messages.h"

#include "store/db.h"
#include "store/events.h"
#include "store/messages_private.h"
#include "store/tasks.h"

#include <assert.h>

enum { LIST_MAX = 1000 };

enum status message_note(struct db *db, enum event_kind kind, struct actor actor, int64_t appeal_id,
			 int64_t id, struct str data, int64_t now_ms)
{
	struct event_new event = { .kind = kind,
				   .actor = actor,
				   .appeal_id = appeal_id,
				   .message_id = id,
				   .data = data,
				   .at_ms = now_ms };

	return events_add(db, &event);
}

enum status message_queue(struct db *db, enum task_type type, enum task_class class,
			  const struct message_ref *about, int64_t now_ms)
{
	struct arena *arena = db_scratch(db);
	struct str payload =
		type == TASK_DELIVER
			? str_format(arena, "{\"message_id\":%lld,\"appeal_id\":%lld}",
				     (long long)about->id, (long long)about->appeal_id)
			: str_format(arena, "{\"message_id\":%lld}", (long long)about->id);
	struct task_new task = {
		.type = type,
		.class = class,
		.payload = payload,
		.order_key = str_format(arena, "chat:%lld:%lld", (long long)about->bot_id,
					(long long)about->chat_id),
		.dedup_key = str_format(arena, "%s:%lld",
					type == TASK_DELIVER ? "deliver" : "markup",
					(long long)about->id),
	};
	int64_t task_id;

	return tasks_add(db, &task, now_ms, &task_id);
}

/* ---- incoming ---------------------------------------------------------------------------- */

enum status messages_add_incoming(struct db *db, const struct message_incoming *message,
				  int64_t now_ms, int64_t *id_out)
{
	struct actor actor = { ACTOR_CUSTOMER, message->customer_id };
	int64_t id = 0;
	enum status status = SQL_INSERT(
		db, SQL_messages_add_incoming, &id, V_INT(message->appeal_id), V_INT(message->kind),
		V_STR(message->text), V_INT(message->date_ms), V_INT(message->bot_id),
		V_INT(message->chat_id), V_INT(message->telegram_message_id));

	if (status == STATUS_OK)
		status = SQL_RUN(db, SQL_appeals_touch_incoming, NULL, V_INT(message->appeal_id),
				 V_INT(now_ms), V_INT(id), V_INT(message->date_ms));
	if (status == STATUS_OK)
		status = message_note(db, EVENT_MESSAGE_ADDED, actor, message->appeal_id, id,
				      STR_NONE, now_ms);
	*id_out = id;
	return status;
}

enum status messages_check_new(struct db *db, int64_t bot_id, int64_t chat_id,
			       int64_t telegram_message_id)
{
	int64_t one;
	enum status status = SQL_ONE_INT(db, SQL_messages_is_known, &one, V_INT(bot_id),
					 V_INT(chat_id), V_INT(telegram_message_id));

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	return status == STATUS_OK ? STATUS_CONFLICT : status;
}

struct known {
	int64_t id, written_at_ms;
	struct str text;
};

static enum status find_incoming(struct db *db, int64_t bot_id, int64_t chat_id,
				 int64_t telegram_message_id, struct known *known_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_messages_find_incoming, V_INT(bot_id),
					V_INT(chat_id), V_INT(telegram_message_id));
	bool found = sql_next(&rows);
	enum status status;

	if (found)
		*known_out = (struct known){ sql_int(&rows, 0), sql_int(&rows, 2),
					     sql_str(&rows, 1, db_scratch(db)) };
	status = sql_end(&rows);
	return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status messages_edit_incoming(struct db *db, int64_t bot_id, int64_t chat_id,
				   int64_t telegram_message_id, struct str text, int64_t date_ms,
				   int64_t now_ms)
{
	struct known known;
	int64_t appeal_id = 0, customer_id = 0;
	enum status status = find_incoming(db, bot_id, chat_id, telegram_message_id, &known);

	if (status != STATUS_OK || str_eq(text, known.text) || date_ms < known.written_at_ms)
		return status;
	status = SQL_RUN(db, SQL_messages_add_version, NULL, V_INT(known.id), V_STR(known.text),
			 V_INT(known.written_at_ms));
	if (status == STATUS_OK)
		status = SQL_ONE_INT(db, SQL_messages_edit, &appeal_id, V_INT(known.id),
				     V_STR(text), V_INT(date_ms));
	if (status == STATUS_OK)
		status = SQL_ONE_INT(db, SQL_appeals_customer_of, &customer_id, V_INT(appeal_id));
	if (status == STATUS_OK)
		status = message_note(db, EVENT_MESSAGE_EDITED,
				      (struct actor){ ACTOR_CUSTOMER, customer_id }, appeal_id,
				      known.id, STR_NONE, now_ms);
	return status;
}

/* ---- outgoing ---------------------------------------------------------------------------- */

/* Where what is said in an appeal goes to. */
struct outgoing_to {
	int64_t generation, bot_id, chat_id;
	bool reachable;
};

static enum status find_outgoing_to(struct db *db, int64_t appeal_id, struct outgoing_to *to_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_messages_outgoing_to, V_INT(appeal_id));
	bool found = sql_next(&rows);
	enum status status;

	if (found)
		*to_out = (struct outgoing_to){ sql_int(&rows, 0), sql_int(&rows, 1),
						sql_int(&rows, 2), sql_int(&rows, 3) != 0 };
	status = sql_end(&rows);
	return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

/* To an unreachable customer it has failed at once. */
static enum status insert_outgoing(struct db *db, const struct message_outgoing *message,
				   int64_t now_ms, struct message_ref *added_out,
				   enum delivery *delivery_out)
{
	struct outgoing_to to;
	enum status status = find_outgoing_to(db, message->appeal_id, &to);

	if (status != STATUS_OK)
		return status;
	*added_out = (struct message_ref){ 0, message->appeal_id, to.bot_id, to.chat_id };
	*delivery_out = to.reachable ? DELIVERY_QUEUED : DELIVERY_FAILED;
	return SQL_INSERT(db, SQL_messages_add_outgoing, &added_out->id, V_INT(message->appeal_id),
			  V_INT(message->author), V_INT_OR_NULL(message->employee_id),
			  V_STR(message->text), V_INT(message->buttons), V_INT(to.generation),
			  V_INT(now_ms), V_INT(to.bot_id), V_INT(to.chat_id), V_INT(*delivery_out),
			  to.reachable ? V_NULL : V_STR(STR("unreachable")));
}

enum status messages_add_outgoing(struct db *db, const struct message_outgoing *message,
				  int64_t now_ms, int64_t *id_out)
{
	bool is_employee = message->author == AUTHOR_EMPLOYEE;
	struct actor actor = { is_employee ? ACTOR_EMPLOYEE : ACTOR_SYSTEM, message->employee_id };
	struct message_ref added = { 0 };
	enum delivery delivery = DELIVERY_FAILED;
	enum status status = insert_outgoing(db, message, now_ms, &added, &delivery);

	if (status != STATUS_OK)
		return status;
	if (is_employee)
		status = SQL_RUN(db, SQL_appeals_touch_answer, NULL, V_INT(message->appeal_id),
				 V_INT(now_ms), V_INT(added.id));
	else
		status = SQL_RUN(db, SQL_appeals_touch_bot, NULL, V_INT(message->appeal_id),
				 V_INT(now_ms));
	if (status == STATUS_OK)
		status = message_note(db, EVENT_MESSAGE_ADDED, actor, message->appeal_id, added.id,
				      STR_NONE, now_ms);
	if (status == STATUS_OK && delivery == DELIVERY_QUEUED)
		status = message_queue(db, TASK_DELIVER, message->class, &added, now_ms);
	*id_out = added.id;
	return status;
}

/* ---- reading ----------------------------------------------------------------------------- */

/* The columns of message_rows, in order. */
static void load(const struct sql_rows *rows, struct arena *arena, struct message *message_out)
{
	*message_out = (struct message){
		.id = sql_int(rows, 0),
		.appeal_id = sql_int(rows, 1),
		.author = (enum message_author)sql_int(rows, 2),
		.kind = (enum message_kind)sql_int(rows, 3),
		.employee_id = sql_int(rows, 4),
		.author_name = sql_str(rows, 5, arena),
		.text = sql_str(rows, 6, arena),
		.buttons = (enum message_buttons)sql_int(rows, 7),
		.generation = sql_int(rows, 8),
		.created_at_ms = sql_int(rows, 9),
		.delivery = (enum delivery)sql_int(rows, 10),
		.delivery_reason = sql_str(rows, 11, arena),
		.delivered_at_ms = sql_int(rows, 12),
		.telegram_message_id = sql_int(rows, 13),
		.edited_at_ms = sql_int(rows, 14),
	};
}

/* Few messages have any: asked one by one. The newest VERSIONS_MAX would be too many to show
 * anyway. */
static enum status load_versions(struct db *db, struct message *message, struct arena *arena)
{
	enum { VERSIONS_MAX = 100 };
	struct message_version *versions;
	struct sql_rows rows;

	if (message->edited_at_ms == 0)
		return STATUS_OK;
	versions = arena_array(arena, VERSIONS_MAX, sizeof(*versions));
	message->versions = versions;
	rows = SQL_OPEN(db, SQL_messages_versions, V_INT(message->id));
	while (message->version_count < VERSIONS_MAX && sql_next(&rows))
		versions[message->version_count++] =
			(struct message_version){ sql_str(&rows, 0, arena), sql_int(&rows, 1) };
	return sql_end(&rows);
}

enum status messages_get(struct db *db, int64_t id, struct arena *arena,
			 struct message *message_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_messages_get, V_INT(id));
	bool found = sql_next(&rows);
	enum status status;

	if (found)
		load(&rows, arena, message_out);
	status = sql_end(&rows);
	if (status == STATUS_OK && !found)
		return STATUS_NOT_FOUND;
	return status == STATUS_OK ? load_versions(db, message_out, arena) : status;
}

enum status messages_list(struct db *db, int64_t appeal_id, int64_t before_id, int64_t limit,
			  struct arena *arena, struct message **messages_out, size_t *count_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_messages_list, V_INT(appeal_id),
					V_INT(before_id != 0 ? before_id : INT64_MAX),
					V_INT(limit));
	struct message *list;
	size_t count = 0;
	enum status status;

	assert(limit > 0 && limit <= LIST_MAX);
	list = arena_array(arena, (size_t)limit, sizeof(*list));
	while (count < (size_t)limit && sql_next(&rows))
		load(&rows, arena, &list[count++]);
	status = sql_end(&rows);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = load_versions(db, &list[i], arena);
	*messages_out = list;
	*count_out = count;
	return status;
}
