/* telegram/sandbox/methods_message.c -- what a bot does in a chat: send, edit, delete, answer a
 * press, show an action. */
#include "base/clock.h"
#include "telegram/sandbox/call.h"
#include "telegram/sandbox/html.h"

#include <string.h>
#include <strings.h>

enum {
	TEXT_UNITS_MAX = 4096,
	TEXT_BYTES_MAX = 32 << 10,
	ANSWER_UNITS_MAX = 200,
	DELETE_WITHIN_S = 48 * 3600
};

static int64_t now_s(void)
{
	return clock_wall_ms() / 1000;
}

/* ---- what several methods need
 * ------------------------------------------------------------------- */

enum status call_chat(struct call *call, struct chat **chat_out)
{
	if (params_str(&call->params, "chat_id").len == 0)
		call_refuse(call, "chat_id is empty");
	else if ((*chat_out = chat_find(call->bot, call->chat_id)) == NULL)
		call_refuse(call, "chat not found");
	else if (!(*chat_out)->started)
		call_fail(call, 403, "Forbidden: bot can't initiate conversation with a user");
	else if ((*chat_out)->blocked)
		call_fail(call, 403, "Forbidden: bot was blocked by the user");
	else
		return STATUS_OK;
	return STATUS_NOT_FOUND;
}

enum status call_markup(struct call *call, struct markup *markup_out)
{
	const char *error;
	enum status status =
		markup_parse(params_str(&call->params, "reply_markup"), markup_out, &error);

	if (status != STATUS_OK) {
		markup_release(markup_out);
		call_refuse(call, error);
	}
	return status;
}

/* The text without its marks; `entities` parameters are not emulated. */
static enum status text_parse(struct call *call, struct str *text, json_t **entities_out)
{
	struct str mode = params_str(&call->params, "parse_mode");
	const char *error = "unsupported parse_mode";
	enum status status = mode.len == 0 ? STATUS_OK : STATUS_BAD_INPUT;

	*entities_out = NULL;
	if (str_eq_nocase(mode, STR("html")))
		status = html_parse(*text, call->arena, text, entities_out, &error);
	if (status != STATUS_OK)
		call_refuse(call, error);
	return status;
}

enum status call_text(struct call *call, struct str *text_out, json_t **entities_out)
{
	struct str text = params_str(&call->params, "text");
	enum status status = text_parse(call, &text, entities_out);

	if (status != STATUS_OK)
		return status;
	*text_out = text_trim(text, entities_out);
	if (text_out->len > 0 && text.len <= TEXT_BYTES_MAX &&
	    str_utf16_units(*text_out) <= TEXT_UNITS_MAX)
		return STATUS_OK;
	json_decref(*entities_out);
	call_refuse(call, text_out->len == 0 ? "message text is empty" : "message is too long");
	return STATUS_BAD_INPUT;
}

/* Steals entities. */
static void text_set(struct message *message, struct str text, json_t *entities)
{
	json_object_set_new(message->json, "text", json_text(text));
	json_object_del(message->json, "entities");
	if (entities != NULL)
		json_object_set_new(message->json, "entities", entities);
}

/* ---- sendMessage
 * ----------------------------------------------------------------------------------- */

/* The message replied to; STATUS_NOT_FOUND: it was wanted and is not there, and the call has been
 * answered. */
static enum status reply_find(struct call *call, const struct chat *chat,
			      struct message **replied_out)
{
	struct str text = params_str(&call->params, "reply_parameters");
	json_t *json = text.len > 0 ? json_loadb(text.data, text.len, 0, NULL) : NULL;
	int64_t id = json_integer_value(json_object_get(json, "message_id"));
	bool may_lack = json_is_true(json_object_get(json, "allow_sending_without_reply"));
	bool is_object = json_is_object(json);

