/* tests/bench/live_bench.c -- many browsers at once: connects CLIENTS streams of live updates, says
 * "ready", and waits until each has heard EVENTS events.
 *
 *   live_bench PORT TOKEN_FILE CLIENTS EVENTS
 *
 * How late: the moment a client has the event, less the event's own `at`. */
#include "base/clock.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { INPUT_BYTES = 65536, PATIENCE_MS = 20000, READY_AT_ONCE = 256, TOKEN_BYTES = 4096 };

struct client {
	int fd;
	bool is_open; /* it has its answer's head */
	size_t used;
	char input[INPUT_BYTES];
};

static struct bench {
	struct client *clients;
	int64_t count, open, heard, wanted;
	int64_t *late_ms;
	int port, poll;
	char token[TOKEN_BYTES];
} bench;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void connect_client(struct client *client)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)bench.port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };

	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0 ||
	    connect(client->fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		fail("connect");
	if (dprintf(client->fd,
		    "GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
		    "Accept: text/event-stream\r\nAuthorization: Bearer %s\r\n\r\n",
		    bench.port, bench.token) < 0)
		fail("ask");
	if (fcntl(client->fd, F_SETFL, O_NONBLOCK) != 0 ||
	    epoll_ctl(bench.poll, EPOLL_CTL_ADD, client->fd, &event) != 0)
		fail("poll");
}

/* One block between empty lines; only those with data are events. */
static void take_block(char *block, int64_t now_ms)
{
	static const char at[] = "\"at\":";
	char *field = strstr(block, "\ndata:");

	field = field == NULL ? NULL : strstr(field, at);
	if (field == NULL || bench.heard == bench.wanted)
		return;
	bench.late_ms[bench.heard++] = now_ms - strtoll(field + sizeof(at) - 1, NULL, 10);
}

static void take_input(struct client *client)
{
	int64_t now_ms = clock_wall_ms();
	char *from = client->input, *end;

	client->input[client->used] = '\0';
	if (!client->is_open && strstr(client->input, "HTTP/1.1 200") != NULL) {
		client->is_open = true;
		bench.open++;
	}
	while ((end = strstr(from, "\n\n")) != NULL) {
		*end = '\0';
		take_block(from, now_ms);
		from = end + 2;
	}
	client->used -= (size_t)(from - client->input);
	memmove(client->input, from, client->used);
}

static void read_client(struct client *client)
{
	ssize_t got =
		read(client->fd, client->input + client->used, INPUT_BYTES - 1 - client->used);

	if (got == 0 || client->used == INPUT_BYTES - 1) {
		fprintf(stderr, "live_bench: a stream ended after %lld events\n",
			(long long)bench.heard);
		exit(1);
	}
	if (got < 0)
		return;
	client->used += (size_t)got;
	take_input(client);
}

/* Until *value is `wanted`, or nothing came for long. */
static void run_until(const int64_t *value, int64_t wanted)
{
	struct epoll_event events[READY_AT_ONCE];

	while (*value < wanted) {
		int ready = epoll_wait(bench.poll, events, READY_AT_ONCE, PATIENCE_MS);

		if (ready <= 0)
			return;
		for (int i = 0; i < ready; i++)
			read_client(events[i].data.ptr);
	}
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void report(void)
{
	int64_t last = bench.heard > 0 ? bench.heard - 1 : 0;

	qsort(bench.late_ms, (size_t)bench.heard, sizeof(*bench.late_ms), by_size);
	printf("{\"heard\":%lld,\"wanted\":%lld,\"p50_ms\":%lld,\"p99_ms\":%lld,\"max_ms\":%lld}\n",
	       (long long)bench.heard, (long long)bench.wanted, (long long)bench.late_ms[last / 2],
	       (long long)bench.late_ms[last * 99 / 100], (long long)bench.late_ms[last]);
}

static void read_token(const char *path)
{
	FILE *file = fopen(path, "r");

	if (file == NULL || fgets(bench.token, sizeof(bench.token), file) == NULL)
		fail(path);
	bench.token[strcspn(bench.token, "\r\n")] = '\0';
	fclose(file);
}

static int64_t number(const char *text, int64_t max)
{
	int64_t value;

	if (str_to_int(str_from_c(text), 1, max, &value) != STATUS_OK) {
		fprintf(stderr, "live_bench: %s is no number up to %lld\n", text, (long long)max);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	bench.port = (int)number(argv[1], 65535);
	read_token(argv[2]);
	bench.count = number(argv[3], 20000);
	bench.wanted = bench.count * number(argv[4], 100000);
	bench.clients = calloc((size_t)bench.count, sizeof(*bench.clients));
	bench.late_ms = calloc((size_t)bench.wanted, sizeof(*bench.late_ms));
	bench.poll = epoll_create1(EPOLL_CLOEXEC);
	if (bench.clients == NULL || bench.late_ms == NULL || bench.poll < 0)
		fail("memory");
	for (int64_t i = 0; i < bench.count; i++)
		connect_client(&bench.clients[i]);
	run_until(&bench.open, bench.count);
	printf("ready\n");
	fflush(stdout);
	run_until(&bench.heard, bench.wanted);
	report();
	return 0;
}
