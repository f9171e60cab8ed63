/* redis/conn.h -- a blocking connection to Redis with timeouts, for threads that may wait. */
#ifndef REDIS_CONN_H
#define REDIS_CONN_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <stdint.h>

struct redis_conn;

/* Where Redis is. */
struct redis_address {
	struct str host; /* STR_NONE: a unix socket */
	int port;
	struct str path;
	struct str user, password; /* STR_NONE: none */
	int database;
};

/* redis://[user:password@]host[:port][/db] or unix:///path[?db=n]; BAD_INPUT says on stderr what is
 * wrong. An empty url: redis.sock in `dir`. */
CHECKED enum status redis_address_parse(struct str url, const char *dir, struct arena *arena,
					struct redis_address *address_out);

/* One command: words, all borrowed. */
struct redis_command {
	struct str *words;
	size_t count;
};

enum redis_type { REDIS_IS_NIL, REDIS_IS_INT, REDIS_IS_STR, REDIS_IS_LIST, REDIS_IS_ERROR };

/* An answer, copied into an arena. Errors come as REDIS_IS_ERROR with their text. */
struct redis_value {
	enum redis_type type;
	int64_t number;
	struct str text;
	const struct redis_value *items;
	size_t count;
};

/* Connects lazily: the first use, and every use after an error, tries again (not more often than
 * every 100 ms: BUSY). */
CHECKED enum status redis_conn_open(const struct redis_address *address, int timeout_ms,
				    struct redis_conn **conn_out);
void redis_conn_close(struct redis_conn *conn);
/* Why the last attempt failed, for people; valid until the next use. */
const char *redis_conn_trouble(const struct redis_conn *conn);

/* BUSY: no connection or no answer in time: it may or may not have run. OK also for an answer that
 * is an error. */
CHECKED enum status redis_run(struct redis_conn *conn, const struct redis_command *command,
			      struct arena *arena, struct redis_value *value_out);
/* Several in one round trip. */
CHECKED enum status redis_run_all(struct redis_conn *conn, const struct redis_command *commands,
				  size_t count, struct arena *arena,
				  struct redis_value *values_out);

/* redis_words(arena, STR("XLEN"), key): a command from its words. */
#define redis_words(arena, ...)                                                                    \
	redis_command_of((arena), (const struct str[]){ __VA_ARGS__ },                             \
			 sizeof((struct str[]){ __VA_ARGS__ }) / sizeof(struct str))
struct redis_command redis_command_of(struct arena *arena, const struct str *words, size_t count);
struct str redis_word_int(struct arena *arena, int64_t number);

#endif
