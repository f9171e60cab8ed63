/* tests/unit/domain_rota_trim_test.c -- among rotas that are equally full and even, the one that
 * costs least by whatever else is asked, such as wishes. */
#include "rota_fixture.h"

#include "domain/rota_core.h"
#include "domain/rota_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#ifdef SANITIZED /* which makes it several times slower */
enum { PROBLEMS = 600 };
#else
enum { PROBLEMS = 3000 };
#endif

/* The least that the prices of the chosen pairs come to, among the fullest and most even. */
static int32_t least_price(const struct all *all, const int8_t *price)
{
	int32_t best_covered = -1, best_price = 0, load[FIX_COURIERS];
	int64_t best_cost = 0;

	for (uint32_t chosen = 0; chosen < 1u << all->count; chosen++) {
		int32_t covered = __builtin_popcount(chosen), sum = 0;
		int64_t cost;

		if (covered < best_covered || !fix_rules_kept(all, chosen))
			continue;
		cost = fix_cost(all, chosen, load);
		for (int i = 0; i < all->count; i++)
			sum += (chosen >> i & 1) != 0 ? price[i] : 0;
		if (covered > best_covered || cost < best_cost ||
		    (cost == best_cost && sum < best_price)) {
			best_covered = covered;
			best_cost = cost;
			best_price = sum;
		}
	}
	return best_price;
}

static struct rota_net net_solve(const struct rota_problem *problem, struct arena *arena)
{
	struct rota_net net;
	struct str fault = STR_NONE;

	if (rota_net_build(problem, arena, &net, &fault) != STATUS_OK)
		fail_msg("build: %.*s", STR_ARG(fault));
	rota_core_solve(&net, arena);
	return net;
}

static int64_t squares(const struct rota_net *net)
{
	int64_t sum = 0;

	for (int c = 0; c < net->problem->courier_count; c++) {
		int64_t milli = rota_net_who(net, c)->history_milli + ROTA_MILLI * net->load[c];

		sum += milli * milli / 250000 * (WEIGHTS_LCM / rota_net_who(net, c)->weight);
	}
	return sum;
}

static void the_cheapest_of_equals_is_found(void **unused)
{
	struct arena arena = { 0 };
	uint64_t seed = 31;
	int moved = 0;

	(void)unused;
	for (int i = 0; i < PROBLEMS; i++) {
		struct fix fix;
		struct all all;
		struct rota_net net;
		int8_t price[FIX_PAIRS], cost[FIX_PAIRS + 1] = { 0 };
		int64_t before, missing;
		int32_t found = 0, at_first = 0;

		fix_make(&fix, &seed);
		fix_all(&all, &fix.problem);
		net = net_solve(&fix.problem, &arena);
		before = squares(&net);
		missing = net.missing_all;
		for (int k = 0; k < all.count; k++) {
			price[k] = (int8_t)((int)fix_random(&seed, 3) - 1);
			cost[rota_pairs_find(&fix.problem, &net.pairs, all.pairs[k].courier,
					     all.pairs[k].slot)] = price[k];
		}
		for (uint32_t e = 0; e < net.pairs.count; e++)
			at_first += net.taken[e] != ROTA_FREE ? cost[e] : 0;
		assert_true(rota_trim(&net, cost, &arena));
		for (uint32_t e = 0; e < net.pairs.count; e++)
			found += net.taken[e] != ROTA_FREE ? cost[e] : 0;
		assert_int_equal(net.missing_all, missing);
		assert_int_equal(squares(&net), before);
		assert_int_equal(found, least_price(&all, price));
		moved += found < at_first;
		arena_reset(&arena);
	}
	print_message("moved %d of %d\n", moved, PROBLEMS);
	assert_true(moved > PROBLEMS / 12);
	arena_release(&arena);
}

static void what_is_fixed_is_never_traded(void **unused)
{
	struct arena arena = { 0 };
	uint64_t seed = 32;
	int tried = 0;

	(void)unused;
	for (int i = 0; i < PROBLEMS; i++) {
		struct fix fix;
		struct rota_net net;
		struct str fault = STR_NONE;
		int8_t cost[FIX_PAIRS + 1];
		uint32_t fixed;

		fix_make(&fix, &seed);
		fix.problem.fixed_count = 1;
		if (fix.couriers[0].eligible_count == 0)
			continue;
		fix.fixed[0] = (struct rota_pair){ fix.eligible[0][0], 0 };
		if (rota_net_build(&fix.problem, &arena, &net, &fault) != STATUS_OK)
			continue;
		rota_core_solve(&net, &arena);
		memset(cost, 0, sizeof(cost));
		fixed = rota_pairs_find(&fix.problem, &net.pairs, 0, fix.fixed[0].slot);
		cost[fixed] = 1;
		assert_true(rota_trim(&net, cost, &arena));
		assert_int_equal(net.taken[fixed], ROTA_FIXED);
		tried++;
		arena_reset(&arena);
	}
	assert_true(tried > PROBLEMS / 4);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cheapest_of_equals_is_found),
		cmocka_unit_test(what_is_fixed_is_never_traded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
