/* telegram/sandbox/api.c -- from a request below /bot to its method, and from the method's outcome
 * to the answer. */
#include "base/clock.h"
#include "base/http/server.h"
#include "telegram/sandbox/call.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RATE_CHAT_BURST = 3, TRUNCATED_PART = 2 };

/* clang-format off */
static const struct method methods[] = {
	{ "getMe",                  method_get_me,                    false },
	{ "getUpdates",             method_get_updates,               false },
	{ "sendMessage",            method_send_message,              true },
	{ "editMessageText",        method_edit_message_text,         true },
	{ "editMessageReplyMarkup", method_edit_message_reply_markup, true },
	{ "deleteMessage",          method_delete_message,            false },
	{ "answerCallbackQuery",    method_answer_callback_query,     false },
	{ "sendChatAction",         method_send_chat_action,          false },
	{ "getChat",                method_get_chat,                  false },
	{ "setMyCommands",          method_set_my_commands,           false },
	{ "getMyCommands",          method_get_my_commands,           false },
	{ "deleteMyCommands",       method_delete_my_commands,        false },
	{ "setWebhook",             method_set_webhook,               false },
	{ "deleteWebhook",          method_delete_webhook,            false },
	{ "getWebhookInfo",         method_get_webhook_info,          false },
};
/* clang-format on */

const struct method *method_find(struct str name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (str_eq_nocase(name, str_from_c(methods[i].name)))
			return &methods[i];
	return NULL;
}

/* ---- answering
 * ----------------------------------------------------------------------------------- */

/* status 0: nobody was answered. */
static void call_log(struct call *call, int status)
{
	struct str text = params_str(&call->params, "text");
	json_t *row = json_pack("{s:s,s:i,s:I,s:I}", "method", call->method->name, "status", status,
				"at", (json_int_t)clock_wall_ms(), "took_ms",
				(json_int_t)(clock_mono_ms() - call->start_ms));

	json_object_set_new(row, "chat_id",
			    call->chat_id != 0 ? json_integer(call->chat_id) : json_null());
	json_object_set_new(row, "text",
			    text.data == NULL
				    ? json_null()
				    : json_text(str_first_chars(text, CALL_TEXT_CHARS_MAX)));
	json_object_set_new(row, "description",
			    call->description.data == NULL ? json_null()
							   : json_text(call->description));
	json_object_set_new(row, "fault",
			    call->fault.kind == FAULT_NONE
				    ? json_null()
				    : json_string(fault_kind_name(call->fault.kind)));
	call_log_add(&call->bot->log, row);
}

static void reply(struct http_request *request, int status, const char *content_type,
		  struct str body, int64_t retry_after_s)
{
	struct http_header headers[2] = { { "Content-Type", str_from_c(content_type) } };
	size_t count = 1;

	if (retry_after_s > 0)
		headers[count++] = (struct http_header){ "Retry-After",
							 str_format(http_request_arena(request),
								    "%" PRId64, retry_after_s) };
	http_reply(request, status, headers, count, body);
}

/* The answer leaves as it is, or as its fault wants it. */
static void call_send(struct call *call)
{
	static const char page[] =
		"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
		"<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";
	bool lost = call->fault.kind == FAULT_REPLY_LOST || call->fault.kind == FAULT_RESET_BEFORE;

	call_log(call, lost ? 0 : call->fault.kind == FAULT_HTML_502 ? 502 : call->status);
	if (lost)
		http_abort(call->request);
	else if (call->fault.kind == FAULT_HTML_502)
		reply(call->request, 502, "text/html", str_from_c(page), 0);
	else if (call->fault.kind == FAULT_TRUNCATED)
		reply(call->request, call->status, "application/json",
		      (struct str){ call->body.data, call->body.len / TRUNCATED_PART }, 0);
	else
		reply(call->request, call->status, "application/json", call->body,
		      call->retry_after_s);
}

static void held_forget(struct call *call)
{
	struct call **at = &call->sandbox->held;

	while (*at != call)
		at = &(*at)->held_next;
	*at = call->held_next;
	loop_timer_close(call->timer);
	call->timer = NULL;
}

