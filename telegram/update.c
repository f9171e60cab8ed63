/* telegram/update.c -- one update of the Bot API, read strictly where we rely on it and loosely
 * elsewhere. */
#include "telegram/bot_api.h"

#include <string.h>

/* In this order: a venue has a location too, an animation a document. */
static const char *const contents[] = {
	"text",
	"sticker",
	"photo",
	"voice",
	"video",
	"video_note",
	"animation",
	"audio",
	"document",
	"contact",
	"venue",
	"location",
	"poll",
	"dice",
	"game",
	"story",
	"invoice",
	"successful_payment",
	/* What Telegram itself puts into a private chat. */
	"pinned_message",
	"message_auto_delete_timer_changed",
	"chat_background_set",
	"write_access_allowed",
	"boost_added",
};

static bool int_read(const json_t *object, const char *name, int64_t *value_out)
{
	const json_t *value = json_object_get(object, name);

	*value_out = json_integer_value(value);
	return json_is_integer(value);
}

/* Absent is fine; another type is not. */
static bool str_read(const json_t *object, const char *name, struct str *value_out)
{
	const json_t *value = json_object_get(object, name);

	*value_out = json_is_string(value)
			     ? (struct str){ json_string_value(value), json_string_length(value) }
			     : STR_NONE;
	return value == NULL || json_is_string(value);
}

/* Channel posts and anonymous admins have no sender: id 0. */
static bool from_read(const json_t *object, struct update *update)
{
	const json_t *from = json_object_get(object, "from");

	if (from == NULL)
		return true;
	return int_read(from, "id", &update->from.id) &&
	       str_read(from, "first_name", &update->from.first_name) &&
	       str_read(from, "last_name", &update->from.last_name) &&
	       str_read(from, "username", &update->from.username) &&
	       str_read(from, "language_code", &update->from.language_code);
}

static bool chat_read(const json_t *object, struct update *update)
{
	const json_t *chat = json_object_get(object, "chat");
	struct str type;

	if (!int_read(chat, "id", &update->chat_id) || !str_read(chat, "type", &type))
		return false;
	update->is_private = str_eq(type, STR("private"));
	return true;
}

static const char *content_of(const json_t *message)
{
	for (size_t i = 0; i < sizeof(contents) / sizeof(*contents); i++)
		if (json_object_get(message, contents[i]) != NULL)
			return contents[i];
	return "other";
}

static bool message_read(const json_t *message, struct update *update)
{
	bool is_edit = update->kind == UPDATE_EDITED_MESSAGE;

	if (!from_read(message, update) || !chat_read(message, update) ||
	    !int_read(message, "message_id", &update->message_id) ||
	    !int_read(message, "date", &update->date_s) ||
	    !str_read(message, "text", &update->text) ||
	    !str_read(message, "caption", &update->caption))
		return false;
	if (is_edit && json_object_get(message, "edit_date") != NULL &&
	    !int_read(message, "edit_date", &update->date_s))
		return false;
	update->content = content_of(message);
	return true;
}

/* The message under the button may be absent (inline mode) or too old to be shown (no text, date
 * 0). */
static bool button_read(const json_t *query, struct update *update)
{
	const json_t *message = json_object_get(query, "message");

	if (!from_read(query, update) || update->from.id == 0 ||
	    !str_read(query, "id", &update->callback_id) || update->callback_id.len == 0 ||
	    !str_read(query, "data", &update->callback_data))
		return false;
	if (message == NULL)
		return true;
	if (!chat_read(message, update) || !int_read(message, "message_id", &update->message_id) ||
	    !str_read(message, "text", &update->text))
		return false;
	update->date_s = json_integer_value(json_object_get(message, "date"));
	return true;
}

static bool member_read(const json_t *changed, struct update *update)
{
	const json_t *member = json_object_get(changed, "new_chat_member");
	struct str status;

	if (!from_read(changed, update) || !chat_read(changed, update) ||
	    !int_read(changed, "date", &update->date_s) || !str_read(member, "status", &status) ||
	    status.data == NULL)
		return false;
	update->is_member = !str_eq(status, STR("left")) && !str_eq(status, STR("kicked")) &&
			    (!str_eq(status, STR("restricted")) ||
			     json_is_true(json_object_get(member, "is_member")));
	return true;
}

struct kind_row {
	const char *name;
	enum update_kind kind;
	bool (*read)(const json_t *body, struct update *update);
};

/* clang-format off */
static const struct kind_row kinds[] = {
	{ "message",        UPDATE_MESSAGE,        message_read },
	{ "edited_message", UPDATE_EDITED_MESSAGE, message_read },
	{ "callback_query", UPDATE_BUTTON,         button_read },
	{ "my_chat_member", UPDATE_MY_CHAT_MEMBER, member_read },
};
/* clang-format on */

enum status update_parse(const json_t *json, struct update *update_out)
{
	int64_t update_id;

	*update_out = (struct update){ .kind = UPDATE_OTHER, .content = "other" };
	if (!int_read(json, "update_id", &update_id))
		return STATUS_BAD_INPUT;
	update_out->update_id = update_id;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const json_t *body = json_object_get(json, kinds[i].name);

		if (body == NULL)
			continue;
		update_out->kind = kinds[i].kind;
		if (kinds[i].read(body, update_out))
			return STATUS_OK;
		*update_out = (struct update){ .update_id = update_id,
					       .kind = UPDATE_OTHER,
					       .content = "other" };
		return STATUS_BAD_INPUT;
	}
	return STATUS_OK;
}