	json_decref(json);
	if (text.len > 0 && !is_object) {
		call_refuse(call, "object expected as reply parameters");
		return STATUS_BAD_INPUT;
	}
	if (text.len == 0) {
		id = params_int(&call->params, "reply_to_message_id", 0, 0, INT64_MAX);
		may_lack = params_bool(&call->params, "allow_sending_without_reply");
	}
	*replied_out = id > 0 ? message_find(chat, id) : NULL;
	if (id <= 0 || *replied_out != NULL || may_lack)
		return STATUS_OK;
	call_refuse(call, "message to be replied not found");
	return STATUS_NOT_FOUND;
}

static void send(struct call *call, struct chat *chat, const struct message *replied,
		 struct str text, json_t *entities, const struct markup *markup)
{
	json_t *reply = replied != NULL ? message_reply_json(replied) : NULL;
	struct message *message = message_add(call->bot, chat, true, now_s());

	if (reply != NULL)
		json_object_set_new(message->json, "reply_to_message", reply);
	text_set(message, text, entities);
	message_set_keyboard(message, markup->inline_keyboard);
	if (markup->reply != NULL) {
		json_decref(chat->reply_markup);
		chat->reply_markup = json_incref(markup->reply);
	}
	chat->action_until_ms = 0;
	call_ok(call, json_incref(message->json));
}

void method_send_message(struct call *call)
{
	struct message *replied;
	struct markup markup;
	struct chat *chat;
	struct str text;
	json_t *entities;

	if (call_text(call, &text, &entities) != STATUS_OK)
		return;
	if (call_markup(call, &markup) != STATUS_OK) {
		json_decref(entities);
		return;
	}
	if (call_chat(call, &chat) != STATUS_OK || reply_find(call, chat, &replied) != STATUS_OK)
		json_decref(entities);
	else
		send(call, chat, replied, text, entities, &markup);
	markup_release(&markup);
}

/* ---- editMessageText, editMessageReplyMarkup
 * ------------------------------------------------------- */

/* The bot's message of chat_id and message_id. NOT_FOUND: the call has been answered. */
static enum status edited_find(struct call *call, struct chat **chat_out,
			       struct message **message_out)
{
	int64_t id = params_int(&call->params, "message_id", 0, 0, INT64_MAX);

	if (params_str(&call->params, "inline_message_id").len > 0) {
		call_refuse(call, "MESSAGE_ID_INVALID");
		return STATUS_NOT_FOUND;
	}
	if (params_str(&call->params, "chat_id").len > 0 && id == 0) {
		call_refuse(call, "message identifier is not specified");
		return STATUS_NOT_FOUND;
	}
	if (call_chat(call, chat_out) != STATUS_OK)
		return STATUS_NOT_FOUND;
	*message_out = message_find(*chat_out, id);
	if (*message_out != NULL && (*message_out)->from_bot)
		return STATUS_OK;
	call_refuse(call,
		    *message_out == NULL ? "message to edit not found" : "message can't be edited");
	return STATUS_NOT_FOUND;
}

static bool same_keyboard(const struct message *message, const struct markup *markup)
{
	json_t *now = json_object_get(message->json, "reply_markup");

	return now == markup->inline_keyboard || json_equal(now, markup->inline_keyboard) == 1;
}

static bool same_text(const struct message *message, struct str text, json_t *entities)
{
	json_t *now = json_object_get(message->json, "entities");

	return str_eq(message_text(message), text) &&
	       (now == entities || json_equal(now, entities) == 1);
}

static void edited(struct call *call, struct chat *chat, struct message *message)
{
	json_object_set_new(message->json, "edit_date", json_integer(now_s()));
	chat_changed(chat);
	call_ok(call, json_incref(message->json));
}

static void refuse_unchanged(struct call *call)
{
	call_refuse(call, "message is not modified: specified new message content and reply markup "
			  "are exactly the same as a "
			  "current content and reply markup of the message");
}

/* An edit's markup must be inline. */
static enum status edit_markup(struct call *call, struct markup *markup_out)
{
	enum status status = call_markup(call, markup_out);

	if (status == STATUS_OK && markup_out->reply != NULL) {
		markup_release(markup_out);
		call_refuse(call, "inline keyboard expected");
		return STATUS_BAD_INPUT;
	}
	return status;
}

