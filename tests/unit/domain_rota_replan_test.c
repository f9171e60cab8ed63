/* tests/unit/domain_rota_replan_test.c -- a rota goes on: the past stays, and what follows equals
 * the best of all that can be tried, in the order that was asked for. */
#include "rota_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#ifdef SANITIZED /* which makes it several times slower */
enum { PROBLEMS = 600 };
#else
enum { PROBLEMS = 3000 };
#endif

enum { FROM_DAY = 5 };

struct turn {
	struct fix fix;
	struct rota_past past;
	struct rota_answer before;
	uint32_t before_chosen, past_chosen; /* bits as in struct all, after the event */
	struct all all;
};

struct target {
	int32_t covered, changes;
	int64_t cost;
};

static bool is_among(const struct rota_answer *answer, struct rota_pair pair)
{
	for (int32_t i = 0; i < answer->assigned_count; i++)
		if (answer->assigned[i].slot == pair.slot &&
		    answer->assigned[i].courier == pair.courier)
			return true;
	return false;
}

/* From FROM_DAY on, this courier is not there. */
static void drop_out(struct fix *fix, int courier)
{
	struct rota_courier *who = &fix->couriers[courier];
	size_t kept = 0;

	for (size_t i = 0; i < who->eligible_count; i++)
		if (fix->slots[fix->eligible[courier][i]].day < FROM_DAY)
			fix->eligible[courier][kept++] = fix->eligible[courier][i];
	who->eligible_count = kept;
}

static void turn_make(struct turn *turn, uint64_t *seed, struct arena *arena)
{
	struct fix *fix = &turn->fix;
	struct str fault = STR_NONE;

	memset(turn, 0, sizeof(*turn));
	fix_make(fix, seed);
	if (rota_plan(&fix->problem, arena, &turn->before, &fault) != STATUS_OK)
		fail_msg("plan: %.*s", STR_ARG(fault));
	if (fix_random(seed, 3) > 0)
		drop_out(fix, (int)fix_random(seed, (uint32_t)fix->problem.courier_count));
	else
		fix->slots[fix_random(seed, (uint32_t)fix->problem.slot_count)].need++;
	turn->past = (struct rota_past){ .assigned = turn->before.assigned,
					 .assigned_count = turn->before.assigned_count,
					 .from_day = FROM_DAY,
					 .prefer_evenness = fix_random(seed, 2) == 0 };
	fix_all(&turn->all, &fix->problem);
	for (int i = 0; i < turn->all.count; i++) {
		if (!is_among(&turn->before, turn->all.pairs[i]))
			continue;
		turn->before_chosen |= 1u << i;
		if (fix->slots[turn->all.pairs[i].slot].day < FROM_DAY)
			turn->past_chosen |= 1u << i;
	}
}

static bool is_better(const struct turn *turn, const struct target *a, const struct target *b)
{
	if (a->covered != b->covered)
		return a->covered > b->covered;
	if (turn->past.prefer_evenness && a->cost != b->cost)
		return a->cost < b->cost;
	return a->changes != b->changes ? a->changes < b->changes : a->cost < b->cost;
}

static struct target turn_best(const struct turn *turn)
{
	const struct all *all = &turn->all;
	struct target best = { .covered = -1 };
	uint32_t ahead = 0;

	for (int i = 0; i < all->count; i++)
		if (turn->fix.slots[all->pairs[i].slot].day >= FROM_DAY)
			ahead |= 1u << i;
	for (uint32_t chosen = 0; chosen < 1u << all->count; chosen++) {
		int32_t load[FIX_COURIERS];
		struct target found = { .covered = __builtin_popcount(chosen) };

		if ((chosen & ~ahead) != turn->past_chosen || found.covered < best.covered ||
		    !fix_rules_kept(all, chosen))
			continue;
		found.changes = __builtin_popcount(chosen & ~turn->before_chosen);
		found.cost = fix_cost(all, chosen, load);
		if (best.covered < 0 || is_better(turn, &found, &best))
			best = found;
	}
	return best;
}

static struct rota_answer turn_replan(const struct turn *turn, struct arena *arena)
{
	struct rota_replan *replan;
	struct rota_answer answer = { 0 };
	struct str fault = STR_NONE;

	if (rota_replan_open(&turn->fix.problem, &turn->past, arena, &replan, &fault) != STATUS_OK)
		fail_msg("replan: %.*s", STR_ARG(fault));
	rota_replan_move(replan);
	rota_replan_finish(replan, &answer);
	return answer;
}

