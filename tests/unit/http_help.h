/* tests/unit/http_help.h -- a raw peer for HTTP tests: bytes out, bytes in, while the loop runs. */
#ifndef TESTS_UNIT_HTTP_HELP_H
#define TESTS_UNIT_HTTP_HELP_H

#include "base/arena.h"
#include "base/loop.h"
#include "base/str.h"

#include <stdbool.h>

struct raw {
	int fd;
	struct event_base *base;
	struct arena arena;
	char *data;
	size_t len;
	bool closed; /* the other side ended */
};

/* A connection to a server on this loop. */
struct raw raw_open(struct event_base *base, int port);
void raw_write(struct raw *raw, struct str bytes);
/* Takes what has come, without waiting. */
void raw_take(struct raw *raw);
/* Runs the loop until `text` has come (NULL: until the other side closed); fails the test after 10
 * s. */
void raw_wait(struct raw *raw, const char *text);
/* How often does `text` stand in what came? */
size_t raw_count(const struct raw *raw, const char *text);
void raw_close(struct raw *raw);

/* Runs the loop until *flag; fails the test after 10 s. */
void run_until(struct event_base *base, const bool *flag);
/* One short turn of the loop: at most a millisecond of waiting. */
void run_turn(struct event_base *base);

#endif
