/* domain/rota_core.c -- greedy first, then the largest cover, then evenness by halving.
 *
 * Evenness: take a level between the lightest possible next shift and the heaviest last one, and
 * move as many units as there are from couriers above it to couriers below it. What the couriers
 * still above can reach is then closed: nothing in it can be handed to the rest, so both parts are
 * even on their own, and are halved again. The heaviest of a part above its lightest: not done yet.
 * All keys differ (level, then place in the list), so the loads have exactly one outcome. */
#include "domain/rota_core.h"

#include "domain/rota_sum.h"

#include <assert.h>

/* ---- greedy ------------------------------------------------------------------------------ */

struct candidate {
	struct rota_key key;
	uint32_t pair;
};

static void candidate_swap(struct candidate *a, struct candidate *b)
{
	struct candidate kept = *a;

	*a = *b;
	*b = kept;
}

/* Brings the `wanted` smallest to the front. */
static void candidates_select(struct candidate *list, int32_t count, int32_t wanted)
{
	int32_t low = 0, high = count;

	while (high - low > 1 && wanted > low && wanted < high) {
		struct rota_key pivot = list[low + (high - low) / 2].key;
		int32_t i = low, j = high - 1;

		while (i <= j) {
			while (rota_key_less(&list[i].key, &pivot))
				i++;
			while (rota_key_less(&pivot, &list[j].key))
				j--;
			if (i <= j)
				candidate_swap(&list[i++], &list[j--]);
		}
		if (wanted <= j)
			high = j + 1;
		else if (wanted >= i)
			low = i;
		else
			return;
	}
}

static void slot_fill(struct rota_net *net, int32_t slot, struct candidate *list)
{
	int64_t points = rota_points(net->problem);
	int32_t count = 0, wanted = net->missing[slot];

	if (wanted == 0)
		return;
	for (uint32_t i = net->pairs.slot_first[slot]; i < net->pairs.slot_first[slot + 1]; i++) {
		uint32_t pair = net->pairs.slot_pair[i];
		int32_t courier = net->pair_courier[pair];

		if (net->taken[pair] == ROTA_FREE && rota_net_has_room(net, pair))
			list[count++] = (struct candidate){
				{ rota_level_of(rota_net_who(net, courier), points,
						net->load[courier] + 1),
				  courier },
				pair,
			};
	}
	if (count > wanted) {
		candidates_select(list, count, wanted);
		count = wanted;
	}
	for (int32_t i = 0; i < count; i++)
		rota_net_take(net, list[i].pair);
}

struct slot_order {
	int32_t slot, day;
	uint32_t choice; /* couriers per place, in 256ths: the scarce ones first */
};

static int slot_order_compare(const void *a, const void *b)
{
	const struct slot_order *left = a, *right = b;

	if (left->day != right->day)
		return left->day < right->day ? -1 : 1;
	if (left->choice != right->choice)
		return left->choice < right->choice ? -1 : 1;
	return left->slot < right->slot ? -1 : left->slot > right->slot;
}

void rota_core_greedy(struct rota_net *net, struct arena *arena)
{
	int32_t count = net->problem->slot_count;
	struct slot_order *order = arena_array(arena, (size_t)count + 1, sizeof(*order));
	struct candidate *list = arena_array(arena, (size_t)net->problem->courier_count + 1,
					     sizeof(struct candidate));

	for (int32_t s = 0; s < count; s++) {
		uint64_t many = net->pairs.slot_first[s + 1] - net->pairs.slot_first[s];
		uint32_t need = (uint32_t)net->problem->slots[s].need;

		order[s] = (struct slot_order){ s, net->problem->slots[s].day,
						(uint32_t)(many * 256 / (need > 0 ? need : 1)) };
	}
	qsort(order, (size_t)count, sizeof(*order), slot_order_compare);
	for (int32_t i = 0; i < count; i++)
		slot_fill(net, order[i].slot, list);
}

/* ---- cover ------------------------------------------------------------------------------- */

enum { PART_ALL = 0, PART_FULL = -1 };

void rota_core_cover(struct rota_net *net, struct rota_flow *flow, struct arena *arena)
{
	int32_t *sources =
		arena_array(arena, (size_t)net->problem->slot_count + 1, sizeof(int32_t));
	int32_t count = 0;

	for (int32_t node = 0; node < net->node_count; node++)
		net->part[node] = PART_ALL;
	for (int32_t s = 0; s < net->problem->slot_count; s++)
		if (net->missing[s] > 0)
			sources[count++] = s;
	for (int32_t c = 0; c < net->problem->courier_count; c++)
		flow->target[c] = rota_net_who(net, c)->cap_total;
	rota_flow_run(flow, sources, count);
	/* Whoever is in here is full: evenness has no say. */
	for (int32_t i = 0; i < flow->reached; i++)
		net->part[flow->queue[i]] = PART_FULL;
}

/* ---- even -------------------------------------------------------------------------------- */

/* Couriers list[first .. first+count] of one part. */
struct span {
	int32_t first, count, part;
};

struct even {
	struct rota_net *net;
	struct rota_flow *flow;
	int32_t *list;		  /* couriers, part by part */
	int32_t *sources, *sinks; /* nodes */
	int32_t *aside;		  /* couriers, while a span is divided */
	struct span *stack;
	int32_t depth, parts;
	int64_t points;
	bool by_level_only;
};

/* num / den, then the place in the list: at or below it, or above. */
struct threshold {
	rota_wide num;
	int64_t den;
	int32_t courier;
};

static struct rota_key key_at(const struct even *even, int32_t courier, int32_t k)
{
	return (struct rota_key){ rota_level_of(rota_net_who(even->net, courier), even->points, k),
				  courier };
}