static void held_due(void *arg)
{
	struct call *call = arg;

	held_forget(call);
	call_send(call);
}

static void call_hold(struct call *call)
{
	int64_t delay_ms = call->fault.kind == FAULT_DELAY ? call->fault.delay_ms : call->delay_ms;

	if (call->sandbox->draining || delay_ms <= 0) {
		call_send(call);
		return;
	}
	call->timer = loop_timer_open(call->sandbox->base, held_due, call);
	call->held_next = call->sandbox->held;
	call->sandbox->held = call;
	loop_timer_set(call->timer, delay_ms);
}

void held_end(struct sandbox *sandbox)
{
	while (sandbox->held != NULL)
		held_due(sandbox->held);
}

/* error_500 with `accepted`: the method ran, its answer is replaced. */
static void spoil(struct call *call)
{
	if (call->fault.kind != FAULT_ERROR_500)
		return;
	call->status = 500;
	call->description = STR("Internal Server Error");
	call->body =
		STR("{\"ok\":false,\"error_code\":500,\"description\":\"Internal Server Error\"}");
}

static void call_finish(struct call *call, int status, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII);

	if (text == NULL)
		abort();
	call->status = status;
	call->body = str_copy(call->arena, str_from_c(text));
	free(text);
	json_decref(json);
	spoil(call);
	call_hold(call);
}

void call_ok(struct call *call, json_t *result)
{
	call_finish(call, 200, json_pack("{s:b,s:o}", "ok", 1, "result", result));
}

void call_ok_raw(struct call *call, const char *result)
{
	call->status = 200;
	call->body = str_format(call->arena, "{\"ok\":true,\"result\":%s}", result);
	spoil(call);
	call_hold(call);
}

static json_t *failure(struct call *call, int code, const char *description)
{
	call->description = str_copy(call->arena, str_from_c(description));
	return json_pack("{s:b,s:i,s:s}", "ok", 0, "error_code", code, "description", description);
}

void call_fail(struct call *call, int code, const char *description)
{
	call_finish(call, code, failure(call, code, description));
}

void call_fail_later(struct call *call, int code, const char *description, int64_t delay_ms)
{
	call->delay_ms = delay_ms;
	call_finish(call, code, failure(call, code, description));
}

void call_refuse(struct call *call, const char *reason)
{
	call_fail(call, 400, str_format(call->arena, "Bad Request: %s", reason).data);
}

void call_slow_down(struct call *call, int64_t retry_after_s)
{
	json_t *json = failure(
		call, 429,
		str_format(call->arena, "Too Many Requests: retry after %" PRId64, retry_after_s)
			.data);

	json_object_set_new(json, "parameters",
			    json_pack("{s:I}", "retry_after", (json_int_t)retry_after_s));
	call->retry_after_s = retry_after_s;
	call_finish(call, 429, json);
}

/* ---- faults and limits
 * ----------------------------------------------------------------------------- */

bool call_fault(struct call *call)
{
	const struct fault *fault = &call->fault;

	switch (fault->kind) {
	case FAULT_RATE_LIMIT:
		call_slow_down(call, fault->seconds);
		return true;
	case FAULT_BLOCKED:
		call_fail(call, 403, "Forbidden: bot was blocked by the user");
		return true;
	case FAULT_BAD_REQUEST:
		call_fail(call, 400, "Bad Request: refused by the sandbox's fault panel");
		return true;
	case FAULT_UNAUTHORIZED:
		call_fail(call, 401, "Unauthorized");
		return true;
	case FAULT_CONFLICT_409:
		call_fail(call, 409,
			  "Conflict: terminated by other getUpdates request; make sure that only "
			  "one bot instance is "
			  "running");
		return true;
	case FAULT_ERROR_500:
	case FAULT_HTML_502:
		if (fault->accepted)
			return false;
		call_fail(call, 500, "Internal Server Error");
		return true;
	case FAULT_RESET_BEFORE:
		call_send(call);
		return true;
	case FAULT_DUPLICATE_UPDATE:
		call_ok_raw(call, call->bot->updates.last_batch != NULL
					  ? call->bot->updates.last_batch
					  : "[]");
		return true;
	case FAULT_NONE:
	case FAULT_DELAY:
	case FAULT_REPLY_LOST:
	case FAULT_TRUNCATED:
	case FAULT_ID_JUMP_DOWN:
	case FAULT_KINDS:
		break;
	}
	return false;
}

