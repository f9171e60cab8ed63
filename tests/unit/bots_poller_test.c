/* tests/unit/bots_poller_test.c -- the poller against real records and a Bot API of scripted
 * answers: offsets, pauses, election, stopping. */
#include "base/clock.h"
#include "base/http/server.h"
#include "bots/poller.h"
#include "store/bots.h"
#include "store/lock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <event2/event.h>
#include <event2/thread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOKEN "7000000001:secret"
#define BOT_ID INT64_C(7000000001)

enum { POLLS_MAX = 64, PATIENCE_MS = 30 * 1000 };

/* What the Bot API says to one getUpdates; past the last one it holds the poll open, as a quiet
 * chat does. */
struct line {
	int status;
	const char *body;
};

struct scene {
	char dir[64], api[64];
	struct arena arena;
	struct event_base *base;
	struct http_server *server;
	struct store *store;
	struct db *reader;
	struct bot_api *replies;
	struct poller *poller;
	const struct line *lines;
	size_t line_count, polls;
	int64_t offsets[POLLS_MAX]; /* as asked for */
	struct http_request *held[POLLS_MAX];
	size_t held_count;
	bool stopped;
};

/* ---- a Bot API --------------------------------------------------------------------------- */

static void api_asked(struct http_request *request, void *arg)
{
	static const struct http_header json_type = { "Content-Type", { "application/json", 16 } };
	struct scene *scene = arg;
	struct str body = http_request_body(request);
	json_t *asked = json_loadb(body.data, body.len, 0, NULL);
	const struct line *line = scene->polls < scene->line_count ? &scene->lines[scene->polls]
								   : NULL;

	assert_true(str_eq_c(http_request_path(request), "/bot" TOKEN "/getUpdates"));
	assert_true(scene->polls < POLLS_MAX);
	scene->offsets[scene->polls++] = json_integer_value(json_object_get(asked, "offset"));
	json_decref(asked);
	if (line != NULL)
		http_reply(request, line->status, &json_type, 1, str_from_c(line->body));
	else
		scene->held[scene->held_count++] = request;
}

/* ---- the scene --------------------------------------------------------------------------- */

static int scene_make(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	const struct http_limits limits = { 0 };
	struct store_options options = { .dir = scene->dir, .service = "test" };
	struct bot_api_options api = { .api = scene->api, .token = TOKEN, .calls_max = 4 };

	evthread_use_pthreads();
	*state = scene;
	snprintf(scene->dir, sizeof(scene->dir), "/tmp/eco-poller-XXXXXX");
	scene->base = loop_open();
	if (mkdtemp(scene->dir) == NULL || store_open(&options, &scene->store) != STATUS_OK ||
	    store_reader_open(scene->store, &scene->reader) != STATUS_OK ||
	    http_server_open(scene->base, "127.0.0.1:0", &limits, api_asked, scene,
			     &scene->server) != STATUS_OK)
		return -1;
	snprintf(scene->api, sizeof(scene->api), "http://127.0.0.1:%d",
		 http_server_port(scene->server));
	api.base = scene->base;
	return bot_api_open(&api, &scene->replies) == STATUS_OK ? 0 : -1;
}

static int scene_remove(void **state)
{
	struct scene *scene = *state;
	const char *const names[] = { "eco.db",	    "eco.db-wal",
				      "eco.db-shm", "eco.lock",
				      "eco.gate",   "slots/poller-7000000001.lock",
				      "slots",	    "" };
	char path[128];

	store_reader_close(scene->reader);
	store_close(scene->store);
	poller_close(scene->poller);
	bot_api_close(scene->replies);
	for (size_t i = 0; i < scene->held_count; i++)
		http_reply_close(scene->held[i], 500, NULL, 0, STR("{}"));
	http_server_close(scene->server);
	event_base_loop(scene->base,
			EVLOOP_NONBLOCK); /* libevent frees connections from its loop */
	loop_close(scene->base);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", scene->dir, names[i]);
		remove(path);
	}
	arena_release(&scene->arena);
	free(scene);
	return 0;
}

static struct poller *poller_make(struct scene *scene, const char *incarnation)
{
	const struct poller_options options = {
		.base = scene->base,
		.store = scene->store,
		.reader = scene->reader,
		.table = &intake_support,
		.bot_id = BOT_ID,
		.api = scene->api,
		.token = TOKEN,
		.replies = scene->replies,
		.poll_s = 25,
		.dir = scene->dir,
		.incarnation = str_from_c(incarnation),
	};
	struct poller *poller;

	assert_int_equal(poller_open(&options, &poller), STATUS_OK);
	return poller;
}

static void scene_play(struct scene *scene, const struct line *lines, size_t count)
{
	scene->lines = lines;
	scene->line_count = count;
	scene->poller = poller_make(scene, "aa");
}

