/* tests/unit/base_http_server_test.c -- the listener's life: requests, streams, limits, drain, with
 * raw peers. */
#include "base/clock.h"
#include "base/http/server.h"
#include "tests/unit/http_help.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { BODY_MAX = 100000, KEPT_MAX = 8, BIG_BYTES = 8 << 20 };

struct fixture {
	struct event_base *base;
	struct http_server *server;
	struct http_request *kept[KEPT_MAX];
	size_t kept_count;
	struct http_stream *stream;
	int streams_closed;
	bool drained;
	char *big;
};

/* ---- what the handler does, by path ------------------------------------------------------ */

static void stream_closed(void *arg)
{
	struct fixture *f = arg;

	f->streams_closed++;
	f->stream = NULL;
}

static void echo(struct http_request *request)
{
	struct arena *arena = http_request_arena(request);
	struct str named = http_request_header(request, "X-Name");

	http_reply(request, 200, &(struct http_header){ "Content-Type", STR("text/plain") }, 1,
		   str_format(arena, "%s|%.*s|%.*s|%.*s|%.*s|%.*s|\n",
			      http_method_name(http_request_method(request)),
			      STR_ARG(http_request_path(request)),
			      STR_ARG(http_request_query(request)), STR_ARG(named),
			      STR_ARG(http_request_body(request)),
			      STR_ARG(http_request_peer(request))));
}

static void handle(struct http_request *request, void *arg)
{
	static const struct http_header event_stream = { "Content-Type",
							 { "text/event-stream", 17 } };
	struct fixture *f = arg;
	struct str path = http_request_path(request);

	if (str_eq(path, STR("/keep"))) {
		f->kept[f->kept_count++] = request;
	} else if (str_eq(path, STR("/stream"))) {
		f->stream = http_stream_start(request, 200, &event_stream, 1, stream_closed, f);
		http_stream_send(f->stream, STR(": hello\n\n"));
	} else if (str_eq(path, STR("/empty"))) {
		http_reply(request, 204, NULL, 0, STR("not sent"));
	} else if (str_eq(path, STR("/same"))) {
		http_reply(request, 304, NULL, 0, STR("not sent"));
	} else if (str_eq(path, STR("/close"))) {
		http_reply_close(request, 200, NULL, 0, STR("bye\n"));
	} else if (str_eq(path, STR("/forged"))) {
		http_reply(request, 200,
			   &(struct http_header){ "Location", STR("/\r\nSet-Cookie: a") }, 1,
			   STR("ok\n"));
	} else if (str_eq(path, STR("/big"))) {
		http_reply(request, 200, NULL, 0, (struct str){ f->big, BIG_BYTES });
	} else {
		echo(request);
	}
}

/* ---- fixture ----------------------------------------------------------------------------- */

static void open_with(struct fixture *f, const struct http_limits *limits)
{
	assert_int_equal(http_server_open(f->base, "127.0.0.1:0", limits, handle, f, &f->server),
			 STATUS_OK);
	assert_true(http_server_port(f->server) > 0);
}

static int set_up(void **state)
{
	static struct fixture fixture;
	struct http_limits limits = { .body_bytes_max = BODY_MAX };

	fixture = (struct fixture){ .base = loop_open(), .big = test_calloc(1, BIG_BYTES) };
	open_with(&fixture, &limits);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	http_server_close(f->server);
	loop_close(f->base);
	test_free(f->big);
	return 0;
}

static void reopen(struct fixture *f, const struct http_limits *limits)
{
	http_server_close(f->server);
	open_with(f, limits);
}

static struct raw connect_to(struct fixture *f)
{
	return raw_open(f->base, http_server_port(f->server));
}

static void ask(struct raw *raw, const char *method, const char *path)
{
	struct str text =
		str_format(&raw->arena, "%s %s HTTP/1.1\r\nHost: x\r\n\r\n", method, path);

	raw_write(raw, text);
}

static void drained(void *arg)
{
	struct fixture *f = arg;

	f->drained = true;
}

