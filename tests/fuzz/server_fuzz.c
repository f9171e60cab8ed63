/* tests/fuzz/server_fuzz.c -- arbitrary bytes to the whole listener: evhttp must see exactly the
 * requests that the guard let through. One more would be a smuggled request. Build and run: `make
 * fuzz`, or `make CC=clang SAN=fuzz build/fuzz/server_fuzz && build/fuzz/server_fuzz
 * tests/fuzz/corpus/server_fuzz`. */
#include "tests/fuzz/must.h"

#include "base/clock.h"
#include "base/http/server.h"
#include "base/http/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { INPUT_MAX = 8192, TURNS = 2000, WAIT_MS = 5000 };

static struct event_base *base;
static struct http_server *server;
static uint64_t handled;

static void handle(struct http_request *request, void *arg)
{
	(void)arg;
	must(str_starts(http_request_path(request), STR("/")) &&
	     !str_starts(http_request_path(request), STR("//")));
	handled++;
	http_reply(request, 200, NULL, 0, STR("ok\n"));
}

/* libFuzzer's clock may interrupt it: then it goes on by itself. */
static bool is_connected(int fd, const struct sockaddr_in *address)
{
	struct pollfd ready = { .fd = fd, .events = POLLOUT };
	int error = 0;
	socklen_t len = sizeof(error);

	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
		return true;
	if (errno != EINTR)
		return false;
	while (poll(&ready, 1, WAIT_MS) < 0 && errno == EINTR)
		;
	return ready.revents != 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 &&
	       error == 0;
}

static int connect_to_server(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)http_server_port(server)),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct linger no_time_wait = { 1, 0 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(fd >= 0 && is_connected(fd, &address));
	must(setsockopt(fd, SOL_SOCKET, SO_LINGER, &no_time_wait, sizeof(no_time_wait)) == 0);
	return fd;
}

/* Is this the end of the connection? */
static bool take_answers(int fd)
{
	static char answers[65536];
	ssize_t got = recv(fd, answers, sizeof(answers), MSG_DONTWAIT);

	/* evhttp's own refusal: it read something that the guard let through otherwise. */
	must(got <= 0 || memmem(answers, (size_t)got, "<HTML>", 6) == NULL);
	return got == 0 || (got < 0 && errno != EAGAIN);
}

static bool may_close_early(struct str bytes)
{
	return memmem(bytes.data, bytes.len, "HTTP/1.0", 8) != NULL ||
	       strcasestr(bytes.data, "connection") != NULL;
}

/* Everything that must come came: the requests were handled, or need not be; a refusal closed. */
static bool is_settled(const struct wire *wire, struct str bytes, bool ended)
{
	if (wire->verdict.status != 0 && !ended)
		return false;
	return handled == wire->complete || may_close_early(bytes) ||
	       memchr(bytes.data, '\0', bytes.len) != NULL;
}

/* Turns the server's loop; a busy machine brings the end of a connection late. */
static bool talk(int fd, const struct wire *wire, struct str bytes)
{
	int64_t deadline = clock_mono_ms() + WAIT_MS;
	bool ended = false;

	for (int turn = 0; !ended; turn++) {
		bool owes = handled < wire->complete || wire->verdict.status != 0;

		if (!owes && turn >= 3)
			break;
		if (turn >= TURNS && (is_settled(wire, bytes, ended) || clock_mono_ms() > deadline))
			break;
		event_base_loop(base, EVLOOP_NONBLOCK);
		ended = take_answers(fd);
	}
	return ended;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire wire = { .head_bytes_max = INPUT_MAX, .body_bytes_max = INPUT_MAX };
	char *copy;
	bool ended;
	int fd;

	if (size == 0 || size > INPUT_MAX)
		return 0;
	if (base == NULL) {
		base = loop_open();
		must(http_server_open(base, "127.0.0.1:0",
				      &(struct http_limits){ .header_bytes_max = INPUT_MAX,
							     .body_bytes_max = INPUT_MAX },
				      handle, NULL, &server) == STATUS_OK);
	}
	copy = calloc(1, size + 1);
	memcpy(copy, data, size);
	wire_feed(&wire, (struct str){ copy, size });
	handled = 0;
	fd = connect_to_server();
	must(send(fd, copy, size, MSG_NOSIGNAL) == (ssize_t)size);
	ended = talk(fd, &wire, (struct str){ copy, size });
	must(handled <= wire.complete);
	must(is_settled(&wire, (struct str){ copy, size }, ended));
	close(fd);
	while (event_base_loop(base, EVLOOP_NONBLOCK) == 0 &&
	       http_server_counters(server).in_flight > 0)
		;
	wire_release(&wire);
	free(copy);
	return 0;
}
