/* domain/rota_replan.c -- the rota goes on from day N: what is past stays, the rest moves little.
 */
#include "domain/rota_solve.h"
#include "domain/rota_walk.h"

#include <string.h>

void rota_freeze(const struct rota_problem *problem, const struct rota_pair *assigned,
		 int32_t assigned_count, int32_t from_day, struct arena *arena,
		 struct rota_problem *frozen)
{
	size_t slot_count = (size_t)problem->slot_count;
	size_t most = (size_t)problem->fixed_count + (size_t)assigned_count;
	struct rota_pair *fixed = arena_array(arena, most + 1, sizeof(*fixed));
	struct rota_slot *slots = arena_array(arena, slot_count + 1, sizeof(*slots));
	int32_t count = 0;

	memcpy(slots, problem->slots, slot_count * sizeof(*slots));
	for (size_t s = 0; s < slot_count; s++)
		if (slots[s].day < from_day)
			slots[s].need = 0;
	for (int32_t i = 0; i < assigned_count; i++)
		if (slots[assigned[i].slot].day < from_day) {
			fixed[count++] = assigned[i];
			slots[assigned[i].slot].need++;
		}
	for (int32_t i = 0; i < problem->fixed_count; i++)
		if (slots[problem->fixed[i].slot].day >= from_day)
			fixed[count++] = problem->fixed[i];
	*frozen = *problem;
	frozen->fixed = fixed;
	frozen->fixed_count = count;
	frozen->slots = slots;
}

struct rota_replan {
	const struct rota_problem *asked;
	struct rota_problem frozen;
	struct rota_past past;
	struct arena *arena;
	struct rota_net net;
	struct rota_rest rest;
	int8_t *cost; /* by pair: 0 where it was so before, else 1 */
	struct rota_cheapest *cheapest;
	struct rota_kept kept; /* the most even from here on, whatever it changes */
};

/* As much of the rota before as is still allowed, day by day. */
static void before_take(struct rota_replan *replan)
{
	struct rota_net *net = &replan->net;
	const struct rota_past *past = &replan->past;

	for (int32_t i = 0; i < past->assigned_count; i++) {
		uint32_t pair = rota_pairs_find(&replan->frozen, &net->pairs,
						past->assigned[i].courier, past->assigned[i].slot);

		if (pair != net->pairs.count)
			replan->cost[pair] = 0;
	}
	for (uint32_t e = 0; e < net->pairs.count; e++)
		if (replan->cost[e] == 0 && net->missing[net->pairs.slot[e]] > 0 &&
		    rota_rest_can_take(&replan->rest, (int32_t)e))
			rota_rest_take(&replan->rest, (int32_t)e);
}

enum status rota_replan_open(const struct rota_problem *problem, const struct rota_past *past,
			     struct arena *arena, struct rota_replan **replan_out,
			     struct str *fault)
{
	struct rota_replan *replan = ARENA_NEW(arena, struct rota_replan);
	struct rota_net solved;
	enum status status;

	replan->asked = problem;
	replan->past = *past;
	replan->arena = arena;
	rota_freeze(problem, past->assigned, past->assigned_count, past->from_day, arena,
		    &replan->frozen);
	status = rota_net_build(&replan->frozen, arena, &replan->net, fault);
	if (status == STATUS_OK) {
		rota_rest_init(&replan->rest, &replan->net, arena);
		status = rota_rest_fixed(&replan->rest, arena, fault);
	}
	if (status == STATUS_OK)
		status = rota_net_build(&replan->frozen, arena, &solved, fault);
	if (status != STATUS_OK)
		return status;
	rota_kept_solve(&solved, arena, &replan->kept);
	replan->cost = arena_alloc(arena, (size_t)replan->net.pairs.count + 1);
	memset(replan->cost, 1, replan->net.pairs.count);
	before_take(replan);
	replan->cheapest = rota_cheapest_new(&replan->net, replan->cost, arena);
	*replan_out = replan;
	return STATUS_OK;
}

static void even_first(struct rota_replan *replan)
{
	struct rota_flow flow;

	rota_flow_init(&flow, &replan->net, replan->arena);
	rota_core_cover(&replan->net, &flow, replan->arena);
	rota_core_even(&replan->net, &flow, true, replan->arena);
	(void)rota_trim(&replan->net, replan->cost, replan->arena);
}

void rota_replan_move(struct rota_replan *replan)
{
	if (rota_rest_applies(replan->net.problem))
		rota_rest_go_on(&replan->rest, replan->past.prefer_evenness, replan->arena);
	else if (replan->past.prefer_evenness)
		even_first(replan);
	else
		rota_cheapest_cover(replan->cheapest);
}

/* Pairs of `of` that `other` lacks, both marked by pair. */
static const struct rota_pair *pairs_lacking(const struct rota_replan *replan, bool added,
					     int32_t *count_out)
{
	const struct rota_net *net = &replan->net;
	struct rota_pair *list =
		arena_array(replan->arena, (size_t)net->pairs.count + 1, sizeof(*list));
	int32_t count = 0;

	for (int32_t s = 0; s < replan->asked->slot_count; s++)
		for (uint32_t i = net->pairs.slot_first[s]; i < net->pairs.slot_first[s + 1]; i++) {
			uint32_t e = net->pairs.slot_pair[i];
			bool was = replan->cost[e] == 0, is = net->taken[e] != ROTA_FREE;

			if (was != is && is == added)
				list[count++] = (struct rota_pair){ s, net->pair_courier[e] };
		}
	*count_out = count;
	return list;
}

/* What was assigned and is no pair any more, such as the days of one who dropped out. */
static const struct rota_pair *pairs_gone(const struct rota_replan *replan,
					  const struct rota_pair *removed, int32_t *count)
{
	const struct rota_past *past = &replan->past;
	struct rota_pair *list = arena_array(
		replan->arena, (size_t)*count + (size_t)past->assigned_count + 1, sizeof(*list));

	if (*count > 0)
		memcpy(list, removed, (size_t)*count * sizeof(*list));
	for (int32_t i = 0; i < past->assigned_count; i++)
		if (rota_pairs_find(replan->asked, &replan->net.pairs, past->assigned[i].courier,
				    past->assigned[i].slot) == replan->net.pairs.count)
			list[(*count)++] = past->assigned[i];
	return list;
}

void rota_replan_finish(struct rota_replan *replan, struct rota_answer *answer)
{
	*answer = (struct rota_answer){ .is_replanned = true };
	rota_answer_fill(replan->asked, &replan->net, &replan->kept, replan->arena, answer);
	answer->proof.from_day = replan->past.from_day;
	answer->added = pairs_lacking(replan, true, &answer->added_count);
	answer->removed = pairs_lacking(replan, false, &answer->removed_count);
	answer->removed = pairs_gone(replan, answer->removed, &answer->removed_count);
}
