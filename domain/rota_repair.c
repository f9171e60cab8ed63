/* domain/rota_repair.c -- chains: who takes a slot drops another, until one takes without dropping.
 */
#include "domain/rota_meet.h"
#include "domain/rota_rest.h"

#include <assert.h>

enum {
	BUDGET = 60000000,	 /* looks at a pair to cover; about three seconds */
	TARGET_BUDGET = 2000000, /* of them: only by couriers who have less than in the core */
	EVEN_BUDGET = 200000,	 /* and to even out, where two at a time do it better */
	EVEN_ALONE = 4000000,	 /* and where only chains can */
};

/* Who may end a chain. */
struct goal {
	bool has_limit;
	struct rota_level limit;    /* only couriers whose next shift is below this */
	const int32_t *load_target; /* only couriers below their target; NULL: any */
	bool ends_are_known;	    /* rest->end[] says by slot who may end there */
};

static bool may_end(const struct rota_rest *rest, const struct goal *goal, int32_t courier)
{
	int32_t load = rest->net->load[courier];

	if (goal->load_target != NULL && load >= goal->load_target[courier])
		return false;
	return !goal->has_limit ||
	       rota_level_compare(
		       rota_level_of(rota_net_who(rest->net, courier), rest->points, load + 1),
		       goal->limit) < 0;
}

/* ---- the search -------------------------------------------------------------------------- */

static void search_clear(struct rota_rest *rest)
{
	rest->stamp++;
	rest->reached = 0;
}

static void slot_reach(struct rota_rest *rest, int32_t slot, int32_t from, int32_t taken_by,
		       int32_t dropped)
{
	if (rest->seen[slot] == rest->stamp)
		return;
	rest->seen[slot] = rest->stamp;
	rest->from[slot] = from;
	rest->taken_by[slot] = taken_by;
	rest->dropped[slot] = dropped;
	rest->queue[rest->reached++] = slot;
}

/* Is the courier on the way to this slot already? */
static bool is_on_way(const struct rota_rest *rest, int32_t slot, int32_t courier)
{
	for (; slot != ROTA_NONE; slot = rest->from[slot])
		if (rest->dropped[slot] != ROTA_NO_PAIR &&
		    rest->net->pair_courier[rest->dropped[slot]] == courier)
			return true;
	return false;
}

static void drops_reach(struct rota_rest *rest, int32_t slot, int32_t pair,
			const struct rota_block *block, int32_t first_day, int32_t end_day)
{
	const struct rota_net *net = rest->net;

	for (int32_t day = first_day; day < end_day; day++)
		for (int32_t drop = rest->head[day]; drop != ROTA_NO_PAIR; drop = rest->next[drop])
			if (rest->seen[net->pairs.slot[drop]] != rest->stamp &&
			    rota_block_yields(rest, block, pair, drop))
				slot_reach(rest, net->pairs.slot[drop], slot, pair, drop);
}

/* All slots that the courier of `pair` could drop to take it. */
static void pair_expand(struct rota_rest *rest, int32_t slot, int32_t pair,
			const struct rota_block *block)
{
	const struct rota_net *net = rest->net;
	int32_t day = net->pair_day[pair], week = net->day_week[day];
	int32_t courier = net->pair_courier[pair];

	if (block->close > 1)
		return;
	if (block->close == 1)
		drops_reach(rest, slot, pair, block, net->pair_day[block->close_pair],
			    net->pair_day[block->close_pair] + 1);
	else if (block->day_full)
		drops_reach(rest, slot, pair, block, day, day + 1);
	else if (block->week_full)
		drops_reach(rest, slot, pair, block, net->week_day_first[week],
			    net->week_day_first[week + 1]);
	else
		drops_reach(rest, slot, pair, block,
			    net->week_day_first[net->courier_week_first[courier]],
			    net->week_day_first[net->courier_week_first[courier + 1]]);
}

/* The pair that ends the chain, or NO_PAIR. */
static int32_t slot_expand(struct rota_rest *rest, int32_t slot, const struct goal *goal)
{
	const struct rota_net *net = rest->net;
	int32_t end = rest->end[slot];

	if (goal->ends_are_known && end != ROTA_NO_PAIR &&
	    !is_on_way(rest, slot, net->pair_courier[end]))
		return end;
	for (uint32_t i = net->pairs.slot_first[slot]; i < net->pairs.slot_first[slot + 1]; i++) {
		int32_t pair = (int32_t)net->pairs.slot_pair[i];
		int32_t courier = net->pair_courier[pair];
		bool can_end = !goal->ends_are_known && may_end(rest, goal, courier);
		struct rota_block block;

		if (goal->ends_are_known && rest->reached == net->problem->slot_count)
			break;
		if (net->taken[pair] != ROTA_FREE ||
		    (!can_end && rest->reached == net->problem->slot_count) ||
		    is_on_way(rest, slot, courier))
			continue;
		block = rota_rest_block(rest, pair);
		if (can_end && rota_block_is_none(&block))
			return pair;
		pair_expand(rest, slot, pair, &block);
	}
	return ROTA_NO_PAIR;
}

