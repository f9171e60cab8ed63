/* tests/unit/domain_rota_rest_test.c -- rest rules are never broken, and what is given away for
 * them is next to nothing. */
#include "rota_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { PROBLEMS = 2000, BEST_PERCENT_MIN = 97 };

static void fix_make_resting(struct fix *fix, uint64_t *seed)
{
	fix_make(fix, seed);
	fix->problem.rules.rest_min = (int32_t)(fix_random(seed, 3) * 330);
	if (fix_random(seed, 2) == 0)
		fix->problem.rules.days_in_row_max = (int32_t)(1 + fix_random(seed, 2));
}

static void rules_hold_and_the_answer_is_nearly_always_the_best(void **unused)
{
	struct arena arena = { 0 };
	uint64_t seed = 11;
	int best_reached = 0, proven = 0;

	(void)unused;
	for (int i = 0; i < PROBLEMS; i++) {
		struct fix fix;
		struct rota_answer answer = { 0 };
		struct str fault = STR_NONE;
		struct best best;

		fix_make_resting(&fix, &seed);
		best = fix_best(&fix.problem);
		assert_int_equal(rota_plan(&fix.problem, &arena, &answer, &fault), STATUS_OK);
		if (rota_check(&fix.problem, &answer, &arena, &fault) != STATUS_OK)
			fail_msg("%d: %.*s", i, STR_ARG(fault));
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
		cmocka_unit_test(fixed_shifts_that_leave_too_little_rest_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
