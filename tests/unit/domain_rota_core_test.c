/* tests/unit/domain_rota_core_test.c -- the even rota equals the best of all that can be tried, and
 * its checker sees what was spoiled. */
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

static struct rota_answer plan(const struct rota_problem *problem, struct arena *arena)
{
	struct rota_answer answer = { 0 };
	struct str fault = STR_NONE;

	if (rota_plan(problem, arena, &answer, &fault) != STATUS_OK)
		fail_msg("plan: %.*s", STR_ARG(fault));
	return answer;
}

static enum status check(const struct rota_problem *problem, const struct rota_answer *answer,
			 struct arena *arena)
{
	struct str fault = STR_NONE;

	return rota_check(problem, answer, arena, &fault);
}

static int total_compare(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return left < right ? -1 : left > right;
}

static bool weights_are_equal(const struct rota_problem *problem)
{
	for (int c = 1; c < problem->courier_count; c++)
		if (problem->couriers[c].weight != problem->couriers[0].weight)
			return false;
	return true;
}

static void assert_same_totals(const struct rota_problem *problem, const struct rota_answer *answer,
			       const struct best *best)
{
	int64_t mine[FIX_COURIERS] = { 0 }, theirs[FIX_COURIERS] = { 0 };

	for (int c = 0; c < problem->courier_count; c++) {
		mine[c] = problem->couriers[c].history_milli + answer->people[c].load_milli;
		theirs[c] = problem->couriers[c].history_milli + best->load[c] * ROTA_MILLI;
	}
	qsort(mine, FIX_COURIERS, sizeof(*mine), total_compare);
	qsort(theirs, FIX_COURIERS, sizeof(*theirs), total_compare);
	for (int c = 0; c < FIX_COURIERS; c++)
		assert_int_equal(mine[c], theirs[c]);
}

static void the_answer_is_the_best_of_all_that_can_be_tried(void **unused)
{
	struct arena arena = { 0 };
	uint64_t seed = 20261201;
	int shortages = 0;

	(void)unused;
	for (int i = 0; i < PROBLEMS; i++) {
		struct fix fix;
		struct rota_answer answer;
		struct best best;

		fix_make(&fix, &seed);
		best = fix_best(&fix.problem);
		answer = plan(&fix.problem, &arena);
		assert_int_equal(answer.covered, best.covered);
		assert_int_equal(fix_scaled(answer.cost), best.cost);
		assert_true(answer.optimal);
		if (weights_are_equal(&fix.problem))
			assert_same_totals(&fix.problem, &answer, &best);
		assert_int_equal(check(&fix.problem, &answer, &arena), STATUS_OK);
		shortages += answer.covered < answer.demand;
		arena_reset(&arena);
	}
	assert_true(shortages > PROBLEMS / 4 && shortages < PROBLEMS);
	arena_release(&arena);
}

static void what_is_fixed_stays_and_the_rest_is_best_around_it(void **unused)
{
	struct arena arena = { 0 };
	uint64_t seed = 7;
	int tried = 0;

	(void)unused;
	for (int i = 0; i < PROBLEMS; i++) {
		struct fix fix;
		struct rota_answer answer = { 0 };
		struct str fault = STR_NONE;
		struct best best;

		fix_make(&fix, &seed);
		if (fix.couriers[0].eligible_count == 0)
			continue;
		fix.fixed[0] = (struct rota_pair){ fix.eligible[0][0], 0 };
		fix.problem.fixed_count = 1;
		best = fix_best(&fix.problem);
		if (best.covered < 0) {
			assert_int_equal(rota_plan(&fix.problem, &arena, &answer, &fault),
					 STATUS_BAD_INPUT);
			assert_true(fault.len > 0);
			continue;
		}
		answer = plan(&fix.problem, &arena);
		assert_int_equal(answer.covered, best.covered);
		assert_int_equal(fix_scaled(answer.cost), best.cost);
		assert_int_equal(check(&fix.problem, &answer, &arena), STATUS_OK);
		tried++;
		arena_reset(&arena);
	}
	assert_true(tried > PROBLEMS / 4);
	arena_release(&arena);
}