/* Everyone on the way is another courier, so each step is allowed on its own. */
static void chain_apply(struct rota_rest *rest, int32_t slot, int32_t last_pair)
{
	while (rest->dropped[slot] != ROTA_NO_PAIR) {
		int32_t pair = rest->taken_by[slot];

		rota_rest_release(rest, rest->dropped[slot]);
		rota_rest_take(rest, last_pair);
		if (pair == ROTA_NO_PAIR)
			return;
		last_pair = pair;
		slot = rest->from[slot];
	}
	rota_rest_take(rest, last_pair);
}

static bool chain_find(struct rota_rest *rest, const struct goal *goal)
{
	for (int32_t i = 0; i < rest->reached && rest->budget > 0; i++) {
		int32_t pair = slot_expand(rest, rest->queue[i], goal);

		if (pair != ROTA_NO_PAIR) {
			chain_apply(rest, rest->queue[i], pair);
			return true;
		}
	}
	return false;
}

/* ---- cover ------------------------------------------------------------------------------- */

struct taker {
	struct rota_key key; /* of the next shift */
	int32_t pair;
};

static int taker_compare(const void *a, const void *b)
{
	const struct taker *left = a, *right = b;

	return rota_key_less(&left->key, &right->key) ? -1 : rota_key_less(&right->key, &left->key);
}

/* Whoever can take the slot without dropping anything, the lightest first. */
static void slot_fill(struct rota_rest *rest, int32_t slot, const struct goal *goal,
		      struct taker *takers)
{
	const struct rota_net *net = rest->net;
	int32_t count = 0, missing = net->missing[slot];

	for (uint32_t i = net->pairs.slot_first[slot];
	     i < net->pairs.slot_first[slot + 1] && missing > 0; i++) {
		int32_t pair = (int32_t)net->pairs.slot_pair[i];
		int32_t courier = net->pair_courier[pair];

		if (may_end(rest, goal, courier) && rota_rest_can_take(rest, pair))
			takers[count++] =
				(struct taker){ rota_key_of(net, courier, net->load[courier] + 1),
						pair };
	}
	qsort(takers, (size_t)count, sizeof(*takers), taker_compare);
	for (int32_t i = 0; i < count && i < missing; i++)
		rota_rest_take(rest, takers[i].pair);
}

/* Every slot once: no search, so it is done however large the rota is. */
static void all_fill(struct rota_rest *rest, const struct goal *goal, struct arena *arena)
{
	size_t couriers = (size_t)rest->net->problem->courier_count;
	struct taker *takers = arena_array(arena, couriers + 1, sizeof(*takers));

	for (int32_t s = 0; s < rest->net->problem->slot_count; s++)
		slot_fill(rest, s, goal, takers);
}

static bool slot_cover(struct rota_rest *rest, int32_t slot, const struct goal *goal)
{
	search_clear(rest);
	slot_reach(rest, slot, ROTA_NONE, ROTA_NO_PAIR, ROTA_NO_PAIR);
	return chain_find(rest, goal);
}

static bool all_cover(struct rota_rest *rest, const struct goal *goal)
{
	bool has_moved = false;

	for (int32_t s = 0; s < rest->net->problem->slot_count; s++)
		while (rest->net->missing[s] > 0 && rest->budget > 0 && slot_cover(rest, s, goal))
			has_moved = true;
	return has_moved;
}

/* ---- even -------------------------------------------------------------------------------- */

/* Everything that this courier could be rid of becomes a start. */
static void courier_start(struct rota_rest *rest, int32_t courier)
{
	const struct rota_net *net = rest->net;

	for (uint32_t e = net->pairs.first[courier]; e < net->pairs.first[courier + 1]; e++)
		if (net->taken[e] == ROTA_TAKEN)
			slot_reach(rest, net->pairs.slot[e], ROTA_NONE, ROTA_NO_PAIR, (int32_t)e);
}

/* By slot, one pair of a courier who may take it and whose next shift is below the limit. */
static bool ends_find(struct rota_rest *rest, const struct goal *goal)
{
	const struct rota_net *net = rest->net;
	bool has_end = false;

	for (int32_t s = 0; s < net->problem->slot_count; s++)
		rest->end[s] = ROTA_NO_PAIR;
	for (int32_t c = 0; c < net->problem->courier_count; c++) {
		if (!may_end(rest, goal, c))
			continue;
		for (uint32_t e = net->pairs.first[c]; e < net->pairs.first[c + 1]; e++)
			if (rest->end[net->pairs.slot[e]] == ROTA_NO_PAIR &&
			    rota_rest_can_take(rest, (int32_t)e)) {
				rest->end[net->pairs.slot[e]] = (int32_t)e;
				has_end = true;
			}
	}
	return has_end;
}

