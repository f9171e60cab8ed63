/* tests/unit/scheduler_due_test.c -- delayed tasks come at their time; Redis holds the next minute
 * and no more. */
#include "tests/unit/scheduler_fixture.h"

static int64_t entry_number(const struct redis_value *entry, const char *name)
{
	const struct redis_value *fields = &entry->items[1];
	int64_t number = -1;

	for (size_t i = 0; i + 1 < fields->count; i += 2)
		if (str_eq_c(fields->items[i].text, name))
			assert_ok(str_to_int(fields->items[i + 1].text, 0, INT64_MAX, &number));
	return number;
}

static int by_size(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static void nap_of(int64_t ms)
{
	struct timespec pause = { .tv_nsec = (long)ms * 1000000 };

	assert_true(ms >= 0 && ms <= SCHEDULER_NAP_MS_MAX);
	nanosleep(&pause, NULL);
}

/* As the process does it: turns, and naps as long as a turn says. A busy machine may hold up some,
 * not most. */
static void what_is_due_is_in_its_stream_within_50_ms_and_never_early(void **state)
{
	enum { TASKS = 30 };
	int64_t late_ms[TASKS];
	struct redis_value entries;

	(void)state;
	for (int i = 0; i < TASKS; i++)
		task_due(&desk, 1500 + 37 * i);
	assert_ok(chore_once(&desk.a, relay_run)); /* too young */
	assert_int_equal(delayed(&desk), 0);
	FIXTURE_UNTIL(told(&desk) == TASKS, nap_of(scheduler_turn(&desk.a)));
	entries = fixture_run(&desk.work.redis, "XRANGE " PURGE_STREAM " - +");
	for (int i = 0; i < TASKS; i++) {
		late_ms[i] = entry_number(&entries.items[i], "at") -
			     entry_number(&entries.items[i], "due");
		assert_true(late_ms[i] >= 0);
	}
	qsort(late_ms, TASKS, sizeof(*late_ms), by_size);
	assert_true(late_ms[TASKS / 2] <= 50);
}

static void the_next_due_time_shortens_the_nap(void **state)
{
	int64_t again_ms;

	(void)state;
	task_due(&desk, 20000);
	work_clock_move(10000);
	assert_ok(chore_once(&desk.a, relay_run));
	assert_int_equal(delayed(&desk), 1);
	assert_ok(chore(&desk.a, due_promote, &again_ms));
	assert_true(again_ms <= 10000 && again_ms > 0);
	assert_int_equal(told(&desk), 0);
}

static void redis_holds_only_the_next_minute(void **state)
{
	int64_t id = task_due(&desk, 600000);

	(void)state;
	work_clock_move(2000);
	assert_ok(chore_once(&desk.a, relay_run));
	assert_int_equal(delayed(&desk), 0);
	assert_int_equal(task_row_of(&desk, id).published_at_ms, 0);
	work_clock_move(540000);
	assert_ok(chore_once(&desk.a, relay_run));
	assert_int_equal(delayed(&desk), 0);
	work_clock_move(5000); /* 53 s before its time */
	assert_ok(chore_once(&desk.a, relay_run));
	assert_int_equal(delayed(&desk), 1);
	assert_true(task_row_of(&desk, id).published_at_ms > 0);
	assert_ok(chore_once(&desk.a, due_promote));
	assert_int_equal(told(&desk), 0);
	work_clock_move(53000);
	assert_ok(chore_once(&desk.a, due_promote));
	assert_int_equal(delayed(&desk), 0);
	assert_int_equal(told(&desk), 1);
}

static void a_clock_that_jumps_is_noticed_in_the_next_turn(void **state)
{
	(void)state;
	task_due(&desk, 30000);
	work_clock_move(2000);
	scheduler_turn(&desk.a);
	assert_int_equal(delayed(&desk), 1);
	work_clock_move(30000);
	scheduler_turn(&desk.a);
	assert_int_equal(told(&desk), 1);
}

static enum status run_many(struct db *db, void *arg)
{
	struct task_new task = { .type = TASK_PURGE, .class = TASK_BULK, .payload = STR("{}") };
	enum status status = STATUS_OK;
	int64_t id;

	task.due_at_ms = clock_wall_ms() + 30000;
	for (int i = 0; i < *(int *)arg && status == STATUS_OK; i++)
		status = tasks_add(db, &task, clock_wall_ms(), &id);
	return status;
}

static void many_at_once_go_in_pieces_without_a_pause(void **state)
{
	int count = 1500;
	int64_t again_ms;

	(void)state;
	assert_ok(store_run(desk.work.store, run_many, &count));
	work_clock_move(2000);
	assert_ok(chore(&desk.a, relay_run, &again_ms));
	assert_int_equal(again_ms, 0);
	assert_ok(chore(&desk.a, relay_run, &again_ms));
	assert_int_not_equal(again_ms, 0);
	assert_int_equal(delayed(&desk), count);
	work_clock_move(30000);
	assert_ok(chore(&desk.a, due_promote, &again_ms));
	assert_int_equal(again_ms, 0);
	assert_int_equal(told(&desk), 1000);
	assert_ok(chore(&desk.a, due_promote, &again_ms));
	assert_int_not_equal(again_ms, 0);
	assert_int_equal(told(&desk), count);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_leading, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_due_is_in_its_stream_within_50_ms_and_never_early),
		TEST(the_next_due_time_shortens_the_nap),
		TEST(redis_holds_only_the_next_minute),
		TEST(a_clock_that_jumps_is_noticed_in_the_next_turn),
		TEST(many_at_once_go_in_pieces_without_a_pause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