/* The peers of a test have closed; the server notices. */
static void wait_in_flight(struct fixture *f, uint64_t count)
{
	int64_t deadline_ms = clock_mono_ms() + 10000;

	while (http_server_counters(f->server).in_flight != count) {
		if (clock_mono_ms() > deadline_ms)
			fail_msg("in flight: %d", (int)http_server_counters(f->server).in_flight);
		run_turn(f->base);
	}
}

/* ---- requests ---------------------------------------------------------------------------- */

static void a_handler_sees_the_whole_request(void **state)
{
	struct fixture *f = *state;
	struct raw raw = connect_to(f);

	raw_write(&raw, STR("POST /a/%20b?c=d&e HTTP/1.1\r\nHost: x\r\nx-name:  value "
			    "\r\nContent-Length: 4\r\n\r\nbody"));
	raw_wait(&raw, "POST|/a/%20b|c=d&e|value|body|127.0.0.1|\n");
	assert_int_equal(raw_count(&raw, "Content-Type: text/plain\r\n"), 1);
	assert_int_equal(raw_count(&raw, "Date: "), 1);
	raw_write(&raw, STR("DELETE / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
			    "chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"));
	raw_wait(&raw, "DELETE|/|||abc|127.0.0.1|\n");
	ask(&raw, "PATCH", "/p?");
	raw_wait(&raw, "PATCH|/p||||127.0.0.1|\n");
	ask(&raw, "OPTIONS", "/");
	raw_wait(&raw, "OPTIONS|/|");
	assert_int_equal(http_server_counters(f->server).requests, 4);
	wait_in_flight(f, 0);
	raw_close(&raw);
}

static void head_gets_the_length_but_no_body(void **state)
{
	struct fixture *f = *state;
	struct raw raw = connect_to(f);

	ask(&raw, "HEAD", "/a");
	raw_wait(&raw, "Content-Length: 22\r\n");
	ask(&raw, "GET", "/b");
	raw_wait(&raw, "GET|/b|");
	assert_int_equal(raw_count(&raw, "HEAD|"), 0);
	raw_close(&raw);
}

static void answers_204_and_304_have_no_body(void **state)
{
	struct fixture *f = *state;
	struct raw raw = connect_to(f);

	ask(&raw, "GET", "/empty");
	raw_wait(&raw, "204 No Content");
	ask(&raw, "GET", "/same");
	raw_wait(&raw, "304 Not Modified");
	assert_int_equal(raw_count(&raw, "Content-Length"), 0);
	ask(&raw, "GET", "/b");
	raw_wait(&raw, "GET|/b|");
	assert_int_equal(raw_count(&raw, "not sent"), 0);
	raw_close(&raw);
}

static void a_kept_request_is_answered_later(void **state)
{
	struct fixture *f = *state;
	struct raw raw = connect_to(f);

	ask(&raw, "GET", "/keep");
	while (f->kept_count == 0)
		run_turn(f->base);
	assert_int_equal(http_server_counters(f->server).in_flight, 1);
	http_reply(f->kept[0], 201, NULL, 0, STR("late\n"));
	raw_wait(&raw, "201 Created");
	wait_in_flight(f, 0);
	raw_close(&raw);
}

static void a_kept_request_outlives_its_peer(void **state)
{
	struct fixture *f = *state;
	struct raw raw = connect_to(f);

	ask(&raw, "GET", "/keep");
	while (f->kept_count == 0)
		run_turn(f->base);
	raw_close(&raw);
	for (int i = 0; i < 20; i++)
		run_turn(f->base);
	http_reply(f->kept[0], 200, NULL, 0, STR("nobody\n"));
	wait_in_flight(f, 0);
}

static void a_peer_that_leaves_during_a_long_answer_leaves_nothing_behind(void **state)
{
	struct fixture *f = *state;
	struct raw raw = connect_to(f);

	ask(&raw, "GET", "/big");
	raw_wait(&raw, "200 OK");
	raw_close(&raw);
	wait_in_flight(f, 0);
}

