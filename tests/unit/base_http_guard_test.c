/* tests/unit/base_http_guard_test.c -- every refused shape: in the guard alone, and on the wire
 * with evhttp behind it. */
#include "base/http/guard.h"
#include "base/http/server.h"
#include "base/http/wire.h"
#include "tests/unit/http_help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { BODY_MAX = 1000, HEAD_MAX = 2000 };

static const struct shape {
	const char *name;
	struct str bytes;
	int status; /* 0: passes */
	const char *field;
} shapes[] = {
/* clang-format off */
#define SHAPE(name, bytes, status, field) { (name), { "" bytes, sizeof(bytes) - 1 }, (status), (field) }
	SHAPE("plain", "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n", 0, NULL),
	SHAPE("old version", "GET /a HTTP/1.0\r\nHost: x\r\n\r\n", 0, NULL),
	SHAPE("body", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi", 0, NULL),
	SHAPE("empty body", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 0, NULL),
	SHAPE("chunks", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0A\r\n0123456789\r\n0\r\n\r\n", 0, NULL),
	SHAPE("head of nothing", "HEAD /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 0, NULL),
	SHAPE("latin value", "GET /a HTTP/1.1\r\nHost: x\r\nName: \xd0\xb0\tb\r\n\r\n", 0, NULL),
	SHAPE("ipv6 host", "GET /a HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", 0, NULL),

	SHAPE("two lengths", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi", 400, "Content-Length"),
	SHAPE("two equal lengths", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\nhi", 400, "Content-Length"),
	SHAPE("length list", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2,2\r\n\r\nhi", 400, "Content-Length"),
	SHAPE("signed length", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\nhi", 400, "Content-Length"),
	SHAPE("negative length", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400, "Content-Length"),
	SHAPE("hex length", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0x2\r\n\r\nhi", 400, "Content-Length"),
	SHAPE("no length", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n", 400, "Content-Length"),
	SHAPE("space before the colon", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400, "header name"),
	SHAPE("gzip alone", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 400, "Transfer-Encoding"),
	SHAPE("gzip and chunked", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400, "Transfer-Encoding"),
	SHAPE("chunked twice", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "Transfer-Encoding"),
	SHAPE("chunked with a parameter", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n", 400, "Transfer-Encoding"),
	SHAPE("identity", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n", 400, "Transfer-Encoding"),
	SHAPE("encoding and length", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400, "Transfer-Encoding"),
	SHAPE("chunked in 1.0", "POST /a HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "Transfer-Encoding"),
	SHAPE("head with a body", "HEAD /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi", 400, "Content-Length"),
	SHAPE("head with chunks", "HEAD /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "Content-Length"),
	SHAPE("chunk size 0x3", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", 400, "chunk size"),
	SHAPE("chunk size +3", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n", 400, "chunk size"),
	SHAPE("chunk size -3", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n", 400, "chunk size"),
	SHAPE("chunk size with space", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n0\r\n\r\n", 400, "chunk size"),
	SHAPE("no chunk size", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\r\n0\r\n\r\n", 400, "chunk size"),
	SHAPE("chunk extension", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\n\r\n", 400, "chunk size"),
	SHAPE("huge chunk size", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n000000003\r\nabc\r\n0\r\n\r\n", 400, "chunk size"),
	SHAPE("chunk size and LF", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", 400, "chunk size"),
	SHAPE("chunk longer than said", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400, "chunk"),
	SHAPE("chunk and LF", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\n0\r\n\r\n", 400, "chunk"),
	SHAPE("trailer", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n", 400, "trailer"),
	SHAPE("folded header", "GET /a HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400, "header"),
	SHAPE("folded first header", "GET /a HTTP/1.1\r\n Host: x\r\n\r\n", 400, "header"),
	SHAPE("LF alone", "GET /a HTTP/1.1\nHost: x\n\n", 400, "line"),
	SHAPE("LF alone in headers", "GET /a HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 400, "line"),
	SHAPE("LF alone at the end", "GET /a HTTP/1.1\r\nHost: x\r\n\n", 400, "line"),
	SHAPE("CR alone", "GET /a HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n", 400, "line"),
	SHAPE("NUL in a value", "GET /a HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n", 400, "header value"),
	SHAPE("NUL in a name", "GET /a HTTP/1.1\r\nHost: x\r\nA\0: b\r\n\r\n", 400, "header name"),
	SHAPE("NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target"),
	SHAPE("absolute target", "GET http://evil/x HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target"),
	SHAPE("two slashes", "GET //evil/x HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target"),
	SHAPE("no slash", "GET a HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target"),
	SHAPE("star", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target"),
	SHAPE("space in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target"),
	SHAPE("two spaces", "GET  /a HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target"),
	SHAPE("tab in the target", "GET /a\tb HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target"),
	SHAPE("raw UTF-8 in the target", "GET /\xd0\xb0 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target"),
	SHAPE("DEL in the target", "GET /\x7f HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target"),
	SHAPE("fragment", "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target"),
	SHAPE("space in a name", "GET /a HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n", 400, "header name"),
	SHAPE("empty name", "GET /a HTTP/1.1\r\nHost: x\r\n: c\r\n\r\n", 400, "header name"),
	SHAPE("name in UTF-8", "GET /a HTTP/1.1\r\nHost: x\r\n\xd0\xb0: c\r\n\r\n", 400, "header name"),
	SHAPE("no colon", "GET /a HTTP/1.1\r\nHost: x\r\nabc\r\n\r\n", 400, "header"),
	SHAPE("two hosts", "GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, "Host"),
	SHAPE("two equal hosts", "GET /a HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n", 400, "Host"),
	SHAPE("no host", "GET /a HTTP/1.1\r\nA: b\r\n\r\n", 400, "Host"),
	SHAPE("no header", "GET /a HTTP/1.1\r\n\r\n", 400, "Host"),
	SHAPE("empty host", "GET /a HTTP/1.1\r\nHost:\r\n\r\n", 400, "Host"),
	SHAPE("host list", "GET /a HTTP/1.1\r\nHost: x, y\r\n\r\n", 400, "Host"),
	SHAPE("host with a path", "GET /a HTTP/1.1\r\nHost: x/y\r\n\r\n", 400, "Host"),
	SHAPE("two words", "GET /a\r\nHost: x\r\n\r\n", 400, "request line"),
	SHAPE("empty line first", "\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n", 400, "request line"),
	SHAPE("method no token", "G{T /a HTTP/1.1\r\nHost: x\r\n\r\n", 400, "method"),
	SHAPE("unknown method", "BREW /a HTTP/1.1\r\nHost: x\r\n\r\n", 501, "method"),
	SHAPE("trace", "TRACE /a HTTP/1.1\r\nHost: x\r\n\r\n", 501, "method"),
	SHAPE("connect", "CONNECT /a HTTP/1.1\r\nHost: x\r\n\r\n", 501, "method"),
	SHAPE("lower-case method", "get /a HTTP/1.1\r\nHost: x\r\n\r\n", 501, "method"),
	SHAPE("version 2", "GET /a HTTP/2.0\r\nHost: x\r\n\r\n", 505, "version"),
	SHAPE("odd version", "GET /a HTTP/+1.1\r\nHost: x\r\n\r\n", 505, "version"),
	SHAPE("other expectation", "POST /a HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 1\r\n\r\na", 417, "Expect"),
	SHAPE("long body", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n", 413, "Content-Length"),
	SHAPE("endless body", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", 413, "Content-Length"),
	SHAPE("long chunk", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n", 413, "body"),
	/* clang-format on */
};

static const size_t shape_count = sizeof(shapes) / sizeof(*shapes);

/* ---- the wire alone ---------------------------------------------------------------------- */

static void feed(const struct shape *shape, size_t piece_bytes)
{
	struct wire wire = { .head_bytes_max = HEAD_MAX, .body_bytes_max = BODY_MAX };

	for (size_t at = 0; at < shape->bytes.len; at += piece_bytes) {
		struct str rest = str_skip(shape->bytes, at);

		wire_feed(&wire, (struct str){ rest.data,
					       rest.len < piece_bytes ? rest.len : piece_bytes });
	}
	if (wire.verdict.status != shape->status)
		fail_msg("%s in pieces of %zu: %d", shape->name, piece_bytes, wire.verdict.status);
	if (shape->status != 0)
		assert_string_equal(wire.verdict.field, shape->field);
	else
		assert_int_equal(wire.complete, 1);
	assert_false(wire_is_within(&wire));
	wire_release(&wire);
}

static void each_shape_gets_its_verdict_however_it_is_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < shape_count; i++)
		for (size_t piece = 1; piece <= shapes[i].bytes.len; piece++)
			feed(&shapes[i], piece);
}

static void pipelined_requests_are_counted(void **state)
{
	struct wire wire = { .head_bytes_max = HEAD_MAX, .body_bytes_max = BODY_MAX };

	(void)state;
	for (size_t i = 0; i < shape_count; i++)
		if (shapes[i].status == 0)
			wire_feed(&wire, shapes[i].bytes);
	assert_int_equal(wire.complete, 8);
	assert_int_equal(wire.state, WIRE_HEAD);
	wire_feed(&wire, STR("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab"));
	assert_true(wire_is_within(&wire));
	wire_feed(&wire, STR("cdGET"));
	assert_true(wire_is_within(&wire));
	assert_int_equal(wire.complete, 9);
	wire_release(&wire);
}

static void a_head_is_bounded_in_bytes_and_headers(void **state)
{
	struct wire wire = { .head_bytes_max = HEAD_MAX, .body_bytes_max = BODY_MAX };

	(void)state;
	wire_feed(&wire, STR("GET /a HTTP/1.1\r\nHost: x\r\nA: "));
	for (int i = 0; i < HEAD_MAX; i++)
		wire_feed(&wire, STR("a"));
	assert_int_equal(wire.verdict.status, 431);
	wire_release(&wire);
	wire = (struct wire){ .head_bytes_max = HEAD_MAX, .body_bytes_max = BODY_MAX };
	wire_feed(&wire, STR("GET /a HTTP/1.1\r\n"));
	for (int i = 0; i <= GUARD_FIELDS_MAX; i++)
		wire_feed(&wire, STR("A: b\r\n"));
	assert_int_equal(wire.verdict.status, 431);
	wire_release(&wire);
}

/* ---- with evhttp behind it --------------------------------------------------------------- */

struct fixture {
	struct event_base *base;
	struct http_server *server;
	int handled;
};

static void answer_ok(struct http_request *request, void *arg)
{
	struct fixture *f = arg;

	f->handled++;
	http_reply(request, 200, NULL, 0, STR("ok\n"));
}

static int set_up(void **state)
{
	static struct fixture fixture;
	struct http_limits limits = { .body_bytes_max = BODY_MAX, .header_bytes_max = HEAD_MAX };

	fixture = (struct fixture){ .base = loop_open() };
	assert_int_equal(http_server_open(fixture.base, "127.0.0.1:0", &limits, answer_ok, &fixture,
					  &fixture.server),
			 STATUS_OK);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	http_server_close(f->server);
	loop_close(f->base);
	return 0;
}

static void check_refused(struct fixture *f, const struct shape *shape, size_t piece_bytes)
{
	struct raw raw = raw_open(f->base, http_server_port(f->server));
	char line[32];

	for (size_t at = 0; at < shape->bytes.len; at += piece_bytes) {
		struct str rest = str_skip(shape->bytes, at);

		raw_write(&raw, (struct str){ rest.data,
					      rest.len < piece_bytes ? rest.len : piece_bytes });
		run_turn(f->base);
	}
	/* What a smuggler would put behind it must never be read as a request. */
	raw_write(&raw, STR("GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"));
	raw_wait(&raw, NULL);
	snprintf(line, sizeof(line), "HTTP/1.1 %d ", shape->status);
	if (raw_count(&raw, "HTTP/1.1 200") != 0 || strncmp(raw.data, line, strlen(line)) != 0)
		fail_msg("%s: %s", shape->name, raw.data);
	assert_int_equal(raw_count(&raw, "Connection: close\r\n"), 1);
	if (piece_bytes >= shape->bytes.len) {
		if (strstr(shape->name, "head with") == NULL)
			assert_true(raw_count(&raw, shape->field) > 0);
		assert_int_equal(raw_count(&raw, "Content-Type: application/problem+json\r\n"), 1);
	}
	raw_close(&raw);
}

static void each_refused_shape_gets_its_answer_and_a_closed_connection(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < shape_count; i++)
		if (shapes[i].status != 0)
			check_refused(f, &shapes[i], shapes[i].bytes.len);
	assert_int_equal(f->handled, 0);
	assert_int_equal(http_server_counters(f->server).requests, 0);
}

static void shapes_that_pass_reach_the_handler_and_keep_the_connection(void **state)
{
	struct fixture *f = *state;
	int sent = 0;

	for (size_t i = 0; i < shape_count; i++) {
		struct raw raw;

		if (shapes[i].status != 0 || strcmp(shapes[i].name, "old version") == 0)
			continue;
		raw = raw_open(f->base, http_server_port(f->server));
		for (int turn = 1; turn <= 2; turn++) {
			raw_write(&raw, shapes[i].bytes);
			sent++;
			while (raw_count(&raw, "HTTP/1.1 200 OK") < (size_t)turn)
				raw_wait(&raw, "200 OK");
		}
		assert_false(raw.closed);
		raw_close(&raw);
	}
	assert_int_equal(f->handled, sent);
}

static void a_refusal_waits_for_the_answers_before_it(void **state)
{
	struct fixture *f = *state;
	struct raw raw = raw_open(f->base, http_server_port(f->server));

	raw_write(&raw,
		  STR("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n"
		      "GET //c HTTP/1.1\r\nHost: x\r\n\r\nGET /d HTTP/1.1\r\nHost: x\r\n\r\n"));
	raw_wait(&raw, NULL);
	assert_int_equal(f->handled, 2);
	assert_int_equal(raw_count(&raw, "HTTP/1.1 200 OK"), 2);
	assert_int_equal(raw_count(&raw, "HTTP/1.1 400 Bad Request"), 1);
	raw_close(&raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_shape_gets_its_verdict_however_it_is_cut),
		cmocka_unit_test(pipelined_requests_are_counted),
		cmocka_unit_test(a_head_is_bounded_in_bytes_and_headers),
		cmocka_unit_test_setup_teardown(
			each_refused_shape_gets_its_answer_and_a_closed_connection, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			shapes_that_pass_reach_the_handler_and_keep_the_connection, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(a_refusal_waits_for_the_answers_before_it, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
