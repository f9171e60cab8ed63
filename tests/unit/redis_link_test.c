/* tests/unit/redis_link_test.c -- the loop's connection: it reconnects, times out and ends every
 * call; errors are answers. */
#include "redis/link.h"

#include "tests/unit/redis_fixture.h"

#include <event2/event.h>
#include <string.h>
#include <sys/stat.h>

static struct redis_fixture redis;
static struct event_base *base;
static struct redis_link *link_;

struct seen {
	int answers, ends; /* ends: with NULL */
	enum redis_type type;
	char text[256];
};

static void on_answer(const struct redis_value *value, void *arg)
{
	struct seen *seen = arg;

	if (value == NULL) {
		seen->ends++;
		return;
	}
	seen->answers++;
	seen->type = value->type;
	snprintf(seen->text, sizeof(seen->text), "%.*s", STR_ARG(value->text));
}

static void turn(void)
{
	event_base_loop(base, EVLOOP_NONBLOCK);
	usleep(500);
}

static enum status send_line(const char *line, struct seen *seen)
{
	struct arena arena = { 0 };
	struct str words[8], rest = str_from_c(line);
	struct redis_command command;
	size_t count = 0;
	enum status status;

	while (rest.data != NULL && count < 8)
		rest = str_cut(rest, ' ', &words[count++]);
	command = redis_command_of(&arena, words, count);
	status = redis_link_send(link_, &command, on_answer, seen);
	arena_release(&arena);
	return status;
}

/* Sends and waits for the answer. */
static struct seen ask(const char *line)
{
	struct seen seen = { 0 };

	FIXTURE_UNTIL(redis_link_is_up(link_), turn());
	assert_int_equal(send_line(line, &seen), STATUS_OK);
	FIXTURE_UNTIL(seen.answers + seen.ends > 0, turn());
	return seen;
}

static int open_all(void **state)
{
	(void)state;
	fixture_open(&redis);
	base = loop_open();
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	loop_close(base);
	fixture_close(&redis);
	return 0;
}

static int open_link(void **state)
{
	(void)state;
	kill(redis.pid, SIGCONT); /* a test that failed may have left it stopped */
	fixture_run(&redis, "FLUSHALL");
	assert_int_equal(redis_link_open(base, &redis.address, &link_), STATUS_OK);
	FIXTURE_UNTIL(redis_link_is_up(link_), turn());
	return 0;
}

static int close_link(void **state)
{
	(void)state;
	redis_link_close(link_);
	link_ = NULL;
	turn();
	return 0;
}

/* ---- answers ----------------------------------------------------------------------------- */

static void answers_come_in_order(void **state)
{
	struct seen seen[100] = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(send_line("INCR counter", &seen[i]), STATUS_OK);
	FIXTURE_UNTIL(seen[99].answers == 1, turn());
	for (int i = 0; i < 100; i++)
		assert_int_equal(seen[i].answers, 1);
	assert_string_equal(ask("GET counter").text, "100");
}

static void an_error_is_an_answer(void **state)
{
	struct seen seen;

	(void)state;
	ask("SET text x");
	seen = ask("INCR text");
	assert_int_equal(seen.type, REDIS_IS_ERROR);
	seen = ask("NOSUCHCOMMAND");
	assert_int_equal(seen.type, REDIS_IS_ERROR);
	assert_string_equal(ask("GET text").text, "x");
}

static void a_full_server_answers_oom(void **state)
{
	struct seen seen;

	(void)state;
	fixture_run(&redis, "CONFIG SET maxmemory 1");
	seen = ask("SET text x");
	fixture_run(&redis, "CONFIG SET maxmemory 512mb");
	assert_int_equal(seen.type, REDIS_IS_ERROR);
	assert_int_equal(strncmp(seen.text, "OOM", 3), 0);
	assert_string_equal(ask("SET text x").text, "OK");
}

static bool bgsave_failed(void)
{
	struct redis_value info = fixture_run(&redis, "INFO persistence");

	return memmem(info.text.data, info.text.len, "rdb_last_bgsave_status:err", 26) != NULL;
}

/* A folder where the snapshot should go makes every save fail. */
static void a_server_that_cannot_save_answers_misconf(void **state)
{
	struct str place = str_format(&redis.arena, "%s/dump.rdb", redis.dir);
	struct seen seen;

	(void)state;
	assert_int_equal(mkdir(place.data, 0700), 0);
	fixture_run(&redis, "BGSAVE");
	FIXTURE_UNTIL(bgsave_failed(), turn());
	fixture_run(&redis, "SET text x");
	{
		/* fixture_run parts words by spaces; this one has spaces inside */
		struct redis_command save = redis_words(&redis.arena, STR("CONFIG"), STR("SET"),
							STR("save"), STR("900 1"));
		struct redis_value value;

		assert_int_equal(redis_run(redis.conn, &save, &redis.arena, &value), STATUS_OK);
	}
	seen = ask("SET text y");
	assert_int_equal(seen.type, REDIS_IS_ERROR);
	assert_int_equal(strncmp(seen.text, "MISCONF", 7), 0);
	assert_string_equal(ask("GET text").text, "x");
	{
		struct redis_command save =
			redis_words(&redis.arena, STR("CONFIG"), STR("SET"), STR("save"), STR(""));
		struct redis_value value;

		assert_int_equal(redis_run(redis.conn, &save, &redis.arena, &value), STATUS_OK);
	}
	assert_int_equal(rmdir(place.data), 0);
	assert_string_equal(ask("SET text y").text, "OK");
}

