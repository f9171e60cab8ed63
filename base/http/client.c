/* base/http/client.c -- calls: made, queued, judged. */
#include "base/http/client_multi.h"

#include "base/clock.h"
#include "base/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	CALLS_WAITING_MAX = 10000,
	CONNECT_TIMEOUT_MS = 2000,
	ANSWER_BYTES_MAX = 8 << 20,
	CONNECTION_AGE_MAX_S = 30, /* below the keep-alive of the servers we talk to */
	QUEUE_CHECK_MS = 100,
};

/* ---- calls ------------------------------------------------------------------------------- */

static void call_free(struct http_call *call)
{
	if (call->headers != NULL)
		curl_slist_free_all(call->headers);
	if (call->easy != NULL)
		curl_easy_cleanup(call->easy);
	free(call->answer);
	arena_release(&call->arena);
	free(call);
}

static struct http_call *call_new(struct http_client *client, const struct http_send *send)
{
	struct http_call *call = calloc(1, sizeof(*call));

	if (call == NULL) {
		log_error("http_client.memory", LOG_INT("bytes", sizeof(*call)));
		abort();
	}
	call->client = client;
	call->send = *send;
	call->send.url = str_to_c(&call->arena, str_from_c(send->url));
	call->send.body = str_copy(&call->arena, send->body);
	call->send.content_type = str_copy(&call->arena, str_from_c(send->content_type)).data;
	call->begun_at_ms = clock_mono_ms();
	if (call->send.connect_timeout_ms == 0)
		call->send.connect_timeout_ms = CONNECT_TIMEOUT_MS;
	if (call->send.answer_bytes_max == 0)
		call->send.answer_bytes_max = ANSWER_BYTES_MAX;
	return call;
}

/* Takes it off its list, so that nothing finds it any more. */
static void call_detach(struct http_call *call)
{
	struct http_client *client = call->client;

	if (call->running) {
		curl_multi_remove_handle(client->multi, call->easy);
		TAILQ_REMOVE(&client->running, call, link);
		client->running_count--;
	} else {
		TAILQ_REMOVE(&client->waiting, call, link);
		client->waiting_count--;
	}
}

static void call_finish(struct http_call *call, const struct http_result *result)
{
	call_detach(call);
	call->send.done(result, call->send.arg);
	call_free(call);
}

static void call_finish_unsent(struct http_call *call, const char *reason)
{
	call_finish(call, &(struct http_result){
				  .fate = HTTP_NOT_SENT, .reason = reason, .body = STR("") });
}

/* ---- what curl asks of us ---------------------------------------------------------------- */

/* Before each request that curl begins. A second one means that it repeats the call on a new
 * connection; it may only if nothing of the first left. */
static int before_request(void *arg, char *ip, char *local_ip, int port, int local_port)
{
	struct http_call *call = arg;
	long sent_bytes = 0;

	(void)ip, (void)local_ip, (void)port, (void)local_port;
	curl_easy_getinfo(call->easy, CURLINFO_REQUEST_SIZE, &sent_bytes);
	if (sent_bytes > 0 || call->body_sent > 0)
		return CURL_PREREQFUNC_ABORT;
	if (call->send.body.len == 0 && call->send.may_send != NULL &&
	    !call->send.may_send(call->send.arg)) {
		call->held_back = true;
		return CURL_PREREQFUNC_ABORT;
	}
	return CURL_PREREQFUNC_OK;
}

static size_t body_read(char *to, size_t size, size_t count, void *arg)
{
	struct http_call *call = arg;
	struct str rest = str_skip(call->send.body, call->body_sent);
	size_t len = rest.len < size * count ? rest.len : size * count;

	if (call->body_sent == 0 && call->send.may_send != NULL &&
	    !call->send.may_send(call->send.arg)) {
		call->held_back = true;
		return CURL_READFUNC_ABORT;
	}
	if (len > 0)
		memcpy(to, rest.data, len);
	call->body_sent += len;
	return len;
}

static size_t answer_write(char *bytes, size_t size, size_t count, void *arg)
{
	struct http_call *call = arg;
	size_t len = size * count, need = call->answer_len + len;

	if (need > call->send.answer_bytes_max) {
		call->answer_too_long = true;
		return 0;
	}
	if (need > call->answer_size) {
		size_t room = need < 4096 ? 4096 : need * 2;
		char *answer = realloc(call->answer, room);

		if (answer == NULL)
			return 0;
		call->answer = answer;
		call->answer_size = room;
	}
	if (len > 0)
		memcpy(call->answer + call->answer_len, bytes, len);
	call->answer_len = need;
	return len;
}

/* ---- setting up -------------------------------------------------------------------------- */

