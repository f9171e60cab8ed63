/* tests/unit/domain_rota_rest_test.c -- rest rules are never broken, and what is given away for
 * them is next to nothing. */
#include "rota_fixture.h"

enum { PROBLEMS = 2000, BEST_PERCENT_MIN = 97 };

static void fix_make_resting(struct fix *fix, uint64_t *seed)
{
	fix_make(fix, seed);
	fix->problem.rules.rest_min = (int32_t)(fix_random(seed, 3) * 330);
	if (fix_random(seed, 2) == 0)
		fix->problem.rules.days_in_row_max = (int32_t)(1 + fix_random(seed, 2));
}

/* Two slots at one time, shifts that reach into the next, and couriers who would take both. */
static void fix_make_crowded(struct fix *fix, uint64_t *seed)
{
	fix_make(fix, seed);
	for (int i = 0; i < FIX_SHIFTS; i++)
		fix->shifts[i].end_min = (fix->shifts[i].end_min + 60) % 1440;
	for (int s = 1; s < fix->problem.slot_count; s++)
		if (fix_random(seed, 2) == 0) {
			fix->slots[s].day = fix->slots[s - 1].day;
			fix->slots[s].shift = fix->slots[s - 1].shift;
		}
	for (int c = 0; c < fix->problem.courier_count; c++)
		fix->couriers[c].cap_day = 2;
}

static void nobody_works_two_shifts_at_one_time(void **unused)
{
	struct arena arena = { 0 };
	uint64_t seed = 17;
	int best_reached = 0, overlapping = 0;

	(void)unused;
	for (int i = 0; i < PROBLEMS / 2; i++) {
		struct fix fix;
		struct rota_answer answer;
		struct best best;

		fix_make_crowded(&fix, &seed);
		best = fix_best(&fix.problem);
		answer = fix_plan(&fix, i, &arena);
		assert_true(answer.covered <= best.covered);
		best_reached += answer.covered == best.covered &&
				fix_scaled(answer.cost) == best.cost;
		if (answer.optimal)
			assert_int_equal(fix_scaled(answer.cost), best.cost);
		for (int32_t a = 0; a < answer.assigned_count; a++)
			for (int32_t b = 0; b < a; b++)
				overlapping += answer.assigned[a].courier ==
						       answer.assigned[b].courier &&
					       rota_too_close(&fix.problem, answer.assigned[a].slot,
							      answer.assigned[b].slot);
		arena_reset(&arena);
	}
	print_message("best %d of %d\n", best_reached, PROBLEMS / 2);
	assert_int_equal(overlapping, 0);
	assert_true(best_reached * 100 >= PROBLEMS / 2 * BEST_PERCENT_MIN);
	arena_release(&arena);
}

/* One courier, one place in each of two slots at one time: he has one of them. An answer in which
 * he has both is no rota, though every sum in it is right. */
static void the_checker_lets_nobody_work_two_shifts_at_one_time(void **unused)
{
	struct arena arena = { 0 };
	struct rota_shift shift = { STR("m"), 420, 900, ROTA_MILLI };
	struct rota_slot slots[2] = { { STR("a"), 0, 0, ROTA_NONE, ROTA_NONE, 1 },
				      { STR("b"), 0, 0, ROTA_NONE, ROTA_NONE, 1 } };
	struct rota_courier courier = { .id = STR("c"),
					.weight = 1,
					.cap_day = 2,
					.cap_week = 7,
					.cap_total = 9,
					.any_zone = true };
	const struct rota_pair both[2] = { { 0, 0 }, { 1, 0 } };
	struct rota_problem problem = { .day_count = 1,
					.shifts = &shift,
					.slots = slots,
					.couriers = &courier,
					.fixed = both,
					.shift_count = 1,
					.slot_count = 2,
					.courier_count = 1,
					.rules = { ROTA_NONE, ROTA_NONE } };
	struct rota_answer answer = { 0 };
	struct str fault = STR_NONE;

	(void)unused;
	assert_int_equal(rota_plan(&problem, &arena, &answer, &fault), STATUS_OK);
	assert_int_equal(answer.covered, 1);
	answer.assigned = both;
	answer.assigned_count = 2;
	assert_int_equal(rota_check(&problem, &answer, &arena, &fault), STATUS_CONFLICT);
	assert_true(str_starts(fault, STR("courier c: two shifts at one time")));
	problem.fixed_count = 2;
	assert_int_equal(rota_plan(&problem, &arena, &answer, &fault), STATUS_BAD_INPUT);
	assert_true(str_starts(fault, STR("fixed[0]")));
	arena_release(&arena);
}