static void a_server_that_became_a_replica_is_left_and_tried_again(void **state)
{
	struct seen seen;

	(void)state;
	fixture_run(&redis, "REPLICAOF 127.0.0.1 1");
	seen = ask("SET text x");
	assert_int_equal(seen.type, REDIS_IS_ERROR);
	assert_int_equal(strncmp(seen.text, "READONLY", 8), 0);
	assert_false(redis_link_is_up(link_));
	fixture_run(&redis, "REPLICAOF NO ONE");
	assert_string_equal(ask("SET text x").text, "OK");
}

/* ---- losing the server ------------------------------------------------------------------- */

static void count_up(void *arg)
{
	(*(int *)arg)++;
}

static void calls_end_and_the_link_comes_back_when_the_server_restarts(void **state)
{
	struct seen seen[20] = { 0 }, refused = { 0 };
	int ups = 0, ended = 0;

	(void)state;
	redis_link_on_up(link_, count_up, &ups);
	kill(redis.pid, SIGSTOP);
	for (int i = 0; i < 20; i++)
		assert_int_equal(send_line("INCR counter", &seen[i]), STATUS_OK);
	fixture_server_kill(&redis);
	FIXTURE_UNTIL(!redis_link_is_up(link_), turn());
	for (int i = 0; i < 20; i++)
		ended += seen[i].ends;
	assert_int_equal(ended, 20);
	assert_int_equal(send_line("INCR counter", &refused), STATUS_BUSY);
	fixture_server_start(&redis);
	FIXTURE_UNTIL(redis_link_is_up(link_), turn());
	assert_int_equal(ups, 1);
	assert_string_equal(ask("PING").text, "PONG");
	assert_int_equal(refused.answers + refused.ends, 0);
}

static void a_stopped_server_costs_two_seconds_and_blocks_nobody(void **state)
{
	int64_t started_ms = clock_mono_ms();
	struct seen seen = { 0 };
	int turns = 0;

	(void)state;
	kill(redis.pid, SIGSTOP);
	assert_int_equal(send_line("PING", &seen), STATUS_OK);
	FIXTURE_UNTIL(seen.ends > 0, (turn(), turns++));
	assert_true(clock_mono_ms() - started_ms >= 1900);
	assert_true(turns > 20);
	assert_false(redis_link_is_up(link_));
	kill(redis.pid, SIGCONT);
	assert_string_equal(ask("PING").text, "PONG");
}

/* The socket of a stopped server accepts connections; only an answer makes a link. */
static void a_silent_server_is_no_link(void **state)
{
	struct redis_link *other;
	int64_t until_ms = clock_mono_ms() + 300;

	(void)state;
	kill(redis.pid, SIGSTOP);
	assert_int_equal(redis_link_open(base, &redis.address, &other), STATUS_OK);
	while (clock_mono_ms() < until_ms) {
		turn();
		assert_false(redis_link_is_up(other));
	}
	kill(redis.pid, SIGCONT);
	FIXTURE_UNTIL(redis_link_is_up(other), turn());
	redis_link_close(other);
}

/* Enough to be seen loading; a server looks at its clients after every 1024 commands then. */
static void fill(void)
{
	struct redis_command command = redis_words(
		&redis.arena, STR("EVAL"),
		STR("for i = 1, 400000 do redis.call('SET', 'key:' .. i, i) end"), STR("0"));
	struct redis_value value;

	assert_int_equal(redis_run(redis.conn, &command, &redis.arena, &value), STATUS_OK);
	assert_int_equal(fixture_int(&redis, "DBSIZE"), 400000);
}

static bool answers_loading(void)
{
	enum status status;
	struct redis_value value = fixture_try(&redis, "DBSIZE", &status);

	assert_false(redis_link_is_up(link_));
	return status == STATUS_OK && value.type == REDIS_IS_ERROR &&
	       str_starts(value.text, STR("LOADING"));
}

static void a_server_that_still_loads_is_waited_for(void **state)
{
	(void)state;
	fill();
	fixture_server_kill(&redis);
	FIXTURE_UNTIL(!redis_link_is_up(link_), turn());
	fixture_server_spawn(&redis);
	FIXTURE_UNTIL(answers_loading(), turn());
	FIXTURE_UNTIL(redis_link_is_up(link_), turn());
	assert_int_equal(fixture_int(&redis, "DBSIZE"), 400000);
}

/* ---- closing ----------------------------------------------------------------------------- */

