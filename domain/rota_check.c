/* domain/rota_check.c -- confirms an answer from the problem alone: rules, cover, cost and bound.
 *
 * The bound is a dual one. Give each slot of the proof a reward, the level of its set, for every
 * courier it gets. Then no rota costs less than: all rewards that the needs can earn, plus for each
 * courier the best choice of cost minus rewards, made without regard to the others. That choice is
 * greedy, highest reward first, because caps of days, weeks and all are nested. Whatever the sets,
 * the bound holds; when it meets the cost, the answer is optimal. In the same way, no rota covers
 * more of the top set than all couriers together have room for. */
#include "domain/rota_pairs.h"
#include "domain/rota_sum.h"

#include <string.h>

struct check {
	const struct rota_problem *problem;
	const struct rota_answer *answer;
	struct arena *arena;
	struct str *fault;
	struct rota_pairs pairs;
	uint8_t *taken;			  /* by pair */
	int32_t *pair_courier;		  /* by pair */
	int32_t *on_day, *in_week, *load; /* [couriers * days], [couriers * weeks], [couriers] */
	int32_t *picks;			  /* by slot */
	int64_t *load_milli;
	int32_t weeks;
	int64_t points;
};

static enum status lie(struct check *check, struct str what)
{
	*check->fault = what;
	return STATUS_CONFLICT;
}

static const struct rota_courier *who(const struct check *check, int32_t courier)
{
	return &check->problem->couriers[courier];
}

/* ---- counters, used once for the assignments and once for the bound -------------------------- */

static void counters_clear(struct check *check)
{
	size_t couriers = (size_t)check->problem->courier_count;

	memset(check->on_day, 0, couriers * (size_t)check->problem->day_count * sizeof(int32_t));
	memset(check->in_week, 0, couriers * (size_t)check->weeks * sizeof(int32_t));
	memset(check->load, 0, couriers * sizeof(int32_t));
	memset(check->picks, 0, (size_t)check->problem->slot_count * sizeof(int32_t));
}

static bool count_in(struct check *check, int32_t courier, int32_t slot)
{
	int32_t day = check->problem->slots[slot].day;
	int32_t *on_day = &check->on_day[courier * check->problem->day_count + day];
	int32_t *in_week = &check->in_week[courier * check->weeks + rota_week(check->problem, day)];

	if (*on_day >= who(check, courier)->cap_day || *in_week >= who(check, courier)->cap_week ||
	    check->load[courier] >= who(check, courier)->cap_total)
		return false;
	*on_day += 1;
	*in_week += 1;
	check->load[courier]++;
	check->picks[slot]++;
	return true;
}

static enum status check_open(struct check *check)
{
	const struct rota_problem *problem = check->problem;
	size_t couriers = (size_t)problem->courier_count + 1;
	enum status status = rota_pairs_build(problem, check->arena, &check->pairs, check->fault);

	if (status != STATUS_OK)
		return status;
	check->weeks = rota_week(problem, problem->day_count - 1) + 1;
	check->on_day = arena_array(check->arena, couriers * (size_t)problem->day_count, 4);
	check->in_week = arena_array(check->arena, couriers * (size_t)check->weeks, 4);
	check->load = arena_array(check->arena, couriers, sizeof(int32_t));
	check->load_milli = arena_array(check->arena, couriers, sizeof(int64_t));
	check->picks = arena_array(check->arena, (size_t)problem->slot_count + 1, sizeof(int32_t));
	check->taken = arena_array(check->arena, (size_t)check->pairs.count + 1, 1);
	check->pair_courier =
		arena_array(check->arena, (size_t)check->pairs.count + 1, sizeof(int32_t));
	for (int32_t c = 0; c < problem->courier_count; c++)
		for (uint32_t e = check->pairs.first[c]; e < check->pairs.first[c + 1]; e++)
			check->pair_courier[e] = c;
	check->points = problem->shift_count > 0 ? problem->shifts[0].points_milli : ROTA_MILLI;
	return STATUS_OK;
}

/* ---- hard rules -------------------------------------------------------------------------- */

