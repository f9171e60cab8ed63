/* tests/unit/redis_queue_test.c -- the queue engine's transitions against a real Redis: epoch,
 * publish, delay, trim, take-over. */
#include "redis/queue.h"

#include "tests/unit/redis_fixture.h"

#define DELIVER_STREAM "eco:stream:deliver:interactive"

static struct redis_fixture redis;

static int open_redis(void **state)
{
	(void)state;
	fixture_open(&redis);
	return 0;
}

static int close_redis(void **state)
{
	(void)state;
	fixture_close(&redis);
	return 0;
}

static int flush(void **state)
{
	(void)state;
	fixture_run(&redis, "FLUSHALL");
	return 0;
}

static int build(void **state)
{
	flush(state);
	assert_int_equal(queue_rebuild_begin(redis.conn, 1, 1), STATUS_OK);
	assert_int_equal(queue_rebuild_end(redis.conn, 1), STATUS_OK);
	return 0;
}

static struct task_notice notice(int64_t id, enum task_class class, int64_t due_at_ms)
{
	return (struct task_notice){ .id = id,
				     .type = TASK_DELIVER,
				     .class = class,
				     .due_at_ms = due_at_ms,
				     .order_key = STR("chat:1:2"),
				     .payload = STR("{\"message_id\":7}") };
}

static void publish(int64_t first_id, int64_t count)
{
	for (int64_t i = 0; i < count; i++) {
		struct task_notice one = notice(first_id + i, TASK_INTERACTIVE, 0);

		assert_int_equal(queue_publish(redis.conn, &one, 1), STATUS_OK);
	}
}

static struct queue_stats deliver_stats(void)
{
	struct queue_stats *stats;
	size_t count;

	assert_int_equal(queue_stats(redis.conn, &redis.arena, &stats, &count), STATUS_OK);
	for (size_t i = 0; i < count; i++)
		if (stats[i].type == TASK_DELIVER && stats[i].class == TASK_INTERACTIVE)
			return stats[i];
	fail_msg("no numbers of deliver");
	return (struct queue_stats){ 0 };
}

/* Entries as `slot`; returns the ids in the fixture's arena. */
static struct redis_value read_as(const char *slot, int count)
{
	struct str line = str_format(
		&redis.arena, "XREADGROUP GROUP workers %s COUNT %d STREAMS " DELIVER_STREAM " >",
		slot, count);
	struct redis_value value = fixture_run(&redis, line.data);

	if (value.type != REDIS_IS_LIST)
		return (struct redis_value){ 0 };
	return value.items[0].items[1];
}

/* ---- epoch ------------------------------------------------------------------------------- */

static void an_empty_redis_has_no_epoch_and_says_who_it_is(void **state)
{
	struct queue_epoch epoch;

	(void)state;
	assert_int_equal(queue_epoch_get(redis.conn, &redis.arena, &epoch), STATUS_OK);
	assert_int_equal(epoch.state, QUEUE_EPOCH_MISSING);
	assert_int_equal(epoch.run_id.len, 40);
}

static void a_rebuild_goes_from_building_to_ready_by_compare_and_set(void **state)
{
	struct queue_epoch epoch;

	(void)state;
	assert_int_equal(queue_rebuild_begin(redis.conn, 5, 1), STATUS_OK);
	assert_int_equal(queue_epoch_get(redis.conn, &redis.arena, &epoch), STATUS_OK);
	assert_int_equal(epoch.state, QUEUE_EPOCH_BUILDING);
	assert_int_equal(epoch.number, 5);
	assert_int_equal(queue_rebuild_end(redis.conn, 4), STATUS_CONFLICT);
	assert_int_equal(queue_rebuild_end(redis.conn, 5), STATUS_OK);
	assert_int_equal(queue_rebuild_end(redis.conn, 5), STATUS_CONFLICT);
	assert_int_equal(queue_epoch_get(redis.conn, &redis.arena, &epoch), STATUS_OK);
	assert_int_equal(epoch.state, QUEUE_EPOCH_READY);
}

