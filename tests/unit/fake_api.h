/* tests/unit/fake_api.h -- a Bot API in small, on the test's own loop: answers as it is told to,
 * and remembers what it was asked. */
#ifndef TESTS_FAKE_API_H
#define TESTS_FAKE_API_H

#include "base/clock.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { FAKE_CALLS_MAX = 2000 };

struct fake_call {
	char method[32], text[64];
	int64_t chat_id, message_id, at_mono_ms;
	int buttons;
	char first_data[65];
};

struct fake_api {
	struct evhttp *http;
	char url[64];
	struct fake_call calls[FAKE_CALLS_MAX];
	int count;
	/* The next answers, in order; then "ok". A code of 0 says nothing at all, until the client
	 * gives up. */
	struct {
		int code;
		const char *body;
	} answers[16];
	int answer_first, answer_count;
	/* Requests without an answer. */
	struct evhttp_request *silent[16];
	int silent_count;
};

static inline void fake_note(struct fake_api *api, struct evhttp_request *request)
{
	struct fake_call *call =
		&api->calls[api->count < FAKE_CALLS_MAX - 1 ? api->count++ : api->count];
	struct evbuffer *body = evhttp_request_get_input_buffer(request);
	json_t *root = json_loadb((const char *)evbuffer_pullup(body, -1),
				  evbuffer_get_length(body), 0, NULL);
	json_t *rows = json_object_get(json_object_get(root, "reply_markup"), "inline_keyboard");
	json_t *first = json_array_get(json_array_get(rows, 0), 0);
	const char *text = json_string_value(json_object_get(root, "text"));
	const char *data = json_string_value(json_object_get(first, "callback_data"));

	*call = (struct fake_call){ .at_mono_ms = clock_mono_ms(),
				    .buttons = (int)json_array_size(rows),
				    .chat_id = json_integer_value(json_object_get(root, "chat_id")),
				    .message_id = json_integer_value(
					    json_object_get(root, "message_id")) };
	snprintf(call->method, sizeof(call->method), "%s",
		 strrchr(evhttp_request_get_uri(request), '/') + 1);
	snprintf(call->text, sizeof(call->text), "%s", text != NULL ? text : "");
	snprintf(call->first_data, sizeof(call->first_data), "%s", data != NULL ? data : "");
	json_decref(root);
}

static inline void fake_reply(struct evhttp_request *request, int code, const char *text)
{
	struct evbuffer *body = evbuffer_new();

	evbuffer_add_printf(body, "%s", text);
	evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type",
			  "application/json");
	evhttp_send_reply(request, code, "said", body);
	evbuffer_free(body);
}

static inline void fake_asked(struct evhttp_request *request, void *arg)
{
	struct fake_api *api = arg;
	char ok[64];
	int code = 200;

	fake_note(api, request);
	if (api->answer_first < api->answer_count)
		code = api->answers[api->answer_first++].code;
	snprintf(ok, sizeof(ok), "{\"ok\":true,\"result\":{\"message_id\":%d,\"date\":1}}",
		 1000 + api->count);
	if (code == 0)
		api->silent[api->silent_count++ % 16] = request;
	else
		fake_reply(request, code,
			   code == 200 ? ok : api->answers[api->answer_first - 1].body);
}

static inline void fake_open(struct fake_api *api, struct event_base *base)
{
	struct evhttp_bound_socket *socket;
	struct sockaddr_in address;
	socklen_t len = sizeof(address);

	*api = (struct fake_api){ 0 };
	api->http = evhttp_new(base);
	socket = evhttp_bind_socket_with_handle(api->http, "127.0.0.1", 0);
	assert_non_null(socket);
	assert_int_equal(
		getsockname(evhttp_bound_socket_get_fd(socket), (struct sockaddr *)&address, &len),
		0);
	snprintf(api->url, sizeof(api->url), "http://127.0.0.1:%d", ntohs(address.sin_port));
	evhttp_set_gencb(api->http, fake_asked, api);
}

static inline void fake_close(struct fake_api *api)
{
	evhttp_free(api->http);
}

static inline void fake_say(struct fake_api *api, int code, const char *body)
{
	api->answers[api->answer_count].code = code;
	api->answers[api->answer_count++].body = body;
}

/* How often a text was sent. */
static inline int fake_sent(const struct fake_api *api, const char *text)
{
	int count = 0;

	for (int i = 0; i < api->count; i++)
		count += strcmp(api->calls[i].text, text) == 0;
	return count;
}

#endif
