/* tests/unit/scheduler_relay_test.c -- what Redis was never told is told by the relay; what was
 * told and lost, by the sweep; neither multiplies a backlog. And the trim. */
#include "tests/unit/scheduler_fixture.h"

#include "redis/queue.h"

static int64_t published_at(int64_t id)
{
	return task_row_of(&desk, id).published_at_ms;
}

/* `count` tasks, told by the relay. */
static void tell(int count)
{
	for (int i = 0; i < count; i++)
		task_due(&desk, 0);
	work_clock_move(1500);
	assert_ok(chore_once(&desk.a, relay_run));
}

/* A whole round, over all types. */
static void sweep(void)
{
	int64_t again_ms = 0;

	while (again_ms == 0)
		assert_ok(chore(&desk.a, sweep_run, &again_ms));
}

static void read_and_ack(int count, bool acks)
{
	struct redis_value streams = fixture_run(
		&desk.work.redis, str_format(&desk.work.arena,
					     "XREADGROUP GROUP workers worker-1 COUNT %d STREAMS "
					     "" PURGE_STREAM " >",
					     count)
					  .data);
	const struct redis_value *entries = &streams.items[0].items[1];

	assert_int_equal(entries->count, count);
	for (size_t i = 0; i < entries->count && acks; i++)
		fixture_run(&desk.work.redis,
			    str_format(&desk.work.arena, "XACK " PURGE_STREAM " workers %.*s",
				       STR_ARG(entries->items[i].items[0].text))
				    .data);
}

/* ---- relay ------------------------------------------------------------------------------- */

static void the_relay_tells_what_is_older_than_a_second_once(void **state)
{
	int64_t id = task_due(&desk, 0);

	(void)state;
	assert_ok(chore_once(&desk.a, relay_run));
	assert_int_equal(told(&desk), 0);
	assert_int_equal(published_at(id), 0);
	work_clock_move(1500);
	assert_ok(chore_once(&desk.a, relay_run));
	assert_int_equal(told(&desk), 1);
	assert_true(published_at(id) > 0);
	work_clock_move(60000);
	assert_ok(chore_once(&desk.a, relay_run));
	assert_int_equal(told(&desk), 1);
}

static void only_ready_rows_of_published_types_are_told(void **state)
{
	struct task_new ordered = { .type = TASK_PURGE, .class = TASK_BULK, .order_key = STR("k") };
	struct task_new local = { .type = TASK_BOT_UPDATE, .class = TASK_BULK };

	(void)state;
	work_task(&desk.work, ordered);
	work_task(&desk.work, ordered); /* waits */
	work_task(&desk.work, local);
	task_due(&desk, 0);
	records_exec(&desk, "UPDATE tasks SET state = 3 WHERE id = (SELECT MAX(id) FROM tasks)");
	work_clock_move(1500);
	assert_ok(chore_once(&desk.a, relay_run));
	assert_int_equal(told(&desk), 1);
	assert_int_equal(redis_int(&desk, "EXISTS eco:stream:bot_update:bulk"), 0);
	assert_int_equal(records_int(&desk, "SELECT COUNT(*) FROM tasks WHERE published_at > 0"),
			 1);
}

static void nothing_is_marked_as_told_while_redis_is_built_or_away(void **state)
{
	int64_t id = task_due(&desk, 0);

	(void)state;
	work_clock_move(1500);
	fixture_run(&desk.work.redis, "SET eco:epoch 1:building");
	assert_status(chore_once(&desk.a, relay_run), STATUS_BUSY);
	assert_int_equal(published_at(id), 0);
	fixture_run(&desk.work.redis, "DEL eco:epoch");
	assert_status(chore_once(&desk.a, relay_run), STATUS_BUSY);
	fixture_server_kill(&desk.work.redis);
	assert_status(chore_once(&desk.a, relay_run), STATUS_BUSY);
	assert_int_equal(published_at(id), 0);
	assert_true(desk.a.leader.leads);
}

/* ---- sweep ------------------------------------------------------------------------------- */

static void a_long_backlog_is_not_multiplied(void **state)
{
	(void)state;
	tell(50);
	for (int i = 0; i < 5; i++) {
		work_clock_move(600000);
		sweep();
	}
	assert_int_equal(told(&desk), 50);
	/* nor what is being worked on */
	read_and_ack(50, false);
	sweep();
	assert_ok(chore_once(&desk.a, trim_run));
	work_clock_move(600000);
	sweep();
	assert_int_equal(told(&desk), 50);
}