static void closing_ends_what_is_under_way(void **state)
{
	struct seen seen[3] = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(send_line("PING", &seen[i]), STATUS_OK);
	redis_link_close(link_);
	link_ = NULL;
	for (int i = 0; i < 3; i++)
		assert_int_equal(seen[i].ends, 1);
}

static void close_it(const struct redis_value *value, void *arg)
{
	(void)value;
	redis_link_close(link_);
	link_ = NULL;
	*(bool *)arg = true;
}

static void a_link_may_be_closed_from_its_own_answer(void **state)
{
	struct arena arena = { 0 };
	struct redis_command command = redis_words(&arena, STR("PING"));
	struct seen behind = { 0 };
	bool closed = false;

	(void)state;
	assert_int_equal(redis_link_send(link_, &command, close_it, &closed), STATUS_OK);
	assert_int_equal(send_line("PING", &behind), STATUS_OK);
	FIXTURE_UNTIL(closed, turn());
	assert_int_equal(behind.ends, 1);
	arena_release(&arena);
}

/* ---- subscribing, greeting --------------------------------------------------------------- */

static void a_subscriber_hears_its_channel_also_after_a_restart(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(redis_link_subscribe(link_, STR("eco:events"), on_answer, &seen),
			 STATUS_OK);
	FIXTURE_UNTIL(fixture_int(&redis, "PUBLISH eco:events 17") == 1, turn());
	FIXTURE_UNTIL(seen.answers == 1, turn());
	assert_string_equal(seen.text, "17");
	fixture_server_kill(&redis);
	fixture_server_start(&redis);
	FIXTURE_UNTIL(fixture_int(&redis, "PUBLISH eco:events 18") == 1, turn());
	FIXTURE_UNTIL(seen.answers == 2, turn());
	assert_string_equal(seen.text, "18");
	assert_int_equal(seen.ends, 0);
}

static int64_t subscribe_calls(void)
{
	struct redis_value info = fixture_run(&redis, "INFO commandstats");
	const char *at = memmem(info.text.data, info.text.len, "cmdstat_subscribe:calls=", 24);

	return at == NULL ? 0 : strtol(at + 24, NULL, 10);
}

static void a_subscriber_asks_in_silence_and_stays(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	fixture_run(&redis, "CONFIG RESETSTAT");
	assert_int_equal(redis_link_subscribe(link_, STR("eco:events"), on_answer, &seen),
			 STATUS_OK);
	FIXTURE_UNTIL(subscribe_calls() >= 3, turn());
	assert_true(redis_link_is_up(link_));
	assert_int_equal(fixture_int(&redis, "PUBLISH eco:events 1"), 1);
	FIXTURE_UNTIL(seen.answers == 1, turn());
	kill(redis.pid, SIGSTOP);
	FIXTURE_UNTIL(!redis_link_is_up(link_), turn());
	kill(redis.pid, SIGCONT);
	FIXTURE_UNTIL(redis_link_is_up(link_), turn());
}

static void password_and_database_of_the_address_are_used(void **state)
{
	struct redis_address address = redis.address;
	struct redis_link *first = link_;
	int64_t until_ms;

	(void)state;
	fixture_run(&redis, "CONFIG SET requirepass open-sesame");
	address.password = STR("wrong");
	address.database = 3;
	assert_int_equal(redis_link_open(base, &address, &link_), STATUS_OK);
	until_ms = clock_mono_ms() + 300;
	while (clock_mono_ms() < until_ms) {
		turn();
		assert_false(redis_link_is_up(link_));
	}
	redis_link_close(link_);
	address.password = STR("open-sesame");
	assert_int_equal(redis_link_open(base, &address, &link_), STATUS_OK);
	assert_string_equal(ask("SET text x").text, "OK");
	redis_link_close(link_);
	link_ = first;
	fixture_run(&redis, "CONFIG SET requirepass ");
	fixture_run(&redis, "SELECT 3");
	assert_true(str_eq_c(fixture_run(&redis, "GET text").text, "x"));
	fixture_run(&redis, "SELECT 0");
}

#define WITH_LINK(test) cmocka_unit_test_setup_teardown(test, open_link, close_link)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_LINK(answers_come_in_order),
		WITH_LINK(an_error_is_an_answer),
		WITH_LINK(a_full_server_answers_oom),
		WITH_LINK(a_server_that_cannot_save_answers_misconf),
		WITH_LINK(a_server_that_became_a_replica_is_left_and_tried_again),
		WITH_LINK(calls_end_and_the_link_comes_back_when_the_server_restarts),
		WITH_LINK(a_stopped_server_costs_two_seconds_and_blocks_nobody),
		WITH_LINK(a_silent_server_is_no_link),
		WITH_LINK(a_server_that_still_loads_is_waited_for),
		WITH_LINK(closing_ends_what_is_under_way),
		WITH_LINK(a_link_may_be_closed_from_its_own_answer),
		WITH_LINK(a_subscriber_hears_its_channel_also_after_a_restart),
		WITH_LINK(a_subscriber_asks_in_silence_and_stays),
		WITH_LINK(password_and_database_of_the_address_are_used),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
