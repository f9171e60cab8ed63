/* telegram/sandbox/drive_users.c -- what a user does on the phone: write, edit, press, block, read.
 */
#include "base/clock.h"
#include "telegram/sandbox/call.h"
#include "telegram/sandbox/drive.h"
#include "telegram/sandbox/html.h"

#include <inttypes.h>
#include <string.h>

enum { TEXT_UNITS_MAX = 4096, NAME_UNITS_MAX = 64, LANGUAGE_MAX = 35, DATA_BYTES_MAX = 64 };

static int64_t now_s(void)
{
	return clock_wall_ms() / 1000;
}

static json_t *int_or_null(int64_t number)
{
	return number != 0 ? json_integer(number) : json_null();
}

/* The chat of the path. False: there is none, and that has been said. */
static bool chat_known(struct drive *drive, struct chat **chat_out)
{
	*chat_out = chat_find(drive->bot, drive->user_id);
	if (*chat_out == NULL)
		drive_problem(drive, 404, "this user has no chat with this bot yet");
	return *chat_out != NULL;
}

static bool chat_made(struct drive *drive, struct chat **chat_out)
{
	if (chat_get(drive->bot, drive->user_id, chat_out) == STATUS_OK)
		return true;
	drive_problem(drive, 503, "the sandbox holds no more users of this bot");
	return false;
}

/* Who can't send: that has been said. */
static bool may_send(struct drive *drive, const struct chat *chat)
{
	if (chat != NULL && chat->blocked)
		drive_problem(drive, 409, "this user blocked the bot; unblock it first");
	else if (drive->bot->updates.count >= UPDATES_MAX)
		drive_problem(drive, 503, "too many updates wait for the bot");
	else
		return true;
	return false;
}

/* ---- users
 * ----------------------------------------------------------------------------------------- */

/* What the body says of the user; read whole before anything is changed. */
struct user_fields {
	struct str first_name, last_name, username, language_code;
};

static bool word_only(struct drive *drive, const char *field, struct str text, char extra)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == extra)) {
			drive_field_problem(drive, field,
					    "has characters that may not stand there");
			return false;
		}
	}
	return true;
}

static bool user_read(struct drive *drive, struct user_fields *fields)
{
	return drive_str(drive, "first_name", false, NAME_UNITS_MAX, &fields->first_name) &&
	       drive_str(drive, "last_name", false, NAME_UNITS_MAX, &fields->last_name) &&
	       drive_str(drive, "username", false, NAME_UNITS_MAX, &fields->username) &&
	       drive_str(drive, "language_code", false, LANGUAGE_MAX, &fields->language_code) &&
	       word_only(drive, "username", fields->username, '_') &&
	       word_only(drive, "language_code", fields->language_code, '-');
}

static void user_set(struct chat *chat, const char *name, struct str value)
{
	if (value.data != NULL)
		json_object_set_new(chat->user, name, json_text(value));
}

static void user_update(struct chat *chat, const struct user_fields *fields)
{
	user_set(chat, "first_name", fields->first_name);
	user_set(chat, "last_name", fields->last_name);
	user_set(chat, "username", fields->username);
	user_set(chat, "language_code", fields->language_code);
	chat_changed(chat);
}

static json_t *user_json(const struct chat *chat)
{
	const struct message *last =
		chat->message_count > 0 ? chat->messages[chat->message_count - 1] : NULL;
	json_t *json = json_copy(chat->user);

	json_object_set_new(json, "user_id", json_integer(chat->user_id));
	json_object_set_new(json, "started", json_boolean(chat->started));
	json_object_set_new(json, "blocked", json_boolean(chat->blocked));
	json_object_set_new(json, "messages", json_integer((json_int_t)chat->message_count));
	json_object_set_new(json, "revision", json_integer((json_int_t)chat->revision));
	json_object_set_new(json, "last_text",
			    last == NULL || message_text(last).data == NULL
				    ? json_null()
				    : json_text(message_text(last)));
	return json;
}

void drive_users_get(struct drive *drive)
{
	json_t *items = json_array();

	for (size_t i = 0; i < drive->bot->chat_count; i++)
		json_array_append_new(items, user_json(drive->bot->chats[i]));
	drive_reply(drive, 200, json_pack("{s:o,s:n}", "items", items, "next_cursor"));
}

void drive_user_get(struct drive *drive)
{
	struct chat *chat;

	if (chat_known(drive, &chat))
		drive_reply(drive, 200, user_json(chat));
}

void drive_user_post(struct drive *drive)
{
	struct user_fields fields = { 0 };
	struct chat *chat;

	if (!user_read(drive, &fields) || !chat_made(drive, &chat))
		return;
	user_update(chat, &fields);
	drive_reply(drive, 200, user_json(chat));
}