/* One message at per_s a second, `burst` of them at once; how many seconds to wait, 0: it may pass.
 */
static int64_t rate_wait_s(int64_t *due_ms, int64_t per_s, int64_t burst, int64_t now_ms)
{
	int64_t interval_ms = per_s > 0 ? 1000 / per_s : 0, early_ms;

	if (per_s <= 0)
		return 0;
	if (*due_ms < now_ms)
		*due_ms = now_ms;
	early_ms = *due_ms + interval_ms - now_ms - burst * interval_ms;
	if (early_ms > 0)
		return (early_ms + 999) / 1000;
	*due_ms += interval_ms;
	return 0;
}

/* True: it was too much, and has been answered. */
static bool call_is_too_much(struct call *call)
{
	struct chat *chat = chat_find(call->bot, call->chat_id);
	int64_t now_ms = clock_mono_ms(), wait_s = 0;

	if (!call->method->counts)
		return false;
	if (chat != NULL)
		wait_s = rate_wait_s(&chat->rate_at_ms, call->bot->chat_per_s, RATE_CHAT_BURST,
				     now_ms);
	if (wait_s == 0)
		wait_s = rate_wait_s(&call->bot->rate_at_ms, call->bot->bot_per_s,
				     call->bot->bot_per_s, now_ms);
	if (wait_s > 0)
		call_slow_down(call, wait_s);
	return wait_s > 0;
}

/* ---- arriving
 * -------------------------------------------------------------------------------------- */

static void refuse(struct http_request *request, int code, const char *description)
{
	reply(request, code, "application/json",
	      str_format(http_request_arena(request),
			 "{\"ok\":false,\"error_code\":%d,\"description\":\"%s\"}", code,
			 description),
	      0);
}

static bool all_utf8(const struct params *params)
{
	for (size_t i = 0; i < params->count; i++)
		if (!str_is_utf8(params->rows[i].value))
			return false;
	return true;
}

static void call_run(struct call *call)
{
	const char *error;
	enum status status = params_parse(http_request_query(call->request),
					  http_request_header(call->request, "Content-Type"),
					  http_request_body(call->request), call->arena,
					  &call->params, &error);

	if (status == STATUS_OK && !all_utf8(&call->params)) {
		status = STATUS_BAD_INPUT;
		error = "Bad Request: strings must be encoded in UTF-8";
		call->params.count = 0;
	}
	if (status != STATUS_OK) {
		call_fail(call, 400, error);
		return;
	}
	call->chat_id = params_int(&call->params, "chat_id", 0, INT64_MIN, INT64_MAX);
	if (faults_take(&call->bot->faults, call->method->name, call->chat_id, &call->fault) ==
		    STATUS_OK &&
	    call_fault(call))
		return;
	if (!call_is_too_much(call))
		call->method->run(call);
}

void api_handle(struct sandbox *sandbox, struct http_request *request, struct str path)
{
	struct str token, name = str_cut(str_skip(path, strlen("/bot")), '/', &token);
	struct call *call = ARENA_NEW(http_request_arena(request), struct call);
	enum http_method verb = http_request_method(request);
	enum status status;

	if (verb != HTTP_GET && verb != HTTP_POST) {
		refuse(request, 405, "Method Not Allowed");
		return;
	}
	*call = (struct call){ .sandbox = sandbox,
			       .request = request,
			       .arena = http_request_arena(request),
			       .start_ms = clock_mono_ms(),
			       .method = method_find(name) };
	if (name.data == NULL) {
		refuse(request, 404, "Not Found");
		return;
	}
	status = bot_get(sandbox, token, &call->bot);
	if (status == STATUS_BUSY)
		refuse(request, 429, "Too Many Requests: the sandbox holds no more bots");
	else if (status != STATUS_OK)
		refuse(request, 401, "Unauthorized: invalid token specified");
	else if (call->method == NULL)
		refuse(request, 404, "Not Found: method not found");
	else
		call_run(call);
}