/* What stays on this machine goes through no proxy, whatever the environment says. */
static bool is_loopback(const char *url)
{
	static const char *const starts[] = { "http://127.",
					      "http://localhost:", "http://localhost/",
					      "http://[::1]" };

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (strncmp(url, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

static CURLcode body_set_up(struct http_call *call)
{
	CURL *easy = call->easy;
	CURLcode code = curl_easy_setopt(easy, CURLOPT_POST, 1L);
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");

	if (headers != NULL && call->send.content_type != NULL) {
		struct str line =
			str_format(&call->arena, "Content-Type: %s", call->send.content_type);
		struct curl_slist *more = curl_slist_append(headers, line.data);

		if (more == NULL)
			curl_slist_free_all(headers);
		headers = more;
	}
	call->headers = headers;
	if (headers == NULL)
		return CURLE_OUT_OF_MEMORY;
	/* No seek function: curl then can't send the body a second time by itself. */
	code = code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_READFUNCTION, body_read);
	code = code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_READDATA, call);
	code = code != CURLE_OK ? code
				: curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
						   (curl_off_t)call->send.body.len);
	code = code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	/* Without a body there is nothing to seek in; then a used connection is no safe one. */
	if (code == CURLE_OK && call->send.body.len == 0)
		code = curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	return code;
}

static CURLcode easy_set_up(struct http_call *call, int64_t left_ms)
{
	const struct {
		CURLoption option;
		long value;
	} numbers[] = {
		{ CURLOPT_NOSIGNAL, 1 },
		{ CURLOPT_FOLLOWLOCATION, 0 },
		{ CURLOPT_CONNECTTIMEOUT_MS, call->send.connect_timeout_ms },
		{ CURLOPT_TIMEOUT_MS, (long)left_ms },
		{ CURLOPT_MAXAGE_CONN, CONNECTION_AGE_MAX_S },
		{ CURLOPT_HTTP_VERSION,
		  CURL_HTTP_VERSION_1_1 }, /* what is said of fates holds for it */
	};
	CURL *easy = call->easy;
	CURLcode code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers) && code == CURLE_OK; i++)
		code = curl_easy_setopt(easy, numbers[i].option, numbers[i].value);
	code = code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_URL, call->send.url);
	code = code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
	code = code != CURLE_OK ? code
				: curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, answer_write);
	code = code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
	code = code != CURLE_OK ? code
				: curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
	code = code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_PREREQDATA, call);
	if (code == CURLE_OK && is_loopback(call->send.url))
		code = curl_easy_setopt(easy, CURLOPT_PROXY, "");
	if (code == CURLE_OK && call->send.body.data != NULL)
		code = body_set_up(call);
	return code;
}

/* ---- judging ----------------------------------------------------------------------------- */

/* facts of curl 7.88: these codes come before the request leaves; the rest may come after. */
static bool is_before_sending(CURLcode code, long sent_bytes)
{
	switch ((int)code) {
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_URL_MALFORMAT:
	case CURLE_OPERATION_TIMEDOUT:
		return sent_bytes == 0;
	default:
		return false;
	}
}

static int64_t date_of(CURL *easy)
{
	struct curl_header *date;
	time_t at_s = -1;

	if (curl_easy_header(easy, "Date", 0, CURLH_HEADER, -1, &date) == CURLHE_OK)
		at_s = curl_getdate(date->value, NULL);
	return at_s > 0 ? (int64_t)at_s : 0;
}

static struct http_result result_of(struct http_call *call, CURLcode code)
{
	struct http_result result = { .fate = HTTP_UNKNOWN, .reason = curl_easy_strerror(code) };
	long sent_bytes = 0, status = 0;
	curl_off_t retry_after_s = 0;

	curl_easy_getinfo(call->easy, CURLINFO_REQUEST_SIZE, &sent_bytes);
	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(call->easy, CURLINFO_RETRY_AFTER, &retry_after_s);
	result.status = (int)status;
	result.date_s = date_of(call->easy);
	result.retry_after_s = retry_after_s > 0 && retry_after_s < INT32_MAX ? (int)retry_after_s
									      : 0;
	result.body = (struct str){ call->answer != NULL ? call->answer : "", call->answer_len };
	if (code == CURLE_OK) {
		result.fate = HTTP_ANSWERED;
		result.reason = "answered";
	} else if (call->held_back) {
		result.fate = HTTP_NOT_SENT;
		result.reason = "held back before the first byte";
	} else if (is_before_sending(code, sent_bytes)) {
		result.fate = HTTP_NOT_SENT;
	} else if (call->answer_too_long) {
		result.reason = "the answer is too long";
	}
	return result;
}

