/* tests/unit/redis_reader_test.c -- a worker's hands in the streams: reading by right, acks,
 * delays, burials, losses. */
#include "redis/queue.h"
#include "redis/reader.h"

#include "tests/unit/redis_fixture.h"

#include <event2/event.h>
#include <string.h>

#define DELIVER "eco:stream:deliver:interactive"

static struct redis_fixture redis;
static struct event_base *base;
static struct redis_link *link_;

enum { GOT_MAX = 20000, READER_QUICK_US = 100000 };

/* What a reader handed over, in order. */
struct hands {
	struct reader *reader;
	struct arena arena;
	struct reader_entry got[GOT_MAX];
	size_t count;
};

static struct hands one, two;

static void on_entries(const struct reader_entry *entries, size_t count, void *arg)
{
	struct hands *hands = arg;

	for (size_t i = 0; i < count; i++) {
		struct reader_entry *copy = &hands->got[hands->count++];

		assert_true(hands->count <= GOT_MAX);
		*copy = entries[i];
		copy->entry_id = str_copy(&hands->arena, entries[i].entry_id);
		copy->order_key = str_copy(&hands->arena, entries[i].order_key);
	}
}

static void turn(void)
{
	event_base_loop(base, EVLOOP_NONBLOCK);
	usleep(500);
}

static void open_reader(struct hands *hands, const char *slot, int room)
{
	static const enum task_type types[] = { TASK_DELIVER, TASK_CLOSE_APPEAL };
	struct reader_options options = { .address = &redis.address,
					  .base = base,
					  .link = link_,
					  .slot = slot,
					  .types = types,
					  .type_count = 2,
					  .batch_max = 100,
					  .entries = on_entries,
					  .arg = hands };

	hands->count = 0;
	assert_int_equal(reader_open(&options, &hands->reader), STATUS_OK);
	reader_allow(hands->reader, room);
}