static enum status assignments_check(struct check *check)
{
	for (int32_t i = 0; i < check->answer->assigned_count; i++) {
		struct rota_pair given = check->answer->assigned[i];
		uint32_t pair =
			rota_pairs_find(check->problem, &check->pairs, given.courier, given.slot);
		const char *why = NULL;

		if (pair == check->pairs.count ||
		    !rota_may_take(check->problem, given.courier, given.slot))
			why = "this courier may not take this slot";
		else if (check->taken[pair])
			why = "it is there twice";
		else if (!count_in(check, given.courier, given.slot))
			why = "a cap of the courier is exceeded";
		else if (check->picks[given.slot] > check->problem->slots[given.slot].need)
			why = "the slot has more couriers than it needs";
		if (why != NULL)
			return lie(check,
				   str_format(check->arena,
					      "assignments[%d]: slot %.*s, courier %.*s: %s", i,
					      STR_ARG(check->problem->slots[given.slot].id),
					      STR_ARG(who(check, given.courier)->id), why));
		check->taken[pair] = 1;
		check->load_milli[given.courier] +=
			check->problem->shifts[check->problem->slots[given.slot].shift]
				.points_milli;
	}
	return STATUS_OK;
}

static enum status fixed_check(struct check *check)
{
	for (int32_t i = 0; i < check->problem->fixed_count; i++) {
		struct rota_pair fixed = check->problem->fixed[i];
		uint32_t pair =
			rota_pairs_find(check->problem, &check->pairs, fixed.courier, fixed.slot);

		if (pair == check->pairs.count || !check->taken[pair])
			return lie(check, str_format(check->arena,
						     "fixed[%d] is not among the assignments", i));
	}
	return STATUS_OK;
}

/* Every two shifts of one courier, and every run of working days. */
static bool rest_is_kept(const struct check *check, int32_t courier)
{
	const struct rota_problem *problem = check->problem;
	int32_t row = 0, last_day = -2;

	for (uint32_t e = check->pairs.first[courier]; e < check->pairs.first[courier + 1]; e++) {
		const struct rota_slot *slot = &problem->slots[check->pairs.slot[e]];

		if (!check->taken[e])
			continue;
		for (uint32_t f = e + 1; f < check->pairs.first[courier + 1]; f++)
			if (check->taken[f] &&
			    rota_too_close(problem, check->pairs.slot[e], check->pairs.slot[f]))
				return false;
		if (slot->day != last_day)
			row = slot->day == last_day + 1 ? row + 1 : 1;
		last_day = slot->day;
		if (problem->rules.days_in_row_max != ROTA_NONE &&
		    row > problem->rules.days_in_row_max)
			return false;
	}
	return true;
}

static enum status rules_check(struct check *check)
{
	enum status status = assignments_check(check);

	if (status == STATUS_OK)
		status = fixed_check(check);
	for (int32_t c = 0; c < check->problem->courier_count && status == STATUS_OK; c++)
		if (!rest_is_kept(check, c))
			status = lie(check, str_format(check->arena,
						       "courier %.*s: too little rest, or too "
						       "many days in a row",
						       STR_ARG(who(check, c)->id)));
	return status;
}

/* ---- cover ------------------------------------------------------------------------------- */

static enum status cover_check(struct check *check, int64_t *here_out)
{
	int64_t demand = 0, covered = 0;

	for (int32_t s = 0; s < check->problem->slot_count; s++) {
		int32_t missing = check->problem->slots[s].need - check->picks[s];

		demand += check->problem->slots[s].need;
		covered += check->picks[s];
		if (check->answer->missing[s] != missing)
			return lie(check, str_format(check->arena,
						     "uncovered: slot %.*s misses %d, not %d",
						     STR_ARG(check->problem->slots[s].id), missing,
						     check->answer->missing[s]));
	}
	*here_out = demand - covered;
	if (check->answer->demand != demand || check->answer->covered != covered)
		return lie(check, STR("demand or covered is not what the assignments say"));
	return STATUS_OK;
}