/* ---- writing
 * --------------------------------------------------------------------------------------- */

static json_t *sticker_json(void)
{
	return json_pack("{s:i,s:i,s:s,s:s,s:b,s:b,s:s,s:s,s:i}", "width", 512, "height", 512,
			 "emoji", "\xf0\x9f\x91\x8b", "set_name", "SandboxStickers", "is_animated",
			 0, "is_video", 0, "type", "regular", "file_id",
			 "CAACAgIAAxkBAAMCsandboxsticker", "file_size", 12345);
}

static void content_set(struct message *message, struct str text, bool sticker)
{
	json_t *commands = sticker ? NULL : text_commands(text), *json = sticker_json();

	if (sticker) {
		json_object_set_new(json, "file_unique_id", json_string("AgADsandbox"));
		json_object_set(message->json, "sticker", json);
	} else {
		json_object_set_new(message->json, "text", json_text(text));
		if (commands != NULL)
			json_object_set_new(message->json, "entities", commands);
		else
			json_object_del(message->json, "entities");
	}
	json_decref(json);
}

static void message_made(struct drive *drive, struct chat *chat, const struct message *message,
			 int64_t date_s, const char *kind, int status)
{
	json_t *json = json_pack("{s:I,s:I}", "message_id", (json_int_t)message->id, "date",
				 (json_int_t)date_s);
	int64_t update_id;

	chat_changed(chat);
	/* Not wanted by the bot: the message is there all the same. */
	if (poll_add_update(drive->bot, kind, json_deep_copy(message->json), date_s, &update_id) !=
	    STATUS_OK)
		update_id = 0;
	json_object_set_new(json, "update_id", int_or_null(update_id));
	drive_reply(drive, status, json);
}

void drive_message_post(struct drive *drive)
{
	struct user_fields fields = { 0 };
	struct str text = STR_NONE;
	int64_t date_s = now_s(), reply_to = 0;
	bool sticker = false;
	struct message *message, *replied;
	struct chat *chat;
	json_t *reply;

	if (!user_read(drive, &fields) || !drive_bool(drive, "sticker", &sticker) ||
	    (!sticker && !drive_str(drive, "text", true, TEXT_UNITS_MAX, &text)) ||
	    !drive_int(drive, "date", false, 1, INT32_MAX, &date_s) ||
	    !drive_int(drive, "reply_to", false, 1, INT64_MAX, &reply_to) ||
	    !may_send(drive, chat_find(drive->bot, drive->user_id)) || !chat_made(drive, &chat))
		return;
	replied = reply_to > 0 ? message_find(chat, reply_to) : NULL;
	if (reply_to > 0 && replied == NULL) {
		drive_field_problem(drive, "reply_to", "no such message in this chat");
		return;
	}
	chat->started = true;
	user_update(chat, &fields);
	reply = replied != NULL ? message_reply_json(replied) : NULL;
	message = message_add(drive->bot, chat, false, date_s);
	if (reply != NULL)
		json_object_set_new(message->json, "reply_to_message", reply);
	content_set(message, text, sticker);
	message_made(drive, chat, message, date_s, "message", 201);
}

void drive_edit_post(struct drive *drive)
{
	struct str text;
	int64_t date_s = now_s();
	struct message *message;
	struct chat *chat;

	if (!chat_known(drive, &chat) || !may_send(drive, chat) ||
	    !drive_str(drive, "text", true, TEXT_UNITS_MAX, &text) ||
	    !drive_int(drive, "date", false, 1, INT32_MAX, &date_s))
		return;
	message = message_find(chat, drive->message_id);
	if (message == NULL) {
		drive_problem(drive, 404, "no such message in this chat");
	} else if (message->from_bot || message_text(message).data == NULL) {
		drive_problem(drive, 409, "only the user's own text messages can be edited");
	} else if (str_eq(text, message_text(message))) {
		drive_field_problem(drive, "text", "is the same as before");
	} else {
		message_keep_version(message);
		content_set(message, text, false);
		json_object_set_new(message->json, "edit_date", json_integer(date_s));
		message_made(drive, chat, message, date_s, "edited_message", 200);
	}
}

/* ---- pressing and blocking
 * ------------------------------------------------------------------------- */

static void press(struct drive *drive, struct chat *chat, const struct message *message,
		  struct str data)
{
	struct press *made = press_add(chat, message->id, data);
	char id[24], instance[24];
	json_t *query;
	int64_t update_id;

