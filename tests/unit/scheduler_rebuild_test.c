/* tests/unit/scheduler_rebuild_test.c -- whatever happens to Redis, it carries again what the
 * records hold: no task less, and none twice. */
#include "tests/unit/scheduler_fixture.h"

#include "redis/queue.h"

static int64_t records_epoch(void)
{
	return records_int(&desk, "SELECT value FROM meta WHERE key = 'queue_epoch'");
}

static void assert_ready(int64_t number)
{
	struct queue_epoch epoch;

	assert_ok(queue_epoch_get(desk.work.redis.conn, &desk.work.arena, &epoch));
	assert_int_equal(epoch.state, QUEUE_EPOCH_READY);
	assert_int_equal(epoch.number, number);
	assert_int_equal(records_epoch(), number);
	assert_int_equal(desk.a.epoch, number);
}

static enum status run_many(struct db *db, void *arg)
{
	struct task_new task = { .type = TASK_PURGE, .class = TASK_BULK, .payload = STR("{}") };
	enum status status = STATUS_OK;
	int64_t id;

	for (int i = 0; i < *(int *)arg && status == STATUS_OK; i++)
		status = tasks_add(db, &task, clock_wall_ms(), &id);
	return status;
}

static void add(int count)
{
	assert_ok(store_run(desk.work.store, run_many, &count));
}

/* Five ready ones, told; and those that must not be in a stream. */
static void fill(void)
{
	struct task_new ordered = { .type = TASK_PURGE, .class = TASK_BULK, .order_key = STR("k") };

	add(4);
	work_task(&desk.work, ordered);
	work_task(&desk.work, ordered); /* waits behind the first */
	task_due(&desk, 30000);		/* delayed */
	task_due(&desk, 300000);	/* beyond the horizon */
	take_the_lead(&desk, &desk.a);
}

static void assert_filled(void)
{
	assert_int_equal(told(&desk), 5);
	assert_int_equal(delayed(&desk), 1);
}

static void an_empty_redis_is_filled_from_the_records(void **state)
{
	int64_t before = records_epoch();

	(void)state;
	fill();
	assert_ready(before + 1);
	assert_filled();
	assert_int_equal(records_int(&desk, "SELECT COUNT(*) FROM tasks WHERE published_at > 0"),
			 6);
	/* and stays */
	assert_ok(chore_once(&desk.a, rebuild_check));
	assert_ready(before + 1);
}

static void check_rebuilt_after(const char *command)
{
	int64_t before;

	fill();
	before = records_epoch();
	fixture_run(&desk.work.redis, command);
	assert_ok(chore_once(&desk.a, rebuild_check));
	assert_ready(before + 1);
	assert_filled();
	assert_int_equal(redis_int(&desk, "XLEN eco:stream:deliver:interactive"), 0);
}

static void a_flushed_redis_is_built_anew(void **state)
{
	(void)state;
	check_rebuilt_after("FLUSHALL");
}

static void a_lost_stream_is_built_anew(void **state)
{
	(void)state;
	check_rebuilt_after("DEL " PURGE_STREAM);
}

static void a_lost_group_is_built_anew(void **state)
{
	(void)state;
	check_rebuilt_after("XGROUP DESTROY eco:stream:deliver:interactive workers");
}

static void a_rebuild_that_was_not_finished_is_begun_again(void **state)
{
	(void)state;
	check_rebuilt_after("SET eco:epoch 77:building");
}

static void an_epoch_of_other_records_is_built_anew(void **state)
{
	(void)state;
	check_rebuilt_after("SET eco:epoch 77:ready");
}

static void an_epoch_written_by_hand_is_built_anew(void **state)
{
	(void)state;
	check_rebuilt_after("SET eco:epoch rebuild-please");
}

/* It remembers everything, but nobody knows what it missed. */
static void another_server_with_an_old_snapshot_is_built_anew(void **state)
{
	struct redis_value run_id;
	int64_t before;

	(void)state;
	fill();
	before = records_epoch();
	run_id = fixture_run(&desk.work.redis, "GET eco:run_id");
	fixture_server_kill(&desk.work.redis);
	records_exec(&desk, "DELETE FROM tasks WHERE id = 1");
	fixture_server_start(&desk.work.redis);
	assert_true(str_eq(fixture_run(&desk.work.redis, "GET eco:run_id").text, run_id.text));
	FIXTURE_UNTIL(chore_once(&desk.a, rebuild_check) == STATUS_OK, fixture_nap());
	assert_ready(before + 1);
	assert_int_equal(told(&desk), 4);
	assert_int_equal(delayed(&desk), 1);
}

static void without_redis_the_epoch_is_not_known(void **state)
{
	(void)state;
	fill();
	fixture_server_kill(&desk.work.redis);
	assert_status(chore_once(&desk.a, rebuild_check), STATUS_BUSY);
	assert_int_equal(desk.a.epoch, 0);
}

/* ---- in the middle ----------------------------------------------------------------------- */

struct mishap {
	struct redis_conn *conn;
	const char *command;
	int at_commit, commits;
	struct arena arena;
};

/* Before each COMMIT of the scheduler: a rebuild commits its new number, then what each page told.
 */