static void publishing_is_refused_while_missing_and_while_building(void **state)
{
	struct task_notice one = notice(1, TASK_INTERACTIVE, 0);

	(void)state;
	assert_int_equal(queue_publish(redis.conn, &one, 1), STATUS_DENIED);
	assert_int_equal(fixture_int(&redis, "EXISTS " DELIVER_STREAM), 0);
	assert_int_equal(queue_rebuild_begin(redis.conn, 2, 1), STATUS_OK);
	/* what is refused may be there as a hint; the rebuild tells it all the same */
	assert_int_equal(queue_publish(redis.conn, &one, 1), STATUS_DENIED);
	assert_int_equal(queue_rebuild_add(redis.conn, 3, &one, 1), STATUS_CONFLICT);
	assert_int_equal(queue_rebuild_begin(redis.conn, 2, 1), STATUS_OK);
	assert_int_equal(fixture_int(&redis, "XLEN " DELIVER_STREAM), 0);
	assert_int_equal(queue_rebuild_add(redis.conn, 2, &one, 1), STATUS_OK);
	assert_int_equal(fixture_int(&redis, "XLEN " DELIVER_STREAM), 1);
	assert_int_equal(queue_rebuild_end(redis.conn, 2), STATUS_OK);
	assert_int_equal(queue_publish(redis.conn, &one, 1), STATUS_OK);
	assert_int_equal(fixture_int(&redis, "XLEN " DELIVER_STREAM), 2);
}

static void a_rebuild_empties_streams_and_delayed_sets(void **state)
{
	struct task_notice later = notice(2, TASK_INTERACTIVE, clock_wall_ms() + 30000);

	(void)state;
	publish(1, 1);
	assert_int_equal(queue_publish(redis.conn, &later, 1), STATUS_OK);
	assert_int_equal(read_as("worker-1", 10).count, 1);
	assert_int_equal(queue_rebuild_begin(redis.conn, 2, 1), STATUS_OK);
	assert_int_equal(queue_rebuild_end(redis.conn, 2), STATUS_OK);
	assert_int_equal(deliver_stats().length, 0);
	assert_int_equal(deliver_stats().delayed, 0);
	assert_int_equal(deliver_stats().pending, 0);
	assert_int_equal(deliver_stats().lag, 0);
}

static void a_lost_stream_or_group_makes_the_epoch_missing_and_is_not_made_again(void **state)
{
	struct task_notice one = notice(1, TASK_INTERACTIVE, 0);
	struct queue_epoch epoch;

	(void)state;
	fixture_run(&redis, "DEL " DELIVER_STREAM);
	assert_int_equal(queue_publish(redis.conn, &one, 1), STATUS_DENIED);
	assert_int_equal(fixture_int(&redis, "EXISTS " DELIVER_STREAM), 0);
	assert_int_equal(queue_epoch_get(redis.conn, &redis.arena, &epoch), STATUS_OK);
	assert_int_equal(epoch.state, QUEUE_EPOCH_MISSING);
	assert_int_equal(epoch.number, 1);
	build(state);
	fixture_run(&redis, "XGROUP DESTROY " DELIVER_STREAM " workers");
	assert_int_equal(queue_epoch_get(redis.conn, &redis.arena, &epoch), STATUS_OK);
	assert_int_equal(epoch.state, QUEUE_EPOCH_MISSING);
}

static void an_older_generation_is_denied_what_destroys(void **state)
{
	int64_t moved;

	(void)state;
	assert_int_equal(queue_generation_set(redis.conn, 7), STATUS_OK);
	assert_int_equal(queue_generation_set(redis.conn, 7), STATUS_OK);
	assert_int_equal(queue_generation_set(redis.conn, 6), STATUS_DENIED);
	publish(1, 2);
	assert_int_equal(read_as("worker-1", 1).count, 1);
	assert_int_equal(queue_rebuild_begin(redis.conn, 9, 6), STATUS_DENIED);
	assert_int_equal(queue_trim(redis.conn, 6), STATUS_DENIED);
	assert_int_equal(queue_take_over(redis.conn, STR("worker-1"), 6, &moved), STATUS_DENIED);
	assert_int_equal(deliver_stats().length, 2);
	assert_int_equal(deliver_stats().pending, 1);
	assert_int_equal(queue_take_over(redis.conn, STR("worker-1"), 7, &moved), STATUS_OK);
	assert_int_equal(moved, 1);
}

/* ---- publish, delay, promote ------------------------------------------------------------- */

static void an_entry_has_flat_readable_fields(void **state)
{
	struct redis_value entries;

	(void)state;
	publish(42, 1);
	entries = read_as("worker-1", 1);
	assert_true(str_eq_c(fixture_field(&entries.items[0], "task"), "42"));
	assert_true(str_eq_c(fixture_field(&entries.items[0], "key"), "chat:1:2"));
	assert_true(str_eq_c(fixture_field(&entries.items[0], "payload"), "{\"message_id\":7}"));
	assert_true(fixture_field(&entries.items[0], "at").len > 0);
	assert_int_equal(entries.items[0].items[1].count, 2 * 4);
}