	snprintf(id, sizeof(id), "%" PRId64, made->id);
	snprintf(instance, sizeof(instance), "%" PRId64, chat->user_id * 31 + drive->bot->id);
	query = json_pack("{s:s,s:O,s:o,s:s}", "id", id, "from", chat->user, "message",
			  json_deep_copy(message->json), "chat_instance", instance);
	json_object_set_new(query, "data", json_text(data));
	if (poll_add_update(drive->bot, "callback_query", query, now_s(), &update_id) != STATUS_OK)
		update_id = 0;
	drive_reply(drive, 200,
		    json_pack("{s:s,s:o}", "callback_query_id", id, "update_id",
			      int_or_null(update_id)));
}

void drive_press_post(struct drive *drive)
{
	struct message *message;
	struct chat *chat;
	struct str data;
	int64_t id;

	if (!chat_known(drive, &chat) || !may_send(drive, chat) ||
	    !drive_int(drive, "message_id", true, 1, INT64_MAX, &id) ||
	    !drive_str(drive, "data", true, DATA_BYTES_MAX, &data))
		return;
	message = message_find(chat, id);
	if (message == NULL)
		drive_problem(drive, 404, "no such message in this chat");
	else if (!message_can_be_pressed(message, data))
		drive_field_problem(drive, "data",
				    "this message never had a button with this data");
	else
		press(drive, chat, message, data);
}

static json_t *member_json(const struct bot *bot, bool blocked)
{
	json_t *json =
		json_pack("{s:O,s:s}", "user", bot->user, "status", blocked ? "kicked" : "member");

	if (blocked)
		json_object_set_new(json, "until_date", json_integer(0));
	return json;
}

void drive_block_post(struct drive *drive)
{
	struct chat *chat;
	bool blocked = true;
	int64_t update_id = 0;
	json_t *change;

	if (json_object_get(drive->body, "blocked") == NULL) {
		drive_field_problem(drive, "blocked", "is missing");
		return;
	}
	if (!drive_bool(drive, "blocked", &blocked) || !chat_made(drive, &chat))
		return;
	if (chat->blocked != blocked) {
		change = json_pack("{s:o,s:O,s:I}", "chat", chat_json(chat), "from", chat->user,
				   "date", (json_int_t)now_s());
		json_object_set_new(change, "old_chat_member", member_json(drive->bot, !blocked));
		json_object_set_new(change, "new_chat_member", member_json(drive->bot, blocked));
		chat->blocked = blocked;
		chat_changed(chat);
		if (poll_add_update(drive->bot, "my_chat_member", change, now_s(), &update_id) !=
		    STATUS_OK)
			update_id = 0;
	}
	drive_reply(
		drive, 200,
		json_pack("{s:b,s:o}", "blocked", blocked, "update_id", int_or_null(update_id)));
}

/* ---- reading
 * --------------------------------------------------------------------------------------- */

/* A Message as the Bot API shows it, and what only the screen knows. A deleted one keeps its place.
 */
static json_t *item_json(const struct message *message)
{
	json_t *item = json_copy(message->json);

	if (message->deleted)
		json_object_del(item, "text");
	json_object_set_new(item, "author", json_string(message->from_bot ? "bot" : "user"));
	json_object_set_new(item, "deleted", json_boolean(message->deleted));
	json_object_set_new(item, "versions",
			    message->versions != NULL ? json_incref(message->versions)
						      : json_array());
	return item;
}

static json_t *presses_json(const struct chat *chat)
{
	json_t *items = json_array();

	for (size_t i = 0; i < PRESSES_MAX; i++) {
		const struct press *press = &chat->presses[(chat->press_next + i) % PRESSES_MAX];

		if (press->shown != NULL)
			json_array_append(items, press->shown);
	}
	return items;
}

void drive_chat_get(struct drive *drive)
{
	int64_t revision = -1;
	struct chat *chat;
	json_t *json, *items;

	if (!drive_query_int(drive, "revision", 0, INT64_MAX, &revision) ||
	    !chat_known(drive, &chat))
		return;
	json = json_pack("{s:I,s:b,s:s?}", "revision", (json_int_t)chat->revision, "unchanged",
			 revision == (int64_t)chat->revision, "action", chat_action(chat));
	if (revision != (int64_t)chat->revision) {
		items = json_array();
		for (size_t i = 0; i < chat->message_count; i++)
			json_array_append_new(items, item_json(chat->messages[i]));
		json_object_set_new(json, "user", user_json(chat));
		json_object_set_new(json, "items", items);
		json_object_set_new(json, "presses", presses_json(chat));
		json_object_set_new(json, "reply_markup",
				    chat->reply_markup != NULL ? json_incref(chat->reply_markup)
							       : json_null());
		json_object_set_new(json, "next_cursor", json_null());
	}
	drive_reply(drive, 200, json);
}