static enum status loads_check(struct check *check, struct rota_sum *cost)
{
	for (int32_t c = 0; c < check->problem->courier_count; c++) {
		rota_sum_add_square(cost, who(check, c), check->load_milli[c]);
	}
	if (!str_eq(rota_sum_text(cost, check->arena), check->answer->cost))
		return lie(check, STR("cost is not what the loads say"));
	return STATUS_OK;
}

static enum status people_check(struct check *check)
{
	struct rota_person *people = rota_people_count(check->problem, &check->pairs,
						       check->answer->assigned,
						       check->answer->assigned_count, check->arena);

	for (int32_t c = 0; c < check->problem->courier_count; c++) {
		const struct rota_person *here = &check->answer->people[c];

		if (here->load != people[c].load || here->minutes != people[c].minutes ||
		    here->nights != people[c].nights || here->weekends != people[c].weekends ||
		    here->history_after_milli != people[c].history_after_milli)
			return lie(check, str_format(check->arena,
						     "couriers: what is said of %.*s is not what "
						     "the assignments say",
						     STR_ARG(who(check, c)->id)));
	}
	return STATUS_OK;
}

/* ---- the bound --------------------------------------------------------------------------- */

/* Above every shift that anyone could have. */
static struct rota_level level_above_all(const struct check *check)
{
	struct rota_level top = { 0, 1 };

	for (int32_t c = 0; c < check->problem->courier_count; c++) {
		int64_t pairs = check->pairs.first[c + 1] - check->pairs.first[c];
		int64_t history = who(check, c)->history_milli;
		int64_t num = 2 * (history < 0 ? -history : history) + 2 * check->points * pairs;

		if (num >= top.num)
			top.num = num + 1;
	}
	return top;
}

static bool is_worth_it(const struct check *check, int32_t courier, struct rota_level reward)
{
	struct rota_level next = { 2 * who(check, courier)->history_milli +
					   check->points * (2 * (int64_t)check->load[courier] + 1),
				   who(check, courier)->weight };

	return rota_level_compare(next, reward) < 0;
}

/* Everyone who may and gains by it picks this slot. */
static void slot_pick(struct check *check, int32_t slot, struct rota_level reward)
{
	for (uint32_t i = check->pairs.slot_first[slot]; i < check->pairs.slot_first[slot + 1];
	     i++) {
		uint32_t pair = check->pairs.slot_pair[i];
		int32_t courier = check->pair_courier[pair];

		if (check->taken[pair] == 0 && is_worth_it(check, courier, reward))
			check->taken[pair] = count_in(check, courier, slot);
	}
}

static void fixed_pick(struct check *check)
{
	counters_clear(check);
	memset(check->taken, 0, check->pairs.count);
	for (int32_t i = 0; i < check->problem->fixed_count; i++) {
		struct rota_pair fixed = check->problem->fixed[i];

		if (count_in(check, fixed.courier, fixed.slot))
			check->taken[rota_pairs_find(check->problem, &check->pairs, fixed.courier,
						     fixed.slot)] = 1;
	}
}

static enum status sets_check(struct check *check)
{
	const struct rota_proof *proof = &check->answer->proof;
	uint8_t *seen = arena_alloc(check->arena, (size_t)check->problem->slot_count + 1);

	for (int32_t i = 0; i < proof->set_count; i++) {
		const struct rota_set *set = &proof->sets[i];

		if (set->is_top && i > 0)
			return lie(check, STR("proof: only the first set can be the top one"));
		if (!set->is_top && i > 0 && !set[-1].is_top &&
		    rota_level_compare(set->level, set[-1].level) >= 0)
			return lie(check, STR("proof: the sets do not descend"));
		for (int32_t j = 0; j < set->slot_count; j++)
			if (seen[set->slots[j]]++)
				return lie(check, STR("proof: a slot is in two sets"));
	}
	return STATUS_OK;
}

/* The least number of places that nobody has room for. */
static int64_t least_uncovered(struct check *check)
{
	const struct rota_proof *proof = &check->answer->proof;
	int64_t least = 0;

	if (proof->set_count == 0 || !proof->sets[0].is_top)
		return 0;
	fixed_pick(check);
	for (int32_t j = 0; j < proof->sets[0].slot_count; j++)
		slot_pick(check, proof->sets[0].slots[j], level_above_all(check));
	for (int32_t j = 0; j < proof->sets[0].slot_count; j++) {
		int32_t slot = proof->sets[0].slots[j];

		least += check->problem->slots[slot].need - check->picks[slot];
	}
	return least;
}