void method_edit_message_text(struct call *call)
{
	struct message *message;
	struct markup markup;
	struct chat *chat;
	struct str text;
	json_t *entities;

	if (call_text(call, &text, &entities) != STATUS_OK)
		return;
	if (edit_markup(call, &markup) != STATUS_OK) {
		json_decref(entities);
		return;
	}
	if (edited_find(call, &chat, &message) != STATUS_OK) {
		json_decref(entities);
	} else if (same_text(message, text, entities) && same_keyboard(message, &markup)) {
		json_decref(entities);
		refuse_unchanged(call);
	} else {
		if (!str_eq(message_text(message), text))
			message_keep_version(message);
		text_set(message, text, entities);
		message_set_keyboard(message, markup.inline_keyboard);
		edited(call, chat, message);
	}
	markup_release(&markup);
}

void method_edit_message_reply_markup(struct call *call)
{
	struct message *message;
	struct markup markup;
	struct chat *chat;

	if (edit_markup(call, &markup) != STATUS_OK)
		return;
	if (edited_find(call, &chat, &message) == STATUS_OK) {
		if (same_keyboard(message, &markup)) {
			refuse_unchanged(call);
		} else {
			message_set_keyboard(message, markup.inline_keyboard);
			edited(call, chat, message);
		}
	}
	markup_release(&markup);
}

/* ---- deleteMessage, answerCallbackQuery, sendChatAction
 * ------------------------------------------ */

void method_delete_message(struct call *call)
{
	int64_t id = params_int(&call->params, "message_id", 0, 0, INT64_MAX);
	struct message *message;
	struct chat *chat;

	if (params_str(&call->params, "chat_id").len > 0 && id == 0) {
		call_refuse(call, "message identifier is not specified");
		return;
	}
	if (call_chat(call, &chat) != STATUS_OK)
		return;
	message = message_find(chat, id);
	if (message == NULL) {
		call_refuse(call, "message to delete not found");
	} else if (json_integer_value(json_object_get(message->json, "date")) + DELETE_WITHIN_S <
		   now_s()) {
		call_refuse(call, "message can't be deleted for everyone");
	} else {
		message->deleted = true;
		chat_changed(chat);
		call_ok(call, json_true());
	}
}

void method_answer_callback_query(struct call *call)
{
	int64_t id = params_int(&call->params, "callback_query_id", 0, 0, INT64_MAX);
	struct str text = params_str(&call->params, "text");
	struct press *press;
	struct chat *chat;

	if (str_utf16_units(text) > ANSWER_UNITS_MAX) {
		call_refuse(call, "MESSAGE_TOO_LONG");
		return;
	}
	press = press_find(call->bot, id, &chat);
	if (press == NULL) {
		call_refuse(call,
			    "query is too old and response timeout expired or query ID is invalid");
		return;
	}
	call->chat_id = chat->user_id;
	press->answered = true;
	json_object_set_new(press->shown, "answered", json_true());
	if (text.len > 0)
		json_object_set_new(press->shown, "text", json_text(text));
	json_object_set_new(press->shown, "show_alert",
			    json_boolean(params_bool(&call->params, "show_alert")));
	chat_changed(chat);
	call_ok(call, json_true());
}

void method_send_chat_action(struct call *call)
{
	static const char *const actions[] = {
		"typing",
		"upload_photo",
		"record_video",
		"upload_video",
		"record_voice",
		"upload_voice",
		"record_audio",
		"upload_audio",
		"upload_document",
		"choose_sticker",
		"find_location",
		"pick_up_location",
		"record_video_note",
		"upload_video_note",
		"cancel",
	};
	struct str action = params_str(&call->params, "action");
	const char *known = NULL;
	struct chat *chat;

	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (str_eq_nocase(action, str_from_c(actions[i])))
			known = actions[i];
	if (known == NULL) {
		call_refuse(call, "wrong parameter action in request");
		return;
	}
	if (call_chat(call, &chat) != STATUS_OK)
		return;
	chat->action = known;
	chat->action_until_ms = strcmp(known, "cancel") == 0 ? 0 : clock_mono_ms() + ACTION_MS;
	chat_changed(chat);
	call_ok(call, json_true());
}
