/* domain/rota_weigh.c -- points that differ: the heaviest hands over to the lightest, or swaps with
 * him, as long as that is more even for both. */
#include "domain/rota_solve.h"
#include "domain/rota_walk.h"

enum {
	PASSES = 50,
	PARTNERS_MAX = 40,    /* lighter ones whom a heavy one meets in one pass */
	LOOKS_MAX = 30000000, /* pairs of shifts looked at, in all */
};

struct weigh {
	struct rota_rest *rest;
	const struct rota_net *net;
	int64_t *milli; /* by courier: history and load */
	int64_t looks;
};

/* `give` goes from one courier to the other as `got`, `back` returns as `kept`; NO_PAIR: nothing
 * comes back. */
struct swap {
	int32_t give, got, back, kept;
};

static int64_t points_of(const struct weigh *weigh, int32_t pair)
{
	const struct rota_problem *problem = weigh->net->problem;

	if (pair == ROTA_NO_PAIR)
		return 0;
	return problem->shifts[problem->slots[weigh->net->pairs.slot[pair]].shift].points_milli;
}

static rota_wide square(int64_t value)
{
	return (rota_wide)value * value;
}

/* Squares after minus before, each by its courier's weight: below zero is more even. */
static bool is_better(const struct weigh *weigh, const struct swap *swap, int64_t moved)
{
	int32_t from = weigh->net->pair_courier[swap->give];
	int32_t to = weigh->net->pair_courier[swap->got];
	int64_t a = weigh->milli[from], b = weigh->milli[to];

	return (square(a - moved) - square(a)) * rota_net_who(weigh->net, to)->weight +
		       (square(b + moved) - square(b)) * rota_net_who(weigh->net, from)->weight <
	       0;
}

/* Does it if every rule allows it. */
static bool swap_try(struct weigh *weigh, const struct swap *swap, int64_t moved)
{
	struct rota_rest *rest = weigh->rest;
	bool is_swap = swap->back != ROTA_NO_PAIR, is_done;

	rota_rest_release(rest, swap->give);
	if (is_swap)
		rota_rest_release(rest, swap->back);
	is_done = rota_rest_can_take(rest, swap->got) &&
		  (!is_swap || rota_rest_can_take(rest, swap->kept));
	rota_rest_take(rest, is_done ? swap->got : swap->give);
	if (is_swap)
		rota_rest_take(rest, is_done ? swap->kept : swap->back);
	if (is_done) {
		weigh->milli[weigh->net->pair_courier[swap->give]] -= moved;
		weigh->milli[weigh->net->pair_courier[swap->got]] += moved;
	}
	return is_done;
}

static bool swap_consider(struct weigh *weigh, const struct swap *swap)
{
	int64_t moved = points_of(weigh, swap->give) - points_of(weigh, swap->back);

	weigh->looks--;
	return moved != 0 && is_better(weigh, swap, moved) && swap_try(weigh, swap, moved);
}

static int32_t free_pair(const struct weigh *weigh, int32_t courier, int32_t slot)
{
	const struct rota_net *net = weigh->net;
	uint32_t pair = rota_pairs_find(net->problem, &net->pairs, courier, slot);

	return pair == net->pairs.count || net->taken[pair] != ROTA_FREE ? ROTA_NO_PAIR
									 : (int32_t)pair;
}

static bool shift_give(struct weigh *weigh, int32_t from, int32_t to, int32_t give)
{
	const struct rota_net *net = weigh->net;
	struct swap swap = { give, free_pair(weigh, to, net->pairs.slot[give]), ROTA_NO_PAIR,
			     ROTA_NO_PAIR };

	if (swap.got == ROTA_NO_PAIR)
		return false;
	if (swap_consider(weigh, &swap))
		return true;
	for (uint32_t e = net->pairs.first[to]; e < net->pairs.first[to + 1]; e++) {
		if (net->taken[e] != ROTA_TAKEN)
			continue;
		swap.back = (int32_t)e;
		swap.kept = free_pair(weigh, from, net->pairs.slot[e]);
		if (swap.kept != ROTA_NO_PAIR && swap_consider(weigh, &swap))
			return true;
	}
	return false;
}

static bool couriers_meet(struct weigh *weigh, int32_t from, int32_t to)
{
	const struct rota_net *net = weigh->net;

	for (uint32_t e = net->pairs.first[from]; e < net->pairs.first[from + 1]; e++)
		if (net->taken[e] == ROTA_TAKEN && weigh->looks > 0 &&
		    shift_give(weigh, from, to, (int32_t)e))
			return true;
	return false;
}

/* ---- who meets whom ---------------------------------------------------------------------- */

struct ranked {
	int64_t micro; /* by weight, in millionths of a point */
	int32_t courier;
};

static int ranked_compare(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;

	if (left->micro != right->micro)
		return left->micro < right->micro ? -1 : 1;
	return left->courier < right->courier ? -1 : left->courier > right->courier;
}

static void lightest_first(const struct weigh *weigh, struct ranked *ranked)
{
	int32_t count = weigh->net->problem->courier_count;

	for (int32_t c = 0; c < count; c++)
		ranked[c] = (struct ranked){
			weigh->milli[c] * 1000 / rota_net_who(weigh->net, c)->weight, c
		};
	qsort(ranked, (size_t)count, sizeof(*ranked), ranked_compare);
}

static bool all_meet(struct weigh *weigh, struct ranked *ranked)
{
	int32_t count = weigh->net->problem->courier_count;
	bool has_moved = false;

	lightest_first(weigh, ranked);
	for (int32_t i = 0; i < count && weigh->looks > 0; i++) {
		int32_t high = count - 1 - i, low = i < count / 2 ? i : 0;

		for (int32_t met = 0; met < PARTNERS_MAX && low < high; met++, low++)
			while (couriers_meet(weigh, ranked[high].courier, ranked[low].courier))
				has_moved = true;
	}
	return has_moved;
}

void rota_weigh(struct rota_rest *rest, struct arena *arena)
{
	const struct rota_net *net = rest->net;
	size_t couriers = (size_t)net->problem->courier_count + 1;
	struct ranked *ranked = arena_array(arena, couriers, sizeof(*ranked));
	struct weigh weigh = { .rest = rest, .net = net, .looks = LOOKS_MAX };

	weigh.milli = arena_array(arena, couriers, sizeof(int64_t));
	for (int32_t c = 0; c < net->problem->courier_count; c++)
		weigh.milli[c] = rota_net_who(net, c)->history_milli;
	for (uint32_t e = 0; e < net->pairs.count; e++)
		if (net->taken[e] != ROTA_FREE)
			weigh.milli[net->pair_courier[e]] += points_of(&weigh, (int32_t)e);
	for (int pass = 0; pass < PASSES && all_meet(&weigh, ranked); pass++)
		;
}

/* ---- wishes ------------------------------------------------------------------------------ */

bool rota_wishes_trim(struct rota_net *net, struct arena *arena)
{
	const struct rota_problem *problem = net->problem;
	int8_t *cost = NULL;

	for (int32_t c = 0; c < problem->courier_count; c++)
		for (size_t i = 0; i < problem->couriers[c].wish_count; i++) {
			const struct rota_wish *wish = &problem->couriers[c].wishes[i];
			uint32_t pair = rota_pairs_find(problem, &net->pairs, c, wish->slot);

			if (cost == NULL)
				cost = arena_alloc(arena, (size_t)net->pairs.count + 1);
			if (pair != net->pairs.count)
				cost[pair] = wish->want ? -1 : 1;
		}
	return cost == NULL || rota_trim(net, cost, arena);
}