/* By whichever way it came. */
static void an_entry_says_what_is_unusual_about_its_task(void **state)
{
	struct task_notice again = notice(42, TASK_INTERACTIVE, clock_wall_ms() - 5);
	int64_t moved, next;
	struct redis_value entries;

	(void)state;
	again.attempt = 3;
	again.order_key = STR("");
	assert_int_equal(queue_publish(redis.conn, &again, 1), STATUS_OK);
	again.due_at_ms += 30000;
	assert_int_equal(queue_publish(redis.conn, &again, 1), STATUS_OK);
	assert_int_equal(queue_promote(redis.conn, again.due_at_ms, 10, &moved, &next), STATUS_OK);
	assert_int_equal(moved, 1);
	entries = read_as("worker-1", 2);
	assert_int_equal(entries.count, 2);
	for (size_t i = 0; i < entries.count; i++) {
		assert_true(str_eq_c(fixture_field(&entries.items[i], "task"), "42"));
		assert_true(str_eq_c(fixture_field(&entries.items[i], "attempt"), "3"));
		assert_null(fixture_field(&entries.items[i], "key").data);
		assert_int_equal(entries.items[i].items[1].count, 2 * 5);
	}
	assert_true(str_eq(fixture_field(&entries.items[1], "due"),
			   redis_word_int(&redis.arena, again.due_at_ms)));
	assert_true(str_eq(fixture_field(&entries.items[1], "at"),
			   fixture_field(&entries.items[1], "due")));
}

static void thousands_are_published_in_pieces(void **state)
{
	struct task_notice *many = arena_array(&redis.arena, 2345, sizeof(*many));

	(void)state;
	for (int64_t i = 0; i < 2345; i++)
		many[i] = notice(i + 1, TASK_INTERACTIVE, 0);
	assert_int_equal(queue_publish(redis.conn, many, 2345), STATUS_OK);
	assert_int_equal(deliver_stats().length, 2345);
	assert_int_equal(deliver_stats().lag, 2345);
}

static void what_is_due_beyond_the_horizon_stays_in_the_records(void **state)
{
	struct task_notice far = notice(1, TASK_INTERACTIVE, clock_wall_ms() + 61000);

	(void)state;
	assert_int_equal(queue_publish(redis.conn, &far, 1), STATUS_OK);
	assert_int_equal(deliver_stats().delayed, 0);
	assert_int_equal(deliver_stats().length, 0);
}

static void delayed_tasks_come_in_order_and_never_before_their_time(void **state)
{
	int64_t now_ms = clock_wall_ms(), moved, next;
	struct task_notice tasks[] = { notice(10, TASK_INTERACTIVE, now_ms + 2000),
				       notice(9, TASK_INTERACTIVE, now_ms + 2000),
				       notice(3, TASK_INTERACTIVE, now_ms + 1000),
				       notice(1, TASK_INTERACTIVE, now_ms + 30000) };
	struct redis_value entries;

	(void)state;
	assert_int_equal(queue_publish(redis.conn, tasks, 4), STATUS_OK);
	assert_int_equal(queue_publish(redis.conn, tasks, 4), STATUS_OK); /* told twice */
	assert_int_equal(deliver_stats().delayed, 4);
	assert_int_equal(queue_promote(redis.conn, now_ms + 999, 100, &moved, &next), STATUS_OK);
	assert_int_equal(moved, 0);
	assert_int_equal(next, now_ms + 1000);
	assert_int_equal(queue_promote(redis.conn, now_ms + 2000, 2, &moved, &next), STATUS_OK);
	assert_int_equal(moved, 2);
	assert_int_equal(next, now_ms + 2000);
	assert_int_equal(queue_promote(redis.conn, now_ms + 2000, 100, &moved, &next), STATUS_OK);
	assert_int_equal(moved, 1);
	assert_int_equal(next, now_ms + 30000);
	entries = read_as("worker-1", 10);
	assert_int_equal(entries.count, 3);
	assert_true(str_eq_c(fixture_field(&entries.items[0], "task"), "3"));
	assert_true(str_eq_c(fixture_field(&entries.items[1], "task"), "9"));
	assert_true(str_eq_c(fixture_field(&entries.items[2], "task"), "10"));
	assert_true(str_eq_c(fixture_field(&entries.items[2], "payload"), "{\"message_id\":7}"));
	assert_true(str_eq_c(fixture_field(&entries.items[2], "key"), "chat:1:2"));
}