static void close_reader(struct hands *hands)
{
	reader_close(hands->reader);
	hands->reader = NULL;
	arena_release(&hands->arena);
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

static void rebuild(int64_t number)
{
	assert_int_equal(queue_rebuild_begin(redis.conn, number, 1), STATUS_OK);
	assert_int_equal(queue_rebuild_end(redis.conn, number), STATUS_OK);
}

static int set_up(void **state)
{
	(void)state;
	kill(redis.pid, SIGCONT);
	fixture_run(&redis, "FLUSHALL");
	rebuild(1);
	assert_int_equal(redis_link_open(base, &redis.address, &link_), STATUS_OK);
	FIXTURE_UNTIL(redis_link_is_up(link_), turn());
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (one.reader != NULL)
		close_reader(&one);
	if (two.reader != NULL)
		close_reader(&two);
	redis_link_close(link_);
	return 0;
}

static struct task_notice notice(int64_t id, enum task_type type, enum task_class class)
{
	return (struct task_notice){ .id = id,
				     .type = type,
				     .class = class,
				     .order_key = STR("chat:1:2"),
				     .payload = STR("{\"message_id\":7}") };
}

static void publish_as(int64_t first_id, int64_t count, enum task_type type, enum task_class class)
{
	struct task_notice *many = arena_array(&redis.arena, (size_t)count, sizeof(*many));

	for (int64_t i = 0; i < count; i++)
		many[i] = notice(first_id + i, type, class);
	assert_int_equal(queue_publish(redis.conn, many, (size_t)count), STATUS_OK);
}

static void publish(int64_t first_id, int64_t count)
{
	publish_as(first_id, count, TASK_DELIVER, TASK_INTERACTIVE);
}

static struct queue_stats stats_of(enum task_type type, enum task_class class)
{
	struct queue_stats *stats;
	size_t count;

	assert_int_equal(queue_stats(redis.conn, &redis.arena, &stats, &count), STATUS_OK);
	for (size_t i = 0; i < count; i++)
		if (stats[i].type == type && stats[i].class == class)
			return stats[i];
	fail_msg("no numbers");
	return (struct queue_stats){ 0 };
}

static struct queue_stats deliver_stats(void)
{
	return stats_of(TASK_DELIVER, TASK_INTERACTIVE);
}

static void ack(struct hands *hands, size_t i)
{
	reader_ack(hands->reader, hands->got[i].type, hands->got[i].class, hands->got[i].entry_id);
}

/* For what must not happen: long enough to see it if it did. */
static void let_things_settle(void)
{
	int64_t until_ms = clock_mono_ms() + 200;

	while (clock_mono_ms() < until_ms)
		turn();
}

/* ---- reading ----------------------------------------------------------------------------- */

static void what_is_published_is_read_and_after_the_ack_gone(void **state)
{
	(void)state;
	open_reader(&one, "worker-1", 10);
	publish(1, 3);
	FIXTURE_UNTIL(one.count == 3, turn());
	assert_int_equal(one.got[0].task_id, 1);
	assert_int_equal(one.got[2].task_id, 3);
	assert_int_equal(one.got[0].type, TASK_DELIVER);
	assert_int_equal(one.got[0].class, TASK_INTERACTIVE);
	assert_true(str_eq_c(one.got[0].order_key, "chat:1:2"));
	assert_false(one.got[0].suspect);
	assert_int_equal(deliver_stats().pending, 3);
	for (size_t i = 0; i < 3; i++)
		ack(&one, i);
	assert_int_equal(reader_unsettled(one.reader), 3);
	FIXTURE_UNTIL(reader_unsettled(one.reader) == 0, turn());
	assert_int_equal(deliver_stats().pending, 0);
	assert_int_equal(queue_trim(redis.conn, 1), STATUS_OK);
	assert_int_equal(deliver_stats().length, 0);
}

static void no_more_than_the_free_slots_are_handed_over(void **state)
{
	(void)state;
	publish(1, 50);
	publish_as(101, 50, TASK_CLOSE_APPEAL, TASK_BULK);
	open_reader(&one, "worker-1", 7);
	FIXTURE_UNTIL(one.count == 7, turn());
	let_things_settle();
	assert_int_equal(one.count, 7);
	assert_int_equal(deliver_stats().pending, 7);
	reader_allow(one.reader, 1);
	FIXTURE_UNTIL(one.count == 8, turn());
	reader_allow(one.reader, 92);
	FIXTURE_UNTIL(one.count == 100, turn());
}

static void interactive_entries_come_before_bulk_ones(void **state)
{
	(void)state;
	publish_as(1, 20, TASK_DELIVER, TASK_BULK);
	publish_as(101, 5, TASK_CLOSE_APPEAL, TASK_INTERACTIVE);
	publish_as(201, 5, TASK_DELIVER, TASK_INTERACTIVE);
	open_reader(&one, "worker-1", 30);
	FIXTURE_UNTIL(one.count == 30, turn());
	for (size_t i = 0; i < 30; i++)
		assert_int_equal(one.got[i].class, i < 10 ? TASK_INTERACTIVE : TASK_BULK);
}

static void an_idle_reader_wakes_at_once(void **state)
{
	enum { ROUNDS = 20 };
	int64_t took_us[ROUNDS];
	int quick = 0;

	(void)state;
	open_reader(&one, "worker-1", ROUNDS);
	let_things_settle();
	for (int64_t i = 0; i < ROUNDS; i++) {
		int64_t sent_us = clock_mono_us();

		publish(i + 1, 1);
		FIXTURE_UNTIL(one.count == (size_t)i + 1, event_base_loop(base, EVLOOP_NONBLOCK));
		took_us[i] = clock_mono_us() - sent_us;
		quick += took_us[i] < READER_QUICK_US;
		for (int n = 0; n < 20; n++)
			turn();
	}
	/* far below the block's 500 ms, also on a busy machine */
	assert_true(quick > ROUNDS / 2);
}

static void a_paused_type_is_not_handed_over_until_it_goes_on(void **state)
{
	(void)state;
	open_reader(&one, "worker-1", 100);
	let_things_settle();
	assert_int_equal(queue_pause(redis.conn, TASK_DELIVER, true), STATUS_OK);
	publish(1, 5);
	publish_as(11, 2, TASK_CLOSE_APPEAL, TASK_BULK);
	FIXTURE_UNTIL(one.count == 2, turn());
	let_things_settle();
	assert_int_equal(one.count, 2);
	assert_int_equal(one.got[0].type, TASK_CLOSE_APPEAL);
	assert_int_equal(deliver_stats().pending, 0);
	assert_int_equal(queue_pause(redis.conn, TASK_CLOSE_APPEAL, true), STATUS_OK);
	publish_as(21, 1, TASK_CLOSE_APPEAL, TASK_BULK);
	let_things_settle();
	assert_int_equal(one.count, 2);
	assert_int_equal(queue_pause(redis.conn, TASK_CLOSE_APPEAL, false), STATUS_OK);
	assert_int_equal(queue_pause(redis.conn, TASK_DELIVER, false), STATUS_OK);
	FIXTURE_UNTIL(one.count == 8, turn());
	for (size_t i = 0; i < 8; i++)
		assert_false(one.got[i].suspect);
}

static void two_readers_share_without_a_double(void **state)
{
	bool seen[2001] = { false };

	(void)state;
	open_reader(&one, "worker-1", 2000);
	open_reader(&two, "worker-2", 2000);
	publish(1, 2000);
	FIXTURE_UNTIL(one.count + two.count == 2000, turn());
	for (size_t i = 0; i < one.count; i++)
		seen[one.got[i].task_id] = true;
	for (size_t i = 0; i < two.count; i++) {
		assert_false(seen[two.got[i].task_id]);
		seen[two.got[i].task_id] = true;
	}
}

/* ---- outcomes ---------------------------------------------------------------------------- */

static void a_delayed_task_comes_again_at_its_time_and_not_before(void **state)
{
	int64_t due_ms = clock_wall_ms() + 5000, moved, next;
	struct task_notice again = notice(1, TASK_DELIVER, TASK_INTERACTIVE);

	(void)state;
	open_reader(&one, "worker-1", 10);
	publish(1, 1);
	FIXTURE_UNTIL(one.count == 1, turn());
	again.due_at_ms = due_ms;
	again.attempt = 1;
	reader_delay(one.reader, &again, one.got[0].entry_id);
	FIXTURE_UNTIL(reader_unsettled(one.reader) == 0, turn());
	assert_int_equal(deliver_stats().pending, 0);
	assert_int_equal(deliver_stats().delayed, 1);
	assert_int_equal(queue_promote(redis.conn, due_ms - 1, 100, &moved, &next), STATUS_OK);
	assert_int_equal(moved, 0);
	assert_int_equal(next, due_ms);
	assert_int_equal(queue_promote(redis.conn, due_ms, 100, &moved, &next), STATUS_OK);
	assert_int_equal(moved, 1);
	FIXTURE_UNTIL(one.count == 2, turn());
	assert_int_equal(one.got[1].task_id, 1);
	assert_false(one.got[1].suspect);
}

static void a_delay_beyond_the_horizon_only_acks(void **state)
{
	struct task_notice again = notice(1, TASK_DELIVER, TASK_INTERACTIVE);

	(void)state;
	open_reader(&one, "worker-1", 10);
	publish(1, 1);
	FIXTURE_UNTIL(one.count == 1, turn());
	again.due_at_ms = clock_wall_ms() + 600000;
	reader_delay(one.reader, &again, one.got[0].entry_id);
	FIXTURE_UNTIL(reader_unsettled(one.reader) == 0, turn());
	assert_int_equal(deliver_stats().pending, 0);
	assert_int_equal(deliver_stats().delayed, 0);
}

static void a_buried_task_is_listed_once_with_its_error(void **state)
{
	struct task_notice dead = notice(1, TASK_DELIVER, TASK_INTERACTIVE);
	struct redis_value list;

	(void)state;
	open_reader(&one, "worker-1", 10);
	publish(1, 1);
	FIXTURE_UNTIL(one.count == 1, turn());
	reader_bury(one.reader, &dead, one.got[0].entry_id, STR("403: blocked by the user"));
	reader_bury(one.reader, &dead, one.got[0].entry_id, STR("403: blocked by the user"));
	FIXTURE_UNTIL(reader_unsettled(one.reader) == 0, turn());
	assert_int_equal(deliver_stats().pending, 0);
	assert_int_equal(deliver_stats().dead, 1);
	list = fixture_run(&redis, "XRANGE eco:dead:deliver:interactive - +");
	assert_true(str_eq_c(fixture_field(&list.items[0], "task"), "1"));
	assert_true(str_eq_c(fixture_field(&list.items[0], "payload"), "{\"message_id\":7}"));
	assert_true(str_eq_c(fixture_field(&list.items[0], "error"), "403: blocked by the user"));
}

static void a_burial_of_what_another_owns_changes_nothing(void **state)
{
	struct task_notice dead = notice(1, TASK_DELIVER, TASK_INTERACTIVE);

	(void)state;
	open_reader(&one, "worker-1", 10);
	publish(1, 1);
	FIXTURE_UNTIL(one.count == 1, turn());
	fixture_run(&redis, str_format(&redis.arena, "XCLAIM " DELIVER " workers worker-2 0 %.*s",
				       STR_ARG(one.got[0].entry_id))
				    .data);
	reader_bury(one.reader, &dead, one.got[0].entry_id, STR("late"));
	FIXTURE_UNTIL(reader_unsettled(one.reader) == 0, turn());
	assert_int_equal(deliver_stats().pending, 1);
	assert_int_equal(deliver_stats().dead, 0);
}

static void an_ack_of_what_was_taken_over_changes_nothing(void **state)
{
	int64_t moved;

	(void)state;
	open_reader(&one, "worker-1", 1);
	publish(1, 1);
	FIXTURE_UNTIL(one.count == 1, turn());
	assert_int_equal(queue_take_over(redis.conn, STR("worker-1"), 1, &moved), STATUS_OK);
	assert_int_equal(moved, 1);
	open_reader(&two, "worker-2", 10);
	FIXTURE_UNTIL(two.count == 1, turn());
	ack(&one, 0);
	FIXTURE_UNTIL(reader_unsettled(one.reader) == 0, turn());
	assert_int_equal(deliver_stats().pending, 1);
}

/* Whole batches from one stream are read alone for a while; the others of its class still come. */
static void a_busy_stream_does_not_starve_the_others(void **state)
{
	enum { BUSY = 1000, ROOM = 20, SOON = 300 };
	bool seen = false;

	(void)state;
	publish(1, BUSY);
	publish_as(BUSY + 1, 1, TASK_CLOSE_APPEAL, TASK_INTERACTIVE);
	open_reader(&one, "worker-1", ROOM);
	for (size_t done = 0; done < BUSY + 1;) {
		FIXTURE_UNTIL(one.count > done, turn());
		for (; done < one.count; done++) {
			seen |= one.got[done].task_id == BUSY + 1;
			ack(&one, done);
			reader_allow(one.reader, 1);
		}
		if (done >= SOON)
			assert_true(seen);
	}
	FIXTURE_UNTIL(reader_unsettled(one.reader) == 0, turn());
	assert_int_equal(deliver_stats().pending, 0);
}

static void a_busy_stream_that_is_paused_hands_over_nothing_more(void **state)
{
	enum { BUSY = 200, ROOM = 20 };
	size_t handed;

	(void)state;
	publish(1, BUSY);
	open_reader(&one, "worker-1", ROOM);
	FIXTURE_UNTIL(one.count == ROOM, turn());
	assert_int_equal(queue_pause(redis.conn, TASK_DELIVER, true), STATUS_OK);
	for (handed = 0; handed < ROOM; handed++)
		ack(&one, handed);
	reader_allow(one.reader, ROOM);
	let_things_settle();
	assert_int_equal(one.count, ROOM);
	assert_int_equal(deliver_stats().pending, 0);
	assert_int_equal(queue_pause(redis.conn, TASK_DELIVER, false), STATUS_OK);
	FIXTURE_UNTIL(one.count == 2 * ROOM, turn());
}

/* ---- deaths ------------------------------------------------------------------------------ */

static void what_the_process_before_left_pending_comes_first_as_suspects(void **state)
{
	(void)state;
	publish(1, 3);
	fixture_run(&redis, "XREADGROUP GROUP workers worker-1 COUNT 2 STREAMS " DELIVER " >");
	open_reader(&one, "worker-1", 10);
	FIXTURE_UNTIL(one.count == 3, turn());
	assert_true(one.got[0].suspect);
	assert_int_equal(one.got[0].task_id, 1);
	assert_true(one.got[1].suspect);
	assert_int_equal(one.got[1].task_id, 2);
	assert_false(one.got[2].suspect);
}

static void a_dead_slots_entries_reach_another_as_suspects(void **state)
{
	int64_t moved;

	(void)state;
	publish(1, 2);
	fixture_run(&redis, "XREADGROUP GROUP workers worker-9 COUNT 2 STREAMS " DELIVER " >");
	open_reader(&one, "worker-1", 10);
	let_things_settle();
	assert_int_equal(one.count, 0);
	assert_int_equal(queue_take_over(redis.conn, STR("worker-9"), 1, &moved), STATUS_OK);
	assert_int_equal(moved, 2);
	FIXTURE_UNTIL(one.count == 2, turn());
	assert_true(one.got[0].suspect && one.got[1].suspect);
	publish(3, 1);
	FIXTURE_UNTIL(one.count == 3, turn());
	assert_false(one.got[2].suspect);
}

static void an_orderly_end_gives_back_what_was_not_begun(void **state)
{
	(void)state;
	open_reader(&one, "worker-1", 10);
	let_things_settle();
	publish(1, 5);
	/* The loop does not turn: what the thread reads is not handed over. */
	FIXTURE_UNTIL(deliver_stats().pending > 0, fixture_nap());
	close_reader(&one);
	assert_int_equal(deliver_stats().pending, 0);
	open_reader(&two, "worker-2", 10);
	FIXTURE_UNTIL(two.count == 5, turn());
	for (size_t i = 0; i < 5; i++)
		assert_false(two.got[i].suspect);
}

/* ---- losses ------------------------------------------------------------------------------ */

static int64_t commands_run(void)
{
	struct redis_value info = fixture_run(&redis, "INFO stats");
	const char *at = memmem(info.text.data, info.text.len, "total_commands_processed:", 25);

	return strtol(at + 25, NULL, 10);
}

static void after_a_flush_the_reader_waits_for_the_rebuild_without_spinning(void **state)
{
	int64_t before;

	(void)state;
	open_reader(&one, "worker-1", 10);
	publish(1, 1);
	FIXTURE_UNTIL(one.count == 1, turn());
	fixture_run(&redis, "FLUSHALL");
	before = commands_run();
	let_things_settle();
	let_things_settle();
	assert_true(commands_run() - before < 200);
	ack(&one, 0);
	FIXTURE_UNTIL(reader_unsettled(one.reader) == 0, turn());
	assert_int_equal(queue_rebuild_begin(redis.conn, 2, 1), STATUS_OK);
	{
		struct task_notice again = notice(2, TASK_DELIVER, TASK_INTERACTIVE);

		assert_int_equal(queue_rebuild_add(redis.conn, 2, &again, 1), STATUS_OK);
	}
	assert_int_equal(queue_rebuild_end(redis.conn, 2), STATUS_OK);
	FIXTURE_UNTIL(one.count == 2, turn());
	assert_int_equal(one.got[1].task_id, 2);
	publish(3, 1);
	FIXTURE_UNTIL(one.count == 3, turn());
}

static void a_lost_group_is_waited_out_too(void **state)
{
	int64_t before;

	(void)state;
	open_reader(&one, "worker-1", 10);
	let_things_settle();
	fixture_run(&redis, "XGROUP DESTROY " DELIVER " workers");
	before = commands_run();
	let_things_settle();
	assert_true(commands_run() - before < 200);
	rebuild(2);
	publish(5, 1);
	FIXTURE_UNTIL(one.count == 1, turn());
	assert_int_equal(one.got[0].task_id, 5);
}

static void a_restart_loses_nothing_and_hands_over_nothing_twice(void **state)
{
	bool seen[101] = { false };
	struct redis_value idle;

	(void)state;
	publish(1, 100);
	open_reader(&one, "worker-1", 40);
	FIXTURE_UNTIL(one.count == 40, turn());
	ack(&one, 0);
	FIXTURE_UNTIL(reader_unsettled(one.reader) == 0, turn());
	/* An entry that was read for us, but whose answer we never saw. */
	idle = fixture_run(&redis,
			   "XREADGROUP GROUP workers worker-1 COUNT 1 STREAMS " DELIVER " >");
	assert_int_equal(idle.count, 1);
	fixture_server_kill(&redis);
	ack(&one, 1);
	fixture_server_start(&redis);
	reader_allow(one.reader, 100);
	FIXTURE_UNTIL(one.count == 100, turn());
	FIXTURE_UNTIL(reader_unsettled(one.reader) == 0, turn());
	let_things_settle();
	assert_int_equal(one.count, 100);
	for (size_t i = 0; i < 100; i++) {
		assert_false(seen[one.got[i].task_id]);
		seen[one.got[i].task_id] = true;
		assert_false(one.got[i].suspect);
	}
	assert_int_equal(deliver_stats().pending, 98);
}

static void acks_outlive_a_stopped_server(void **state)
{
	(void)state;
	open_reader(&one, "worker-1", 10);
	publish(1, 2);
	FIXTURE_UNTIL(one.count == 2, turn());
	kill(redis.pid, SIGSTOP);
	ack(&one, 0);
	FIXTURE_UNTIL(!redis_link_is_up(link_), turn());
	ack(&one, 1);
	kill(redis.pid, SIGCONT);
	FIXTURE_UNTIL(reader_unsettled(one.reader) == 0, turn());
	assert_int_equal(deliver_stats().pending, 0);
}

static void an_entry_whose_text_was_deleted_does_not_stay_pending(void **state)
{
	struct redis_value entries;

	(void)state;
	publish(1, 2);
	entries = fixture_run(&redis,
			      "XREADGROUP GROUP workers worker-1 COUNT 2 STREAMS " DELIVER " >");
	fixture_run(&redis, str_format(&redis.arena, "XDEL " DELIVER " %.*s",
				       STR_ARG(entries.items[0].items[1].items[0].items[0].text))
				    .data);
	open_reader(&one, "worker-1", 10);
	FIXTURE_UNTIL(one.count == 1, turn());
	assert_int_equal(one.got[0].task_id, 2);
	FIXTURE_UNTIL(deliver_stats().pending == 1, turn());
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_published_is_read_and_after_the_ack_gone),
		CASE(no_more_than_the_free_slots_are_handed_over),
		CASE(interactive_entries_come_before_bulk_ones),
		CASE(an_idle_reader_wakes_at_once),
		CASE(a_paused_type_is_not_handed_over_until_it_goes_on),
		CASE(two_readers_share_without_a_double),
		CASE(a_delayed_task_comes_again_at_its_time_and_not_before),
		CASE(a_delay_beyond_the_horizon_only_acks),
		CASE(a_buried_task_is_listed_once_with_its_error),
		CASE(a_burial_of_what_another_owns_changes_nothing),
		CASE(an_ack_of_what_was_taken_over_changes_nothing),
		CASE(a_busy_stream_does_not_starve_the_others),
		CASE(a_busy_stream_that_is_paused_hands_over_nothing_more),
		CASE(what_the_process_before_left_pending_comes_first_as_suspects),
		CASE(a_dead_slots_entries_reach_another_as_suspects),
		CASE(an_orderly_end_gives_back_what_was_not_begun),
		CASE(after_a_flush_the_reader_waits_for_the_rebuild_without_spinning),
		CASE(a_lost_group_is_waited_out_too),
		CASE(a_restart_loses_nothing_and_hands_over_nothing_twice),
		CASE(acks_outlive_a_stopped_server),
		CASE(an_entry_whose_text_was_deleted_does_not_stay_pending),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
