/* telegram/bot_api.c -- each call as one POST with a JSON body. */
#include "telegram/bot_api.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "telegram/answer.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

enum {
	CALL_TIMEOUT_MS = 10000,
	POLL_SLACK_MS = 10000, /* what a long poll may take beyond its own timeout */
	POLL_LIMIT_MAX = 100,
	POLL_TIMEOUT_S_MAX = 50,
};

/* What one method call needs beside its body. */
struct request {
	const char *method;
	enum answer_kind kind;
	int timeout_ms;
	bool (*may_send)(void *arg);
	bot_done done;
	void *arg;
};

/* One call under way; in the api's list so that closing can free it. */
struct call {
	struct call *next, **link;
	struct request request;
};

struct bot_api {
	struct http_client *client;
	struct arena arena; /* the address */
	struct str base;    /* "<api>/bot<token>/": holds the token, never logged */
	struct call *calls;
};

enum status bot_api_id(struct str token, int64_t *bot_id_out)
{
	struct str id, secret = str_cut(token, ':', &id);

	if (secret.len == 0)
		return STATUS_BAD_INPUT;
	return str_to_int(id, 1, INT64_MAX, bot_id_out);
}

enum status bot_api_open(const struct bot_api_options *options, struct bot_api **api_out)
{
	struct bot_api *api;
	struct str address = str_from_c(options->api);
	int64_t id;
	enum status status;

	if (bot_api_id(str_from_c(options->token), &id) != STATUS_OK) {
		log_error("bot_api.bad_token", LOG_C("reason", "a token is <digits>:<secret>"));
		return STATUS_BAD_INPUT;
	}
	api = calloc(1, sizeof(*api));
	if (api == NULL)
		abort();
	while (str_ends(address, STR("/")))
		address.len--;
	api->base = str_format(&api->arena, "%.*s/bot%s/", STR_ARG(address), options->token);
	status = http_client_open(options->base, options->calls_max, &api->client);
	if (status != STATUS_OK) {
		bot_api_close(api);
		return status;
	}
	*api_out = api;
	return STATUS_OK;
}

static void call_free(struct call *call)
{
	*call->link = call->next;
	if (call->next != NULL)
		call->next->link = call->link;
	free(call);
}

void bot_api_close(struct bot_api *api)
{
	if (api == NULL)
		return;
	http_client_close(api->client);
	while (api->calls != NULL) {
		assert(api->calls->link == &api->calls);
		call_free(api->calls);
	}
	arena_release(&api->arena);
	free(api);
}

static struct call *call_make(struct bot_api *api, const struct request *request)
{
	struct call *call = calloc(1, sizeof(*call));

	if (call == NULL)
		abort();
	*call = (struct call){ .link = &api->calls, .next = api->calls, .request = *request };
	if (api->calls != NULL)
		api->calls->link = &call->next;
	api->calls = call;
	return call;
}

static bool call_may_send(void *arg)
{
	const struct request *request = &((const struct call *)arg)->request;

	return request->may_send == NULL || request->may_send(request->arg);
}

/* done() may start new calls: ours is gone before it runs. */
static void call_done(const struct http_result *result, void *arg)
{
	struct call *call = arg;
	struct request request = call->request;
	struct bot_answer answer;
	json_t *json;

	call_free(call);
	answer_classify(result, request.kind, &answer, &json);
	if (request.done != NULL)
		request.done(&answer, request.arg);
	json_decref(json);
}

/* Ends the body's arena. */
static enum status call_start(struct bot_api *api, const struct request *request, struct buf *body)
{
	struct call *call = call_make(api, request);
	struct http_call *handle;
	struct http_send send = {
		.url = str_format(body->arena, "%.*s%s", STR_ARG(api->base), request->method).data,
		.body = buf_str(body),
		.content_type = "application/json",
		.timeout_ms = request->timeout_ms > 0 ? request->timeout_ms : CALL_TIMEOUT_MS,
		.may_send = call_may_send,
		.done = call_done,
		.arg = call,
	};
	enum status status = http_client_send(api->client, &send, &handle);

	if (status != STATUS_OK)
		call_free(call);
	arena_release(body->arena);
	return status;
}

static void add_markup(struct buf *body, const struct bot_button *buttons, size_t count)
{
	json_name(body, "reply_markup");
	json_open(body, '{');
	json_name(body, "inline_keyboard");
	json_open(body, '[');
	for (size_t i = 0; i < count; i++) {
		json_open(body, '[');
		json_open(body, '{');
		json_add_str(body, "text", buttons[i].text);
		json_add_str(body, "callback_data", buttons[i].data);
		json_close(body, '}');
		json_close(body, ']');
	}
	json_close(body, ']');
	json_close(body, '}');
}

enum status bot_send_message(struct bot_api *api, const struct bot_send *send)
{
	struct arena arena = { 0 };
	struct buf body = buf_in(&arena);