static void the_first_entry_tells_when_it_was_published(void **state)
{
	int64_t before_ms = clock_wall_ms(), ms;

	(void)state;
	assert_int_equal(queue_first_entry_ms(redis.conn, TASK_DELIVER, TASK_INTERACTIVE, &ms),
			 STATUS_OK);
	assert_int_equal(ms, 0);
	publish(1, 1);
	assert_int_equal(queue_first_entry_ms(redis.conn, TASK_DELIVER, TASK_INTERACTIVE, &ms),
			 STATUS_OK);
	assert_true(ms >= before_ms && ms <= clock_wall_ms());
	assert_int_equal(deliver_stats().oldest_ms, ms);
}

/* ---- trim, take-over --------------------------------------------------------------------- */

static void trimming_keeps_what_is_pending_and_the_lag_exact(void **state)
{
	struct redis_value entries;

	(void)state;
	publish(1, 10);
	entries = read_as("worker-1", 6);
	assert_int_equal(entries.count, 6);
	/* 1, 2 and 4 are done; 3, 5, 6 are not; 7..10 were never read */
	for (size_t i = 0; i < 4; i++)
		if (i != 2)
			fixture_run(&redis,
				    str_format(&redis.arena, "XACK " DELIVER_STREAM " workers %.*s",
					       STR_ARG(entries.items[i].items[0].text))
					    .data);
	assert_int_equal(queue_trim(redis.conn, 1), STATUS_OK);
	assert_int_equal(deliver_stats().length, 8);
	assert_int_equal(deliver_stats().pending, 3);
	assert_int_equal(deliver_stats().lag, 4);
	for (size_t i = 2; i < 6; i++)
		fixture_run(&redis, str_format(&redis.arena, "XACK " DELIVER_STREAM " workers %.*s",
					       STR_ARG(entries.items[i].items[0].text))
					    .data);
	assert_int_equal(queue_trim(redis.conn, 1), STATUS_OK);
	assert_int_equal(deliver_stats().length, 4);
	assert_int_equal(deliver_stats().lag, 4);
	assert_int_equal(read_as("worker-1", 10).count, 4);
}

static void a_dead_slots_entries_come_back_as_suspects_and_its_name_goes(void **state)
{
	struct redis_value entries;
	int64_t moved;

	(void)state;
	publish(1, 3);
	assert_int_equal(read_as("worker-1", 2).count, 2);
	assert_int_equal(queue_take_over(redis.conn, STR("worker-1"), 1, &moved), STATUS_OK);
	assert_int_equal(moved, 2);
	entries = fixture_run(&redis, "XINFO CONSUMERS " DELIVER_STREAM " workers");
	assert_int_equal(entries.count, 0);
	entries = read_as("worker-2", 10);
	assert_int_equal(entries.count, 3);
	assert_true(str_eq_c(fixture_field(&entries.items[0], "task"), "3"));
	assert_null(fixture_field(&entries.items[0], "suspect").data);
	assert_true(str_eq_c(fixture_field(&entries.items[1], "task"), "1"));
	assert_true(str_eq_c(fixture_field(&entries.items[1], "suspect"), "1"));
	assert_true(str_eq_c(fixture_field(&entries.items[2], "task"), "2"));
	/* and again, should the second die too: still one mark */
	assert_int_equal(queue_take_over(redis.conn, STR("worker-2"), 1, &moved), STATUS_OK);
	assert_int_equal(moved, 3);
	assert_int_equal(queue_take_over(redis.conn, STR("worker-2"), 1, &moved), STATUS_OK);
	assert_int_equal(moved, 0);
	assert_int_equal(deliver_stats().pending, 0);
}

static void a_take_over_of_thousands_leaves_none(void **state)
{
	struct task_notice *many = arena_array(&redis.arena, 2500, sizeof(*many));
	int64_t moved;

	(void)state;
	for (int64_t i = 0; i < 2500; i++)
		many[i] = notice(i + 1, TASK_INTERACTIVE, 0);
	assert_int_equal(queue_publish(redis.conn, many, 2500), STATUS_OK);
	assert_int_equal(read_as("worker-1", 2500).count, 2500);
	assert_int_equal(queue_take_over(redis.conn, STR("worker-1"), 1, &moved), STATUS_OK);
	assert_int_equal(moved, 2500);
	assert_int_equal(deliver_stats().pending, 0);
	assert_int_equal(deliver_stats().lag, 2500);
}

