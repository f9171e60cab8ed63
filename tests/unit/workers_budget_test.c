/* tests/unit/workers_budget_test.c -- who may send next, against a real Redis. */
#include "tests/unit/redis_fixture.h"

#include "base/loop.h"
#include "workers/budget.h"

#include <event2/event.h>
#include <event2/thread.h>

enum { TURNS_MAX = 400, BOT = 7001 };

struct room {
	struct redis_fixture redis;
	struct event_base *base;
	struct redis_link *link;
	struct budget *budget, *other;
	int order[TURNS_MAX]; /* numbers of turns as they were granted */
	int64_t at_ms[TURNS_MAX];
	int granted;
};

struct guest {
	struct budget_turn turn;
	struct room *room;
	int number;
};

static struct room room;
static struct guest guests[TURNS_MAX];

static void granted(void *arg)
{
	struct guest *guest = arg;

	guest->room->at_ms[guest->room->granted] = clock_mono_ms();
	guest->room->order[guest->room->granted++] = guest->number;
}

static struct guest *guest_join(struct budget *budget, int number, int64_t chat_id,
				enum task_class class)
{
	struct guest *guest = &guests[number];

	*guest = (struct guest){ .room = &room, .number = number };
	guest->turn = (struct budget_turn){
		.bot_id = BOT, .chat_id = chat_id, .class = class, .granted = granted, .arg = guest
	};
	budget_join(budget, &guest->turn);
	return guest;
}

static void turn(void)
{
	event_base_loop(room.base, EVLOOP_NONBLOCK);
	fixture_nap();
}

#define ROOM_UNTIL(condition) FIXTURE_UNTIL(condition, turn())

static void room_open(int64_t bot_per_s, int64_t chat_per_s)
{
	struct budget_options options = { .bot_per_s = bot_per_s, .chat_per_s = chat_per_s };

	room = (struct room){ 0 };
	fixture_open(&room.redis);
	room.base = options.base = loop_open();
	assert_int_equal(redis_link_open(room.base, &room.redis.address, &room.link), STATUS_OK);
	options.link = room.link;
	assert_int_equal(budget_open(&options, &room.budget), STATUS_OK);
	assert_int_equal(budget_open(&options, &room.other), STATUS_OK);
	ROOM_UNTIL(redis_link_is_up(room.link));
}

static void room_close(int joined)
{
	for (int i = 0; i < joined; i++) {
		budget_forget(room.budget, &guests[i].turn);
		budget_forget(room.other, &guests[i].turn);
	}
	redis_link_close(room.link);
	budget_close(room.budget);
	budget_close(room.other);
	loop_close(room.base);
	fixture_close(&room.redis);
}

/* Most grants within any second. */
static int busiest_second(void)
{
	int most = 0;

	for (int i = 0; i < room.granted; i++) {
		int count = 0;

		for (int j = i; j < room.granted && room.at_ms[j] < room.at_ms[i] + 1000; j++)
			count++;
		most = count > most ? count : most;
	}
	return most;
}

static void two_workers_together_keep_to_the_bots_budget(void **state)
{
	enum { PER_S = 60, COUNT = 130 };
	int64_t took_ms;

	(void)state;
	room_open(PER_S, 1);
	for (int i = 0; i < COUNT; i++)
		guest_join(i % 2 == 0 ? room.budget : room.other, i, 1000 + i, TASK_INTERACTIVE);
	ROOM_UNTIL(room.granted == COUNT);
	took_ms = room.at_ms[COUNT - 1] - room.at_ms[0];
	assert_true(busiest_second() <= PER_S + 1);
	assert_true(COUNT <= PER_S * (took_ms + 1000) / 1000);
	room_close(COUNT);
}

static void answers_go_before_bulk(void **state)
{
	enum { BULK = 40, COUNT = BULK + 3 };
	int last = 0, before;

	(void)state;
	room_open(100, 1);
	for (int i = 0; i < BULK; i++)
		guest_join(room.budget, i, 1000 + i, TASK_BULK);
	ROOM_UNTIL(room.granted >= 8);
	before = room.granted;
	for (int i = BULK; i < COUNT; i++)
		guest_join(room.budget, i, 1000 + i, TASK_INTERACTIVE);
	ROOM_UNTIL(room.granted == COUNT);
	for (int i = 0; i < COUNT; i++)
		last = room.order[i] >= BULK ? i : last;
	/* One may have been asked for before they came. */
	assert_true(last < before + 3 + 1);
	room_close(COUNT);
}