static void a_peer_that_leaves_while_being_told_to_go_on_leaves_nothing_behind(void **state)
{
	struct fixture *f = *state;
	struct raw raw = connect_to(f);

	raw_write(&raw, STR("POST /keep HTTP/1.1\r\nHost: x\r\nExpect: "
			    "100-continue\r\nContent-Length: 1\r\n\r\n"));
	raw_wait(&raw, "100 Continue");
	raw_write(&raw, STR("a"));
	raw_close(&raw);
	while (f->kept_count == 0)
		run_turn(f->base);
	http_reply(f->kept[0], 200, NULL, 0, STR("nobody\n"));
	wait_in_flight(f, 0);
}

static void closing_answers_close(void **state)
{
	struct fixture *f = *state;
	struct raw raw = connect_to(f);

	ask(&raw, "GET", "/close");
	raw_wait(&raw, NULL);
	assert_int_equal(raw_count(&raw, "Connection: close"), 1);
	assert_int_equal(raw_count(&raw, "bye\n"), 1);
	raw_close(&raw);
}

static void a_header_with_a_line_break_is_left_out(void **state)
{
	struct fixture *f = *state;
	struct raw raw = connect_to(f);

	ask(&raw, "GET", "/forged");
	raw_wait(&raw, "ok\n");
	assert_int_equal(raw_count(&raw, "Set-Cookie"), 0);
	assert_int_equal(raw_count(&raw, "Location"), 0);
	raw_close(&raw);
}

static void expecting_clients_are_told_to_go_on_or_refused_before_the_body(void **state)
{
	struct fixture *f = *state;
	struct raw raw = connect_to(f);

	raw_write(&raw, STR("POST /a HTTP/1.1\r\nHost: x\r\nExpect: "
			    "100-continue\r\nContent-Length: 4\r\n\r\n"));
	raw_wait(&raw, "HTTP/1.1 100 Continue\r\n\r\n");
	raw_write(&raw, STR("body"));
	raw_wait(&raw, "POST|/a|||body|");
	raw_write(&raw, STR("POST /a HTTP/1.1\r\nHost: x\r\nExpect: "
			    "100-continue\r\nContent-Length: 100001\r\n\r\n"));
	raw_wait(&raw, NULL);
	assert_int_equal(raw_count(&raw, "413 Content Too Large"), 1);
	assert_int_equal(raw_count(&raw, "100 Continue"), 1);
	raw_close(&raw);
}

/* ---- limits ------------------------------------------------------------------------------ */

static void a_peer_still_sending_a_too_large_body_can_read_why(void **state)
{
	struct fixture *f = *state;
	struct raw raw = connect_to(f);

	raw_write(&raw, STR("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n"));
	raw_write(&raw, (struct str){ f->big, 2000000 });
	raw_wait(&raw, NULL);
	assert_int_equal(raw_count(&raw, "HTTP/1.1 413 Content Too Large\r\n"), 1);
	assert_int_equal(raw_count(&raw, "\"type\":\"/problems/too-large\""), 1);
	raw_close(&raw);
}

static void drip(struct fixture *f, struct raw *raw, struct str start, struct str drop)
{
	int64_t begun_ms = clock_mono_ms(), next_ms = 0;

	raw_write(raw, start);
	while (!raw->closed && clock_mono_ms() - begun_ms < 10000) {
		if (clock_mono_ms() >= next_ms) {
			raw_write(raw, drop);
			next_ms = clock_mono_ms() + 50;
		}
		run_turn(f->base);
		raw_take(raw);
	}
	assert_true(raw->closed);
	assert_true(clock_mono_ms() - begun_ms >= 900);
	assert_true(clock_mono_ms() - begun_ms < 4000);
	assert_int_equal(raw_count(raw, "HTTP/1.1 408 Request Timeout"), 1);
	raw_close(raw);
}

static void dripping_requests_are_cut_by_the_total_time(void **state)
{
	struct fixture *f = *state;
	struct raw raw;

	reopen(f, &(struct http_limits){ .request_timeout_s = 1 });
	raw = connect_to(f);
	drip(f, &raw, STR("GET / HTTP/1.1\r\nHost: x\r\nA: "), STR("a"));
	raw = connect_to(f);
	drip(f, &raw, STR("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"), STR("a"));
	raw = connect_to(f);
	drip(f, &raw, STR("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"),
	     STR("1\r\na\r\n"));
	assert_int_equal(http_server_counters(f->server).refused_by_guard, 3);
}

