/* telegram/sandbox/state.c -- making, finding and forgetting bots, chats, messages and presses. */
#include "telegram/sandbox/state.h"

#include "base/clock.h"
#include "base/random.h"
#include "domain/settings.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *made)
{
	if (made == NULL)
		abort();
	return made;
}

json_t *json_text(struct str text)
{
	return must(json_stringn(text.data != NULL ? text.data : "", text.len));
}

/* ---- bots -------------------------------------------------------------------------------------
 */

static bool secret_is_valid(struct str secret)
{
	for (size_t i = 0; i < secret.len; i++) {
		char c = secret.data[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		      c == '_' || c == '-'))
			return false;
	}
	return secret.len > 0;
}

bool token_is_valid(struct str token)
{
	struct str id, secret = str_cut(token, ':', &id);
	int64_t number;

	return token.len <= TOKEN_BYTES_MAX && !str_starts(token, STR("0")) &&
	       str_to_int(id, 1, INT64_MAX, &number) == STATUS_OK && secret_is_valid(secret);
}

/* The desk's own bots have names that a person recognises. */
static void bot_name(const struct bot *bot, const char **first_name_out, const char **username_out)
{
	static const char *const names[BOT_ROLES][2] = {
		[BOT_SUPPORT] = { "EcoScooter Support", "ecoscooter_support_bot" },
		[BOT_COURIER] = { "EcoScooter Courier", "ecoscooter_courier_bot" },
	};

	for (enum bot_role role = BOT_SUPPORT; role < BOT_ROLES; role++) {
		if (str_eq(bot->token, bot_role_sandbox_token(role))) {
			*first_name_out = names[role][0];
			*username_out = names[role][1];
		}
	}
}

static struct bot *bot_make(struct sandbox *sandbox, struct str token)
{
	struct bot *bot = must(calloc(1, sizeof(*bot)));
	struct str id;
	char username[40];
	const char *first_name = "Sandbox bot", *shown = username;

	str_cut(token, ':', &id);
	snprintf(username, sizeof(username), "sandbox_%.*s_bot", STR_ARG(id));
	bot->sandbox = sandbox;
	bot->token = (struct str){ must(strndup(token.data, token.len)), token.len };
	if (str_to_int(id, 1, INT64_MAX, &bot->id) != STATUS_OK)
		abort();
	bot_name(bot, &first_name, &shown);
	bot->user = must(json_pack("{s:I,s:b,s:s,s:s}", "id", (json_int_t)bot->id, "is_bot", 1,
				   "first_name", first_name, "username", shown));
	bot->commands = must(json_object());
	bot->message_id_next = sandbox->first_id;
	updates_init(&bot->updates, sandbox->first_id);
	bot->next = sandbox->bots;
	sandbox->bots = bot;
	sandbox->bot_count++;
	return bot;
}

enum status bot_get(struct sandbox *sandbox, struct str name, struct bot **bot_out)
{
	for (enum bot_role role = BOT_SUPPORT; role < BOT_ROLES; role++)
		if (str_eq_c(name, bot_role_name(role)))
			name = bot_role_sandbox_token(role);
	if (!token_is_valid(name))
		return STATUS_NOT_FOUND;
	for (*bot_out = sandbox->bots; *bot_out != NULL; *bot_out = (*bot_out)->next)
		if (str_eq((*bot_out)->token, name))
			return STATUS_OK;
	if (sandbox->bot_count == BOTS_MAX)
		return STATUS_BUSY;
	*bot_out = bot_make(sandbox, name);
	return STATUS_OK;
}

static void message_free(struct message *message)
{
	json_decref(message->json);
	json_decref(message->versions);
	json_decref(message->pressable);
	free(message);
}

static void chat_free(struct chat *chat)
{
	for (size_t i = 0; i < chat->message_count; i++)
		message_free(chat->messages[i]);
	for (size_t i = 0; i < PRESSES_MAX; i++)
		json_decref(chat->presses[i].shown);
	free(chat->messages);
	json_decref(chat->user);
	json_decref(chat->reply_markup);
	free(chat);
}