static size_t mishap_strike(void *arg, int64_t *ids_out, size_t ids_max)
{
	struct mishap *mishap = arg;
	struct str words[8], rest = str_from_c(mishap->command);
	struct redis_command command;
	struct redis_value value;
	size_t count = 0;

	(void)ids_out, (void)ids_max;
	if (++mishap->commits != mishap->at_commit)
		return 0;
	while (rest.data != NULL && count < 8)
		rest = str_cut(rest, ' ', &words[count++]);
	command = redis_command_of(&mishap->arena, words, count);
	assert_ok(redis_run(mishap->conn, &command, &mishap->arena, &value));
	return 0;
}

/* 5000 tasks, three pages; returns how often it had to begin. */
static int rebuild_with(const char *command, int at_commit)
{
	struct mishap mishap = { .command = command, .at_commit = at_commit };
	struct store_options options = { .dir = desk.work.redis.dir,
					 .service = "other",
					 .hooks = { NULL, mishap_strike, &mishap } };
	struct store *first = desk.a.options.store, *store;
	enum status status;
	int begun = 0;

	add(5000);
	take_the_lead(&desk, &desk.a);
	assert_int_equal(told(&desk), 5000);
	fixture_run(&desk.work.redis, "SET eco:epoch rebuild-please");
	assert_ok(redis_conn_open(&desk.work.redis.address, 30000, &mishap.conn));
	assert_ok(store_open(&options, &store));
	desk.a.options.store = store;
	do {
		int64_t again_ms;

		mishap.commits = begun == 0 ? 0 : at_commit;
		status = chore(&desk.a, rebuild_check, &again_ms);
		assert_true(status == STATUS_OK || (status == STATUS_CONFLICT && again_ms == 0));
	} while (++begun < 5 && status != STATUS_OK);
	desk.a.options.store = first;
	store_close(store);
	redis_conn_close(mishap.conn);
	arena_release(&mishap.arena);
	return begun;
}

static void check_whole(int64_t tasks)
{
	struct redis_value entries = fixture_run(&desk.work.redis, "XRANGE " PURGE_STREAM " - +");
	int64_t last = 0, id;

	assert_int_equal(entries.count, tasks);
	for (size_t i = 0; i < entries.count; i++) {
		const struct redis_value *fields = &entries.items[i].items[1];

		assert_true(str_eq_c(fields->items[0].text, "task"));
		assert_ok(str_to_int(fields->items[1].text, 1, INT64_MAX, &id));
		assert_true(id > last);
		last = id;
	}
	assert_int_equal(redis_int(&desk, "XLEN eco:stream:close_appeal:interactive"), 0);
}

static void flushed_again_in_the_middle_it_begins_again(void **state)
{
	(void)state;
	for (int at_commit = 2; at_commit <= 4; at_commit++) {
		records_exec(&desk, "DELETE FROM tasks");
		assert_int_equal(rebuild_with("FLUSHALL", at_commit), 2);
		assert_ready(records_epoch());
		check_whole(5000);
	}
}

static void a_stream_deleted_in_the_middle_is_noticed(void **state)
{
	int begun;

	(void)state;
	begun = rebuild_with("DEL " PURGE_STREAM, 3);
	assert_int_equal(begun, 2);
	check_whole(5000);
}

/* Another scheduler took over and builds a later epoch: this one's end must not be taken for that
 * one's. */
static void anothers_building_is_not_ended_by_this_one(void **state)
{
	struct queue_epoch epoch;
	int64_t number;

	(void)state;
	add(10);
	take_the_lead(&desk, &desk.a);
	number = records_epoch();
	assert_ok(queue_rebuild_begin(desk.work.redis.conn, number + 1, 1));
	assert_status(queue_rebuild_end(desk.a.conn, number), STATUS_CONFLICT);
	assert_ok(queue_epoch_get(desk.work.redis.conn, &desk.work.arena, &epoch));
	assert_int_equal(epoch.state, QUEUE_EPOCH_BUILDING);
}

static void the_old_leader_builds_nothing(void **state)
{
	int64_t number;

	(void)state;
	fill();
	take_the_lead(&desk, &desk.b);
	number = records_epoch();
	fixture_run(&desk.work.redis, "SET eco:epoch rebuild-please");
	assert_status(chore_once(&desk.a, rebuild_check), STATUS_DENIED);
	assert_int_equal(records_epoch(), number);
	assert_ok(chore_once(&desk.b, rebuild_check));
	assert_filled();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_redis_is_filled_from_the_records),
		TEST(a_flushed_redis_is_built_anew),
		TEST(a_lost_stream_is_built_anew),
		TEST(a_lost_group_is_built_anew),
		TEST(a_rebuild_that_was_not_finished_is_begun_again),
		TEST(an_epoch_of_other_records_is_built_anew),
		TEST(an_epoch_written_by_hand_is_built_anew),
		TEST(another_server_with_an_old_snapshot_is_built_anew),
		TEST(without_redis_the_epoch_is_not_known),
		TEST(flushed_again_in_the_middle_it_begins_again),
		TEST(a_stream_deleted_in_the_middle_is_noticed),
		TEST(anothers_building_is_not_ended_by_this_one),
		TEST(the_old_leader_builds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
