/* tests/unit/redis_bucket_test.c -- tokens that all workers share, against a real Redis. Time only
 * ever adds tokens here: a slow machine fails no test. */
#include "tests/unit/redis_fixture.h"

#include "base/loop.h"
#include "redis/bucket.h"

#include <event2/event.h>
#include <event2/thread.h>

enum { BOT = 7001 };

struct desk {
	struct redis_fixture redis;
	struct event_base *base;
	struct redis_link *link;
	bool answered;
	enum bucket_verdict verdict;
	int64_t wait_ms;
};

static struct desk desk;

static void answered(const struct redis_value *value, void *arg)
{
	(void)arg;
	desk.verdict = bucket_verdict(value, &desk.wait_ms);
	desk.answered = true;
}

static void turn(void)
{
	event_base_loop(desk.base, EVLOOP_NONBLOCK);
	fixture_nap();
}

static enum bucket_verdict take(const struct bucket_ask *ask)
{
	desk.answered = false;
	assert_int_equal(bucket_take(desk.link, ask, answered, NULL), STATUS_OK);
	FIXTURE_UNTIL(desk.answered, turn());
	return desk.verdict;
}

static int group_open(void **state)
{
	(void)state;
	evthread_use_pthreads();
	fixture_open(&desk.redis);
	desk.base = loop_open();
	if (redis_link_open(desk.base, &desk.redis.address, &desk.link) != STATUS_OK)
		return -1;
	FIXTURE_UNTIL(redis_link_is_up(desk.link), turn());
	return 0;
}

static int group_close(void **state)
{
	(void)state;
	redis_link_close(desk.link);
	loop_close(desk.base);
	fixture_close(&desk.redis);
	return 0;
}

static int flush(void **state)
{
	(void)state;
	fixture_run(&desk.redis, "FLUSHALL");
	return 0;
}

static struct bucket_ask ask_of(int64_t chat_id, int64_t per_s, int64_t burst)
{
	return (struct bucket_ask){ .bot_id = BOT,
				    .chat_id = chat_id,
				    .bot = { per_s, burst, 0 },
				    .chat = { 1000, 1000, 0 },
				    .now_ms = clock_wall_ms() };
}

static void a_bucket_gives_its_burst_and_then_its_refill(void **state)
{
	struct bucket_ask ask = ask_of(0, 1, 5);
	int64_t began_ms = clock_mono_ms();
	int granted = 0;

	(void)state;
	while (take(&ask) == BUCKET_GRANTED)
		granted++;
	assert_in_range(granted, 5, 5 + (clock_mono_ms() - began_ms) / 1000 + 1);
	assert_int_equal(desk.verdict, BUCKET_BOT_EMPTY);
	assert_in_range(desk.wait_ms, 1, 1000);
}

static void a_reserve_is_left_to_others(void **state)
{
	struct bucket_ask bulk = ask_of(0, 1, 20), answer = bulk;
	int granted = 0;

	(void)state;
	bulk.bot.reserve = 10;
	while (take(&bulk) == BUCKET_GRANTED)
		granted++;
	assert_true(granted >= 10);
	for (int i = 0; i < 9; i++)
		assert_int_equal(take(&answer), BUCKET_GRANTED);
}

static void an_empty_chat_takes_nothing_of_the_bots(void **state)
{
	struct bucket_ask chat = ask_of(1, 1, 3), other = ask_of(2, 1, 3);

	(void)state;
	chat.chat = (struct bucket_rate){ 1, 1, 0 };
	assert_int_equal(take(&chat), BUCKET_GRANTED);
	for (int i = 0; i < 3; i++)
		if (take(&chat) == BUCKET_GRANTED)
			return; /* a second passed in between: nothing to see on this machine now */
	assert_int_equal(desk.verdict, BUCKET_CHAT_EMPTY);
	assert_int_equal(take(&other), BUCKET_GRANTED);
	assert_int_equal(take(&other), BUCKET_GRANTED);
}

static void a_token_given_back_can_be_taken_again(void **state)
{
	struct bucket_ask ask = ask_of(1, 1, 1), other = ask_of(9, 1000, 1000);

	(void)state;
	/* The server learns the script first: a script that is said again comes behind what was
	 * sent meanwhile. */
	other.bot_id = BOT + 1;
	assert_int_equal(bucket_give(desk.link, &other), STATUS_OK);
	assert_int_equal(take(&other), BUCKET_GRANTED);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(take(&ask), BUCKET_GRANTED);
		assert_int_equal(bucket_give(desk.link, &ask), STATUS_OK);
	}
}

static void a_clock_that_went_back_does_not_stop_the_bot(void **state)
{
	struct bucket_ask ask = ask_of(0, 1, 2);

	(void)state;
	assert_int_equal(take(&ask), BUCKET_GRANTED);
	fixture_run(&desk.redis, "HSET eco:live:send:7001 full_at_us 99000000000000000");
	assert_int_equal(take(&ask), BUCKET_GRANTED);
}

static void two_slow_chats_pause_the_bot_until_their_time(void **state)
{
	struct bucket_ask ask = ask_of(3, 1000, 1000);

	(void)state;
	assert_int_equal(bucket_pause(desk.link, BOT, 1, ask.now_ms + 60000, ask.now_ms, false),
			 STATUS_OK);
	assert_int_equal(take(&ask), BUCKET_GRANTED);
	assert_int_equal(bucket_pause(desk.link, BOT, 1, ask.now_ms + 60000, ask.now_ms + 1, false),
			 STATUS_OK);
	assert_int_equal(take(&ask), BUCKET_GRANTED);
	assert_int_equal(bucket_pause(desk.link, BOT, 2, ask.now_ms + 60000, ask.now_ms + 2, false),
			 STATUS_OK);
	assert_int_equal(take(&ask), BUCKET_BOT_EMPTY);
	assert_in_range(desk.wait_ms, 59000, 60000);
	ask.now_ms += 60001;
	assert_int_equal(take(&ask), BUCKET_GRANTED);
}

static void chats_that_are_slow_long_after_each_other_pause_nothing(void **state)
{
	struct bucket_ask ask = ask_of(3, 1000, 1000);

	(void)state;
	assert_int_equal(bucket_pause(desk.link, BOT, 1, ask.now_ms + 60000, ask.now_ms, false),
			 STATUS_OK);
	assert_int_equal(bucket_pause(desk.link, BOT, 2, ask.now_ms + 60000,
				      ask.now_ms + BUCKET_SPREAD_MS, false),
			 STATUS_OK);
	assert_int_equal(take(&ask), BUCKET_GRANTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_bucket_gives_its_burst_and_then_its_refill, flush),
		cmocka_unit_test_setup(a_reserve_is_left_to_others, flush),
		cmocka_unit_test_setup(an_empty_chat_takes_nothing_of_the_bots, flush),
		cmocka_unit_test_setup(a_token_given_back_can_be_taken_again, flush),
		cmocka_unit_test_setup(a_clock_that_went_back_does_not_stop_the_bot, flush),
		cmocka_unit_test_setup(two_slow_chats_pause_the_bot_until_their_time, flush),
		cmocka_unit_test_setup(chats_that_are_slow_long_after_each_other_pause_nothing,
				       flush),
	};

	return cmocka_run_group_tests(tests, group_open, group_close);
}