static void bot_free(struct bot *bot)
{
	for (size_t i = 0; i < bot->chat_count; i++)
		chat_free(bot->chats[i]);
	free(bot->chats);
	json_decref(bot->user);
	json_decref(bot->commands);
	updates_release(&bot->updates);
	call_log_release(&bot->log);
	loop_timer_close(bot->poll_timer);
	free((char *)bot->token.data);
	free(bot);
}

void bots_free(struct sandbox *sandbox)
{
	while (sandbox->bots != NULL) {
		struct bot *bot = sandbox->bots;

		sandbox->bots = bot->next;
		bot_free(bot);
	}
}

/* ---- chats -------------------------------------------------------------------------------------
 */

/* The first place whose user id is not below. */
static size_t chat_place(const struct bot *bot, int64_t user_id)
{
	size_t low = 0, high = bot->chat_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (bot->chats[middle]->user_id < user_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct chat *chat_find(const struct bot *bot, int64_t user_id)
{
	size_t at = chat_place(bot, user_id);

	return at < bot->chat_count && bot->chats[at]->user_id == user_id ? bot->chats[at] : NULL;
}

static struct chat *chat_make(int64_t user_id)
{
	struct chat *chat = must(calloc(1, sizeof(*chat)));
	char name[32];

	snprintf(name, sizeof(name), "User %" PRId64, user_id);
	chat->user_id = user_id;
	chat->user = must(json_pack("{s:I,s:b,s:s}", "id", (json_int_t)user_id, "is_bot", 0,
				    "first_name", name));
	chat->messages = must(calloc(MESSAGES_MAX, sizeof(struct message *)));
	return chat;
}

enum status chat_get(struct bot *bot, int64_t user_id, struct chat **chat_out)
{
	size_t at = chat_place(bot, user_id);

	*chat_out = chat_find(bot, user_id);
	if (*chat_out != NULL)
		return STATUS_OK;
	if (bot->chat_count == CHATS_MAX)
		return STATUS_BUSY;
	bot->chats = must(realloc(bot->chats, (bot->chat_count + 1) * sizeof(struct chat *)));
	memmove(bot->chats + at + 1, bot->chats + at,
		(bot->chat_count - at) * sizeof(struct chat *));
	*chat_out = bot->chats[at] = chat_make(user_id);
	bot->chat_count++;
	return STATUS_OK;
}

void chat_changed(struct chat *chat)
{
	chat->revision++;
}

json_t *chat_json(const struct chat *chat)
{
	static const char *const shared[] = { "first_name", "last_name", "username" };
	json_t *json = must(json_pack("{s:I}", "id", (json_int_t)chat->user_id));

	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++)
		if (json_object_get(chat->user, shared[i]) != NULL)
			json_object_set(json, shared[i], json_object_get(chat->user, shared[i]));
	json_object_set_new(json, "type", json_string("private"));
	return json;
}

const char *chat_action(const struct chat *chat)
{
	return clock_mono_ms() < chat->action_until_ms ? chat->action : NULL;
}

/* ---- messages ----------------------------------------------------------------------------------
 */

static void message_forget_oldest(struct chat *chat)
{
	message_free(chat->messages[0]);
	chat->message_count--;
	memmove(chat->messages, chat->messages + 1, chat->message_count * sizeof(struct message *));
}

struct message *message_add(struct bot *bot, struct chat *chat, bool from_bot, int64_t date_s)
{
	struct message *message = must(calloc(1, sizeof(*message)));

	if (chat->message_count == MESSAGES_MAX)
		message_forget_oldest(chat);
	message->id = bot->message_id_next++;
	message->from_bot = from_bot;
	message->json = must(json_object());
	json_object_set_new(message->json, "message_id", json_integer(message->id));
	json_object_set_new(message->json, "from",
			    json_deep_copy(from_bot ? bot->user : chat->user));
	json_object_set_new(message->json, "chat", chat_json(chat));
	json_object_set_new(message->json, "date", json_integer(date_s));
	chat->messages[chat->message_count++] = message;
	chat_changed(chat);
	return message;
}

struct message *message_find(const struct chat *chat, int64_t id)
{
	for (size_t i = chat->message_count; i-- > 0;)
		if (chat->messages[i]->id == id)
			return chat->messages[i]->deleted ? NULL : chat->messages[i];
	return NULL;
}

json_t *message_reply_json(const struct message *message)
{
	json_t *json = must(json_copy(message->json));

	json_object_del(json, "reply_to_message");
	return json;
}

struct str message_text(const struct message *message)
{
	const json_t *text = json_object_get(message->json, "text");

	return text == NULL ? STR_NONE
			    : (struct str){ json_string_value(text), json_string_length(text) };
}

void message_set_keyboard(struct message *message, json_t *inline_keyboard)
{
	json_t *row, *button;
	size_t i, j;

	json_object_del(message->json, "reply_markup");
	if (inline_keyboard == NULL)
		return;
	json_object_set(message->json, "reply_markup", inline_keyboard);
	if (message->pressable == NULL)
		message->pressable = must(json_object());
	json_array_foreach(json_object_get(inline_keyboard, "inline_keyboard"), i, row)
		json_array_foreach(row, j,
				   button) if (json_object_get(button, "callback_data") != NULL)
			json_object_set_new(
				message->pressable,
				json_string_value(json_object_get(button, "callback_data")),
				json_true());
}

bool message_can_be_pressed(const struct message *message, struct str data)
{
	const char *name;
	json_t *value;

	json_object_foreach(message->pressable, name, value) if (str_eq_c(data, name)) return true;
	return false;
}

void message_keep_version(struct message *message)
{
	const json_t *edited = json_object_get(message->json, "edit_date");
	json_t *version = must(json_object());

	if (message->versions == NULL)
		message->versions = must(json_array());
	json_object_set(version, "text", json_object_get(message->json, "text"));
	json_object_set(version, "date",
			edited != NULL ? (json_t *)edited : json_object_get(message->json, "date"));
	json_array_append_new(message->versions, version);
}

/* ---- presses -----------------------------------------------------------------------------------
 */

/* As on the real server the upper half tells the user, which makes presses quick to find. */
static int64_t press_owner(int64_t user_id)
{
	return user_id & 0x7fffffff;
}

static int64_t press_id(int64_t user_id)
{
	uint32_t bits;

	random_bytes(&bits, sizeof(bits));
	return press_owner(user_id) << 32 | (bits | 1);
}

struct press *press_add(struct chat *chat, int64_t message_id, struct str data)
{
	struct press *press = &chat->presses[chat->press_next++ % PRESSES_MAX];
	int64_t now_ms = clock_wall_ms();
	char id[24];

	json_decref(press->shown);
	*press = (struct press){ .id = press_id(chat->user_id),
				 .message_id = message_id,
				 .at_ms = now_ms };
	snprintf(id, sizeof(id), "%" PRId64, press->id);
	press->shown =
		must(json_pack("{s:s,s:I,s:I,s:b}", "id", id, "message_id", (json_int_t)message_id,
			       "at", (json_int_t)now_ms, "answered", 0));
	json_object_set_new(press->shown, "data", json_text(data));
	chat_changed(chat);
	return press;
}

struct press *press_find(const struct bot *bot, int64_t id, struct chat **chat_out)
{
	int64_t oldest_ms = clock_wall_ms() - PRESS_ANSWER_MS;

	for (size_t i = 0; i < bot->chat_count; i++) {
		*chat_out = bot->chats[i];
		for (size_t j = 0;
		     press_owner(bot->chats[i]->user_id) == id >> 32 && j < PRESSES_MAX; j++) {
			struct press *press = &bot->chats[i]->presses[j];

			if (press->id == id && !press->answered && press->at_ms >= oldest_ms)
				return press;
		}
	}
	return NULL;
}
