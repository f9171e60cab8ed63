/* domain/rota_plan.c -- from a problem to an answer. */
#include "domain/rota_bound.h"
#include "domain/rota_polish.h"
#include "domain/rota_reach.h"
#include "domain/rota_solve.h"

#include <string.h>

bool rota_points_are_equal(const struct rota_problem *problem)
{
	for (int32_t i = 1; i < problem->shift_count; i++)
		if (problem->shifts[i].points_milli != problem->shifts[0].points_milli)
			return false;
	return true;
}

static void assigned_list(const struct rota_problem *asked, const struct rota_net *net,
			  struct arena *arena, struct rota_answer *answer)
{
	const struct rota_pairs *pairs = &net->pairs;
	size_t slots = (size_t)asked->slot_count;
	int32_t *missing = arena_array(arena, slots + 1, sizeof(*missing));
	int64_t all = 0;
	struct rota_pair *list;
	int32_t count = 0;

	answer->demand = 0;
	for (size_t s = 0; s < slots; s++) {
		missing[s] = asked->slots[s].need - net->problem->slots[s].need + net->missing[s];
		answer->demand += asked->slots[s].need;
		all += missing[s];
	}
	answer->missing = missing;
	answer->covered = answer->demand - all;
	list = arena_array(arena, (size_t)answer->covered + 1, sizeof(*list));
	for (int32_t s = 0; s < asked->slot_count; s++)
		for (uint32_t i = pairs->slot_first[s]; i < pairs->slot_first[s + 1]; i++) {
			uint32_t e = pairs->slot_pair[i];

			if (net->taken[e] != ROTA_FREE)
				list[count++] = (struct rota_pair){ s, net->pair_courier[e] };
		}
	answer->assigned = list;
	answer->assigned_count = count;
}

static struct rota_sum loads_sum(const struct rota_net *net, struct arena *arena)
{
	const struct rota_problem *problem = net->problem;
	size_t couriers = (size_t)problem->courier_count + 1;
	int64_t *load_milli = arena_array(arena, couriers, sizeof(*load_milli));
	struct rota_sum sum = rota_sum_new(arena);

	for (uint32_t e = 0; e < net->pairs.count; e++)
		if (net->taken[e] != ROTA_FREE)
			load_milli[net->pair_courier[e]] +=
				problem->shifts[problem->slots[net->pairs.slot[e]].shift]
					.points_milli;
	for (int32_t c = 0; c < problem->courier_count; c++)
		rota_sum_add_square(&sum, rota_net_who(net, c), load_milli[c]);
	return sum;
}

void rota_kept_solve(struct rota_net *net, struct arena *arena, struct rota_kept *kept)
{
	size_t couriers = (size_t)net->problem->courier_count;

	if (rota_rest_applies(net->problem))
		net->problem = rota_reach_tighten(net->problem, &net->pairs, arena);
	rota_core_solve(net, arena);
	rota_proof_build(net, arena, &kept->proof, &kept->groups);
	kept->cost = loads_sum(net, arena);
	kept->missing_all = net->missing_all;
	kept->load = arena_array(arena, couriers + 1, sizeof(*kept->load));
	memcpy(kept->load, net->load, couriers * sizeof(*kept->load));
}

/* ---- a cover that rest rules made smaller -------------------------------------------------- */

static int key_compare_down(const void *a, const void *b)
{
	return rota_key_less(b, a) ? -1 : rota_key_less(a, b);
}

/* The core with `fewer` units less: the heaviest shifts go, one after the other. That is its own
 * optimum again, because load vectors of any size form a polymatroid. */
static void core_shrink(const struct rota_net *net, struct rota_kept *kept, int64_t fewer,
			struct arena *arena)
{
	const struct rota_problem *problem = net->problem;
	int64_t points = rota_points(problem), count = 0, all = 0;
	struct rota_key *keys;

	for (int32_t c = 0; c < problem->courier_count; c++)
		all += kept->load[c];
	keys = arena_array(arena, (size_t)all + 1, sizeof(*keys));
	for (int32_t c = 0; c < problem->courier_count; c++)
		for (int32_t k = 1; k <= kept->load[c]; k++)
			keys[count++] =
				(struct rota_key){ rota_level_of(rota_net_who(net, c), points, k),
						   c };
	qsort(keys, (size_t)count, sizeof(*keys), key_compare_down);
	kept->proof.has_cap = true;
	kept->proof.cap = fewer < count ? keys[fewer].level : keys[count - 1].level;
	for (int64_t i = 0; i < fewer && i < count; i++)
		rota_sum_add(&kept->cost, keys[i].level.weight,
			     -(rota_wide)keys[i].level.num * points);
}