static void turn(struct scene *scene, int64_t deadline_ms, const char *what)
{
	if (clock_mono_ms() > deadline_ms)
		fail_msg("waited %d ms for %s", PATIENCE_MS, what);
	event_base_loop(scene->base, EVLOOP_NONBLOCK);
	usleep(1000);
}

static void until_polls(struct scene *scene, size_t polls)
{
	int64_t deadline_ms = clock_mono_ms() + PATIENCE_MS;

	while (scene->polls < polls)
		turn(scene, deadline_ms, "a poll");
}

static void until_state(struct scene *scene, struct poller *poller, enum poller_state state)
{
	int64_t deadline_ms = clock_mono_ms() + PATIENCE_MS;

	while (poller_state(poller) != state)
		turn(scene, deadline_ms, "a state");
}

static void note_stopped(void *arg)
{
	*(bool *)arg = true;
}

static void until_stopped(struct scene *scene, struct poller *poller)
{
	int64_t deadline_ms = clock_mono_ms() + PATIENCE_MS;
	bool stopped = false;

	poller_stop(poller, note_stopped, &stopped);
	while (!stopped)
		turn(scene, deadline_ms, "the stop");
	assert_int_equal(poller_state(poller), POLLER_OFF);
}

#define UPDATE(id)                                                                                 \
	"{\"update_id\":" #id ",\"message\":{\"message_id\":" #id                                  \
	",\"date\":1700000000,\"from\":{\"id\":5,"                                                 \
	"\"first_name\":\"A\"},\"chat\":{\"id\":5,\"type\":\"private\"},\"text\":\"words\"}}"
#define ANSWER(...) "{\"ok\":true,\"result\":[" __VA_ARGS__ "]}"

static int64_t offset_now(struct scene *scene)
{
	int64_t offset = -1;

	assert_int_equal(store_read_begin(scene->reader), STATUS_OK);
	assert_int_equal(bots_offset(scene->reader, BOT_ID, &offset), STATUS_OK);
	store_read_end(scene->reader);
	return offset;
}

/* ---- offsets ----------------------------------------------------------------------------- */

static void the_next_poll_confirms_what_is_durable(void **state)
{
	struct scene *scene = *state;
	const struct line lines[] = { { 200, ANSWER(UPDATE(10) "," UPDATE(11)) },
				      { 200, ANSWER() },
				      { 200, ANSWER(UPDATE(12)) } };

	scene_play(scene, lines, 3);
	until_polls(scene, 4);
	assert_int_equal(scene->offsets[0], 0);
	assert_int_equal(scene->offsets[1], 12);
	assert_int_equal(scene->offsets[2], 12);
	assert_int_equal(scene->offsets[3], 13);
	assert_int_equal(offset_now(scene), 13);
}

static void ids_that_jump_down_are_followed(void **state)
{
	struct scene *scene = *state;
	const struct line lines[] = { { 200, ANSWER(UPDATE(900)) }, { 200, ANSWER(UPDATE(5)) } };

	scene_play(scene, lines, 2);
	until_polls(scene, 3);
	assert_int_equal(scene->offsets[1], 901);
	assert_int_equal(scene->offsets[2], 6);
}

static void a_batch_that_could_not_be_committed_is_asked_for_again(void **state)
{
	struct scene *scene = *state;
	const struct line lines[] = { { 200, ANSWER(UPDATE(10)) }, { 200, ANSWER(UPDATE(10)) } };
	struct lock *lock;

	/* Another process holds the write lock for longer than a writer waits. */
	assert_int_equal(lock_open(scene->dir, STR("other"), STR("ff"), &lock), STATUS_OK);
	assert_int_equal(lock_take(lock, LOCK_TIMEOUT_MS), STATUS_OK);
	scene_play(scene, lines, 2);
	until_state(scene, scene->poller, POLLER_PAUSED);
	assert_int_equal(scene->polls, 1);
	lock_drop(lock);
	lock_close(lock);
	until_polls(scene, 3);
	assert_int_equal(scene->offsets[1], 0);
	assert_int_equal(scene->offsets[2], 11);
}

static void an_answer_that_makes_no_sense_confirms_nothing(void **state)
{
	struct scene *scene = *state;
	const struct line lines[] = { { 200, "{\"ok\":true,\"result\":{}}" },
				      { 200, ANSWER("{\"message\":{}}") } };

	scene_play(scene, lines, 2);
	until_polls(scene, 3);
	assert_int_equal(scene->offsets[1], 0);
	assert_int_equal(scene->offsets[2], 0);
	assert_int_equal(offset_now(scene), 0);
}

/* ---- failures ---------------------------------------------------------------------------- */

