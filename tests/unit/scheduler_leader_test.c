/* tests/unit/scheduler_leader_test.c -- one leads; who led before has no effect any more, whatever
 * it still believes. */
#include "tests/unit/scheduler_fixture.h"

#include "redis/queue.h"

static int64_t records_generation(void)
{
	int64_t generation = 0;

	assert_ok(meta_get(desk.work.reader, META_SCHEDULER_GENERATION, &generation));
	return generation;
}

static int64_t redis_generation(void)
{
	struct redis_value value = fixture_run(&desk.work.redis, "GET eco:generation");
	int64_t generation = -1;

	assert_ok(str_to_int(value.text, 0, INT64_MAX, &generation));
	return generation;
}

static void the_first_leads_and_the_second_stands_by(void **state)
{
	int64_t again_ms;

	(void)state;
	assert_ok(chore_once(&desk.a, leader_keep));
	assert_status(chore(&desk.b, leader_keep, &again_ms), STATUS_EMPTY);
	assert_true(desk.a.leader.leads);
	assert_false(desk.b.leader.leads);
	assert_int_equal(again_ms, LEASE_STANDBY_MS);
	assert_int_equal(desk.a.leader.generation, 1);
	assert_int_equal(redis_generation(), 1);
	assert_true(redis_int(&desk, "PTTL eco:lease:scheduler") <= LEASE_MS);
	/* renewing is no new generation */
	assert_ok(chore_once(&desk.a, leader_keep));
	assert_int_equal(records_generation(), 1);
}

static void a_lease_given_up_passes_at_once(void **state)
{
	struct scheduler_options options = desk.a.options;

	(void)state;
	assert_ok(chore_once(&desk.a, leader_keep));
	scheduler_close(&desk.a);
	assert_ok(chore_once(&desk.b, leader_keep));
	assert_true(desk.b.leader.leads);
	assert_int_equal(records_generation(), 2);
	assert_ok(scheduler_open(&options, &desk.a));
}

static enum status run_count(struct db *db, void *arg)
{
	(void)db;
	++*(int *)arg;
	return STATUS_OK;
}

static void the_old_leaders_writes_are_refused(void **state)
{
	int runs = 0;
	int64_t moved;

	(void)state;
	take_the_lead(&desk, &desk.a);
	assert_ok(scheduler_write(&desk.a, run_count, &runs));
	assert_int_equal(runs, 1);
	take_the_lead(&desk, &desk.b);
	assert_true(desk.a.leader.leads); /* it slept, say */
	assert_status(scheduler_write(&desk.a, run_count, &runs), STATUS_DENIED);
	assert_int_equal(runs, 1);
	assert_status(chore_once(&desk.a, trim_run), STATUS_DENIED);
	assert_status(
		queue_take_over(desk.a.conn, STR("worker-1"), desk.a.leader.generation, &moved),
		STATUS_DENIED);
	assert_ok(scheduler_write(&desk.b, run_count, &runs));
	assert_int_equal(runs, 2);
}

/* Redis has forgotten everything, the generation too: the records have not. */
static void the_records_fence_though_redis_was_flushed(void **state)
{
	int64_t epoch;
	int runs = 0;

	(void)state;
	take_the_lead(&desk, &desk.a);
	take_the_lead(&desk, &desk.b);
	fixture_run(&desk.work.redis, "FLUSHALL");
	epoch = records_int(&desk, "SELECT value FROM meta WHERE key = 'queue_epoch'");
	assert_status(scheduler_write(&desk.a, run_count, &runs), STATUS_DENIED);
	assert_status(chore_once(&desk.a, rebuild_check), STATUS_DENIED);
	assert_int_equal(records_int(&desk, "SELECT value FROM meta WHERE key = 'queue_epoch'"),
			 epoch);
	assert_int_equal(redis_int(&desk, "EXISTS eco:epoch"), 0);
	assert_int_equal(runs, 0);
}

static void a_turn_finds_out_and_stands_by(void **state)
{
	(void)state;
	take_the_lead(&desk, &desk.a);
	take_the_lead(&desk, &desk.b);
	scheduler_turn(&desk.a);
	assert_false(desk.a.leader.leads);
	assert_int_equal(records_generation(), 2);
	scheduler_turn(&desk.b);
	assert_true(desk.b.leader.leads);
}

static void a_flushed_redis_is_told_the_generation_again(void **state)
{
	(void)state;
	take_the_lead(&desk, &desk.a);
	fixture_run(&desk.work.redis, "FLUSHALL");
	assert_ok(chore_once(&desk.a, leader_keep));
	assert_int_equal(redis_generation(), 1);
	assert_true(desk.a.leader.leads);
	assert_int_equal(redis_int(&desk, "EXISTS eco:lease:scheduler"), 1);
}

static void without_redis_the_lead_lasts_no_longer_than_the_lease(void **state)
{
	(void)state;
	take_the_lead(&desk, &desk.a);
	fixture_server_kill(&desk.work.redis);
	assert_status(chore_once(&desk.a, leader_keep), STATUS_BUSY);
	assert_true(desk.a.leader.leads);
	desk.a.leader.renewed_mono_ms -= LEASE_MS;
	assert_status(chore_once(&desk.a, leader_keep), STATUS_BUSY);
	assert_false(desk.a.leader.leads);
	fixture_server_start(&desk.work.redis);
	fixture_run(&desk.work.redis, "FLUSHALL");
	FIXTURE_UNTIL(chore_once(&desk.a, leader_keep) == STATUS_OK, fixture_nap());
	assert_true(desk.a.leader.leads);
	assert_int_equal(records_generation(), 2);
}

static void a_lease_that_ends_by_itself_passes(void **state)
{
	(void)state;
	assert_ok(chore_once(&desk.a, leader_keep));
	fixture_run(&desk.work.redis, "PEXPIRE eco:lease:scheduler 30");
	FIXTURE_UNTIL(chore_once(&desk.b, leader_keep) == STATUS_OK, fixture_nap());
	assert_true(desk.b.leader.leads);
	assert_status(chore_once(&desk.a, leader_keep), STATUS_EMPTY);
	assert_false(desk.a.leader.leads);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_leads_and_the_second_stands_by),
		TEST(a_lease_given_up_passes_at_once),
		TEST(the_old_leaders_writes_are_refused),
		TEST(the_records_fence_though_redis_was_flushed),
		TEST(a_turn_finds_out_and_stands_by),
		TEST(a_flushed_redis_is_told_the_generation_again),
		TEST(without_redis_the_lead_lasts_no_longer_than_the_lease),
		TEST(a_lease_that_ends_by_itself_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