/* Told before they were due, they entered the stream at their time, long after. */
static void delayed_ones_in_the_backlog_are_not_told_again(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		task_due(&desk, 40000);
	tell(1);
	assert_int_equal(delayed(&desk), 20);
	work_clock_move(30000);
	read_and_ack(1, true);
	tell(1);
	assert_ok(chore_once(&desk.a, trim_run));
	assert_int_equal(told(&desk), 1);
	work_clock_move(30000);
	assert_ok(chore_once(&desk.a, due_promote));
	assert_int_equal(told(&desk), 21);
	/* all of them were told before the first entry was */
	work_clock_move(600000);
	sweep();
	assert_int_equal(redis_int(&desk, "XLEN " PURGE_STREAM), 22);
}

static void lost_hints_are_told_again_once(void **state)
{
	(void)state;
	tell(30);
	fixture_run(&desk.work.redis, "XTRIM " PURGE_STREAM " MAXLEN 0");
	sweep();
	assert_int_equal(told(&desk), 0); /* may still be on their way */
	work_clock_move(6000);
	sweep();
	assert_int_equal(told(&desk), 30);
	work_clock_move(6000);
	sweep();
	assert_int_equal(told(&desk), 30);
}

static void of_a_backlog_only_what_is_lost_is_told_again(void **state)
{
	struct redis_value entries;

	(void)state;
	tell(10);
	work_clock_move(10000);
	tell(10);
	entries = fixture_run(&desk.work.redis, "XRANGE " PURGE_STREAM " - + COUNT 10");
	for (size_t i = 0; i < 10; i++)
		fixture_run(&desk.work.redis,
			    str_format(&desk.work.arena, "XDEL " PURGE_STREAM " %.*s",
				       STR_ARG(entries.items[i].items[0].text))
				    .data);
	assert_int_equal(told(&desk), 10);
	work_clock_move(60000);
	sweep();
	assert_int_equal(told(&desk), 20);
	sweep();
	assert_int_equal(told(&desk), 20);
}

static enum status run_many(struct db *db, void *arg)
{
	struct task_new task = { .type = TASK_PURGE, .class = TASK_BULK, .payload = STR("{}") };
	enum status status = STATUS_OK;
	int64_t id;

	(void)arg;
	for (int i = 0; i < 2500 && status == STATUS_OK; i++)
		status = tasks_add(db, &task, clock_wall_ms(), &id);
	return status;
}

/* Also when a class has thousands, and another is lost, too. */
static void a_round_goes_through_all_pages_and_types(void **state)
{
	struct task_new timer = { .type = TASK_CLOSE_APPEAL, .class = TASK_INTERACTIVE };

	(void)state;
	assert_ok(store_run(desk.work.store, run_many, NULL));
	work_task(&desk.work, timer);
	work_clock_move(1500);
	for (int i = 0; i < 3; i++)
		assert_ok(chore_once(&desk.a, relay_run));
	assert_int_equal(told(&desk), 2500);
	fixture_run(&desk.work.redis, "XTRIM " PURGE_STREAM " MAXLEN 0");
	fixture_run(&desk.work.redis, "XTRIM eco:stream:close_appeal:interactive MAXLEN 0");
	work_clock_move(6000);
	sweep();
	assert_int_equal(redis_int(&desk, "XLEN eco:stream:close_appeal:interactive"), 1);
	assert_int_equal(told(&desk), 2500);
}

/* ---- trim -------------------------------------------------------------------------------- */

static void the_trim_drops_what_is_done_and_nothing_else(void **state)
{
	(void)state;
	tell(10);
	read_and_ack(4, true);
	read_and_ack(3, false);
	assert_ok(chore_once(&desk.a, trim_run));
	assert_int_equal(told(&desk), 6);
	assert_int_equal(redis_int(&desk, "EXISTS " PURGE_STREAM), 1);
	read_and_ack(3, true);
	assert_ok(chore_once(&desk.a, trim_run));
	assert_int_equal(told(&desk), 6); /* the three before them are not done */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_leading, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_relay_tells_what_is_older_than_a_second_once),
		TEST(only_ready_rows_of_published_types_are_told),
		TEST(nothing_is_marked_as_told_while_redis_is_built_or_away),
		TEST(a_long_backlog_is_not_multiplied),
		TEST(delayed_ones_in_the_backlog_are_not_told_again),
		TEST(lost_hints_are_told_again_once),
		TEST(of_a_backlog_only_what_is_lost_is_told_again),
		TEST(a_round_goes_through_all_pages_and_types),
		TEST(the_trim_drops_what_is_done_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
