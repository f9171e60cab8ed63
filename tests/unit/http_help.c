/* tests/unit/http_help.c -- sockets by hand beside a running loop. */
#include "tests/unit/http_help.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { DEADLINE_MS = 10000, RAW_BYTES_MAX = 4 << 20 };

void run_turn(struct event_base *base)
{
	event_base_loop(base, EVLOOP_NONBLOCK);
	usleep(200);
}

void run_until(struct event_base *base, const bool *flag)
{
	int64_t deadline_ms = clock_mono_ms() + DEADLINE_MS;

	while (!*flag) {
		if (clock_mono_ms() > deadline_ms)
			fail_msg("it never happened");
		run_turn(base);
	}
}

struct raw raw_open(struct event_base *base, int port)
{
	struct raw raw = { .base = base };
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	raw.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(raw.fd >= 0);
	assert_int_equal(connect(raw.fd, (struct sockaddr *)&address, sizeof(address)), 0);
	raw.data = arena_alloc(&raw.arena, RAW_BYTES_MAX);
	return raw;
}

void raw_write(struct raw *raw, struct str bytes)
{
	int64_t deadline_ms = clock_mono_ms() + DEADLINE_MS;

	while (bytes.len > 0) {
		ssize_t sent = send(raw->fd, bytes.data, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent > 0)
			bytes = str_skip(bytes, (size_t)sent);
		else if (errno != EAGAIN)
			return; /* refused early: the test looks at the answer */
		if (clock_mono_ms() > deadline_ms)
			fail_msg("the peer takes nothing");
		if (bytes.len > 0)
			run_turn(raw->base);
	}
}

void raw_take(struct raw *raw)
{
	ssize_t got = 1;

	while (got > 0 && !raw->closed && raw->len < RAW_BYTES_MAX - 1) {
		got = recv(raw->fd, raw->data + raw->len, RAW_BYTES_MAX - 1 - raw->len,
			   MSG_DONTWAIT);
		if (got > 0)
			raw->len += (size_t)got;
		else if (got == 0 || (errno != EAGAIN && errno != EINTR))
			raw->closed = true;
	}
}

void raw_wait(struct raw *raw, const char *text)
{
	int64_t deadline_ms = clock_mono_ms() + DEADLINE_MS;

	for (;;) {
		run_turn(raw->base);
		raw_take(raw);
		if (text == NULL ? raw->closed : raw_count(raw, text) > 0)
			return;
		if (clock_mono_ms() > deadline_ms || (text != NULL && raw->closed))
			fail_msg("waited for %s, got %zu bytes, closed %d: %s",
				 text != NULL ? text : "the end", raw->len, raw->closed, raw->data);
	}
}

size_t raw_count(const struct raw *raw, const char *text)
{
	size_t count = 0;

	for (const char *at = raw->data;
	     at != NULL &&
	     (at = memmem(at, raw->len - (size_t)(at - raw->data), text, strlen(text))) != NULL;
	     at++)
		count++;
	return count;
}

void raw_close(struct raw *raw)
{
	close(raw->fd);
	arena_release(&raw->arena);
}
