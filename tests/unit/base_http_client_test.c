/* tests/unit/base_http_client_test.c -- what the client says of calls that go well and calls that
 * do not. */
#include "base/clock.h"
#include "base/http/client.h"
#include "tests/unit/http_help.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { PEERS_MAX = 64, REQUEST_BYTES_MAX = 4096 };

/* What the fake server does with a request that has come whole. */
enum act {
	ACT_ANSWER, /* 200 and "hello", kept alive */
	ACT_SILENT, /* never answers */
	ACT_CLOSE,  /* closes at once */
	ACT_RESET,
	ACT_CUT,   /* says 100 bytes, sends 5, closes */
	ACT_HTML,  /* 502 with a page */
	ACT_LATER, /* 429 with Retry-After */
	ACT_NO_HTTP,
	ACT_LONG, /* 10,000 bytes */
	ACT_REDIRECT,
	ACT_ANSWER_THEN_CLOSE, /* the first on a connection is answered, the second closes it */
};

struct peer {
	int fd;
	char bytes[REQUEST_BYTES_MAX];
	size_t len;
	int requests;
};

struct fixture {
	struct event_base *base;
	struct http_client *client;
	enum act act;
	int listener, port;
	struct peer peers[PEERS_MAX];
	size_t peer_count;
	int requests; /* seen by the server, whole */
	int accepted;
	char last[REQUEST_BYTES_MAX];
	/* the last result */
	bool done;
	int done_count;
	struct http_result result;
	char body[16384];
	char order[64];
};

/* ---- the fake server --------------------------------------------------------------------- */

static void peer_close(struct peer *peer, bool reset)
{
	struct linger linger = { 1, 0 };

	if (reset)
		setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(peer->fd);
	peer->fd = -1;
}

static void peer_send(struct peer *peer, const char *text)
{
	assert_true(send(peer->fd, text, strlen(text), MSG_NOSIGNAL) >= 0);
}

static void peer_send_long(struct peer *peer)
{
	static char page[10001];

	memset(page, 'a', 10000);
	peer_send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n");
	peer_send(peer, page);
}