static void a_server_error_is_waited_out(void **state)
{
	struct scene *scene = *state;
	const struct line lines[] = { { 502, "<html>" }, { 200, ANSWER(UPDATE(3)) } };
	int64_t began_ms = clock_mono_ms();

	scene_play(scene, lines, 2);
	until_polls(scene, 3);
	assert_true(clock_mono_ms() - began_ms >= 800);
	assert_int_equal(scene->offsets[2], 4);
}

static void a_wrong_token_ends_polling(void **state)
{
	struct scene *scene = *state;
	const struct line lines[] = {
		{ 401, "{\"ok\":false,\"error_code\":401,\"description\":\"Unauthorized\"}" }
	};

	scene_play(scene, lines, 1);
	until_state(scene, scene->poller, POLLER_OFF);
	assert_int_equal(scene->polls, 1);
	assert_true(poller_fate_of(BOT_UNAUTHORIZED)->is_off);
	assert_int_equal(poller_fate_of(BOT_UNAUTHORIZED)->pause_ms, 60000);
}

static void a_second_instance_makes_it_wait_half_a_minute(void **state)
{
	struct scene *scene = *state;
	const struct line lines[] = {
		{ 409, "{\"ok\":false,\"error_code\":409,\"description\":\"Conflict\"}" }
	};

	scene_play(scene, lines, 1);
	until_state(scene, scene->poller, POLLER_PAUSED);
	assert_int_equal(poller_fate_of(BOT_CONFLICT)->pause_ms, 30000);
	assert_string_equal(poller_fate_of(BOT_CONFLICT)->event, "bot.second_instance");
	assert_false(poller_fate_of(BOT_CONFLICT)->is_off);
}

static void pauses_grow_from_one_second_to_five(void **state)
{
	(void)state;
	assert_int_equal(poller_backoff_ms(1, 500), 1000);
	assert_int_equal(poller_backoff_ms(2, 500), 1500);
	assert_int_equal(poller_backoff_ms(50, 500), 5000);
	assert_int_equal(poller_backoff_ms(50, 0), 4000);
	assert_true(poller_backoff_ms(50, 999) < 6000);
}

/* ---- election and stopping --------------------------------------------------------------- */

static void a_standby_polls_only_when_the_first_has_stopped(void **state)
{
	struct scene *scene = *state;
	const struct line lines[] = { { 200, ANSWER(UPDATE(10)) } };
	struct poller *standby;

	scene_play(scene, lines, 1);
	until_polls(scene, 2);
	standby = poller_make(scene, "bb");
	for (int64_t end_ms = clock_mono_ms() + 500; clock_mono_ms() < end_ms;)
		turn(scene, end_ms + PATIENCE_MS, "nothing");
	assert_int_equal(poller_state(standby), POLLER_STANDBY);
	assert_int_equal(scene->polls, 2);
	until_stopped(scene, scene->poller);
	until_polls(scene, 3);
	assert_int_equal(poller_state(standby), POLLER_POLLING);
	assert_int_equal(scene->offsets[2], 11); /* where the first one was */
	poller_close(standby);
}

static void stopping_drops_the_long_poll_at_once(void **state)
{
	struct scene *scene = *state;
	int64_t began_ms;

	scene_play(scene, NULL, 0);
	until_polls(scene, 1);
	began_ms = clock_mono_ms();
	until_stopped(scene, scene->poller);
	assert_true(clock_mono_ms() - began_ms < 5000); /* the poll itself would have waited 25 s */
}

static void stopping_lets_a_batch_under_way_commit(void **state)
{
	struct scene *scene = *state;
	const struct line lines[] = { { 200, ANSWER(UPDATE(10)) } };

	scene_play(scene, lines, 1);
	until_state(scene, scene->poller, POLLER_COMMITTING);
	until_stopped(scene, scene->poller);
	assert_int_equal(offset_now(scene), 11);
	assert_int_equal(scene->polls, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_make, scene_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_next_poll_confirms_what_is_durable),
		TEST(ids_that_jump_down_are_followed),
		TEST(a_batch_that_could_not_be_committed_is_asked_for_again),
		TEST(an_answer_that_makes_no_sense_confirms_nothing),
		TEST(a_server_error_is_waited_out),
		TEST(a_wrong_token_ends_polling),
		TEST(a_second_instance_makes_it_wait_half_a_minute),
		cmocka_unit_test(pauses_grow_from_one_second_to_five),
		TEST(a_standby_polls_only_when_the_first_has_stopped),
		TEST(stopping_drops_the_long_poll_at_once),
		TEST(stopping_lets_a_batch_under_way_commit),
	};

	return cmocka_run_group_tests_name("bots_poller", tests, NULL, NULL);
}
