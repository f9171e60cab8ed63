/* telegram/sandbox/methods_bot.c -- what a bot asks and sets about itself: its name, its commands,
 * its webhook. */
#include "telegram/sandbox/call.h"

#include <stdio.h>
#include <string.h>

enum {
	COMMANDS_MAX = 100,
	COMMAND_BYTES_MAX = 32,
	DESCRIPTION_UNITS_MAX = 256,
	SCOPE_BYTES_MAX = 96
};

void method_get_me(struct call *call)
{
	static const char *const flags[] = {
		"can_join_groups",
		"can_read_all_group_messages",
		"supports_inline_queries",
		"can_connect_to_business",
		"has_main_web_app",
		"has_topics_enabled",
		"allows_users_to_create_topics",
		"can_manage_bots",
		"supports_guest_queries",
		"supports_join_request_queries",
	};
	json_t *me = json_copy(call->bot->user);

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		json_object_set_new(me, flags[i], json_boolean(i == 0));
	call_ok(call, me);
}

void method_get_chat(struct call *call)
{
	struct chat *chat;
	json_t *json;

	if (params_str(&call->params, "chat_id").len == 0) {
		call_refuse(call, "chat_id is empty");
		return;
	}
	chat = chat_find(call->bot, call->chat_id);
	if (chat == NULL || !chat->started) {
		call_refuse(call, "chat not found");
		return;
	}
	json = chat_json(chat);
	json_object_set_new(json, "accent_color_id", json_integer(0));
	json_object_set_new(json, "max_reaction_count", json_integer(11));
	call_ok(call, json);
}

/* ---- commands
 * ------------------------------------------------------------------------------------- */

static bool command_is_valid(struct str command)
{
	for (size_t i = 0; i < command.len; i++) {
		char c = command.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return command.len >= 1 && command.len <= COMMAND_BYTES_MAX;
}

static struct str string_of(const json_t *value)
{
	return json_is_string(value)
		       ? (struct str){ json_string_value(value), json_string_length(value) }
		       : STR_NONE;
}

/* One BotCommand, cleaned, into list. NULL: fine. */
static const char *command_take(const json_t *row, json_t *list)
{
	struct str command = string_of(json_object_get(row, "command"));
	struct str description = str_trim(string_of(json_object_get(row, "description")));
	json_t *clean;

	if (!json_is_object(row))
		return "expected an Object as BotCommand";
	if (command.data == NULL || description.data == NULL)
		return "can't parse BotCommand: command and description must be strings";
	command = str_starts(command, STR("/")) ? str_skip(command, 1) : command;
	if (!command_is_valid(command))
		return "BOT_COMMAND_INVALID";
	if (description.len == 0 || str_utf16_units(description) > DESCRIPTION_UNITS_MAX)
		return "BOT_COMMAND_DESCRIPTION_INVALID";
	clean = json_object();
	json_object_set_new(clean, "command", json_text(command));
	json_object_set_new(clean, "description", json_text(description));
	json_array_append_new(list, clean);
	return NULL;
}

static const char *commands_take(struct str text, json_t *list)
{
	json_t *json = json_loadb(text.data != NULL ? text.data : "", text.len, 0, NULL), *row;
	const char *error = NULL;
	size_t i;

	if (!json_is_array(json))
		error = "expected an Array of BotCommand";
	else if (json_array_size(json) > COMMANDS_MAX)
		error = "BOT_COMMANDS_TOO_MUCH";
	json_array_foreach(json, i, row) if (error == NULL) error = command_take(row, list);
	json_decref(json);
	return error;
}

static bool language_is_valid(struct str code)
{
	return code.len == 0 || (code.len == 2 && code.data[0] >= 'a' && code.data[0] <= 'z' &&
				 code.data[1] >= 'a' && code.data[1] <= 'z');
}

/* Where the commands of this scope and language are kept: "<scope>|<language>". */
static enum status commands_key(struct call *call, char *key, size_t size)
{
	struct str text = params_str(&call->params, "scope"),
		   language = params_str(&call->params, "language_code");
	json_t *scope = text.len > 0 ? json_loadb(text.data, text.len, 0, NULL) : NULL;
	const char *type = json_string_value(json_object_get(scope, "type"));
	const char *error = NULL;
	int64_t chat = json_integer_value(json_object_get(scope, "chat_id"));

	if (text.len > 0 && type == NULL)
		error = "can't parse BotCommandScope";
	else if (!language_is_valid(language))
		error = "invalid language code specified";
	else if (snprintf(key, size, "%s:%lld|%.*s", type != NULL ? type : "default",
			  (long long)chat, STR_ARG(language)) >= (int)size)
		error = "unsupported type specified";
	json_decref(scope);
	if (error == NULL)
		return STATUS_OK;
	call_refuse(call, error);
	return STATUS_BAD_INPUT;
}

void method_set_my_commands(struct call *call)
{
	char key[SCOPE_BYTES_MAX];
	json_t *list = json_array();
	const char *error = commands_take(params_str(&call->params, "commands"), list);

	if (error != NULL) {
		call_refuse(call, error);
	} else if (commands_key(call, key, sizeof(key)) == STATUS_OK) {
		if (json_array_size(list) > 0)
			json_object_set(call->bot->commands, key, list);
		else
			json_object_del(call->bot->commands, key);
		call_ok(call, json_true());
	}
	json_decref(list);
}

void method_get_my_commands(struct call *call)
{
	char key[SCOPE_BYTES_MAX];
	json_t *list;

	if (commands_key(call, key, sizeof(key)) != STATUS_OK)
		return;
	list = json_object_get(call->bot->commands, key);
	call_ok(call, list != NULL ? json_incref(list) : json_array());
}

void method_delete_my_commands(struct call *call)
{
	char key[SCOPE_BYTES_MAX];

	if (commands_key(call, key, sizeof(key)) != STATUS_OK)
		return;
	json_object_del(call->bot->commands, key);
	call_ok(call, json_true());
}

/* ---- webhooks: there are none
 * -------------------------------------------------------------------- */

void method_delete_webhook(struct call *call)
{
	if (params_bool(&call->params, "drop_pending_updates"))
		updates_clear(&call->bot->updates);
	call_ok(call, json_pack("b", 1));
}

void method_set_webhook(struct call *call)
{
	if (params_str(&call->params, "url").len == 0)
		method_delete_webhook(call);
	else
		call_refuse(call, "bad webhook: the sandbox delivers no webhooks, use getUpdates");
}

void method_get_webhook_info(struct call *call)
{
	json_t *info = json_pack("{s:s,s:b,s:I}", "url", "", "has_custom_certificate", 0,
				 "pending_update_count", (json_int_t)call->bot->updates.count);

	json_object_set_new(info, "allowed_updates", updates_allowed(&call->bot->updates));
	call_ok(call, info);
}
