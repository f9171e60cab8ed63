/* tests/unit/redis_fixture.h -- a private redis-server on a unix socket in a folder of its own, for
 * one test program. */
#ifndef TESTS_REDIS_FIXTURE_H
#define TESTS_REDIS_FIXTURE_H

#include "base/clock.h"
#include "redis/conn.h"
#include "tests/unit/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIXTURE_DEADLINE_MS = 60000 };

struct redis_fixture {
	char dir[64];
	pid_t pid;
	struct arena arena; /* lives as long as the fixture */
	struct redis_address address;
	struct redis_conn *conn;
};

/* Until `condition` holds, at most FIXTURE_DEADLINE_MS; `each` runs in between. */
#define FIXTURE_UNTIL(condition, each)                                                             \
	do {                                                                                       \
		int64_t until_ms_ = clock_mono_ms() + FIXTURE_DEADLINE_MS;                         \
		while (!(condition)) {                                                             \
			assert_true(clock_mono_ms() < until_ms_);                                  \
			each;                                                                      \
		}                                                                                  \
	} while (0)

static inline void fixture_nap(void)
{
	usleep(2000);
}

/* A command in words parted by spaces; the answer lives in the fixture's arena. */
static inline struct redis_value fixture_try(struct redis_fixture *fixture, const char *line,
					     enum status *status_out)
{
	struct str words[32], rest = str_copy(&fixture->arena, str_from_c(line));
	struct redis_command command;
	struct redis_value value = { 0 };
	size_t count = 0;

	while (rest.data != NULL && count < 32)
		rest = str_cut(rest, ' ', &words[count++]);
	command = redis_command_of(&fixture->arena, words, count);
	*status_out = redis_run(fixture->conn, &command, &fixture->arena, &value);
	return value;
}

static inline struct redis_value fixture_run(struct redis_fixture *fixture, const char *line)
{
	enum status status;
	struct redis_value value = fixture_try(fixture, line, &status);

	assert_int_equal(status, STATUS_OK);
	if (value.type == REDIS_IS_ERROR)
		fail_msg("%s: %.*s", line, STR_ARG(value.text));
	return value;
}

static inline int64_t fixture_int(struct redis_fixture *fixture, const char *line)
{
	struct redis_value value = fixture_run(fixture, line);

	assert_int_equal(value.type, REDIS_IS_INT);
	return value.number;
}

/* Of a stream's entry; STR_NONE: it has none of that name. */
static inline struct str fixture_field(const struct redis_value *entry, const char *name)
{
	const struct redis_value *fields = &entry->items[1];

	for (size_t i = 0; i + 1 < fields->count; i += 2)
		if (str_eq_c(fields->items[i].text, name))
			return fields->items[i + 1].text;
	return STR_NONE;
}

static inline bool fixture_answers(struct redis_fixture *fixture)
{
	enum status status;
	struct redis_value value = fixture_try(fixture, "PING", &status);

	return status == STATUS_OK && str_eq_c(value.text, "PONG");
}

/* In the folder, with redis/redis.conf. */
static inline void fixture_server_spawn(struct redis_fixture *fixture)
{
	fixture->pid = fork();
	assert_true(fixture->pid >= 0);
	if (fixture->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* Only the process is killed, never the machine: no sync needed, and a busy disk
		 * does not matter. */
		execlp("redis-server", "redis-server", "redis/redis.conf", "--dir", fixture->dir,
		       "--logfile", "redis.log", "--appendfsync", "no", (char *)NULL);
		_exit(127);
	}
}

/* Returns when it answers. */
static inline void fixture_server_start(struct redis_fixture *fixture)
{
	fixture_server_spawn(fixture);
	FIXTURE_UNTIL(fixture_answers(fixture), fixture_nap());
}

static inline void fixture_server_kill(struct redis_fixture *fixture)
{
	if (fixture->pid <= 0)
		return;
	kill(fixture->pid, SIGKILL);
	waitpid(fixture->pid, NULL, 0);
	fixture->pid = 0;
}

static inline void fixture_open(struct redis_fixture *fixture)
{
	signal(SIGPIPE, SIG_IGN); /* as every service does */
	*fixture = (struct redis_fixture){ .dir = "/tmp/eco-redis-XXXXXX" };
	assert_non_null(mkdtemp(fixture->dir));
	assert_int_equal(
		redis_address_parse(STR(""), fixture->dir, &fixture->arena, &fixture->address),
		STATUS_OK);
	assert_int_equal(redis_conn_open(&fixture->address, 30000, &fixture->conn), STATUS_OK);
	fixture_server_start(fixture);
}

static inline void fixture_close(struct redis_fixture *fixture)
{
	fixture_server_kill(fixture);
	redis_conn_close(fixture->conn);
	folder_remove(fixture->dir);
	arena_release(&fixture->arena);
}

#endif
