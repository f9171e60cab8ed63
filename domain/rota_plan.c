/* domain/rota_plan.c -- from a problem to a checked answer. */
#include "domain/rota_core.h"
#include "domain/rota_sum.h"

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

static void answer_fill(struct rota_net *net, struct arena *arena, struct rota_answer *answer)
{
	struct rota_sum cost = loads_sum(net, arena);

	assigned_list(net, arena, answer);
	rota_proof_build(net, arena, &answer->proof);
	answer->cost = rota_sum_text(&cost, arena);
	answer->bound = answer->cost;
	answer->gap = 0;
	answer->optimal = true;
	answer->people = rota_people_count(net->problem, &net->pairs, answer->assigned,
					   answer->assigned_count, arena);
}

enum status rota_plan(const struct rota_problem *problem, struct arena *arena,
		      struct rota_answer *answer_out, struct str *fault)
{
	struct rota_answer answer = { 0 };
	struct rota_net net;
	enum status status = rota_net_build(problem, arena, &net, fault);

	if (status != STATUS_OK)
		return status;
	if (!points_are_equal(problem)) {
		*fault = STR("shifts: points differ");
		return STATUS_BAD_INPUT;
	}
	rota_core_solve(&net, arena);
	answer_fill(&net, arena, &answer);
	*answer_out = answer;
	return STATUS_OK;
}