static void rules_hold_and_the_answer_is_nearly_always_the_best(void **unused)
{
	struct arena arena = { 0 };
	uint64_t seed = 11;
	int best_reached = 0, proven = 0;

	(void)unused;
	for (int i = 0; i < PROBLEMS; i++) {
		struct fix fix;
		struct rota_answer answer;
		struct best best;

		fix_make_resting(&fix, &seed);
		best = fix_best(&fix.problem);
		answer = fix_plan(&fix, i, &arena);
		assert_true(answer.covered <= best.covered);
		if (answer.covered == best.covered) {
			assert_true(fix_scaled(answer.cost) >= best.cost);
			best_reached += fix_scaled(answer.cost) == best.cost;
		}
		if (answer.optimal) {
			proven++;
			assert_int_equal(answer.covered, best.covered);
			assert_int_equal(fix_scaled(answer.cost), best.cost);
		}
		arena_reset(&arena);
	}
	print_message("best %d, proven %d of %d\n", best_reached, proven, PROBLEMS);
	assert_true(best_reached * 100 >= PROBLEMS * BEST_PERCENT_MIN);
	assert_true(proven > PROBLEMS / 2 && proven < PROBLEMS);
	arena_release(&arena);
}

static void fixed_shifts_that_leave_too_little_rest_are_refused(void **unused)
{
	struct arena arena = { 0 };
	struct rota_shift shifts[2] = { { STR("night"), 1380, 420, ROTA_MILLI },
					{ STR("morning"), 420, 900, ROTA_MILLI } };
	struct rota_slot slots[2] = { { STR("a"), 0, 0, ROTA_NONE, ROTA_NONE, 1 },
				      { STR("b"), 1, 1, ROTA_NONE, ROTA_NONE, 1 } };
	struct rota_courier courier = { .id = STR("c"),
					.weight = 1,
					.cap_day = 1,
					.cap_week = 7,
					.cap_total = 9,
					.any_zone = true };
	struct rota_pair fixed[2] = { { 0, 0 }, { 1, 0 } };
	struct rota_problem problem = { .day_count = 2,
					.shifts = shifts,
					.slots = slots,
					.couriers = &courier,
					.fixed = fixed,
					.shift_count = 2,
					.slot_count = 2,
					.courier_count = 1,
					.fixed_count = 2,
					.rules = { 0, ROTA_NONE } };
	struct rota_answer answer = { 0 };
	struct str fault = STR_NONE;

	(void)unused;
	/* The night ends when the morning begins: no hour of rest is asked for. */
	assert_int_equal(rota_plan(&problem, &arena, &answer, &fault), STATUS_OK);
	problem.rules.rest_min = 1;
	assert_int_equal(rota_plan(&problem, &arena, &answer, &fault), STATUS_BAD_INPUT);
	assert_true(str_starts(fault, STR("fixed[0]")));
	problem.rules = (struct rota_rules){ ROTA_NONE, 1 };
	assert_int_equal(rota_plan(&problem, &arena, &answer, &fault), STATUS_BAD_INPUT);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_hold_and_the_answer_is_nearly_always_the_best),
		cmocka_unit_test(nobody_works_two_shifts_at_one_time),
		cmocka_unit_test(the_checker_lets_nobody_work_two_shifts_at_one_time),
		cmocka_unit_test(fixed_shifts_that_leave_too_little_rest_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
