/* domain/rota_bound.c -- the dual bound.
 *
 * Give each slot of the proof a reward, the level of its set, for every courier it gets. Then no
 * rota costs less than: all rewards that the needs can earn, plus for each courier the best choice
 * of cost minus rewards, made without regard to the others. That choice is greedy, highest reward
 * first, because caps of days, weeks and all are nested. Whatever the sets, the bound holds; when
 * it meets the cost, the answer is optimal. In the same way, no rota covers more of the top set
 * than all couriers together have room for.
 *
 * Rest rules come in as the most shifts that a courier can work alone.
 *
 * Where points differ, a shift is cut into units, which a courier may take one by one: that allows
 * more than a rota does, so the bound still holds, though no rota may meet it. */
#include "domain/rota_bound.h"

#include "domain/rota_reach.h"

#include <string.h>

int64_t rota_unit(const struct rota_problem *problem)
{
	int64_t unit = 0;

	for (int32_t i = 0; i < problem->shift_count; i++) {
		int64_t points = problem->shifts[i].points_milli;

		while (points != 0) {
			int64_t rest = unit % points;

			unit = points;
			points = rest;
		}
	}
	return unit > 0 ? unit : ROTA_MILLI;
}

static int64_t units_of(const struct rota_bound *bound, int32_t slot)
{
	const struct rota_problem *problem = bound->problem;

	return problem->shifts[problem->slots[slot].shift].points_milli / bound->unit_milli;
}

void rota_bound_init(struct rota_bound *bound, const struct rota_problem *problem,
		     const struct rota_pairs *pairs, struct arena *arena)
{
	size_t couriers = (size_t)problem->courier_count + 1;

	*bound = (struct rota_bound){ .problem = problem, .pairs = pairs };
	bound->unit_milli = rota_unit(problem);
	bound->reach = rota_reach_find(problem, pairs, arena);
	bound->units_max = 1;
	for (int32_t i = 0; i < problem->shift_count; i++)
		if (problem->shifts[i].points_milli > bound->units_max * bound->unit_milli)
			bound->units_max = problem->shifts[i].points_milli / bound->unit_milli;
	bound->weeks = rota_week(problem, problem->day_count - 1) + 1;
	bound->on_day = arena_array(arena, couriers * (size_t)problem->day_count, sizeof(int64_t));
	bound->in_week = arena_array(arena, couriers * (size_t)bound->weeks, sizeof(int64_t));
	bound->load = arena_array(arena, couriers, sizeof(int64_t));
	bound->picks = arena_array(arena, (size_t)problem->slot_count + 1, sizeof(int64_t));
	bound->taken = arena_array(arena, (size_t)pairs->count + 1, 1);
	bound->pair_courier = arena_array(arena, (size_t)pairs->count + 1, sizeof(int32_t));
	for (int32_t c = 0; c < problem->courier_count; c++)
		for (uint32_t e = pairs->first[c]; e < pairs->first[c + 1]; e++)
			bound->pair_courier[e] = c;
}

/* ---- counters: whole shifts for the cover, units for the cost ------------------------------- */

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Takes as many of `wanted` as caps allow; `scale` is what one place of a cap holds. */
static void count_in(struct rota_bound *bound, uint32_t pair, int64_t wanted, int64_t scale)
{
	int32_t courier = bound->pair_courier[pair], slot = bound->pairs->slot[pair];
	const struct rota_courier *who = &bound->problem->couriers[courier];
	int32_t day = bound->problem->slots[slot].day;
	int64_t *on_day = &bound->on_day[courier * (int64_t)bound->problem->day_count + day];
	int64_t *in_week =
		&bound->in_week[courier * (int64_t)bound->weeks + rota_week(bound->problem, day)];

	wanted = least(wanted, who->cap_day * scale - *on_day);
	wanted = least(wanted, who->cap_week * scale - *in_week);
	wanted = least(wanted, bound->reach[courier] * scale - bound->load[courier]);
	if (wanted <= 0)
		return;
	*on_day += wanted;
	*in_week += wanted;
	bound->load[courier] += wanted;
	bound->picks[slot] += wanted;
	bound->taken[pair] = 1;
}

static void fixed_pick(struct rota_bound *bound, bool in_units)
{
	const struct rota_problem *problem = bound->problem;
	size_t couriers = (size_t)problem->courier_count;

	memset(bound->on_day, 0, couriers * (size_t)problem->day_count * sizeof(int64_t));
	memset(bound->in_week, 0, couriers * (size_t)bound->weeks * sizeof(int64_t));
	memset(bound->load, 0, couriers * sizeof(int64_t));
	memset(bound->picks, 0, (size_t)problem->slot_count * sizeof(int64_t));
	memset(bound->taken, 0, bound->pairs->count);
	for (int32_t i = 0; i < problem->fixed_count; i++) {
		struct rota_pair fixed = problem->fixed[i];
		uint32_t pair = rota_pairs_find(problem, bound->pairs, fixed.courier, fixed.slot);

		if (pair != bound->pairs->count)
			count_in(bound, pair, in_units ? units_of(bound, fixed.slot) : 1,
				 in_units ? bound->units_max : 1);
	}
}