	json_open(&body, '{');
	json_add_int(&body, "chat_id", send->chat_id);
	json_add_str(&body, "text", send->text);
	if (send->button_count > 0)
		add_markup(&body, send->buttons, send->button_count);
	if (send->reply_to != 0) {
		json_name(&body, "reply_parameters");
		json_open(&body, '{');
		json_add_int(&body, "message_id", send->reply_to);
		json_add_bool(&body, "allow_sending_without_reply", true);
		json_close(&body, '}');
	}
	json_close(&body, '}');
	return call_start(api,
			  &(struct request){ "sendMessage", ANSWER_SEND, send->timeout_ms,
					     send->may_send, send->done, send->arg },
			  &body);
}

enum status bot_edit_message(struct bot_api *api, const struct bot_edit *edit)
{
	struct arena arena = { 0 };
	struct buf body = buf_in(&arena);
	bool has_text = edit->text.data != NULL;

	json_open(&body, '{');
	json_add_int(&body, "chat_id", edit->chat_id);
	json_add_int(&body, "message_id", edit->message_id);
	if (has_text)
		json_add_str(&body, "text", edit->text);
	/* Without the member the real server takes the buttons away too; said openly. */
	add_markup(&body, edit->buttons, edit->button_count);
	json_close(&body, '}');
	return call_start(
		api,
		&(struct request){ has_text ? "editMessageText" : "editMessageReplyMarkup",
				   ANSWER_EDIT, edit->timeout_ms, NULL, edit->done, edit->arg },
		&body);
}

enum status bot_answer_callback(struct bot_api *api, struct str callback_id, struct str text,
				bot_done done, void *arg)
{
	struct arena arena = { 0 };
	struct buf body = buf_in(&arena);

	json_open(&body, '{');
	json_add_str(&body, "callback_query_id", callback_id);
	if (text.len > 0)
		json_add_str(&body, "text", text);
	json_close(&body, '}');
	return call_start(
		api, &(struct request){ "answerCallbackQuery", ANSWER_OTHER, 0, NULL, done, arg },
		&body);
}

enum status bot_send_chat_action(struct bot_api *api, int64_t chat_id, struct str action,
				 bot_done done, void *arg)
{
	struct arena arena = { 0 };
	struct buf body = buf_in(&arena);

	json_open(&body, '{');
	json_add_int(&body, "chat_id", chat_id);
	json_add_str(&body, "action", action);
	json_close(&body, '}');
	return call_start(api,
			  &(struct request){ "sendChatAction", ANSWER_OTHER, 0, NULL, done, arg },
			  &body);
}

enum status bot_set_my_commands(struct bot_api *api, struct str language_code,
				const struct bot_command *commands, size_t count, bot_done done,
				void *arg)
{
	struct arena arena = { 0 };
	struct buf body = buf_in(&arena);

	json_open(&body, '{');
	json_name(&body, "commands");
	json_open(&body, '[');
	for (size_t i = 0; i < count; i++) {
		json_open(&body, '{');
		json_add_str(&body, "command", commands[i].command);
		json_add_str(&body, "description", commands[i].description);
		json_close(&body, '}');
	}
	json_close(&body, ']');
	if (language_code.len > 0)
		json_add_str(&body, "language_code", language_code);
	json_close(&body, '}');
	return call_start(
		api, &(struct request){ "setMyCommands", ANSWER_OTHER, 0, NULL, done, arg }, &body);
}

enum status bot_get_me(struct bot_api *api, bot_done done, void *arg)
{
	struct arena arena = { 0 };
	struct buf body = buf_in(&arena);

	buf_add_c(&body, "{}");
	return call_start(api, &(struct request){ "getMe", ANSWER_OTHER, 0, NULL, done, arg },
			  &body);
}

enum status bot_get_updates(struct bot_api *api, int64_t offset, int limit, int timeout_s,
			    bot_done done, void *arg)
{
	static const char *const wanted[] = { "message", "edited_message", "callback_query",
					      "my_chat_member" };
	struct arena arena = { 0 };
	struct buf body = buf_in(&arena);

	assert(limit >= 1 && limit <= POLL_LIMIT_MAX && timeout_s >= 0 &&
	       timeout_s <= POLL_TIMEOUT_S_MAX);
	json_open(&body, '{');
	json_add_int(&body, "offset", offset);
	json_add_int(&body, "limit", limit);
	json_add_int(&body, "timeout", timeout_s);
	json_name(&body, "allowed_updates");
	json_open(&body, '[');
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		json_str(&body, str_from_c(wanted[i]));
	json_close(&body, ']');
	json_close(&body, '}');
	return call_start(api,
			  &(struct request){ "getUpdates", ANSWER_OTHER,
					     timeout_s * 1000 + POLL_SLACK_MS, NULL, done, arg },
			  &body);
}