static void silent_connections_are_cut_by_the_idle_time(void **state)
{
	struct fixture *f = *state;
	struct raw raw;

	reopen(f, &(struct http_limits){ .idle_timeout_s = 1 });
	raw = connect_to(f);
	ask(&raw, "GET", "/a");
	raw_wait(&raw, "GET|/a|");
	raw_wait(&raw, NULL);
	raw_close(&raw);
}

static void connections_above_the_limit_wait_for_room(void **state)
{
	struct fixture *f = *state;
	struct raw raws[3];

	reopen(f, &(struct http_limits){ .connections_max = 2 });
	for (int i = 0; i < 3; i++) {
		raws[i] = connect_to(f);
		ask(&raws[i], "GET", "/a");
	}
	raw_wait(&raws[0], "GET|/a|");
	raw_wait(&raws[1], "GET|/a|");
	for (int i = 0; i < 50; i++)
		run_turn(f->base);
	raw_take(&raws[2]);
	assert_int_equal(raws[2].len, 0);
	raw_close(&raws[0]);
	raw_wait(&raws[2], "GET|/a|");
	raw_close(&raws[1]);
	raw_close(&raws[2]);
}

static void pipelined_requests_of_a_peer_that_reads_nothing_stay_in_the_kernel(void **state)
{
	struct fixture *f = *state;
	struct raw raw = connect_to(f);
	size_t sent_bytes = 0;
	int idle_turns = 0;

	ask(&raw, "GET", "/big");
	while (idle_turns < 50) {
		ssize_t sent = send(raw.fd, f->big, 65536, MSG_NOSIGNAL | MSG_DONTWAIT);

		idle_turns = sent > 0 ? 0 : idle_turns + 1;
		sent_bytes += sent > 0 ? (size_t)sent : 0;
		run_turn(f->base);
		assert_true(sent_bytes < 64 << 20);
	}
	raw_close(&raw);
	wait_in_flight(f, 0);
}

/* ---- streams ----------------------------------------------------------------------------- */

static struct raw stream_to(struct fixture *f)
{
	struct raw raw = connect_to(f);

	ask(&raw, "GET", "/stream");
	raw_wait(&raw, ": hello\n\n");
	assert_non_null(f->stream);
	assert_int_equal(http_server_counters(f->server).streams_open, 1);
	assert_int_equal(http_server_counters(f->server).in_flight, 0);
	return raw;
}

static void a_stream_carries_chunks_until_we_end_it(void **state)
{
	struct fixture *f = *state;
	struct raw raw = stream_to(f);

	http_stream_send(f->stream, STR("data: 1\n\n"));
	raw_wait(&raw, "9\r\ndata: 1\n\n\r\n");
	http_stream_end(f->stream);
	raw_wait(&raw, NULL);
	assert_int_equal(raw_count(&raw, "0\r\n\r\n"), 1);
	assert_int_equal(raw_count(&raw, "Content-Type: text/event-stream\r\n"), 1);
	assert_int_equal(f->streams_closed, 0);
	assert_int_equal(http_server_counters(f->server).streams_open, 0);
	wait_in_flight(f, 0);
	raw_close(&raw);
}

static void a_stream_hears_that_its_peer_went(void **state)
{
	struct fixture *f = *state;
	struct raw raw = stream_to(f);
	int64_t deadline_ms = clock_mono_ms() + 10000;

	raw_close(&raw);
	while (f->streams_closed == 0 && clock_mono_ms() < deadline_ms)
		run_turn(f->base);
	assert_int_equal(f->streams_closed, 1);
	assert_int_equal(http_server_counters(f->server).streams_open, 0);
	assert_int_equal(http_server_counters(f->server).streams_dropped_slow, 0);
}