/* ---- cover ------------------------------------------------------------------------------- */

int64_t rota_bound_uncovered(struct rota_bound *bound, const struct rota_proof *proof)
{
	const struct rota_pairs *pairs = bound->pairs;
	const struct rota_set *top = proof->sets;
	int64_t open = 0;

	if (proof->set_count == 0 || !top->is_top)
		return 0;
	fixed_pick(bound, false);
	for (int32_t j = 0; j < top->slot_count; j++)
		for (uint32_t i = pairs->slot_first[top->slots[j]];
		     i < pairs->slot_first[top->slots[j] + 1]; i++)
			if (bound->taken[pairs->slot_pair[i]] == 0)
				count_in(bound, pairs->slot_pair[i], 1, 1);
	for (int32_t j = 0; j < top->slot_count; j++)
		open += bound->problem->slots[top->slots[j]].need - bound->picks[top->slots[j]];
	return open;
}

/* ---- cost -------------------------------------------------------------------------------- */

/* Above every unit that anyone could have. */
static struct rota_level level_above_all(const struct rota_bound *bound)
{
	struct rota_level top = { 0, 1 };

	for (int32_t c = 0; c < bound->problem->courier_count; c++) {
		int64_t pairs = bound->pairs->first[c + 1] - bound->pairs->first[c];
		int64_t history = bound->problem->couriers[c].history_milli;
		int64_t num = 2 * (history < 0 ? -history : history) +
			      2 * bound->unit_milli * bound->units_max * pairs;

		if (num >= top.num)
			top.num = num + 1;
	}
	return top;
}

/* No reward is above what a place left uncovered costs the bound. */
static struct rota_level reward_max(const struct rota_bound *bound, const struct rota_proof *proof)
{
	struct rota_level above_all = level_above_all(bound);

	if (proof->has_cap && rota_level_compare(proof->cap, above_all) < 0)
		return proof->cap;
	return above_all;
}

static struct rota_level reward_of(const struct rota_set *set, struct rota_level max)
{
	return set->is_top || rota_level_compare(max, set->level) < 0 ? max : set->level;
}

static rota_wide floor_div(rota_wide a, int64_t b)
{
	rota_wide quotient = a / b;

	return a % b != 0 && a < 0 ? quotient - 1 : quotient;
}

/* How many units of this courier are, one after the other, below the reward. */
static int64_t units_worth_it(const struct rota_bound *bound, int32_t courier,
			      struct rota_level reward)
{
	const struct rota_courier *who = &bound->problem->couriers[courier];
	/* In whole numbers: 2h + unit (2k - 1) < num * weight / reward's weight, so at most `room`.
	 */
	rota_wide room = floor_div((rota_wide)reward.num * who->weight - 1, reward.weight);
	rota_wide units = floor_div(room - (rota_wide)2 * who->history_milli + bound->unit_milli,
				    (rota_wide)2 * bound->unit_milli);

	units -= bound->load[courier];
	return units > INT32_MAX ? INT32_MAX : (int64_t)units;
}

/* Everyone who may and gains by it picks of this slot. */
static void slot_pick(struct rota_bound *bound, int32_t slot, struct rota_level reward)
{
	const struct rota_pairs *pairs = bound->pairs;
	int64_t units = units_of(bound, slot);

	for (uint32_t i = pairs->slot_first[slot]; i < pairs->slot_first[slot + 1]; i++) {
		uint32_t pair = pairs->slot_pair[i];

		if (bound->taken[pair] == 0)
			count_in(bound, pair,
				 least(units,
				       units_worth_it(bound, bound->pair_courier[pair], reward)),
				 bound->units_max);
	}
}

static void earned_add(const struct rota_bound *bound, struct rota_sum *sum,
		       struct rota_level level, int64_t units)
{
	rota_sum_add(sum, level.weight, (rota_wide)level.num * bound->unit_milli * units);
}

void rota_bound_cost(struct rota_bound *bound, const struct rota_proof *proof, int64_t uncovered,
		     struct rota_sum *sum)
{
	const struct rota_problem *problem = bound->problem;
	struct rota_level max = reward_max(bound, proof);

	fixed_pick(bound, true);
	for (int32_t i = 0; i < proof->set_count; i++) {
		const struct rota_set *set = &proof->sets[i];
		struct rota_level reward = reward_of(set, max);

		for (int32_t j = 0; j < set->slot_count; j++)
			slot_pick(bound, set->slots[j], reward);
		for (int32_t j = 0; j < set->slot_count; j++)
			earned_add(bound, sum, reward,
				   problem->slots[set->slots[j]].need *
						   units_of(bound, set->slots[j]) -
					   bound->picks[set->slots[j]]);
	}
	for (int32_t c = 0; c < problem->courier_count; c++)
		rota_sum_add_square(sum, &problem->couriers[c], bound->unit_milli * bound->load[c]);
	/* What is left uncovered did not earn its reward, which was no more than this. */
	earned_add(bound, sum, max, -uncovered * (max.num > 0 ? bound->units_max : 1));
}
