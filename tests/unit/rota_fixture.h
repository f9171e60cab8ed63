/* tests/unit/rota_fixture.h -- small random rota problems, and their best answer by trying all. */
#ifndef TESTS_UNIT_ROTA_FIXTURE_H
#define TESTS_UNIT_ROTA_FIXTURE_H

#include "domain/rota.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { FIX_COURIERS = 4, FIX_SLOTS = 5, FIX_PAIRS = 14, FIX_SHIFTS = 3, WEIGHTS_LCM = 60 };

/* The same numbers on every machine. */
static inline uint32_t fix_random(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33) % below;
}

struct fix {
	struct rota_problem problem;
	struct rota_shift shifts[FIX_SHIFTS];
	struct rota_slot slots[FIX_SLOTS];
	struct rota_courier couriers[FIX_COURIERS];
	int32_t eligible[FIX_COURIERS][FIX_SLOTS];
	struct rota_pair fixed[1];
	char names[FIX_COURIERS + FIX_SLOTS][16];
};

static inline struct str fix_name(struct fix *fix, int which, char letter, int number)
{
	snprintf(fix->names[which], sizeof(fix->names[which]), "%c%d", letter, number);
	return str_from_c(fix->names[which]);
}

static inline void fix_courier(struct fix *fix, int c, uint64_t *seed)
{
	static const int32_t weights[] = { 1, 1, 2, 3, 5 };
	struct rota_courier *courier = &fix->couriers[c];

	courier->id = fix_name(fix, c, 'c', c);
	courier->weight = weights[fix_random(seed, 5)];
	courier->history_milli = ((int64_t)fix_random(seed, 7) - 3) * 500;
	courier->cap_day = (int32_t)(1 + fix_random(seed, 4) / 3);
	courier->cap_week = fix_random(seed, 3) == 0 ? 2 : ROTA_CAP_MAX;
	courier->cap_total = fix_random(seed, 4) == 0 ? (int32_t)fix_random(seed, 4) : ROTA_CAP_MAX;
	courier->any_zone = true;
	courier->only_eligible = true;
	courier->eligible = fix->eligible[c];
}

/* A day and shift that no slot before `count` has: two at one time are no matter for the core. */
static inline uint32_t fix_place(const struct fix *fix, int count, uint64_t *seed)
{
	uint32_t place = fix_random(seed, 4 * FIX_SHIFTS);

	for (int s = 0; s < count; s++)
		if ((uint32_t)((fix->slots[s].day - 4) * FIX_SHIFTS + fix->slots[s].shift) ==
		    place) {
			place = (place + 1) % (4 * FIX_SHIFTS);
			s = -1;
		}
	return place;
}

/* Two weeks are touched: days 5, 6, 7 of a problem that begins on a Tuesday. */
static inline void fix_make(struct fix *fix, uint64_t *seed)
{
	int pairs = 0;

	memset(fix, 0, sizeof(*fix));
	fix->problem = (struct rota_problem){ .first_day = 20788,
					      .day_count = 8,
					      .shifts = fix->shifts,
					      .slots = fix->slots,
					      .couriers = fix->couriers,
					      .fixed = fix->fixed,
					      .shift_count = FIX_SHIFTS,
					      .rules = { ROTA_NONE, ROTA_NONE } };
	for (int i = 0; i < FIX_SHIFTS; i++)
		fix->shifts[i] = (struct rota_shift){ STR("s"), 420 + i * 480,
						      (900 + i * 480) % 1440, ROTA_MILLI };
	fix->problem.courier_count = (int32_t)(1 + fix_random(seed, FIX_COURIERS));
	fix->problem.slot_count = (int32_t)(1 + fix_random(seed, FIX_SLOTS));
	for (int s = 0; s < fix->problem.slot_count; s++) {
		uint32_t place = fix_place(fix, s, seed);

		fix->slots[s] = (struct rota_slot){ fix_name(fix, FIX_COURIERS + s, 's', s),
						    (int32_t)(4 + place / FIX_SHIFTS),
						    (int32_t)(place % FIX_SHIFTS),
						    ROTA_NONE,
						    ROTA_NONE,
						    (int32_t)fix_random(seed, 4) };
	}
	for (int c = 0; c < fix->problem.courier_count; c++) {
		fix_courier(fix, c, seed);
		for (int s = 0; s < fix->problem.slot_count; s++)
			if (pairs < FIX_PAIRS && fix_random(seed, 4) > 0) {
				fix->eligible[c][fix->couriers[c].eligible_count++] = s;
				pairs++;
			}
	}
}

/* ---- all there is ------------------------------------------------------------------------ */

struct best {
	int32_t covered;
	int64_t cost; /* times WEIGHTS_LCM, in quarters of a squared point: histories are halves */
	int32_t load[FIX_COURIERS]; /* of one of the best */
	uint32_t count;		    /* how many reach it */
};

struct all {
	const struct rota_problem *problem;
	struct rota_pair pairs[FIX_PAIRS];
	int32_t count;
};