/* The heaviest last and the lightest next shift of a span; false: nothing to even out. */
static bool span_extremes(const struct even *even, const struct span *span, struct rota_key *low,
			  struct rota_key *high)
{
	bool has_low = false, has_high = false;

	for (int32_t i = span->first; i < span->first + span->count; i++) {
		int32_t c = even->list[i], load = even->net->load[c];

		if (load > 0) {
			struct rota_key last = key_at(even, c, load);

			if (!has_high || rota_key_less(high, &last))
				*high = last;
			has_high = true;
		}
		if (load < rota_net_who(even->net, c)->cap_total) {
			struct rota_key next = key_at(even, c, load + 1);

			if (!has_low || rota_key_less(&next, low))
				*low = next;
			has_low = true;
		}
	}
	if (!has_low || !has_high)
		return false;
	return even->by_level_only ? rota_level_compare(low->level, high->level) < 0
				   : rota_key_less(low, high);
}

static struct threshold between(const struct rota_key *low, const struct rota_key *high)
{
	if (rota_level_compare(low->level, high->level) == 0)
		return (struct threshold){ low->level.num, low->level.weight,
					   low->courier + (high->courier - low->courier) / 2 };
	return (struct threshold){ (rota_wide)low->level.num * high->level.weight +
					   (rota_wide)high->level.num * low->level.weight,
				   2 * (int64_t)low->level.weight * high->level.weight, INT32_MAX };
}

static rota_wide floor_div(rota_wide a, int64_t b)
{
	rota_wide quotient = a / b;

	return a % b != 0 && a < 0 ? quotient - 1 : quotient;
}

/* How many shifts of this courier are at or below the threshold. */
static int32_t shifts_below(const struct even *even, int32_t courier, const struct threshold *t)
{
	const struct rota_courier *who = rota_net_who(even->net, courier);
	rota_wide num = t->num * who->weight, room = floor_div(num, t->den), shifts;

	if (courier > t->courier && room * t->den == num)
		room--;
	/* 2h + p(2k - 1) <= room */
	shifts = floor_div(room - (rota_wide)2 * who->history_milli + even->points,
			   (rota_wide)2 * even->points);
	if (shifts < 0)
		return 0;
	return shifts > who->cap_total ? who->cap_total : (int32_t)shifts;
}

/* True: the span is wholly at or below the threshold now, or wholly at or above it. */
static bool span_flow(struct even *even, const struct span *span, const struct threshold *t)
{
	struct rota_net *net = even->net;
	int32_t sources = 0, sinks = 0;

	for (int32_t i = span->first; i < span->first + span->count; i++) {
		int32_t c = even->list[i];

		even->flow->target[c] = shifts_below(even, c, t);
		if (net->load[c] > even->flow->target[c])
			even->sources[sources++] = net->courier_base + c;
		else if (net->load[c] < even->flow->target[c])
			even->sinks[sinks++] = net->courier_base + c;
	}
	return rota_flow_even_out(even->flow, even->sources, sources, even->sinks, sinks);
}

static void span_push(struct even *even, struct span span)
{
	if (span.count > 1)
		even->stack[even->depth++] = span;
}

/* What is reached becomes a part of its own; the rest stays what it was. */
static void span_divide(struct even *even, const struct span *span)
{
	struct rota_net *net = even->net;
	struct span upper = { span->first, 0, ++even->parts };
	int32_t others = 0;

	for (int32_t i = 0; i < even->flow->reached; i++)
		net->part[even->flow->queue[i]] = upper.part;
	for (int32_t i = span->first; i < span->first + span->count; i++) {
		int32_t c = even->list[i];

		if (net->part[net->courier_base + c] == upper.part)
			even->list[upper.first + upper.count++] = c;
		else
			even->aside[others++] = c;
	}
	for (int32_t i = 0; i < others; i++)
		even->list[upper.first + upper.count + i] = even->aside[i];
	span_push(even, upper);
	span_push(even, (struct span){ upper.first + upper.count, others, span->part });
}

void rota_core_even(struct rota_net *net, struct rota_flow *flow, bool by_level_only,
		    struct arena *arena)
{
	size_t couriers = (size_t)net->problem->courier_count + 1;
	struct even even = { .net = net, .flow = flow, .points = rota_points(net->problem) };
	struct span all = { 0 };

	even.by_level_only = by_level_only;
	even.list = arena_array(arena, couriers, sizeof(int32_t));
	even.sources = arena_array(arena, couriers, sizeof(int32_t));
	even.sinks = arena_array(arena, couriers, sizeof(int32_t));
	even.aside = arena_array(arena, couriers, sizeof(int32_t));
	even.stack = arena_array(arena, couriers + 1, sizeof(struct span));
	for (int32_t c = 0; c < net->problem->courier_count; c++)
		if (net->part[net->courier_base + c] == PART_ALL)
			even.list[all.count++] = c;
	span_push(&even, all);
	while (even.depth > 0) {
		struct span span = even.stack[--even.depth];
		struct rota_key low, high;
		struct threshold middle;

		if (!span_extremes(&even, &span, &low, &high))
			continue;
		middle = between(&low, &high);
		if (span_flow(&even, &span, &middle))
			span_push(&even, span);
		else
			span_divide(&even, &span);
	}
}

void rota_core_solve(struct rota_net *net, struct arena *arena)
{
	struct rota_flow flow;

	rota_flow_init(&flow, net, arena);
	rota_core_greedy(net, arena);
	rota_core_cover(net, &flow, arena);
	rota_core_even(net, &flow, false, arena);
}