static void what_follows_is_the_best_in_the_order_asked(void **unused)
{
	struct arena arena = { 0 };
	uint64_t seed = 5;
	int short_ones = 0, changed = 0;

	(void)unused;
	for (int i = 0; i < PROBLEMS; i++) {
		struct turn turn;
		struct rota_answer answer;
		struct target best;
		struct str fault = STR_NONE;

		turn_make(&turn, &seed, &arena);
		best = turn_best(&turn);
		answer = turn_replan(&turn, &arena);
		if (rota_check(&turn.fix.problem, &answer, &arena, &fault) != STATUS_OK)
			fail_msg("%d: %.*s", i, STR_ARG(fault));
		assert_int_equal(answer.covered, best.covered);
		assert_int_equal(answer.added_count, best.changes);
		assert_int_equal(fix_scaled(answer.cost), best.cost);
		short_ones += answer.covered < answer.demand;
		changed += best.changes > 0;
		arena_reset(&arena);
	}
	assert_true(short_ones > PROBLEMS / 5 && short_ones < PROBLEMS);
	assert_true(changed > PROBLEMS / 10);
	arena_release(&arena);
}

static void the_past_stays_and_the_changes_are_told(void **unused)
{
	struct arena arena = { 0 };
	uint64_t seed = 6;

	(void)unused;
	for (int i = 0; i < PROBLEMS / 4; i++) {
		struct turn turn;
		struct rota_answer answer;
		int32_t gone = 0;

		turn_make(&turn, &seed, &arena);
		answer = turn_replan(&turn, &arena);
		for (int32_t k = 0; k < turn.before.assigned_count; k++) {
			struct rota_pair pair = turn.before.assigned[k];
			bool stays = is_among(&answer, pair);

			assert_true(stays || turn.fix.slots[pair.slot].day >= FROM_DAY);
			gone += !stays;
		}
		assert_int_equal(answer.removed_count, gone);
		for (int32_t k = 0; k < answer.added_count; k++) {
			assert_true(is_among(&answer, answer.added[k]));
			assert_false(is_among(&turn.before, answer.added[k]));
			assert_true(turn.fix.slots[answer.added[k].slot].day >= FROM_DAY);
		}
		assert_int_equal(answer.assigned_count,
				 turn.before.assigned_count - gone + answer.added_count);
		arena_reset(&arena);
	}
	arena_release(&arena);
}

/* Ann has x. Places a and b are open and only Bob is free: he takes b, or x so that Ann can take a.
 * Whichever comes first in the list, one change is less than two. */
static void of_two_open_places_the_one_is_filled_that_moves_fewer(void **unused)
{
	struct arena arena = { 0 };
	struct rota_shift shift = { STR("m"), 420, 900, ROTA_MILLI };
	struct rota_slot slots[3] = { { STR("a"), 0, 0, ROTA_NONE, ROTA_NONE, 1 },
				      { STR("b"), 1, 0, ROTA_NONE, ROTA_NONE, 1 },
				      { STR("x"), 2, 0, ROTA_NONE, ROTA_NONE, 1 } };
	const int32_t with_first[2] = { 0, 2 }, with_second[2] = { 1, 2 };
	struct rota_courier couriers[2] = { { .id = STR("ann"), .eligible = with_first },
					    { .id = STR("bob"), .eligible = with_second } };
	const struct rota_pair before = { 2, 0 };
	struct turn turn = { .past = { .assigned = &before, .assigned_count = 1 } };

	(void)unused;
	for (int c = 0; c < 2; c++) {
		couriers[c].weight = couriers[c].cap_day = couriers[c].cap_total = 1;
		couriers[c].cap_week = 7;
		couriers[c].any_zone = couriers[c].only_eligible = true;
		couriers[c].eligible_count = 2;
	}
	turn.fix.problem = (struct rota_problem){ .day_count = 3,
						  .shifts = &shift,
						  .slots = slots,
						  .couriers = couriers,
						  .shift_count = 1,
						  .slot_count = 3,
						  .courier_count = 2,
						  .rules = { ROTA_NONE, ROTA_NONE } };
	for (int turned = 0; turned < 2; turned++) {
		struct rota_answer answer = turn_replan(&turn, &arena);

		assert_int_equal(answer.covered, 2);
		assert_int_equal(answer.removed_count, 0);
		assert_int_equal(answer.added_count, 1);
		assert_int_equal(answer.added[0].courier, 1);
		assert_int_equal(slots[answer.added[0].slot].day, 1);
		/* The list the other way round: b comes before a, and has the number of a. */
		slots[0].id = STR("b");
		slots[0].day = 1;
		slots[1].id = STR("a");
		slots[1].day = 0;
		couriers[0].eligible = with_second;
		couriers[1].eligible = with_first;
	}
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_follows_is_the_best_in_the_order_asked),
		cmocka_unit_test(the_past_stays_and_the_changes_are_told),
		cmocka_unit_test(of_two_open_places_the_one_is_filled_that_moves_fewer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