/* The numbers of the spoiled answer are made to fit: only the proof can tell. */
static void refit(const struct rota_problem *problem, struct rota_answer *answer,
		  struct rota_pair *assigned, struct arena *arena)
{
	struct rota_problem frozen = *problem;
	struct rota_answer again;

	frozen.fixed = assigned;
	frozen.fixed_count = answer->assigned_count;
	for (int s = 0; s < problem->slot_count; s++)
		((struct rota_slot *)frozen.slots)[s].need -= answer->missing[s];
	again = plan(&frozen, arena);
	for (int s = 0; s < problem->slot_count; s++)
		((struct rota_slot *)frozen.slots)[s].need += answer->missing[s];
	answer->people = again.people;
	answer->cost = again.cost;
}

/* Another courier for one of the assignments; false: there is none who may. */
static bool spoil(const struct rota_problem *problem, const struct rota_answer *answer,
		  struct rota_pair *assigned, uint64_t *seed)
{
	int32_t which = (int32_t)fix_random(seed, (uint32_t)answer->assigned_count);
	int32_t to = (int32_t)fix_random(seed, (uint32_t)problem->courier_count);
	int32_t slot = assigned[which].slot;

	if (to == assigned[which].courier || !rota_may_take(problem, to, slot))
		return false;
	for (int i = 0; i < answer->assigned_count; i++)
		if (assigned[i].slot == slot && assigned[i].courier == to)
			return false;
	assigned[which].courier = to;
	return true;
}

static void one_assignment_handed_to_another_is_seen_unless_it_is_as_good(void **unused)
{
	struct arena arena = { 0 };
	uint64_t seed = 99;
	int seen = 0;

	(void)unused;
	for (int i = 0; i < PROBLEMS; i++) {
		struct fix fix;
		struct rota_answer answer;
		struct rota_pair assigned[FIX_PAIRS];
		struct str before, fault;
		bool is_spoiled = false;

		arena_reset(&arena);
		fix_make(&fix, &seed);
		answer = plan(&fix.problem, &arena);
		before = answer.cost;
		if (answer.assigned_count == 0)
			continue;
		memcpy(assigned, answer.assigned,
		       (size_t)answer.assigned_count * sizeof(*assigned));
		for (int tries = 0; tries < 4 && !is_spoiled; tries++)
			is_spoiled = spoil(&fix.problem, &answer, assigned, &seed);
		if (!is_spoiled)
			continue;
		answer.assigned = assigned;
		assert_int_equal(check(&fix.problem, &answer, &arena), STATUS_CONFLICT);
		seen++;
		/* Does it break a cap? Then nothing can be made to fit. */
		fix.problem.fixed = assigned;
		fix.problem.fixed_count = answer.assigned_count;
		if (rota_plan(&fix.problem, &arena, &(struct rota_answer){ 0 }, &fault) !=
		    STATUS_OK)
			continue;
		fix.problem.fixed_count = 0;
		refit(&fix.problem, &answer, assigned, &arena);
		assert_int_equal(check(&fix.problem, &answer, &arena),
				 str_eq(answer.cost, before) ? STATUS_OK : STATUS_CONFLICT);
	}
	assert_true(seen > PROBLEMS / 4);
	arena_release(&arena);
}