/* No reward is above what a place left uncovered costs the bound. */
static struct rota_level reward_max(const struct check *check)
{
	const struct rota_proof *proof = &check->answer->proof;
	struct rota_level above_all = level_above_all(check);

	if (proof->has_cap && rota_level_compare(proof->cap, above_all) < 0)
		return proof->cap;
	return above_all;
}

static struct rota_level reward_of(const struct rota_set *set, struct rota_level max)
{
	return set->is_top || rota_level_compare(max, set->level) < 0 ? max : set->level;
}

static void bound_add(struct check *check, struct rota_sum *bound, struct rota_level level,
		      int64_t times)
{
	rota_sum_add(bound, level.weight, (rota_wide)level.num * check->points * times);
}

static void bound_find(struct check *check, int64_t uncovered, struct rota_sum *bound)
{
	const struct rota_proof *proof = &check->answer->proof;
	struct rota_level max = reward_max(check);

	fixed_pick(check);
	for (int32_t i = 0; i < proof->set_count; i++) {
		struct rota_level reward = reward_of(&proof->sets[i], max);

		for (int32_t j = 0; j < proof->sets[i].slot_count; j++)
			slot_pick(check, proof->sets[i].slots[j], reward);
		for (int32_t j = 0; j < proof->sets[i].slot_count; j++) {
			int32_t slot = proof->sets[i].slots[j];

			bound_add(check, bound, reward,
				  check->problem->slots[slot].need - check->picks[slot]);
		}
	}
	for (int32_t c = 0; c < check->problem->courier_count; c++)
		rota_sum_add_square(bound, who(check, c), check->points * check->load[c]);
	/* What is left uncovered did not earn its reward, which was no more than this. */
	bound_add(check, bound, max, -uncovered);
}

/* As many digits as an answer file has. */
static bool gap_is(double said, double proven)
{
	double apart = said > proven ? said - proven : proven - said;

	return apart <= proven * 1e-8;
}

static enum status bound_check(struct check *check, int64_t uncovered, const struct rota_sum *cost)
{
	struct rota_sum bound = rota_sum_new(check->arena);
	struct str proven;
	int64_t least;
	bool is_met;

	if (sets_check(check) != STATUS_OK)
		return STATUS_CONFLICT;
	least = least_uncovered(check);
	bound_find(check, uncovered, &bound);
	proven = rota_sum_text(&bound, check->arena);
	is_met = str_eq(proven, check->answer->cost) && least == uncovered;
	if (!str_eq(proven, check->answer->bound))
		return lie(check,
			   str_format(check->arena, "the sets prove the bound %.*s, not %.*s",
				      STR_ARG(proven), STR_ARG(check->answer->bound)));
	if (!gap_is(check->answer->gap, rota_sum_gap(cost, &bound)))
		return lie(check, STR("gap is not what cost and bound say"));
	if (is_met != check->answer->optimal)
		return lie(check, is_met ? STR("it is optimal, but says gap")
					 : STR("it says optimal, but the sets do not prove it"));
	return STATUS_OK;
}

enum status rota_check(const struct rota_problem *problem, const struct rota_answer *answer,
		       struct arena *arena, struct str *fault)
{
	struct check check = {
		.problem = problem, .answer = answer, .arena = arena, .fault = fault
	};
	struct rota_sum cost = rota_sum_new(arena);
	int64_t uncovered = 0;
	enum status status = check_open(&check);

	if (status == STATUS_OK)
		status = rules_check(&check);
	if (status == STATUS_OK)
		status = cover_check(&check, &uncovered);
	if (status == STATUS_OK)
		status = loads_check(&check, &cost);
	if (status == STATUS_OK)
		status = people_check(&check);
	if (status == STATUS_OK)
		status = bound_check(&check, uncovered, &cost);
	return status;
}
