/* domain/rota_plan.c -- from a problem to a checked answer. */
#include "domain/rota_core.h"
#include "domain/rota_polish.h"
#include "domain/rota_rest.h"
#include "domain/rota_sum.h"

#include <string.h>

static bool points_are_equal(const struct rota_problem *problem)
{
	for (int32_t i = 1; i < problem->shift_count; i++)
		if (problem->shifts[i].points_milli != problem->shifts[0].points_milli)
			return false;
	return true;
}

static void assigned_list(const struct rota_net *net, struct arena *arena,
			  struct rota_answer *answer)
{
	const struct rota_pairs *pairs = &net->pairs;
	int64_t demand = 0;
	struct rota_pair *list;
	int32_t count = 0;

	for (int32_t s = 0; s < net->problem->slot_count; s++)
		demand += net->problem->slots[s].need;
	answer->demand = demand;
	answer->covered = demand - net->missing_all;
	answer->missing = net->missing;
	list = arena_array(arena, (size_t)answer->covered + 1, sizeof(*list));
	for (int32_t s = 0; s < net->problem->slot_count; s++)
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
	struct rota_sum sum = rota_sum_new(arena);

	for (int32_t c = 0; c < net->problem->courier_count; c++)
		rota_sum_add_square(&sum, rota_net_who(net, c),
				    rota_points(net->problem) * net->load[c]);
	return sum;
}

/* The core's state, kept while the net goes on. */
struct core {
	struct rota_sum cost;
	struct rota_proof proof;
	struct rota_group *groups;
	int64_t missing_all;
	int32_t *load;
};

static void core_solve(struct rota_net *net, struct arena *arena, struct core *core)
{
	size_t couriers = (size_t)net->problem->courier_count;

	rota_core_solve(net, arena);
	rota_proof_build(net, arena, &core->proof, &core->groups);
	core->cost = loads_sum(net, arena);
	core->missing_all = net->missing_all;
	core->load = arena_array(arena, couriers + 1, sizeof(*core->load));
	memcpy(core->load, net->load, couriers * sizeof(*core->load));
}

/* ---- a cover that rest rules made smaller -------------------------------------------------- */

static int key_compare(const void *a, const void *b)
{
	return rota_key_less(b, a) ? -1 : rota_key_less(a, b);
}

/* The core with `fewer` units less: the heaviest shifts go, one after the other. That is its own
 * optimum again, because load vectors of any size form a polymatroid. */
static void core_shrink(const struct rota_net *net, struct core *core, int64_t fewer,
			struct arena *arena)
{
	const struct rota_problem *problem = net->problem;
	int64_t points = rota_points(problem), count = 0, all = 0;
	struct rota_key *keys;

	for (int32_t c = 0; c < problem->courier_count; c++)
		all += core->load[c];
	keys = arena_array(arena, (size_t)all + 1, sizeof(*keys));
	for (int32_t c = 0; c < problem->courier_count; c++)
		for (int32_t k = 1; k <= core->load[c]; k++)
			keys[count++] =
				(struct rota_key){ rota_level_of(rota_net_who(net, c), points, k),
						   c };
	qsort(keys, (size_t)count, sizeof(*keys), key_compare);
	core->proof.has_cap = true;
	core->proof.cap = fewer < count ? keys[fewer].level : keys[count - 1].level;
	for (int64_t i = 0; i < fewer && i < count; i++)
		rota_sum_add(&core->cost, keys[i].level.weight,
			     -(rota_wide)keys[i].level.num * points);
}

/* ---- the answer -------------------------------------------------------------------------- */

static void answer_fill(struct rota_net *net, struct core *core, struct arena *arena,
			struct rota_answer *answer)
{
	struct rota_sum cost = loads_sum(net, arena);
	struct rota_person *people;

	assigned_list(net, arena, answer);
	if (net->missing_all > core->missing_all)
		core_shrink(net, core, net->missing_all - core->missing_all, arena);
	answer->proof = core->proof;
	answer->cost = rota_sum_text(&cost, arena);
	answer->bound = rota_sum_text(&core->cost, arena);
	answer->gap = rota_sum_gap(&cost, &core->cost);
	answer->optimal = net->missing_all == core->missing_all &&
			  str_eq(answer->cost, answer->bound);
	people = rota_people_count(net->problem, &net->pairs, answer->assigned,
				   answer->assigned_count, arena);
	rota_reasons_write(net, core->groups, core->load, arena, people);
	answer->people = people;
}

enum status rota_plan(const struct rota_problem *problem, struct arena *arena,
		      struct rota_answer *answer_out, struct str *fault)
{
	struct rota_answer answer = { 0 };
	struct rota_net net;
	struct rota_rest rest;
	struct core core = { 0 };
	enum status status = rota_net_build(problem, arena, &net, fault);

	if (status == STATUS_OK && rota_rest_applies(problem)) {
		rota_rest_init(&rest, &net, arena);
		status = rota_rest_fixed(&rest, arena, fault);
	}
	if (status != STATUS_OK)
		return status;
	if (!points_are_equal(problem)) {
		*fault = STR("shifts: points differ");
		return STATUS_BAD_INPUT;
	}
	core_solve(&net, arena, &core);
	if (rota_rest_applies(problem)) {
		rota_rest_init(&rest, &net, arena);
		rota_rest_repair(&rest, core.load, arena);
	}
	rota_polish(&net, arena);
	answer_fill(&net, &core, arena, &answer);
	*answer_out = answer;
	return STATUS_OK;
}
