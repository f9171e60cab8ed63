/* tests/unit/scheduler_jobs_test.c -- periodic jobs: when their ticks are, that each runs once
 * though two schedulers run, and what becomes of those that an outage left out. */
#include "tests/unit/scheduler_fixture.h"

#include <time.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)

/* clang-format off */
static const struct job table[] = {
	{ "each", MINUTE_MS, 0, 0, CATCH_UP_ALL,  5, TASK_PURGE,        TASK_BULK },
	{ "last", MINUTE_MS, 0, 0, CATCH_UP_LAST, 1, TASK_CLOSE_APPEAL, TASK_BULK },
};
/* clang-format on */

#define EACH "type = 4"
#define LAST "type = 2"

static int setup_with_jobs(void **state)
{
	(void)state;
	clockwork_open(&desk, table, 2);
	return 0;
}

static int64_t tasks_of(const char *which)
{
	return records_int(
		&desk,
		str_format(&desk.work.arena, "SELECT COUNT(*) FROM tasks WHERE %s", which).data);
}

/* Equal dedup keys of finished ones hide nothing. */
static void tasks_are_done(void)
{
	records_exec(&desk, "DELETE FROM tasks");
}

/* To the middle of the next minute: a test's own second or two changes nothing. */
static void to_mid_minute(void)
{
	work_clock_move(MINUTE_MS + MINUTE_MS / 2 - clock_wall_ms() % MINUTE_MS);
}

/* Its tick: when it began. */
static int64_t this_minute(void)
{
	int64_t now_ms = clock_wall_ms();

	return now_ms - now_ms % MINUTE_MS;
}

static void a_job_that_never_ran_begins_with_the_tick_that_is_now(void **state)
{
	int64_t tick_ms;

	(void)state;
	to_mid_minute();
	take_the_lead(&desk, &desk.a);
	assert_ok(chore_once(&desk.a, jobs_run));
	tick_ms = this_minute();
	assert_int_equal(tasks_of(EACH), 1);
	assert_int_equal(tasks_of(LAST), 1);
	assert_int_equal(records_int(&desk, "SELECT tick_at FROM ticks WHERE job = 'each'"),
			 tick_ms);
	assert_int_equal(records_int(&desk, "SELECT payload ->> 'tick_ms' FROM tasks WHERE " EACH),
			 tick_ms);
	assert_ok(chore_once(&desk.a, jobs_run));
	assert_int_equal(tasks_of("1"), 2);
}

static void after_an_outage_all_missed_ticks_run_or_only_the_last(void **state)
{
	(void)state;
	to_mid_minute();
	take_the_lead(&desk, &desk.a);
	assert_ok(chore_once(&desk.a, jobs_run));
	tasks_are_done();
	work_clock_move(4 * MINUTE_MS);
	take_the_lead(&desk, &desk.b);
	assert_ok(chore_once(&desk.b, jobs_run));
	assert_int_equal(tasks_of(EACH), 4);
	assert_int_equal(tasks_of(LAST), 1);
	/* oldest first, a minute apart */
	assert_int_equal(records_int(&desk, "SELECT MIN(ok) FROM (SELECT (payload ->> 'tick_ms') - "
					    "LAG(payload ->> 'tick_ms', 1, (payload ->> 'tick_ms') "
					    "- 60000) OVER (ORDER BY id) = 60000 AS ok FROM tasks "
					    "WHERE " EACH ")"),
			 1);
	assert_int_equal(
		records_int(&desk, "SELECT MAX(payload ->> 'tick_ms') FROM tasks WHERE " EACH),
		this_minute());
	assert_int_equal(records_int(&desk, "SELECT payload ->> 'tick_ms' FROM tasks WHERE " LAST),
			 this_minute());
}

static void of_too_many_missed_ticks_the_newest_run(void **state)
{
	(void)state;
	to_mid_minute();
	take_the_lead(&desk, &desk.a);
	assert_ok(chore_once(&desk.a, jobs_run));
	tasks_are_done();
	work_clock_move(100 * MINUTE_MS);
	assert_ok(chore_once(&desk.a, jobs_run));
	assert_int_equal(tasks_of(EACH), 5);
	assert_int_equal(
		records_int(&desk, "SELECT MIN(payload ->> 'tick_ms') FROM tasks WHERE " EACH),
		this_minute() - 4 * MINUTE_MS);
	tasks_are_done();
	/* what was dropped stays dropped */
	assert_ok(chore_once(&desk.a, jobs_run));
	assert_int_equal(tasks_of("1"), 0);
}

static void a_clock_set_back_repeats_no_tick(void **state)
{
	(void)state;
	to_mid_minute();
	take_the_lead(&desk, &desk.a);
	assert_ok(chore_once(&desk.a, jobs_run));
	work_clock_move(3 * MINUTE_MS);
	assert_ok(chore_once(&desk.a, jobs_run));
	tasks_are_done();
	work_clock_move(-3 * MINUTE_MS);
	assert_ok(chore_once(&desk.a, jobs_run));
	take_the_lead(&desk, &desk.b);
	assert_ok(chore_once(&desk.b, jobs_run));
	work_clock_move(3 * MINUTE_MS);
	assert_ok(chore_once(&desk.b, jobs_run));
	assert_int_equal(tasks_of("1"), 0);
}

/* The lease goes to and fro; who lost it finds out by the generation, in the tick's own
 * transaction. */