struct heavy {
	struct rota_key key;
};

static int heavy_compare(const void *a, const void *b)
{
	const struct heavy *left = a, *right = b;

	return rota_key_less(&right->key, &left->key) ? -1 : rota_key_less(&left->key, &right->key);
}

/* Those of heavy[0 .. count] who still have their last shift at this level. */
static void level_start(struct rota_rest *rest, const struct heavy *heavy, int32_t count)
{
	const struct rota_net *net = rest->net;

	for (int32_t i = 0; i < count; i++) {
		int32_t courier = heavy[i].key.courier;
		struct rota_key last = rota_key_of(net, courier, net->load[courier]);

		if (rota_level_compare(last.level, heavy[i].key.level) == 0)
			courier_start(rest, courier);
	}
}

/* One chain after the other from couriers of one level down to lighter ones. */
static bool level_relieve(struct rota_rest *rest, const struct heavy *heavy, int32_t count)
{
	const struct goal goal = { true, heavy[0].key.level, NULL, true };
	bool has_moved = false;

	while (rest->budget > 0 && ends_find(rest, &goal)) {
		search_clear(rest);
		level_start(rest, heavy, count);
		if (!chain_find(rest, &goal))
			break;
		has_moved = true;
	}
	return has_moved;
}

static bool all_even(struct rota_rest *rest, struct heavy *heavy)
{
	const struct rota_net *net = rest->net;
	bool has_moved = false;
	int32_t count = 0;

	for (int32_t c = 0; c < net->problem->courier_count; c++)
		if (net->load[c] > 0)
			heavy[count++].key = rota_key_of(net, c, net->load[c]);
	qsort(heavy, (size_t)count, sizeof(*heavy), heavy_compare);
	for (int32_t i = 0, next = 0; i < count; i = next) {
		while (next < count &&
		       rota_level_compare(heavy[i].key.level, heavy[next].key.level) == 0)
			next++;
		has_moved |= level_relieve(rest, heavy + i, next - i);
	}
	return has_moved;
}

/* ---- the whole --------------------------------------------------------------------------- */

/* Keeps of each courier's pairs, in order of time, those that go together. */
static void rules_enforce(struct rota_rest *rest, int32_t *kept)
{
	struct rota_net *net = rest->net;

	for (int32_t c = 0; c < net->problem->courier_count; c++) {
		int32_t count = 0;

		for (uint32_t e = net->pairs.first[c]; e < net->pairs.first[c + 1]; e++)
			if (net->taken[e] == ROTA_TAKEN) {
				rota_rest_release(rest, (int32_t)e);
				kept[count++] = (int32_t)e;
			}
		for (int32_t i = 0; i < count; i++)
			if (rota_rest_can_take(rest, kept[i]))
				rota_rest_take(rest, kept[i]);
	}
}

void rota_rest_repair(struct rota_rest *rest, const int32_t *load, struct arena *arena)
{
	const struct rota_problem *problem = rest->net->problem;
	struct heavy *heavy =
		arena_array(arena, (size_t)problem->courier_count + 1, sizeof(*heavy));
	int32_t *kept = arena_array(arena, (size_t)problem->slot_count + 1, sizeof(*kept));
	const struct goal to_target = { .load_target = load }, to_any = { 0 };

	rules_enforce(rest, kept);
	all_fill(rest, &to_target, arena);
	rest->budget = TARGET_BUDGET;
	all_cover(rest, &to_target);
	all_fill(rest, &to_any, arena);
	rest->budget = BUDGET;
	all_cover(rest, &to_any);
	rest->budget = rota_meet_applies(problem) ? EVEN_BUDGET : EVEN_ALONE;
	while (rest->budget > 0 && all_even(rest, heavy))
		all_cover(rest, &to_any);
	rota_meet_improve(rest, load, arena);
}

void rota_rest_go_on(struct rota_rest *rest, bool even, struct arena *arena)
{
	size_t couriers = (size_t)rest->net->problem->courier_count;
	struct heavy *heavy = arena_array(arena, couriers + 1, sizeof(*heavy));
	const struct goal to_any = { 0 };

	rest->budget = BUDGET;
	all_cover(rest, &to_any);
	while (even && rest->budget > 0 && all_even(rest, heavy))
		all_cover(rest, &to_any);
}