/* ---- robustness -------------------------------------------------------------------------- */

static void scripts_that_the_server_forgot_are_said_again(void **state)
{
	(void)state;
	publish(1, 1);
	fixture_run(&redis, "SCRIPT FLUSH");
	publish(2, 1);
	assert_int_equal(deliver_stats().length, 2);
}

static void a_full_redis_refuses_work_but_empties_itself(void **state)
{
	struct task_notice one = notice(2, TASK_INTERACTIVE, 0);
	int64_t moved;

	(void)state;
	publish(1, 1);
	assert_int_equal(read_as("worker-1", 1).count, 1);
	fixture_run(&redis, "CONFIG SET maxmemory 1");
	assert_int_equal(queue_publish(redis.conn, &one, 1), STATUS_BUSY);
	assert_int_equal(queue_take_over(redis.conn, STR("worker-1"), 1, &moved), STATUS_OK);
	assert_int_equal(queue_trim(redis.conn, 1), STATUS_OK);
	assert_int_equal(lease_take(redis.conn, STR("scheduler"), STR("a"), 5000), STATUS_OK);
	fixture_run(&redis, "CONFIG SET maxmemory 512mb");
	assert_int_equal(queue_publish(redis.conn, &one, 1), STATUS_OK);
}

static void pausing_is_told_and_taken_back(void **state)
{
	(void)state;
	assert_int_equal(queue_pause(redis.conn, TASK_DELIVER, true), STATUS_OK);
	assert_true(deliver_stats().paused);
	assert_int_equal(queue_pause(redis.conn, TASK_DELIVER, false), STATUS_OK);
	assert_false(deliver_stats().paused);
}

/* ---- lease ------------------------------------------------------------------------------- */

static void a_lease_is_one_holders_until_it_ends_or_is_dropped(void **state)
{
	(void)state;
	assert_int_equal(lease_take(redis.conn, STR("scheduler"), STR("a"), 60000), STATUS_OK);
	assert_int_equal(lease_take(redis.conn, STR("scheduler"), STR("a"), 60000), STATUS_OK);
	assert_int_equal(lease_take(redis.conn, STR("scheduler"), STR("b"), 60000),
			 STATUS_CONFLICT);
	assert_int_equal(lease_drop(redis.conn, STR("scheduler"), STR("b")), STATUS_CONFLICT);
	assert_int_equal(lease_drop(redis.conn, STR("scheduler"), STR("a")), STATUS_OK);
	assert_int_equal(lease_take(redis.conn, STR("scheduler"), STR("b"), 50), STATUS_OK);
	/* not renewed, it ends by itself */
	FIXTURE_UNTIL(lease_take(redis.conn, STR("scheduler"), STR("a"), 60000) == STATUS_OK,
		      fixture_nap());
	assert_int_equal(lease_take(redis.conn, STR("scheduler"), STR("b"), 50), STATUS_CONFLICT);
}

#define WITH(test, setup) cmocka_unit_test_setup(test, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(an_empty_redis_has_no_epoch_and_says_who_it_is, flush),
		WITH(a_rebuild_goes_from_building_to_ready_by_compare_and_set, flush),
		WITH(publishing_is_refused_while_missing_and_while_building, flush),
		WITH(a_rebuild_empties_streams_and_delayed_sets, build),
		WITH(a_lost_stream_or_group_makes_the_epoch_missing_and_is_not_made_again, build),
		WITH(an_older_generation_is_denied_what_destroys, build),
		WITH(an_entry_has_flat_readable_fields, build),
		WITH(an_entry_says_what_is_unusual_about_its_task, build),
		WITH(thousands_are_published_in_pieces, build),
		WITH(what_is_due_beyond_the_horizon_stays_in_the_records, build),
		WITH(delayed_tasks_come_in_order_and_never_before_their_time, build),
		WITH(the_first_entry_tells_when_it_was_published, build),
		WITH(trimming_keeps_what_is_pending_and_the_lag_exact, build),
		WITH(a_dead_slots_entries_come_back_as_suspects_and_its_name_goes, build),
		WITH(a_take_over_of_thousands_leaves_none, build),
		WITH(scripts_that_the_server_forgot_are_said_again, build),
		WITH(a_full_redis_refuses_work_but_empties_itself, build),
		WITH(pausing_is_told_and_taken_back, build),
		WITH(a_lease_is_one_holders_until_it_ends_or_is_dropped, flush),
	};

	return cmocka_run_group_tests(tests, open_redis, close_redis);
}