static void each_tick_runs_once_though_two_run(void **state)
{
	int64_t ran = 0, refused = 0;

	(void)state;
	to_mid_minute();
	take_the_lead(&desk, &desk.a);
	assert_ok(chore_once(&desk.a, jobs_run));
	tasks_are_done();
	for (int i = 0; i < 20; i++) {
		struct scheduler *old = i % 2 == 0 ? &desk.a : &desk.b,
				 *new = i % 2 == 0 ? &desk.b : &desk.a;

		work_clock_move(MINUTE_MS);
		take_the_lead(&desk, new);
		assert_true(old->leader.leads); /* it has not heard yet */
		if (i % 3 == 0)
			assert_ok(chore_once(new, jobs_run));
		refused += chore_once(old, jobs_run) == STATUS_DENIED;
		assert_ok(chore_once(new, jobs_run));
		leader_resign(old, "told by the turn");
		ran += tasks_of(EACH);
		tasks_are_done();
	}
	assert_int_equal(ran, 20);
	assert_int_equal(refused, 20);
	assert_int_equal(records_int(&desk, "SELECT COUNT(*) FROM ticks WHERE job = 'each'"), 21);
}

static void the_table_in_use_makes_sense(void **state)
{
	(void)state;
	assert_ok(jobs_check(jobs, job_count));
}

static void an_unfit_table_stops_the_start(void **state)
{
	const struct job good = { "x", 1000, 0, 0, CATCH_UP_LAST, 1, TASK_PURGE, TASK_BULK };
	struct job twice[2] = { good, good }, many[JOBS_MAX + 1], bad[10];

	(void)state;
	assert_ok(jobs_check(&good, 1));
	assert_status(jobs_check(twice, 2), STATUS_FAILED);
	assert_status(jobs_check(many, JOBS_MAX + 1), STATUS_FAILED);
	for (size_t i = 0; i < 10; i++)
		bad[i] = good;
	bad[0].name = NULL;
	bad[1].name = "";
	bad[2].period_ms = 999;
	bad[3].period_ms = -1;
	bad[4].hour = 3; /* beside a period */
	bad[5] = (struct job){ .name = "x", .hour = 24, .ticks_max = 1, .task = TASK_PURGE };
	bad[6] = (struct job){ .name = "x", .minute = 60, .ticks_max = 1, .task = TASK_PURGE };
	bad[7].ticks_max = 0;
	bad[8].ticks_max = 1001;
	bad[9].task = TASK_BOT_UPDATE; /* no worker runs it */
	for (size_t i = 0; i < 10; i++)
		assert_status(jobs_check(&bad[i], 1), STATUS_FAILED);
}

/* ---- the calendar ------------------------------------------------------------------------ */

static void zone(const char *name)
{
	assert_int_equal(setenv("TZ", name, 1), 0);
	tzset();
}

static int64_t utc_ms(int year, int month, int day, int hour, int minute)
{
	struct tm tm = { .tm_year = year - 1900,
			 .tm_mon = month - 1,
			 .tm_mday = day,
			 .tm_hour = hour,
			 .tm_min = minute };

	return (int64_t)timegm(&tm) * 1000;
}

static void a_daily_job_ticks_at_its_local_time(void **state)
{
	const struct job daily = { .name = "daily", .hour = 3, .minute = 30 };

	(void)state;
	zone("Europe/Moscow");
	assert_int_equal(job_tick_before(&daily, utc_ms(2026, 5, 4, 0, 30)),
			 utc_ms(2026, 5, 4, 0, 30));
	assert_int_equal(job_tick_before(&daily, utc_ms(2026, 5, 4, 0, 30) - 1),
			 utc_ms(2026, 5, 3, 0, 30));
	assert_int_equal(job_tick_before(&daily, utc_ms(2026, 1, 1, 0, 0)),
			 utc_ms(2025, 12, 31, 0, 30));
}

/* Whatever was asked before: the same moment has the same tick before it. */
static void check_year(const struct job *job)
{
	int64_t begin_ms = utc_ms(2026, 1, 2, 0, 7), end_ms = utc_ms(2027, 1, 2, 0, 7), ticks = 0,
		last_ms = 0;

	for (int64_t at_ms = begin_ms; at_ms <= end_ms; at_ms += 30 * MINUTE_MS) {
		int64_t tick_ms = job_tick_before(job, at_ms);

		assert_true(tick_ms <= at_ms);
		assert_true(at_ms - tick_ms < 26 * HOUR_MS);
		assert_true(tick_ms >= last_ms);
		assert_int_equal(job_tick_before(job, tick_ms), tick_ms);
		ticks += tick_ms != last_ms;
		last_ms = tick_ms;
	}
	/* the one before the first day counts, too */
	assert_int_equal(ticks, 366);
}

static void each_day_has_one_tick_also_when_clocks_change(void **state)
{
	static const char *const zones[] = { "Europe/Moscow", "Europe/Berlin", "America/New_York",
					     "Australia/Lord_Howe", "UTC" };

	(void)state;
	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++) {
		zone(zones[i]);
		for (int half_hour = 0; half_hour < 8; half_hour++) {
			struct job job = { .name = "daily",
					   .hour = half_hour / 2,
					   .minute = half_hour % 2 * 30 };

			check_year(&job);
		}
	}
	zone("Europe/Moscow");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_with_jobs, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_job_that_never_ran_begins_with_the_tick_that_is_now),
		TEST(after_an_outage_all_missed_ticks_run_or_only_the_last),
		TEST(of_too_many_missed_ticks_the_newest_run),
		TEST(a_clock_set_back_repeats_no_tick),
		TEST(each_tick_runs_once_though_two_run),
		cmocka_unit_test(the_table_in_use_makes_sense),
		cmocka_unit_test(an_unfit_table_stops_the_start),
		cmocka_unit_test(a_daily_job_ticks_at_its_local_time),
		cmocka_unit_test(each_day_has_one_tick_also_when_clocks_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