static void peer_act(struct fixture *f, struct peer *peer)
{
	static const char hello[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

	switch (f->act) {
	case ACT_ANSWER:
		peer_send(peer, hello);
		break;
	case ACT_SILENT:
		break;
	case ACT_CLOSE:
		peer_close(peer, false);
		break;
	case ACT_RESET:
		peer_close(peer, true);
		break;
	case ACT_CUT:
		peer_send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
		peer_close(peer, false);
		break;
	case ACT_HTML:
		peer_send(peer, "HTTP/1.1 502 Bad Gateway\r\nContent-Type: "
				"text/html\r\nContent-Length: 6\r\n\r\n<html>");
		break;
	case ACT_LATER:
		peer_send(peer, "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
		break;
	case ACT_NO_HTTP:
		peer_send(peer, "SSH-2.0-hello\r\n\r\n");
		peer_close(peer, false);
		break;
	case ACT_LONG:
		peer_send_long(peer);
		break;
	case ACT_REDIRECT:
		peer_send(peer, "HTTP/1.1 302 Found\r\nLocation: "
				"http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
		break;
	case ACT_ANSWER_THEN_CLOSE:
		if (peer->requests == 1)
			peer_send(peer, hello);
		else
			peer_close(peer, false);
		break;
	}
}

/* Bytes of the first request, 0 while it is incomplete. */
static size_t request_bytes(const struct peer *peer)
{
	const char *end = memmem(peer->bytes, peer->len, "\r\n\r\n", 4);
	const char *length = memmem(peer->bytes, peer->len, "Content-Length: ", 16);
	size_t bytes;

	if (end == NULL)
		return 0;
	bytes = (size_t)(end - peer->bytes) + 4 +
		(length != NULL ? strtoul(length + 16, NULL, 10) : 0);
	return bytes <= peer->len ? bytes : 0;
}

static void peer_turn(struct fixture *f, struct peer *peer)
{
	ssize_t got = recv(peer->fd, peer->bytes + peer->len, REQUEST_BYTES_MAX - 1 - peer->len,
			   MSG_DONTWAIT);
	size_t bytes;

	if (got > 0)
		peer->len += (size_t)got;
	bytes = request_bytes(peer);
	if (bytes == 0)
		return;
	memcpy(f->last, peer->bytes, bytes);
	f->last[bytes] = '\0';
	f->requests++;
	peer->requests++;
	peer->len = 0;
	peer_act(f, peer);
}

static void turn(struct fixture *f)
{
	int fd = accept4(f->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0) {
		assert_true(f->peer_count < PEERS_MAX);
		f->peers[f->peer_count++] = (struct peer){ .fd = fd };
		f->accepted++;
	}
	for (size_t i = 0; i < f->peer_count; i++)
		if (f->peers[i].fd >= 0)
			peer_turn(f, &f->peers[i]);
	run_turn(f->base);
}

static void turn_until(struct fixture *f, int done_count)
{
	int64_t deadline_ms = clock_mono_ms() + 10000;

	while (f->done_count < done_count) {
		if (clock_mono_ms() > deadline_ms)
			fail_msg("the call never ended");
		turn(f);
	}
}

/* ---- calls ------------------------------------------------------------------------------- */

static void ended(const struct http_result *result, void *arg)
{
	struct fixture *f = arg;

	f->done = true;
	f->done_count++;
	f->result = *result;
	memset(f->body, 0, sizeof(f->body));
	memcpy(f->body, result->body.data,
	       result->body.len < sizeof(f->body) ? result->body.len : sizeof(f->body) - 1);
}

static struct http_send send_to(struct fixture *f, struct str body, char *url, size_t size)
{
	snprintf(url, size, "http://127.0.0.1:%d/bot1/sendMessage", f->port);
	return (struct http_send){ .url = url,
				   .body = body,
				   .content_type = "application/json",
				   .timeout_ms = 5000,
				   .done = ended,
				   .arg = f };
}

static void call(struct fixture *f, enum act act, struct str body)
{
	char url[128];
	struct http_send send = send_to(f, body, url, sizeof(url));

	f->act = act;
	if (act == ACT_SILENT)
		send.timeout_ms = 300;
	if (act == ACT_LONG)
		send.answer_bytes_max = 9999;
	assert_int_equal(http_client_send(f->client, &send, NULL), STATUS_OK);
	turn_until(f, f->done_count + 1);
}

static int set_up(void **state)
{
	static struct fixture fixture;
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);

	fixture = (struct fixture){ .base = loop_open() };
	fixture.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fixture.listener, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(fixture.listener, 64), 0);
	assert_int_equal(getsockname(fixture.listener, (struct sockaddr *)&address, &len), 0);
	fixture.port = ntohs(address.sin_port);
	assert_int_equal(http_client_open(fixture.base, 2, &fixture.client), STATUS_OK);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	http_client_close(f->client);
	for (size_t i = 0; i < f->peer_count; i++)
		if (f->peers[i].fd >= 0)
			close(f->peers[i].fd);
	if (f->listener >= 0)
		close(f->listener);
	loop_close(f->base);
	return 0;
}

static void check(const struct fixture *f, enum http_fate fate, int status, int requests)
{
	if (f->result.fate != fate)
		fail_msg("fate %d: %s", f->result.fate, f->result.reason);
	assert_int_equal(f->result.status, status);
	assert_int_equal(f->requests, requests);
}

/* ---- the tests --------------------------------------------------------------------------- */

static void a_post_arrives_whole_and_its_answer_comes_back(void **state)
{
	struct fixture *f = *state;

	call(f, ACT_ANSWER, STR("{\"a\":1}"));
	check(f, HTTP_ANSWERED, 200, 1);
	assert_string_equal(f->body, "hello");
	assert_non_null(strstr(f->last, "POST /bot1/sendMessage HTTP/1.1\r\n"));
	assert_non_null(strstr(f->last, "Content-Type: application/json\r\n"));
	assert_null(strstr(f->last, "Expect:"));
	assert_non_null(strstr(f->last, "\r\n\r\n{\"a\":1}"));
}

static void without_a_body_it_is_a_get_and_with_an_empty_one_a_post(void **state)
{
	struct fixture *f = *state;

	call(f, ACT_ANSWER, STR_NONE);
	check(f, HTTP_ANSWERED, 200, 1);
	assert_non_null(strstr(f->last, "GET /bot1/sendMessage HTTP/1.1\r\n"));
	call(f, ACT_ANSWER, STR(""));
	check(f, HTTP_ANSWERED, 200, 2);
	assert_non_null(strstr(f->last, "POST /bot1/sendMessage HTTP/1.1\r\n"));
	assert_non_null(strstr(f->last, "Content-Length: 0\r\n"));
}

static void a_refused_connection_was_surely_not_sent(void **state)
{
	struct fixture *f = *state;

	close(f->listener);
	f->listener = -1;
	call(f, ACT_ANSWER, STR("a"));
	check(f, HTTP_NOT_SENT, 0, 0);
}

static void an_unknown_host_was_surely_not_sent(void **state)
{
	struct fixture *f = *state;
	struct http_send send = { .url = "http://no-such-host.invalid/",
				  .body = STR("a"),
				  .timeout_ms = 5000,
				  .done = ended,
				  .arg = f };

	assert_int_equal(http_client_send(f->client, &send, NULL), STATUS_OK);
	turn_until(f, 1);
	assert_int_equal(f->result.fate, HTTP_NOT_SENT);
}

static void a_connection_closed_after_the_request_is_unknown(void **state)
{
	struct fixture *f = *state;

	call(f, ACT_CLOSE, STR("a"));
	check(f, HTTP_UNKNOWN, 0, 1);
	call(f, ACT_RESET, STR("a"));
	check(f, HTTP_UNKNOWN, 0, 2);
}

static void an_answer_that_does_not_come_in_time_is_unknown(void **state)
{
	struct fixture *f = *state;
	int64_t begun_ms = clock_mono_ms();

	call(f, ACT_SILENT, STR("a"));
	check(f, HTTP_UNKNOWN, 0, 1);
	assert_true(clock_mono_ms() - begun_ms >= 290);
	assert_true(clock_mono_ms() - begun_ms < 3000);
}

static void a_cut_answer_is_unknown_with_its_status(void **state)
{
	struct fixture *f = *state;

	call(f, ACT_CUT, STR("a"));
	check(f, HTTP_UNKNOWN, 200, 1);
}

static void an_error_page_of_a_proxy_is_an_answer(void **state)
{
	struct fixture *f = *state;

	call(f, ACT_HTML, STR("a"));
	check(f, HTTP_ANSWERED, 502, 1);
	assert_string_equal(f->body, "<html>");
}

static void retry_after_is_read(void **state)
{
	struct fixture *f = *state;

	call(f, ACT_LATER, STR("a"));
	check(f, HTTP_ANSWERED, 429, 1);
	assert_int_equal(f->result.retry_after_s, 7);
}

static void what_is_no_http_is_unknown(void **state)
{
	struct fixture *f = *state;

	call(f, ACT_NO_HTTP, STR("a"));
	check(f, HTTP_UNKNOWN, 0, 1);
}

static void a_too_long_answer_is_unknown(void **state)
{
	struct fixture *f = *state;

	call(f, ACT_LONG, STR("a"));
	check(f, HTTP_UNKNOWN, 200, 1);
	assert_string_equal(f->result.reason, "the answer is too long");
}

static void redirects_are_not_followed(void **state)
{
	struct fixture *f = *state;

	call(f, ACT_REDIRECT, STR("a"));
	check(f, HTTP_ANSWERED, 302, 1);
}

static void connections_are_used_again(void **state)
{
	struct fixture *f = *state;

	for (int i = 1; i <= 5; i++) {
		call(f, ACT_ANSWER, STR("a"));
		check(f, HTTP_ANSWERED, 200, i);
	}
	assert_int_equal(f->accepted, 1);
}

static void a_post_on_a_kept_connection_that_dies_arrives_once(void **state)
{
	struct fixture *f = *state;

	call(f, ACT_ANSWER_THEN_CLOSE, STR("first"));
	check(f, HTTP_ANSWERED, 200, 1);
	call(f, ACT_ANSWER_THEN_CLOSE, STR("second"));
	check(f, HTTP_UNKNOWN, 0, 2);
	/* And nothing comes after it, though curl would have connected anew. */
	for (int i = 0; i < 50; i++)
		turn(f);
	assert_int_equal(f->requests, 2);
}

static void a_get_on_a_kept_connection_that_dies_arrives_once(void **state)
{
	struct fixture *f = *state;

	call(f, ACT_ANSWER_THEN_CLOSE, STR_NONE);
	call(f, ACT_ANSWER_THEN_CLOSE, STR_NONE);
	check(f, HTTP_UNKNOWN, 0, 2);
	for (int i = 0; i < 50; i++)
		turn(f);
	assert_int_equal(f->requests, 2);
}

static bool says_no(void *arg)
{
	(void)arg;
	return false;
}

static void a_call_held_back_at_the_last_moment_is_not_sent(void **state)
{
	struct fixture *f = *state;
	char url[128];
	struct http_send send = send_to(f, STR("a"), url, sizeof(url));

	send.may_send = says_no;
	assert_int_equal(http_client_send(f->client, &send, NULL), STATUS_OK);
	turn_until(f, 1);
	check(f, HTTP_NOT_SENT, 0, 0);
	send.body = STR_NONE;
	assert_int_equal(http_client_send(f->client, &send, NULL), STATUS_OK);
	turn_until(f, 2);
	check(f, HTTP_NOT_SENT, 0, 0);
}

struct numbered {
	struct fixture *f;
	char name;
};

static void ended_in_order(const struct http_result *result, void *arg)
{
	struct numbered *call = arg;
	struct fixture *f = call->f;

	assert_int_equal(result->fate, HTTP_ANSWERED);
	f->order[f->done_count++] = call->name;
}

static void calls_beyond_the_limit_wait_in_order(void **state)
{
	struct fixture *f = *state;
	struct numbered calls[10];
	char url[128];

	http_client_close(f->client);
	assert_int_equal(http_client_open(f->base, 1, &f->client), STATUS_OK);
	for (int i = 0; i < 10; i++) {
		struct http_send send = send_to(f, STR("a"), url, sizeof(url));

		calls[i] = (struct numbered){ f, (char)('a' + i) };
		send.done = ended_in_order;
		send.arg = &calls[i];
		assert_int_equal(http_client_send(f->client, &send, NULL), STATUS_OK);
	}
	turn_until(f, 10);
	assert_string_equal(f->order, "abcdefghij");
	assert_int_equal(f->accepted, 1);
}

static void a_call_that_waits_too_long_for_its_turn_was_not_sent(void **state)
{
	struct fixture *f = *state;
	char url[128];
	struct http_send send = send_to(f, STR("a"), url, sizeof(url));
	struct http_call *running[2];

	f->act = ACT_SILENT;
	for (int i = 0; i < 2; i++)
		assert_int_equal(http_client_send(f->client, &send, &running[i]), STATUS_OK);
	while (f->requests < 2)
		turn(f);
	send.timeout_ms = 200;
	assert_int_equal(http_client_send(f->client, &send, NULL), STATUS_OK);
	turn_until(f, 1);
	check(f, HTTP_NOT_SENT, 0, 2);
	http_call_cancel(running[0]);
	http_call_cancel(running[1]);
}

static void a_cancelled_call_says_nothing_and_makes_room(void **state)
{
	struct fixture *f = *state;
	char url[128];
	struct http_send send = send_to(f, STR("a"), url, sizeof(url));
	struct http_call *calls[4];

	f->act = ACT_SILENT;
	for (int i = 0; i < 4; i++)
		assert_int_equal(http_client_send(f->client, &send, &calls[i]), STATUS_OK);
	while (f->requests < 2)
		turn(f);
	http_call_cancel(calls[2]);
	f->act = ACT_ANSWER;
	http_call_cancel(calls[0]);
	turn_until(f, 1);
	check(f, HTTP_ANSWERED, 200, 3);
	http_call_cancel(calls[1]);
	assert_int_equal(f->done_count, 1);
}

static void closing_ends_what_runs_and_waits_in_silence(void **state)
{
	struct fixture *f = *state;
	char url[128];
	struct http_send send = send_to(f, STR("a"), url, sizeof(url));

	f->act = ACT_SILENT;
	for (int i = 0; i < 5; i++)
		assert_int_equal(http_client_send(f->client, &send, NULL), STATUS_OK);
	while (f->requests < 2)
		turn(f);
	http_client_close(f->client);
	f->client = NULL;
	for (int i = 0; i < 20; i++)
		turn(f);
	assert_int_equal(f->done_count, 0);
}

static void sends_another(const struct http_result *result, void *arg)
{
	struct fixture *f = arg;
	char url[128];
	struct http_send send = send_to(f, STR("next"), url, sizeof(url));

	(void)result;
	assert_int_equal(http_client_send(f->client, &send, NULL), STATUS_OK);
}

static void done_may_start_the_next_call(void **state)
{
	struct fixture *f = *state;
	char url[128];
	struct http_send send = send_to(f, STR("a"), url, sizeof(url));

	send.done = sends_another;
	assert_int_equal(http_client_send(f->client, &send, NULL), STATUS_OK);
	turn_until(f, 1);
	check(f, HTTP_ANSWERED, 200, 2);
}

static void other_schemes_are_bad_input_and_the_queue_is_bounded(void **state)
{
	struct fixture *f = *state;
	char url[128];
	struct http_send send = send_to(f, STR("a"), url, sizeof(url));

	send.url = "file:///etc/passwd";
	assert_int_equal(http_client_send(f->client, &send, NULL), STATUS_BAD_INPUT);
	send.url = url;
	for (int i = 0; i < 10000; i++)
		assert_int_equal(http_client_send(f->client, &send, NULL), STATUS_OK);
	assert_int_equal(http_client_send(f->client, &send, NULL), STATUS_BUSY);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_post_arrives_whole_and_its_answer_comes_back),
		TEST(without_a_body_it_is_a_get_and_with_an_empty_one_a_post),
		TEST(a_refused_connection_was_surely_not_sent),
		TEST(an_unknown_host_was_surely_not_sent),
		TEST(a_connection_closed_after_the_request_is_unknown),
		TEST(an_answer_that_does_not_come_in_time_is_unknown),
		TEST(a_cut_answer_is_unknown_with_its_status),
		TEST(an_error_page_of_a_proxy_is_an_answer),
		TEST(retry_after_is_read),
		TEST(what_is_no_http_is_unknown),
		TEST(a_too_long_answer_is_unknown),
		TEST(redirects_are_not_followed),
		TEST(connections_are_used_again),
		TEST(a_post_on_a_kept_connection_that_dies_arrives_once),
		TEST(a_get_on_a_kept_connection_that_dies_arrives_once),
		TEST(a_call_held_back_at_the_last_moment_is_not_sent),
		TEST(calls_beyond_the_limit_wait_in_order),
		TEST(a_call_that_waits_too_long_for_its_turn_was_not_sent),
		TEST(a_cancelled_call_says_nothing_and_makes_room),
		TEST(closing_ends_what_runs_and_waits_in_silence),
		TEST(done_may_start_the_next_call),
		TEST(other_schemes_are_bad_input_and_the_queue_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