void client_call_ended(struct http_call *call, CURLcode code)
{
	struct http_result result = result_of(call, code);

	call_finish(call, &result);
}

/* ---- the queue --------------------------------------------------------------------------- */

static void call_start(struct http_call *call, int64_t left_ms)
{
	struct http_client *client = call->client;
	CURLcode code = CURLE_OUT_OF_MEMORY;

	call->easy = curl_easy_init();
	if (call->easy != NULL)
		code = easy_set_up(call, left_ms);
	if (code != CURLE_OK) {
		call_finish_unsent(call, curl_easy_strerror(code));
		return;
	}
	TAILQ_REMOVE(&client->waiting, call, link);
	client->waiting_count--;
	call->running = true;
	TAILQ_INSERT_TAIL(&client->running, call, link);
	client->running_count++;
	if (curl_multi_add_handle(client->multi, call->easy) != CURLM_OK)
		call_finish_unsent(call, "curl takes no further call");
}

/* Starts what fits and ends what waited too long. From the loop only, so that http_client_send
 * never calls done. */
static void queue_run(void *arg)
{
	struct http_client *client = arg;
	struct http_call *call;
	int64_t now_ms = clock_mono_ms();

	while ((call = TAILQ_FIRST(&client->waiting)) != NULL &&
	       client->running_count < client->calls_max) {
		/* clang-tidy takes the head of a queue.h list for unchanged by TAILQ_REMOVE, which
		 * writes it through a pointer in the element: here and in http_client_close. */
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		int64_t left_ms = call->send.timeout_ms - (now_ms - call->begun_at_ms);

		if (left_ms > 0)
			call_start(call, left_ms);
		else
			call_finish_unsent(call, "waited too long for its turn");
	}
	for (call = TAILQ_FIRST(&client->waiting); call != NULL;) {
		struct http_call *next = TAILQ_NEXT(call, link);
		bool late = now_ms - call->begun_at_ms >= call->send.timeout_ms;

		if (late)
			call_finish_unsent(call, "waited too long for its turn");
		/* done() may have changed the queue: look again from the start. */
		call = late ? TAILQ_FIRST(&client->waiting) : next;
	}
	if (client->waiting_count > 0)
		loop_timer_set(client->queue, QUEUE_CHECK_MS);
}

void client_queue_soon(struct http_client *client)
{
	if (client->waiting_count > 0)
		loop_timer_set(client->queue, 0);
}

/* ---- the public functions ---------------------------------------------------------------- */

static bool is_http(const char *url)
{
	return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

enum status http_client_open(struct event_base *base, int calls_max,
			     struct http_client **client_out)
{
	struct http_client *client = calloc(1, sizeof(*client));

	assert(calls_max > 0);
	if (client == NULL)
		return STATUS_FAILED;
	client->base = base;
	client->calls_max = calls_max;
	TAILQ_INIT(&client->running);
	TAILQ_INIT(&client->waiting);
	client->queue = loop_timer_open(base, queue_run, client);
	if (client_multi_open(client) != STATUS_OK) {
		http_client_close(client);
		return STATUS_FAILED;
	}
	*client_out = client;
	return STATUS_OK;
}

void http_client_close(struct http_client *client)
{
	struct http_call *call;

	if (client == NULL)
		return;
	while ((call = TAILQ_FIRST(&client->running)) != NULL)
		http_call_cancel(call); /* NOLINT(clang-analyzer-unix.Malloc): as in queue_run */
	while ((call = TAILQ_FIRST(&client->waiting)) != NULL)
		http_call_cancel(call); /* NOLINT(clang-analyzer-unix.Malloc): as in queue_run */
	client_multi_close(client);
	loop_timer_close(client->queue);
	free(client);
}

enum status http_client_send(struct http_client *client, const struct http_send *send,
			     struct http_call **call_out)
{
	struct http_call *call;

	assert(send->timeout_ms > 0 && send->done != NULL);
	if (!is_http(send->url))
		return STATUS_BAD_INPUT;
	if (client->waiting_count >= CALLS_WAITING_MAX)
		return STATUS_BUSY;
	call = call_new(client, send);
	TAILQ_INSERT_TAIL(&client->waiting, call, link);
	client->waiting_count++;
	if (client->running_count < client->calls_max)
		client_queue_soon(client);
	else if (client->waiting_count == 1)
		loop_timer_set(client->queue, QUEUE_CHECK_MS);
	if (call_out != NULL)
		*call_out = call;
	return STATUS_OK;
}

void http_call_cancel(struct http_call *call)
{
	struct http_client *client = call->client;

	call_detach(call);
	call_free(call);
	client_queue_soon(client);
}
