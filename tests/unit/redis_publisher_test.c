/* tests/unit/redis_publisher_test.c -- the publisher drops, recovers and never holds its caller up;
 * beats and live counters. */
#include "redis/publisher.h"

#include "base/clock.h"
#include "redis/beat.h"
#include "redis/live.h"
#include "redis/queue.h"
#include "tests/unit/redis_fixture.h"

#include <event2/event.h>
#include <string.h>

#define DELIVER "eco:stream:deliver:interactive"

static struct redis_fixture redis;
static struct event_base *base;
static struct redis_link *link_;
static struct publisher *publisher;

static void turn(void)
{
	event_base_loop(base, EVLOOP_NONBLOCK);
	usleep(500);
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

static int set_up(void **state)
{
	(void)state;
	kill(redis.pid, SIGCONT);
	fixture_run(&redis, "FLUSHALL");
	assert_int_equal(queue_rebuild_begin(redis.conn, 1, 1), STATUS_OK);
	assert_int_equal(queue_rebuild_end(redis.conn, 1), STATUS_OK);
	assert_int_equal(redis_link_open(base, &redis.address, &link_), STATUS_OK);
	assert_int_equal(publisher_open(base, link_, &publisher), STATUS_OK);
	FIXTURE_UNTIL(redis_link_is_up(link_), turn());
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	publisher_close(publisher);
	redis_link_close(link_);
	return 0;
}

/* Tasks first_id, first_id + 1, ... */
static void send_tasks(int64_t first_id, size_t count, int64_t due_at_ms, int64_t seq)
{
	struct arena arena = { 0 };
	struct task_notice *tasks = arena_array(&arena, count, sizeof(*tasks));
	struct notice_batch batch = { tasks, count, seq };

	for (size_t i = 0; i < count; i++)
		tasks[i] = (struct task_notice){ .id = first_id + (int64_t)i,
						 .type = TASK_DELIVER,
						 .class = TASK_INTERACTIVE,
						 .due_at_ms = due_at_ms,
						 .order_key = str_copy(&arena, STR("chat:1:2")),
						 .payload = str_copy(&arena, STR("{}")) };
	publisher_send(publisher, &batch);
	/* copied: what was given may go */
	arena_release(&arena);
}

static size_t confirmed(int64_t *ids_out, size_t max)
{
	return publisher_confirmed(publisher, ids_out, max);
}

static int64_t stream_length(void)
{
	return fixture_int(&redis, "XLEN " DELIVER);
}

static void a_batch_arrives_and_is_confirmed(void **state)
{
	int64_t ids[10];

	(void)state;
	send_tasks(5, 3, 0, 0);
	FIXTURE_UNTIL(stream_length() == 3, turn());
	FIXTURE_UNTIL(confirmed(ids, 2) == 2, turn());
	assert_int_equal(ids[0], 5);
	assert_int_equal(ids[1], 6);
	assert_int_equal(confirmed(ids, 10), 1);
	assert_int_equal(ids[0], 7);
	assert_int_equal(confirmed(ids, 10), 0);
	assert_int_equal(publisher_dropped(publisher), 0);
}

static void on_message(const struct redis_value *value, void *arg)
{
	assert_int_equal(str_to_int(value->text, 0, INT64_MAX, arg), STATUS_OK);
}

static void the_wake_up_carries_the_highest_seq_also_without_tasks(void **state)
{
	struct redis_link *listener;
	int64_t seq = 0;

	(void)state;
	assert_int_equal(redis_link_open(base, &redis.address, &listener), STATUS_OK);
	assert_int_equal(redis_link_subscribe(listener, STR("eco:events"), on_message, &seq),
			 STATUS_OK);
	FIXTURE_UNTIL(fixture_int(&redis, "PUBLISH eco:events 1") == 1, turn());
	FIXTURE_UNTIL(seq == 1, turn());
	send_tasks(1, 0, 0, 41);
	send_tasks(1, 1, 0, 42);
	/* on a busy machine the breaker may drop one */
	FIXTURE_UNTIL(seq == 42, (turn(), send_tasks(1, 1, 0, 42)));
	/* also while rebuilding: who looks at the screen need not wait for that */
	assert_int_equal(queue_rebuild_begin(redis.conn, 2, 1), STATUS_OK);
	send_tasks(2, 1, 0, 43);
	FIXTURE_UNTIL(seq == 43, (turn(), send_tasks(2, 1, 0, 43)));
	FIXTURE_UNTIL(publisher_dropped(publisher) >= 1, turn());
	redis_link_close(listener);
}

static void batches_that_come_meanwhile_are_merged(void **state)
{
	int64_t round_trips;
	struct redis_value info;
	const char *at;

	(void)state;
	fixture_run(&redis, "CONFIG RESETSTAT");
	for (int64_t i = 0; i < 1000; i++)
		send_tasks(i + 1, 2, 0, 0);
	FIXTURE_UNTIL(stream_length() + (int64_t)publisher_dropped(publisher) == 2000, turn());
	info = fixture_run(&redis, "INFO commandstats");
	/* each asks for the epoch once */
	at = memmem(info.text.data, info.text.len, "cmdstat_get:calls=", 18);
	assert_non_null(at);
	round_trips = strtol(at + 18, NULL, 10);
	assert_in_range(round_trips, 1, 20);
}

static void delayed_ones_go_to_the_delayed_set_and_far_ones_nowhere(void **state)
{
	int64_t ids[10];

	(void)state;
	send_tasks(1, 1, clock_wall_ms() + 30000, 0);
	send_tasks(2, 1, clock_wall_ms() + 90000, 0);
	FIXTURE_UNTIL(confirmed(ids, 10) == 1, turn());
	assert_int_equal(ids[0], 1);
	assert_int_equal(fixture_int(&redis, "ZCARD eco:delayed:deliver:interactive"), 1);
	assert_int_equal(publisher_dropped(publisher), 0);
}

static void a_stopped_redis_holds_nobody_up_and_is_used_again_when_it_runs(void **state)
{
	int64_t ids[10], started_us, longest_us = 0;
	uint64_t dropped;

	(void)state;
	kill(redis.pid, SIGSTOP);
	send_tasks(1, 1, 0, 0);
	/* late: the breaker opens, and what comes then is dropped at once */
	for (int64_t i = 0; publisher_dropped(publisher) < 100; i++) {
		started_us = clock_mono_us();
		send_tasks(i + 2, 1, 0, 0);
		if (clock_mono_us() - started_us > longest_us)
			longest_us = clock_mono_us() - started_us;
		turn();
		assert_true(i < 100000);
	}
	assert_true(longest_us < 1000000);
	FIXTURE_UNTIL(!redis_link_is_up(link_), turn());
	dropped = publisher_dropped(publisher);
	send_tasks(900000, 1, 0, 0);
	FIXTURE_UNTIL(publisher_dropped(publisher) > dropped, turn());
	kill(redis.pid, SIGCONT);
	FIXTURE_UNTIL(redis_link_is_up(link_), turn());
	while (confirmed(ids, 10) > 0)
		continue;
	dropped = publisher_dropped(publisher);
	send_tasks(1000000, 1, 0, 0);
	FIXTURE_UNTIL(confirmed(ids, 10) == 1, turn());
	assert_int_equal(ids[0], 1000000);
	assert_int_equal(publisher_dropped(publisher), dropped);
}

static void what_does_not_fit_is_dropped_and_counted(void **state)
{
	(void)state;
	send_tasks(1, 12000, 0, 0); /* the loop does not turn meanwhile */
	assert_int_equal(publisher_dropped(publisher), 2000);
	FIXTURE_UNTIL(stream_length() + (int64_t)publisher_dropped(publisher) == 12000, turn());
	assert_true(stream_length() > 0);
}

static void link_anew(void)
{
	publisher_close(publisher);
	redis_link_close(link_);
	assert_int_equal(redis_link_open(base, &redis.address, &link_), STATUS_OK);
	assert_int_equal(publisher_open(base, link_, &publisher), STATUS_OK);
}

/* As a process that has just started: its first batches are there before its connection is. */
static void what_comes_before_the_first_connection_waits_for_it(void **state)
{
	(void)state;
	link_anew();
	send_tasks(5, 3, 0, 7);
	turn();
	send_tasks(8, 2, 0, 0);
	FIXTURE_UNTIL(redis_link_is_up(link_), turn());
	FIXTURE_UNTIL(stream_length() + (int64_t)publisher_dropped(publisher) == 5, turn());
	assert_int_equal(publisher_dropped(publisher), 0);
}

static void it_does_not_wait_for_a_stopped_redis(void **state)
{
	int64_t began_ms = clock_mono_ms();

	(void)state;
	kill(redis.pid, SIGSTOP);
	link_anew();
	send_tasks(5, 3, 0, 0);
	FIXTURE_UNTIL(publisher_dropped(publisher) == 3, turn());
	assert_true(clock_mono_ms() - began_ms < 1000);
	kill(redis.pid, SIGCONT);
	FIXTURE_UNTIL(redis_link_is_up(link_), turn());
	send_tasks(8, 2, 0, 0);
	FIXTURE_UNTIL(stream_length() == 2, turn());
}

static void a_missing_epoch_refuses_and_nothing_is_confirmed(void **state)
{
	int64_t ids[10];

	(void)state;
	fixture_run(&redis, "FLUSHALL");
	send_tasks(1, 3, 0, 0);
	FIXTURE_UNTIL(publisher_dropped(publisher) == 3, turn());
	assert_int_equal(confirmed(ids, 10), 0);
	assert_int_equal(fixture_int(&redis, "EXISTS " DELIVER), 0);
}

/* One round trip finds out; then it asks first, until a rebuild has ended. */
static void while_building_only_the_epoch_is_asked_for(void **state)
{
	int64_t ids[10], length;

	(void)state;
	assert_int_equal(queue_rebuild_begin(redis.conn, 2, 1), STATUS_OK);
	send_tasks(1, 1, 0, 0);
	FIXTURE_UNTIL(publisher_dropped(publisher) == 1, turn());
	length = stream_length();
	for (int64_t i = 2; i <= 5; i++) {
		send_tasks(i, 3, 0, 0);
		FIXTURE_UNTIL((int64_t)publisher_dropped(publisher) == 1 + (i - 1) * 3, turn());
	}
	assert_int_equal(stream_length(), length);
	assert_int_equal(confirmed(ids, 10), 0);
	assert_int_equal(queue_rebuild_end(redis.conn, 2), STATUS_OK);
	send_tasks(20, 3, 0, 0);
	FIXTURE_UNTIL(confirmed(ids, 10) == 3, turn());
	assert_int_equal(stream_length(), length + 3);
	assert_int_equal(publisher_dropped(publisher), 13);
}

static void a_lost_stream_refuses_and_is_not_made_again(void **state)
{
	int64_t ids[10];

	(void)state;
	fixture_run(&redis, "DEL " DELIVER);
	send_tasks(1, 1, clock_wall_ms() + 30000, 0);
	FIXTURE_UNTIL(confirmed(ids, 10) == 1, turn());
	send_tasks(2, 1, 0, 0);
	FIXTURE_UNTIL(publisher_dropped(publisher) == 1, turn());
	assert_int_equal(confirmed(ids, 10), 0);
	assert_int_equal(fixture_int(&redis, "EXISTS " DELIVER), 0);
}

/* OOM for each command: nothing is taken for told. */
static void a_full_redis_refuses_and_is_used_again_when_it_has_room(void **state)
{
	int64_t ids[10];

	(void)state;
	fixture_run(&redis, "CONFIG SET maxmemory 1");
	send_tasks(1, 3, 0, 0);
	FIXTURE_UNTIL(publisher_dropped(publisher) == 3, turn());
	assert_int_equal(confirmed(ids, 10), 0);
	fixture_run(&redis, "CONFIG SET maxmemory 512mb");
	assert_int_equal(stream_length(), 0);
	send_tasks(4, 2, 0, 0);
	FIXTURE_UNTIL(confirmed(ids, 10) == 2, turn());
	assert_int_equal(stream_length(), 2);
}

static void closing_with_a_call_under_way_is_safe(void **state)
{
	(void)state;
	kill(redis.pid, SIGSTOP);
	send_tasks(1, 1, 0, 0);
	for (int i = 0; i < 10; i++)
		turn();
	publisher_close(publisher);
	publisher = NULL;
	kill(redis.pid, SIGCONT);
	for (int i = 0; i < 10; i++)
		turn();
}

/* ---- beats ------------------------------------------------------------------------------- */

static struct beat *find_beat(const char *incarnation)
{
	struct beat *beats;
	size_t count;

	assert_int_equal(beats_list(redis.conn, &redis.arena, &beats, &count), STATUS_OK);
	for (size_t i = 0; i < count; i++)
		if (str_eq_c(beats[i].incarnation, incarnation))
			return &beats[i];
	return NULL;
}

static void set_true(void *arg)
{
	*(bool *)arg = true;
}

static void what_was_handed_over_is_told_before_the_end(void **state)
{
	bool told = false;

	(void)state;
	send_tasks(5, 3, 0, 0);
	publisher_drain(publisher, set_true, &told);
	assert_false(told); /* never inside the call */
	FIXTURE_UNTIL(told, turn());
	assert_int_equal(stream_length(), 3);
}

static void the_end_does_not_wait_for_a_stopped_redis(void **state)
{
	int64_t began_ms = clock_mono_ms();
	bool told = false;

	(void)state;
	kill(redis.pid, SIGSTOP);
	send_tasks(5, 3, 0, 0);
	publisher_drain(publisher, set_true, &told);
	FIXTURE_UNTIL(told, turn());
	assert_true(clock_mono_ms() - began_ms < PUBLISHER_DRAIN_MS + 1000);
	kill(redis.pid, SIGCONT);
}

static void the_first_confirmed_beat_is_told_once(void **state)
{
	struct beat_sender *beat;
	bool heard = false;

	(void)state;
	assert_int_equal(beat_open(base, link_, STR("abc"), STR("workers"), STR("worker-1"), &beat),
			 STATUS_OK);
	beat_when_heard(beat, set_true, &heard);
	assert_false(heard);
	FIXTURE_UNTIL(heard, turn());
	assert_true(beat_is_fresh(beat));
	heard = false;
	beat_when_heard(beat, set_true, &heard);
	assert_true(heard); /* it was */
	beat_close(beat);
	FIXTURE_UNTIL(find_beat("abc") == NULL, turn());
}

static void a_process_beats_until_it_leaves(void **state)
{
	struct beat_sender *beat;
	int64_t first;

	(void)state;
	assert_int_equal(beat_open(base, link_, STR("abc"), STR("workers"), STR("worker-1"), &beat),
			 STATUS_OK);
	assert_false(beat_is_fresh(beat));
	FIXTURE_UNTIL(beat_is_fresh(beat), turn());
	assert_non_null(find_beat("abc"));
	assert_true(str_eq_c(find_beat("abc")->service, "workers"));
	assert_true(str_eq_c(find_beat("abc")->slot, "worker-1"));
	first = find_beat("abc")->count;
	FIXTURE_UNTIL(find_beat("abc")->count > first, turn());
	/* a flush makes nobody forgotten */
	fixture_run(&redis, "FLUSHALL");
	FIXTURE_UNTIL(find_beat("abc") != NULL, turn());
	assert_true(find_beat("abc")->count > first);
	beat_close(beat);
	FIXTURE_UNTIL(find_beat("abc") == NULL, turn());
}

static void a_full_redis_still_hears_beats(void **state)
{
	struct beat_sender *beat;

	(void)state;
	fixture_run(&redis, "CONFIG SET maxmemory 1");
	assert_int_equal(beat_open(base, link_, STR("abc"), STR("workers"), STR("worker-1"), &beat),
			 STATUS_OK);
	FIXTURE_UNTIL(beat_is_fresh(beat), turn());
	fixture_run(&redis, "CONFIG SET maxmemory 512mb");
	beat_close(beat);
	FIXTURE_UNTIL(find_beat("abc") == NULL, turn());
}

static void a_beat_that_nobody_heard_grows_stale(void **state)
{
	struct beat_sender *beat;

	(void)state;
	assert_int_equal(beat_open(base, link_, STR("abc"), STR("workers"), STR("worker-1"), &beat),
			 STATUS_OK);
	FIXTURE_UNTIL(beat_is_fresh(beat), turn());
	kill(redis.pid, SIGSTOP);
	FIXTURE_UNTIL(!beat_is_fresh(beat), turn());
	kill(redis.pid, SIGCONT);
	FIXTURE_UNTIL(beat_is_fresh(beat), turn());
	assert_int_equal(beats_drop(redis.conn, STR("abc")), STATUS_OK);
	beat_close(beat);
	FIXTURE_UNTIL(find_beat("abc") == NULL, turn());
}

/* ---- live counters ----------------------------------------------------------------------- */

struct hits {
	int answers, ends;
	int64_t count;
};

static void on_hits(const struct redis_value *value, void *arg)
{
	struct hits *hits = arg;

	if (value == NULL) {
		hits->ends++;
		return;
	}
	assert_int_equal(value->type, REDIS_IS_INT);
	hits->answers++;
	hits->count = value->number;
}

static struct hits hit(const char *name)
{
	struct hits hits = { 0 };

	FIXTURE_UNTIL(redis_link_is_up(link_), turn());
	assert_int_equal(live_hit(link_, str_from_c(name), 60, on_hits, &hits), STATUS_OK);
	FIXTURE_UNTIL(hits.answers + hits.ends > 0, turn());
	return hits;
}

static void hits_are_counted_by_name_and_can_be_forgotten(void **state)
{
	(void)state;
	assert_int_equal(hit("login:anna").count, 1);
	assert_int_equal(hit("login:anna").count, 2);
	assert_int_equal(hit("login:boris").count, 1);
	assert_int_equal(live_forget(link_, STR("login:anna")), STATUS_OK);
	assert_int_equal(hit("login:anna").count, 1);
	/* names can't be read there */
	assert_int_equal(fixture_run(&redis, "KEYS *anna*").count, 0);
	assert_int_equal(fixture_run(&redis, "KEYS eco:live:hits:*").count, 2);
}

static void a_window_ends_by_the_services_clock(void **state)
{
	struct redis_value keys;

	(void)state;
	assert_int_equal(hit("login:anna").count, 1);
	assert_int_equal(hit("login:anna").count, 2);
	keys = fixture_run(&redis, "KEYS eco:live:hits:*");
	fixture_run(&redis,
		    str_format(&redis.arena, "HSET %.*s since %lld", STR_ARG(keys.items[0].text),
			       (long long)clock_wall_ms() - 60000)
			    .data);
	assert_int_equal(hit("login:anna").count, 1);
}

static void without_redis_a_hit_ends_without_a_count(void **state)
{
	struct hits hits = { 0 };

	(void)state;
	fixture_run(&redis, "CONFIG SET maxmemory 1");
	hits = hit("login:anna");
	fixture_run(&redis, "CONFIG SET maxmemory 512mb");
	assert_int_equal(hits.ends, 1);
	hits = (struct hits){ 0 };
	kill(redis.pid, SIGSTOP);
	assert_int_equal(live_hit(link_, STR("login:anna"), 60, on_hits, &hits), STATUS_OK);
	FIXTURE_UNTIL(hits.ends == 1, turn());
	assert_int_equal(live_hit(link_, STR("login:anna"), 60, on_hits, &hits), STATUS_BUSY);
	kill(redis.pid, SIGCONT);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_batch_arrives_and_is_confirmed),
		CASE(the_wake_up_carries_the_highest_seq_also_without_tasks),
		CASE(batches_that_come_meanwhile_are_merged),
		CASE(delayed_ones_go_to_the_delayed_set_and_far_ones_nowhere),
		CASE(a_stopped_redis_holds_nobody_up_and_is_used_again_when_it_runs),
		CASE(what_does_not_fit_is_dropped_and_counted),
		CASE(what_comes_before_the_first_connection_waits_for_it),
		CASE(it_does_not_wait_for_a_stopped_redis),
		CASE(a_missing_epoch_refuses_and_nothing_is_confirmed),
		CASE(while_building_only_the_epoch_is_asked_for),
		CASE(a_lost_stream_refuses_and_is_not_made_again),
		CASE(a_full_redis_refuses_and_is_used_again_when_it_has_room),
		CASE(closing_with_a_call_under_way_is_safe),
		CASE(what_was_handed_over_is_told_before_the_end),
		CASE(the_end_does_not_wait_for_a_stopped_redis),
		CASE(the_first_confirmed_beat_is_told_once),
		CASE(a_process_beats_until_it_leaves),
		CASE(a_full_redis_still_hears_beats),
		CASE(a_beat_that_nobody_heard_grows_stale),
		CASE(hits_are_counted_by_name_and_can_be_forgotten),
		CASE(a_window_ends_by_the_services_clock),
		CASE(without_redis_a_hit_ends_without_a_count),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