static void one_assignment_left_out_is_seen(void **unused)
{
	struct arena arena = { 0 };
	uint64_t seed = 5;

	(void)unused;
	for (int i = 0; i < PROBLEMS; i++) {
		struct fix fix;
		struct rota_answer answer;
		struct rota_pair assigned[FIX_PAIRS];
		int32_t missing[FIX_SLOTS];

		arena_reset(&arena);
		fix_make(&fix, &seed);
		answer = plan(&fix.problem, &arena);
		if (answer.assigned_count == 0)
			continue;
		memcpy(assigned, answer.assigned,
		       (size_t)answer.assigned_count * sizeof(*assigned));
		memcpy(missing, answer.missing, sizeof(missing));
		answer.assigned = assigned;
		answer.missing = missing;
		answer.assigned_count--;
		answer.covered--;
		missing[assigned[answer.assigned_count].slot]++;
		refit(&fix.problem, &answer, assigned, &arena);
		assert_int_equal(check(&fix.problem, &answer, &arena), STATUS_CONFLICT);
	}
	arena_release(&arena);
}

static void the_same_problem_gives_the_same_answer(void **unused)
{
	struct arena arena = { 0 }, other = { 0 };
	uint64_t seed = 3;

	(void)unused;
	for (int i = 0; i < PROBLEMS / 10; i++) {
		struct fix fix;
		struct rota_answer a, b;

		fix_make(&fix, &seed);
		a = plan(&fix.problem, &arena);
		b = plan(&fix.problem, &other);
		assert_int_equal(a.assigned_count, b.assigned_count);
		assert_memory_equal(a.assigned, b.assigned,
				    (size_t)a.assigned_count * sizeof(*a.assigned));
		arena_reset(&arena);
	}
	arena_release(&arena);
	arena_release(&other);
}

static void of_equals_the_first_in_the_list_gets_the_extra_shift(void **unused)
{
	enum { MANY = 7 };
	struct arena arena = { 0 };
	struct rota_shift shift = { STR("m"), 420, 900, ROTA_MILLI };
	struct rota_slot slots[2] = { { STR("a"), 0, 0, ROTA_NONE, ROTA_NONE, 5 },
				      { STR("b"), 1, 0, ROTA_NONE, ROTA_NONE, 5 } };
	struct rota_courier couriers[MANY];
	struct rota_problem problem = { .day_count = 2,
					.shifts = &shift,
					.slots = slots,
					.couriers = couriers,
					.shift_count = 1,
					.slot_count = 2,
					.courier_count = MANY,
					.rules = { ROTA_NONE, ROTA_NONE } };
	struct rota_answer answer;

	(void)unused;
	for (int c = 0; c < MANY; c++)
		couriers[c] = (struct rota_courier){ .id = STR("c"),
						     .weight = 1,
						     .cap_day = 1,
						     .cap_week = ROTA_CAP_MAX,
						     .cap_total = ROTA_CAP_MAX,
						     .any_zone = true };
	answer = plan(&problem, &arena);
	for (int c = 0; c < MANY; c++)
		assert_int_equal(answer.people[c].load, c < 3 ? 2 : 1);
	assert_true(str_eq(answer.people[0].reason[LANG_EN],
			   STR("You have 2 shifts. That is all that your days and limits allow. "
			       "They can be covered only by these 7 couriers, "
			       "you among them; together they owe 10 shifts, 1.4 each on average. "
			       "None of them has fewer than 1, so somebody has 2; of equals, "
			       "whoever is listed first.")));
	assert_true(str_eq(answer.people[6].reason[LANG_RU],
			   STR("У вас 1 смена. Закрыть их можно только силами этих 7 курьеров, "
			       "включая вас; вместе на них приходится 10 смен, в среднем 1,4. "
			       "Меньше 1 ни у кого из них нет: вы среди самых свободных.")));
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_is_the_best_of_all_that_can_be_tried),
		cmocka_unit_test(what_is_fixed_stays_and_the_rest_is_best_around_it),
		cmocka_unit_test(one_assignment_handed_to_another_is_seen_unless_it_is_as_good),
		cmocka_unit_test(one_assignment_left_out_is_seen),
		cmocka_unit_test(the_same_problem_gives_the_same_answer),
		cmocka_unit_test(of_equals_the_first_in_the_list_gets_the_extra_shift),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