static inline bool fix_rules_kept(const struct all *all, uint32_t chosen)
{
	const struct rota_problem *problem = all->problem;
	int32_t need[FIX_SLOTS] = { 0 }, load[FIX_COURIERS] = { 0 };
	int32_t on_day[FIX_COURIERS][16] = { { 0 } }, in_week[FIX_COURIERS][4] = { { 0 } };
	bool is_kept = true;

	for (int i = 0; i < all->count; i++) {
		struct rota_pair pair = all->pairs[i];
		const struct rota_courier *who = &problem->couriers[pair.courier];
		int32_t day = problem->slots[pair.slot].day;

		if ((chosen >> i & 1) == 0)
			continue;
		is_kept &= ++need[pair.slot] <= problem->slots[pair.slot].need;
		is_kept &= ++load[pair.courier] <= who->cap_total;
		is_kept &= ++on_day[pair.courier][day] <= who->cap_day;
		/* Tuesday, 1 December 2026: day 6 is the next Monday. */
		is_kept &= ++in_week[pair.courier][(day + 1) / 7] <= who->cap_week;
		for (int j = 0; j < i; j++)
			if ((chosen >> j & 1) != 0 && all->pairs[j].courier == pair.courier)
				is_kept &= !rota_too_close(problem, pair.slot, all->pairs[j].slot);
	}
	for (int c = 0; c < problem->courier_count && problem->rules.days_in_row_max > 0; c++)
		for (int day = 0, row = 0; day < 16; day++) {
			row = on_day[c][day] > 0 ? row + 1 : 0;
			is_kept &= row <= problem->rules.days_in_row_max;
		}
	return is_kept;
}

static inline int64_t fix_cost(const struct all *all, uint32_t chosen, int32_t *load)
{
	const struct rota_problem *problem = all->problem;
	int64_t halves[FIX_COURIERS] = { 0 }, cost = 0;

	memset(load, 0, FIX_COURIERS * sizeof(*load));
	for (int i = 0; i < all->count; i++)
		if ((chosen >> i & 1) != 0) {
			int32_t shift = problem->slots[all->pairs[i].slot].shift;

			halves[all->pairs[i].courier] += problem->shifts[shift].points_milli / 500;
			load[all->pairs[i].courier]++;
		}
	for (int c = 0; c < problem->courier_count; c++) {
		int64_t all_halves = problem->couriers[c].history_milli / 500 + halves[c];

		cost += all_halves * all_halves * (WEIGHTS_LCM / problem->couriers[c].weight);
	}
	return cost;
}

static inline void fix_all(struct all *all, const struct rota_problem *problem)
{
	*all = (struct all){ .problem = problem };
	for (int c = 0; c < problem->courier_count; c++)
		for (size_t i = 0; i < problem->couriers[c].eligible_count; i++)
			all->pairs[all->count++] =
				(struct rota_pair){ problem->couriers[c].eligible[i], c };
}

static inline struct best fix_best(const struct rota_problem *problem)
{
	struct all all;
	struct best best = { .covered = -1 };

	fix_all(&all, problem);
	for (uint32_t chosen = 0; chosen < 1u << all.count; chosen++) {
		int32_t covered = __builtin_popcount(chosen), load[FIX_COURIERS];
		bool has_fixed = problem->fixed_count == 0;
		int64_t cost;

		for (int i = 0; i < all.count && !has_fixed; i++)
			has_fixed = (chosen >> i & 1) != 0 &&
				    all.pairs[i].slot == problem->fixed[0].slot &&
				    all.pairs[i].courier == problem->fixed[0].courier;
		if (covered < best.covered || !has_fixed || !fix_rules_kept(&all, chosen))
			continue;
		cost = fix_cost(&all, chosen, load);
		if (covered > best.covered || cost < best.cost)
			best = (struct best){ .covered = covered, .cost = cost };
		if (cost == best.cost) {
			memcpy(best.load, load, sizeof(load));
			best.count++;
		}
	}
	return best;
}

/* The answer to problem `number`, which has stood its check. */
static inline struct rota_answer fix_plan(const struct fix *fix, int number, struct arena *arena)
{
	struct rota_answer answer = { 0 };
	struct str fault = STR_NONE;

	if (rota_plan(&fix->problem, arena, &answer, &fault) != STATUS_OK ||
	    rota_check(&fix->problem, &answer, arena, &fault) != STATUS_OK)
		fail_msg("%d: %.*s", number, STR_ARG(fault));
	return answer;
}

/* An answer's cost "p/q" on the same scale. */
static inline int64_t fix_scaled(struct str fraction)
{
	struct str up, down = str_cut(fraction, '/', &up);
	int64_t p = 0, q = 1;

	if (str_to_int(up, INT64_MIN / 1000, INT64_MAX / 1000, &p) != STATUS_OK ||
	    str_to_int(down, 1, 1000000, &q) != STATUS_OK || p * 4 * WEIGHTS_LCM % q != 0)
		return -1;
	return p * 4 * WEIGHTS_LCM / q;
}

#endif
