/* domain/rota_cheapest.c -- covering by cheapest paths: slot after slot, each for the least change.
 *
 * One open place after the other is as good as all at once: each path is a shortest one, so what is
 * there remains the cheapest for its cover. */
#include "domain/rota_cheapest.h"

static int32_t slot_count(const struct rota_cheapest *c)
{
	return c->net->problem->slot_count;
}

/* Whoever was nearer than `distance` keeps the difference as potential: no step is ever below 0. */
static void potentials_keep(struct rota_cheapest *c, int32_t distance)
{
	int32_t own = c->potential[c->hole];

	for (int32_t i = 0; i < c->reached_count; i++) {
		int32_t slot = c->reached[i], its = c->changes[slot] + own - c->potential[slot];

		if (its < distance)
			c->potential[slot] += its - distance;
	}
}

/* ---- the path ---------------------------------------------------------------------------- */

static void pair_take(struct rota_cheapest *c, int32_t pair)
{
	rota_net_take(c->net, (uint32_t)pair);
	c->cheap[c->net->pairs.slot[pair]] -= c->cost[pair] == 0;
	c->fresh[c->net->pair_courier[pair]] += c->cost[pair] > 0;
	c->droppable[c->net->pairs.slot[pair]]++;
}

static void pair_drop(struct rota_cheapest *c, int32_t pair)
{
	rota_net_release(c->net, (uint32_t)pair);
	c->cheap[c->net->pairs.slot[pair]] += c->cost[pair] == 0;
	c->fresh[c->net->pair_courier[pair]] -= c->cost[pair] > 0;
	c->droppable[c->net->pairs.slot[pair]]--;
}

/* `pair` takes the slot `last` in the end; without one, a place of it is left open. */
static void path_take(struct rota_cheapest *c, int32_t last, int32_t pair)
{
	for (int32_t slot = last; slot != c->hole; slot = c->from[slot])
		pair_drop(c, c->dropped[slot]);
	for (int32_t slot = last; slot != ROTA_NONE; slot = c->from[slot]) {
		if (pair != ROTA_WALK_NO_PAIR)
			pair_take(c, pair);
		pair = c->took[slot];
	}
}

/* Nobody has room for the hole. Is there another slot that had better be left open, because less
 * changes then? Nothing that was reached ever leads to an end again. */
static bool hole_trade(struct rota_cheapest *c)
{
	int32_t best = c->hole;

	for (int32_t i = 0; i < c->reached_count; i++) {
		int32_t slot = c->reached[i];

		if (c->changes[slot] < c->changes[best] ||
		    (c->changes[slot] == c->changes[best] && best != c->hole && slot < best))
			best = slot;
	}
	if (best == c->hole)
		return false;
	potentials_keep(c, c->bucket_max);
	path_take(c, best, ROTA_WALK_NO_PAIR);
	return true;
}

static bool hole_fill(struct rota_cheapest *c, int32_t hole)
{
	if (!rota_cheapest_search(c, hole))
		return hole_trade(c);
	potentials_keep(c, c->end_distance);
	path_take(c, c->end_slot, c->end);
	return true;
}

/* ---- the whole --------------------------------------------------------------------------- */

static void room_make(struct rota_cheapest *c, struct arena *arena)
{
	size_t slots = (size_t)slot_count(c) + 1, nodes = (size_t)c->net->node_count + 1;
	int32_t **const by_slot[] = { &c->potential, &c->changes, &c->from,	 &c->took,
				      &c->dropped,   &c->cheap,	  &c->droppable, &c->next,
				      &c->previous,  &c->reached, &c->later };

	for (size_t i = 0; i < sizeof(by_slot) / sizeof(*by_slot); i++)
		*by_slot[i] = arena_array(arena, slots, sizeof(int32_t));
	c->is_waiting = arena_alloc(arena, slots);
	c->fresh = arena_array(arena, (size_t)c->net->problem->courier_count + 1, sizeof(int32_t));
	c->entered = arena_array(arena, nodes, sizeof(int32_t));
	c->entered_list = arena_array(arena, nodes, sizeof(int32_t));
	c->bucket_count = 2 * slot_count(c) + 4;
	c->bucket_max = c->bucket_count - 1;
	c->bucket = arena_array(arena, (size_t)c->bucket_count, sizeof(int32_t));
	c->changes_count = arena_array(arena, (size_t)c->bucket_count, sizeof(int32_t));
	for (size_t i = 0; i < slots; i++)
		c->changes[i] = ROTA_FAR;
	for (size_t i = 0; i < nodes; i++)
		c->entered[i] = ROTA_FAR;
}

struct rota_cheapest *rota_cheapest_new(struct rota_net *net, const int8_t *cost,
					struct arena *arena)
{
	struct rota_cheapest *c = ARENA_NEW(arena, struct rota_cheapest);

	*c = (struct rota_cheapest){ .net = net, .arena = arena, .cost = cost };
	c->points = rota_points(net->problem);
	room_make(c, arena);
	for (uint32_t e = 0; e < net->pairs.count; e++) {
		c->cheap[net->pairs.slot[e]] += net->taken[e] == ROTA_FREE && cost[e] == 0;
		c->droppable[net->pairs.slot[e]] += net->taken[e] == ROTA_TAKEN;
		c->fresh[net->pair_courier[e]] += net->taken[e] == ROTA_TAKEN && cost[e] > 0;
	}
	for (int32_t s = 0; s < slot_count(c); s++)
		c->unreached += c->droppable[s] > 0;
	return c;
}

void rota_cheapest_cover(struct rota_cheapest *c)
{
	const struct rota_net *net = c->net;

	for (int32_t s = 0; s < slot_count(c) && net->missing_all > 0; s++)
		while (net->missing[s] > 0 && hole_fill(c, s))
			;
}
