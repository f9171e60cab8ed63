/* tests/unit/domain_rota_weigh_test.c -- shifts whose points differ: as full as can be, nearly
 * always as even as can be, and no bound above that. */
#include "rota_fixture.h"

#include "domain/rota_solve.h"

enum { PROBLEMS = 1500, BEST_PERCENT_MIN = 85 };

static void fix_make_weighing(struct fix *fix, uint64_t *seed)
{
	fix_make(fix, seed);
	for (int i = 0; i < FIX_SHIFTS; i++)
		fix->shifts[i].points_milli = 500 * (int32_t)(1 + fix_random(seed, 4));
}

static void the_answer_is_full_its_bound_holds_and_it_is_often_the_best(void **unused)
{
	struct arena arena = { 0 };
	uint64_t seed = 41;
	int best_reached = 0, proven = 0;

	(void)unused;
	for (int i = 0; i < PROBLEMS; i++) {
		struct fix fix;
		struct rota_answer answer;
		struct best best;

		fix_make_weighing(&fix, &seed);
		best = fix_best(&fix.problem);
		answer = fix_plan(&fix, i, &arena);
		assert_int_equal(answer.covered, best.covered);
		assert_true(fix_scaled(answer.cost) >= best.cost);
		best_reached += fix_scaled(answer.cost) == best.cost;
		if (answer.optimal) {
			assert_int_equal(fix_scaled(answer.cost), best.cost);
			proven++;
		}
		arena_reset(&arena);
	}
	print_message("best %d, proven %d of %d\n", best_reached, proven, PROBLEMS);
	assert_true(best_reached * 100 >= PROBLEMS * BEST_PERCENT_MIN);
	assert_true(proven > PROBLEMS / 10);
	arena_release(&arena);
}

/* One has both long shifts, the other both short ones: they swap one. */
static void two_swap_until_neither_gains(void **unused)
{
	struct arena arena = { 0 };
	struct rota_shift shifts[2] = { { STR("long"), 420, 900, 3 * ROTA_MILLI },
					{ STR("short"), 900, 1140, ROTA_MILLI } };
	struct rota_slot slots[4];
	struct rota_courier couriers[2] = { { .id = STR("a") }, { .id = STR("b") } };
	struct rota_problem problem = { .day_count = 4,
					.shifts = shifts,
					.slots = slots,
					.couriers = couriers,
					.shift_count = 2,
					.slot_count = 4,
					.courier_count = 2,
					.rules = { ROTA_NONE, ROTA_NONE } };
	struct str fault = STR_NONE;
	struct rota_rest rest;
	struct rota_net net;

	(void)unused;
	for (int s = 0; s < 4; s++)
		slots[s] = (struct rota_slot){ STR("s"), s, s / 2, ROTA_NONE, ROTA_NONE, 1 };
	for (int c = 0; c < 2; c++) {
		couriers[c].weight = couriers[c].cap_day = 1;
		couriers[c].cap_week = couriers[c].cap_total = ROTA_CAP_MAX;
		couriers[c].any_zone = true;
	}
	assert_int_equal(rota_net_build(&problem, &arena, &net, &fault), STATUS_OK);
	rota_rest_init(&rest, &net, &arena);
	for (int s = 0; s < 4; s++)
		rota_rest_take(&rest, (int32_t)rota_pairs_find(&problem, &net.pairs, s / 2, s));
	/* Six points against two. */
	rota_weigh(&rest, &arena);
	for (int c = 0; c < 2; c++) {
		int32_t points = 0;

		for (uint32_t e = net.pairs.first[c]; e < net.pairs.first[c + 1]; e++)
			if (net.taken[e] != ROTA_FREE)
				points += net.pairs.slot[e] < 2 ? 3 : 1;
		assert_int_equal(points, 4);
		assert_int_equal(net.load[c], 2);
	}
	assert_int_equal(net.missing_all, 0);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_is_full_its_bound_holds_and_it_is_often_the_best),
		cmocka_unit_test(two_swap_until_neither_gains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