static int place_of(int number)
{
	for (int i = 0; i < room.granted; i++)
		if (room.order[i] == number)
			return i;
	return -1;
}

static void a_chat_has_its_own_pace_and_holds_up_no_other(void **state)
{
	enum { MINE = 8, COUNT = MINE + 1 };

	(void)state;
	room_open(1000, 1);
	for (int i = 0; i < MINE; i++)
		guest_join(room.budget, i, 1, TASK_INTERACTIVE);
	ROOM_UNTIL(room.granted >= 5);
	guest_join(room.budget, MINE, 2, TASK_INTERACTIVE);
	ROOM_UNTIL(room.granted == COUNT);
	assert_true(place_of(MINE) < place_of(MINE - 1));
	for (int i = 1; i < MINE; i++)
		assert_true(place_of(i - 1) < place_of(i));
	assert_true(room.at_ms[COUNT - 1] - room.at_ms[0] >= 2900);
	room_close(COUNT);
}

static void a_slow_chat_is_no_slow_bot_but_two_are(void **state)
{
	(void)state;
	room_open(1000, 1000);
	guest_join(room.budget, 0, 1, TASK_INTERACTIVE);
	guest_join(room.budget, 1, 2, TASK_INTERACTIVE);
	ROOM_UNTIL(room.granted == 2);
	budget_slow_down(room.budget, &guests[0].turn, 1500, false);
	guest_join(room.budget, 2, 3, TASK_INTERACTIVE);
	ROOM_UNTIL(room.granted == 3);
	budget_slow_down(room.other, &guests[1].turn, 1500, false);
	guest_join(room.budget, 3, 3, TASK_INTERACTIVE);
	ROOM_UNTIL(room.granted == 4);
	assert_true(room.at_ms[3] - room.at_ms[2] >= 1000);
	room_close(4);
}

static void one_that_leaves_while_asking_costs_no_token(void **state)
{
	(void)state;
	room_open(1, 1);
	budget_forget(room.budget, &guest_join(room.budget, 0, 1, TASK_INTERACTIVE)->turn);
	guest_join(room.budget, 1, 2, TASK_INTERACTIVE);
	ROOM_UNTIL(room.granted == 1);
	assert_int_equal(room.order[0], 1);
	room_close(2);
}

static void a_flushed_redis_and_a_lost_one_are_asked_again(void **state)
{
	(void)state;
	room_open(1000, 1);
	fixture_server_kill(&room.redis);
	guest_join(room.budget, 0, 1, TASK_INTERACTIVE);
	ROOM_UNTIL(!redis_link_is_up(room.link));
	fixture_server_start(&room.redis);
	ROOM_UNTIL(room.granted == 1);
	room_close(1);
}

static void an_order_key_tells_whose_budget_it_is(void **state)
{
	int64_t bot_id, chat_id;

	(void)state;
	assert_int_equal(budget_whose(STR("chat:7001:-100123"), &bot_id, &chat_id), STATUS_OK);
	assert_int_equal(bot_id, 7001);
	assert_int_equal(chat_id, -100123);
	assert_int_equal(budget_whose(STR_NONE, &bot_id, &chat_id), STATUS_NOT_FOUND);
	assert_int_equal(budget_whose(STR("chat:7001"), &bot_id, &chat_id), STATUS_NOT_FOUND);
	assert_int_equal(budget_whose(STR("stock:1:2"), &bot_id, &chat_id), STATUS_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_workers_together_keep_to_the_bots_budget),
		cmocka_unit_test(answers_go_before_bulk),
		cmocka_unit_test(a_chat_has_its_own_pace_and_holds_up_no_other),
		cmocka_unit_test(a_slow_chat_is_no_slow_bot_but_two_are),
		cmocka_unit_test(one_that_leaves_while_asking_costs_no_token),
		cmocka_unit_test(a_flushed_redis_and_a_lost_one_are_asked_again),
		cmocka_unit_test(an_order_key_tells_whose_budget_it_is),
	};

	evthread_use_pthreads();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