/* ---- points that differ ------------------------------------------------------------------ */

/* One level for all slots: that of an ideal rota that hands out points like water. */
static void water_proof(const struct rota_net *net, struct rota_kept *kept, struct arena *arena)
{
	const struct rota_problem *problem = net->problem;
	int64_t points = 0, history = 0, weight = 0;
	struct rota_set *sets = arena_array(arena, 2, sizeof(*sets));
	int32_t *slots = arena_array(arena, (size_t)problem->slot_count + 1, sizeof(*slots));
	uint8_t *is_top = arena_alloc(arena, (size_t)problem->slot_count + 1);
	bool has_top = kept->proof.set_count > 0 && kept->proof.sets[0].is_top;
	int32_t count = 0;

	for (int32_t s = 0; s < problem->slot_count; s++)
		points += (int64_t)(problem->slots[s].need - net->missing[s]) *
			  problem->shifts[problem->slots[s].shift].points_milli;
	for (int32_t c = 0; c < problem->courier_count; c++) {
		history += problem->couriers[c].history_milli;
		weight += problem->couriers[c].weight;
	}
	kept->proof.has_cap = true;
	kept->proof.cap =
		(struct rota_level){ 2 * (history + points) / (weight > 0 ? weight : 1), 1 };
	for (int32_t i = 0; has_top && i < kept->proof.sets[0].slot_count; i++)
		is_top[kept->proof.sets[0].slots[i]] = 1;
	for (int32_t s = 0; s < problem->slot_count; s++)
		if (!is_top[s])
			slots[count++] = s;
	if (has_top)
		sets[0] = kept->proof.sets[0];
	sets[has_top] = (struct rota_set){ false, kept->proof.cap, slots, count };
	kept->proof.sets = sets;
	kept->proof.set_count = 1 + has_top;
}

/* ---- the answer -------------------------------------------------------------------------- */

static void bound_fill(struct rota_net *net, struct rota_kept *kept, struct arena *arena)
{
	struct rota_bound frame;

	if (!rota_points_are_equal(net->problem)) {
		water_proof(net, kept, arena);
		rota_bound_init(&frame, net->problem, &net->pairs, arena);
		kept->cost = rota_sum_new(arena);
		rota_bound_cost(&frame, &kept->proof, net->missing_all, &kept->cost);
	} else if (net->missing_all > kept->missing_all) {
		core_shrink(net, kept, net->missing_all - kept->missing_all, arena);
	}
}

void rota_answer_fill(const struct rota_problem *asked, struct rota_net *net,
		      struct rota_kept *kept, struct arena *arena, struct rota_answer *answer)
{
	struct rota_sum cost = loads_sum(net, arena);
	struct rota_person *people;

	assigned_list(asked, net, arena, answer);
	bound_fill(net, kept, arena);
	answer->proof = kept->proof;
	answer->cost = rota_sum_text(&cost, arena);
	answer->bound = rota_sum_text(&kept->cost, arena);
	answer->gap = rota_sum_gap(&cost, &kept->cost);
	answer->optimal = net->missing_all == kept->missing_all &&
			  str_eq(answer->cost, answer->bound);
	people = rota_people_count(asked, &net->pairs, answer->assigned, answer->assigned_count,
				   arena);
	rota_reasons_write(net, kept->groups, kept->load, arena, people);
	answer->people = people;
}

enum status rota_plan(const struct rota_problem *problem, struct arena *arena,
		      struct rota_answer *answer_out, struct str *fault)
{
	struct rota_answer answer = { 0 };
	struct rota_net net;
	struct rota_rest rest;
	struct rota_kept kept = { 0 };
	enum status status = rota_net_build(problem, arena, &net, fault);

	if (status == STATUS_OK) {
		rota_rest_init(&rest, &net, arena);
		status = rota_rest_fixed(&rest, arena, fault);
	}
	if (status != STATUS_OK)
		return status;
	rota_kept_solve(&net, arena, &kept);
	rota_rest_init(&rest, &net, arena);
	if (rota_rest_applies(net.problem))
		rota_rest_repair(&rest, kept.load, arena);
	if (!rota_points_are_equal(problem))
		rota_weigh(&rest, arena);
	else if (!rota_rest_applies(net.problem))
		(void)rota_wishes_trim(&net, arena);
	rota_polish(&net, arena);
	rota_answer_fill(problem, &net, &kept, arena, &answer);
	*answer_out = answer;
	return STATUS_OK;
}