static void a_stream_whose_peer_does_not_read_is_dropped(void **state)
{
	struct fixture *f = *state;
	struct raw raw = stream_to(f);
	size_t sent_bytes = 0;

	while (f->stream != NULL) {
		if (http_stream_room(f->stream) < 10000)
			assert_true(sent_bytes > 200000);
		http_stream_send(f->stream, (struct str){ f->big, 10000 });
		sent_bytes += 10000;
		assert_true(sent_bytes < 64 << 20);
		run_turn(f->base);
	}
	assert_int_equal(f->streams_closed, 1);
	assert_int_equal(http_server_counters(f->server).streams_dropped_slow, 1);
	raw_close(&raw);
}

static void a_stream_is_not_dropped_while_its_peer_reads(void **state)
{
	struct fixture *f = *state;
	struct raw raw = stream_to(f);
	size_t sent_bytes = 0;

	while (sent_bytes < 3 << 20) {
		if (http_stream_room(f->stream) >= 10000) {
			http_stream_send(f->stream, (struct str){ f->big, 10000 });
			sent_bytes += 10000;
		}
		run_turn(f->base);
		raw_take(&raw);
		assert_non_null(f->stream);
	}
	http_stream_end(f->stream);
	raw_wait(&raw, NULL);
	raw_close(&raw);
}

static void what_a_peer_writes_into_a_stream_stays_in_the_kernel(void **state)
{
	struct fixture *f = *state;
	struct raw raw = stream_to(f);
	size_t sent_bytes = 0;
	int idle_turns = 0;

	while (idle_turns < 50) {
		ssize_t sent = send(raw.fd, f->big, 65536, MSG_NOSIGNAL | MSG_DONTWAIT);

		idle_turns = sent > 0 ? 0 : idle_turns + 1;
		sent_bytes += sent > 0 ? (size_t)sent : 0;
		run_turn(f->base);
		assert_true(sent_bytes < 32 << 20);
	}
	assert_non_null(f->stream);
	http_stream_end(f->stream);
	raw_close(&raw);
}

static void a_stream_outlives_the_idle_time_with_beats(void **state)
{
	struct fixture *f = *state;
	int64_t begun_ms;
	struct raw raw;

	reopen(f, &(struct http_limits){ .idle_timeout_s = 1 });
	raw = stream_to(f);
	begun_ms = clock_mono_ms();
	while (clock_mono_ms() - begun_ms < 2500)
		run_turn(f->base);
	assert_non_null(f->stream);
	http_stream_send(f->stream, STR(": beat\n\n"));
	raw_wait(&raw, ": beat\n\n");
	raw_close(&raw);
}

/* ---- the end ----------------------------------------------------------------------------- */

static void draining_ends_idle_answers_running_and_shuts_streams(void **state)
{
	struct fixture *f = *state;
	struct raw idle = connect_to(f), running = connect_to(f), streaming = stream_to(f);

	ask(&idle, "GET", "/a");
	raw_wait(&idle, "GET|/a|");
	ask(&running, "GET", "/keep");
	while (f->kept_count == 0)
		run_turn(f->base);
	http_server_drain(f->server, drained, f);
	assert_int_equal(f->streams_closed, 1);
	raw_wait(&idle, NULL);
	raw_wait(&streaming, NULL);
	assert_int_equal(raw_count(&streaming, "0\r\n\r\n"), 1);
	assert_false(f->drained);
	http_reply(f->kept[0], 200, NULL, 0, STR("last\n"));
	raw_wait(&running, NULL);
	assert_int_equal(raw_count(&running, "last\n"), 1);
	assert_int_equal(raw_count(&running, "Connection: close\r\n"), 1);
	run_until(f->base, &f->drained);
	raw_close(&idle);
	raw_close(&running);
	raw_close(&streaming);
}

static void draining_with_nothing_open_is_done_at_once_but_not_inside_the_call(void **state)
{
	struct fixture *f = *state;

	http_server_drain(f->server, drained, f);
	assert_false(f->drained);
	run_until(f->base, &f->drained);
}

static void draining_does_not_wait_for_a_dripping_request(void **state)
{
	struct fixture *f = *state;
	struct raw raw = connect_to(f);

	raw_write(&raw, STR("GET / HTTP/1.1\r\nHost"));
	for (int i = 0; i < 20; i++)
		run_turn(f->base);
	http_server_drain(f->server, drained, f);
	run_until(f->base, &f->drained);
	raw_close(&raw);
}

static void closing_with_requests_and_streams_open_leaks_nothing(void **state)
{
	struct fixture *f = *state;
	struct raw kept = connect_to(f), streaming = stream_to(f), partial = connect_to(f), fresh;

	ask(&kept, "GET", "/keep");
	raw_write(&partial, STR("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc"));
	while (f->kept_count == 0)
		run_turn(f->base);
	fresh = connect_to(f);
	http_server_close(f->server);
	f->server = NULL;
	assert_int_equal(f->streams_closed, 1);
	raw_close(&kept);
	raw_close(&streaming);
	raw_close(&partial);
	raw_close(&fresh);
}

static bool has_ipv6(void)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6,
					.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool has = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;

	if (fd >= 0)
		close(fd);
	return has;
}

static void several_addresses_are_served_and_a_bad_one_fails(void **state)
{
	struct fixture *f = *state;
	struct http_server *other = NULL;
	char taken[64];

	if (has_ipv6()) {
		assert_int_equal(http_server_open(f->base, "[::1]:0", NULL, handle, f, &other),
				 STATUS_OK);
		assert_true(http_server_port(other) > 0);
		http_server_close(other);
	}
	assert_int_equal(
		http_server_open(f->base, "127.0.0.1:0, localhost:0", NULL, handle, f, &other),
		STATUS_OK);
	http_server_close(other);
	snprintf(taken, sizeof(taken), "127.0.0.1:0,127.0.0.1:%d", http_server_port(f->server));
	assert_int_equal(http_server_open(f->base, taken, NULL, handle, f, &other), STATUS_FAILED);
	assert_int_equal(http_server_open(f->base, "8080", NULL, handle, f, &other), STATUS_FAILED);
	assert_int_equal(http_server_open(f->base, "127.0.0.1:http-no", NULL, handle, f, &other),
			 STATUS_FAILED);
	assert_int_equal(http_server_open(f->base, "", NULL, handle, f, &other), STATUS_FAILED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_handler_sees_the_whole_request),
		TEST(head_gets_the_length_but_no_body),
		TEST(answers_204_and_304_have_no_body),
		TEST(a_kept_request_is_answered_later),
		TEST(a_kept_request_outlives_its_peer),
		TEST(a_peer_that_leaves_during_a_long_answer_leaves_nothing_behind),
		TEST(a_peer_that_leaves_while_being_told_to_go_on_leaves_nothing_behind),
		TEST(closing_answers_close),
		TEST(a_header_with_a_line_break_is_left_out),
		TEST(expecting_clients_are_told_to_go_on_or_refused_before_the_body),
		TEST(a_peer_still_sending_a_too_large_body_can_read_why),
		TEST(dripping_requests_are_cut_by_the_total_time),
		TEST(silent_connections_are_cut_by_the_idle_time),
		TEST(connections_above_the_limit_wait_for_room),
		TEST(pipelined_requests_of_a_peer_that_reads_nothing_stay_in_the_kernel),
		TEST(a_stream_carries_chunks_until_we_end_it),
		TEST(a_stream_hears_that_its_peer_went),
		TEST(a_stream_whose_peer_does_not_read_is_dropped),
		TEST(a_stream_is_not_dropped_while_its_peer_reads),
		TEST(what_a_peer_writes_into_a_stream_stays_in_the_kernel),
		TEST(a_stream_outlives_the_idle_time_with_beats),
		TEST(draining_ends_idle_answers_running_and_shuts_streams),
		TEST(draining_with_nothing_open_is_done_at_once_but_not_inside_the_call),
		TEST(draining_does_not_wait_for_a_dripping_request),
		TEST(closing_with_requests_and_streams_open_leaks_nothing),
		TEST(several_addresses_are_served_and_a_bad_one_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
