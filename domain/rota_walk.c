/* domain/rota_walk.c -- arcs with costs, and covering by cheapest paths.
 *
 * Dijkstra with potentials, so that no cost is below nothing; distances are small whole numbers, so
 * buckets will do. Of all ends at the least distance, the one with the lightest next shift is
 * taken: evenness costs nothing but at the end of a path, so this is the cheapest path in both
 * respects. */
#include "domain/rota_walk.h"

#include <assert.h>
#include <string.h>

/* ---- arcs -------------------------------------------------------------------------------- */

static void walk_from_slot(const struct rota_walk *walk, int32_t slot)
{
	const struct rota_net *net = walk->net;

	for (uint32_t i = net->pairs.slot_first[slot]; i < net->pairs.slot_first[slot + 1]; i++) {
		uint32_t pair = net->pairs.slot_pair[i];

		if (net->taken[pair] == ROTA_FREE)
			walk->arc(walk->arg, slot, net->day_base + net->pair_day[pair],
				  walk->cost[pair], (int32_t)pair);
	}
}

static void walk_from_day(const struct rota_walk *walk, int32_t day)
{
	const struct rota_net *net = walk->net;
	int32_t week = net->day_week[day], node = net->day_base + day;

	if (net->day_load[day] < rota_net_who(net, net->week_courier[week])->cap_day)
		walk->arc(walk->arg, node, net->week_base + week, 0, ROTA_WALK_NO_PAIR);
	for (uint32_t e = net->day_first[day]; e < net->day_first[day + 1]; e++)
		if (net->taken[e] == ROTA_TAKEN)
			walk->arc(walk->arg, node, net->pairs.slot[e], -walk->cost[e], (int32_t)e);
}

static void walk_from_week(const struct rota_walk *walk, int32_t week)
{
	const struct rota_net *net = walk->net;
	int32_t courier = net->week_courier[week], node = net->week_base + week;

	if (net->week_load[week] < rota_net_who(net, courier)->cap_week)
		walk->arc(walk->arg, node, net->courier_base + courier, 0, ROTA_WALK_NO_PAIR);
	for (int32_t day = net->week_day_first[week]; day < net->week_day_first[week + 1]; day++)
		if (net->day_load[day] > 0)
			walk->arc(walk->arg, node, net->day_base + day, 0, ROTA_WALK_NO_PAIR);
}

static void walk_from_courier(const struct rota_walk *walk, int32_t courier)
{
	const struct rota_net *net = walk->net;
	int32_t node = net->courier_base + courier;

	for (int32_t week = net->courier_week_first[courier];
	     week < net->courier_week_first[courier + 1]; week++)
		if (net->week_load[week] > 0)
			walk->arc(walk->arg, node, net->week_base + week, 0, ROTA_WALK_NO_PAIR);
}

void rota_walk_from(const struct rota_walk *walk, int32_t node)
{
	const struct rota_net *net = walk->net;

	if (node < net->day_base)
		walk_from_slot(walk, node);
	else if (node < net->week_base)
		walk_from_day(walk, node - net->day_base);
	else if (node < net->courier_base)
		walk_from_week(walk, node - net->week_base);
	else
		walk_from_courier(walk, node - net->courier_base);
}

/* ---- cheapest paths ---------------------------------------------------------------------- */

struct entry {
	int32_t node, next;
};

struct rota_cheapest {
	struct rota_net *net;
	struct arena *arena;
	struct rota_walk walk;
	int32_t *potential, *distance, *parent, *parent_pair; /* by node */
	int32_t source_potential;
	int32_t *reached, reached_count, *holes;
	struct entry *entries; /* of all buckets */
	int32_t entry_count, entry_size;
	int32_t *bucket, bucket_count; /* by distance: its first entry */
	int32_t bucket_max;	       /* no entry beyond it */
	int32_t now;		       /* the distance in hand */
	int32_t *cheap;		       /* by slot: free pairs that cost nothing */
	int32_t *later, later_count;   /* slots that lead on only to the next distance */
	int32_t end;		       /* the best courier so far; NONE */
	struct rota_key end_key;
};

enum { FAR = INT32_MAX };

static void bucket_put(struct rota_cheapest *c, int32_t node, int32_t distance)
{
	if (c->entry_count == c->entry_size) {
		struct entry *wider =
			arena_array(c->arena, (size_t)c->entry_size * 2 + 1024, sizeof(*wider));

		if (c->entry_count > 0)
			memcpy(wider, c->entries, (size_t)c->entry_count * sizeof(*wider));
		c->entries = wider;
		c->entry_size = c->entry_size * 2 + 1024;
	}
	if (distance > c->bucket_max)
		c->bucket_max = distance;
	c->entries[c->entry_count] = (struct entry){ node, c->bucket[distance] };
	c->bucket[distance] = c->entry_count++;
}

static void node_relax(struct rota_cheapest *c, int32_t node, int32_t distance, int32_t parent,
		       int32_t pair)
{
	if (distance >= c->distance[node] || distance >= c->bucket_count)
		return;
	if (c->distance[node] == FAR)
		c->reached[c->reached_count++] = node;
	c->distance[node] = distance;
	c->parent[node] = parent;
	c->parent_pair[node] = pair;
	bucket_put(c, node, distance);
}

static void arc_relax(void *arg, int32_t from, int32_t to, int32_t cost, int32_t pair)
{
	struct rota_cheapest *c = arg;
	int32_t reduced = cost + c->potential[from] - c->potential[to];

	assert(reduced >= 0);
	node_relax(c, to, c->now + reduced, from, pair);
}

static void end_consider(struct rota_cheapest *c, int32_t courier)
{
	struct rota_key key;

	if (c->net->load[courier] >= rota_net_who(c->net, courier)->cap_total)
		return;
	key = rota_key_of(c->net, courier, c->net->load[courier] + 1);
	if (c->end == ROTA_NONE || rota_key_less(&key, &c->end_key)) {
		c->end = courier;
		c->end_key = key;
	}
}

/* All nodes at this distance; true: an end is among them. Couriers with room have no potential:
 * none of them was ever nearer than the end of a path. */
static bool bucket_empty(struct rota_cheapest *c)
{
	while (c->bucket[c->now] != ROTA_NONE) {
		int32_t node = c->entries[c->bucket[c->now]].node;

		c->bucket[c->now] = c->entries[c->bucket[c->now]].next;
		if (c->distance[node] != c->now)
			continue;
		if (node >= c->net->courier_base)
			end_consider(c, node - c->net->courier_base);
		if (node < c->net->day_base && c->potential[node] == 0 && c->cheap[node] == 0)
			c->later[c->later_count++] = node;
		else
			rota_walk_from(&c->walk, node);
	}
	if (c->end != ROTA_NONE)
		return true;
	for (int32_t i = 0; i < c->later_count; i++)
		rota_walk_from(&c->walk, c->later[i]);
	c->later_count = 0;
	return false;
}

static void search_clear(struct rota_cheapest *c)
{
	for (int32_t i = 0; i < c->reached_count; i++)
		c->distance[c->reached[i]] = FAR;
	for (int32_t d = 0; d <= c->bucket_max; d++)
		c->bucket[d] = ROTA_NONE;
	c->bucket_max = 0;
	c->reached_count = 0;
	c->entry_count = 0;
	c->later_count = 0;
	c->end = ROTA_NONE;
}

static bool search_run(struct rota_cheapest *c, const int32_t *holes, int32_t hole_count)
{
	search_clear(c);
	for (int32_t i = 0; i < hole_count; i++)
		if (c->net->missing[holes[i]] > 0)
			node_relax(c, holes[i], c->source_potential - c->potential[holes[i]],
				   ROTA_NONE, ROTA_WALK_NO_PAIR);
	for (c->now = 0; c->now <= c->bucket_max; c->now++)
		if (bucket_empty(c))
			return true;
	return false;
}

/* Whoever was nearer than the end keeps the difference as potential: all costs stay at or above 0.
 */
static void potentials_keep(struct rota_cheapest *c)
{
	for (int32_t i = 0; i < c->reached_count; i++) {
		int32_t node = c->reached[i];

		if (c->distance[node] < c->now)
			c->potential[node] += c->distance[node] - c->now;
	}
	c->source_potential -= c->now;
}

static void pair_flip(struct rota_cheapest *c, int32_t pair)
{
	int32_t *cheap = &c->cheap[c->net->pairs.slot[pair]];
	int32_t one = c->walk.cost[pair] == 0;

	if (c->net->taken[pair] == ROTA_FREE) {
		rota_net_take(c->net, (uint32_t)pair);
		*cheap -= one;
	} else {
		rota_net_release(c->net, (uint32_t)pair);
		*cheap += one;
	}
}

static void path_take(struct rota_cheapest *c)
{
	struct rota_net *net = c->net;
	int32_t last = net->courier_base + c->end;

	for (int32_t node = last; node != ROTA_NONE; node = c->parent[node])
		if (c->parent_pair[node] != ROTA_WALK_NO_PAIR && node < net->day_base)
			pair_flip(c, c->parent_pair[node]);
	for (int32_t node = last; node != ROTA_NONE; node = c->parent[node])
		if (c->parent_pair[node] != ROTA_WALK_NO_PAIR && node >= net->day_base)
			pair_flip(c, c->parent_pair[node]);
}

struct rota_cheapest *rota_cheapest_new(struct rota_net *net, const int8_t *cost,
					struct arena *arena)
{
	struct rota_cheapest *c = ARENA_NEW(arena, struct rota_cheapest);
	size_t nodes = (size_t)net->node_count + 1;

	*c = (struct rota_cheapest){ .net = net, .arena = arena, .end = ROTA_NONE };
	c->walk = (struct rota_walk){ net, cost, arc_relax, c };
	c->potential = arena_array(arena, nodes, sizeof(int32_t));
	c->distance = arena_array(arena, nodes, sizeof(int32_t));
	c->parent = arena_array(arena, nodes, sizeof(int32_t));
	c->parent_pair = arena_array(arena, nodes, sizeof(int32_t));
	c->reached = arena_array(arena, nodes, sizeof(int32_t));
	c->later = arena_array(arena, (size_t)net->problem->slot_count + 1, sizeof(int32_t));
	c->cheap = arena_array(arena, (size_t)net->problem->slot_count + 1, sizeof(int32_t));
	for (uint32_t e = 0; e < net->pairs.count; e++)
		c->cheap[net->pairs.slot[e]] += net->taken[e] == ROTA_FREE && cost[e] == 0;
	/* A path costs at most one for each slot it passes. */
	c->bucket_count = 2 * net->problem->slot_count + 4;
	c->bucket = arena_array(arena, (size_t)c->bucket_count, sizeof(int32_t));
	c->bucket_max = c->bucket_count - 1;
	for (size_t i = 0; i < nodes; i++)
		c->distance[i] = FAR;
	c->holes = arena_array(arena, (size_t)net->problem->slot_count + 1, sizeof(int32_t));
	return c;
}

void rota_cheapest_cover(struct rota_cheapest *c)
{
	const struct rota_net *net = c->net;
	int32_t count = 0;

	for (int32_t s = 0; s < net->problem->slot_count; s++)
		if (net->missing[s] > 0)
			c->holes[count++] = s;
	while (net->missing_all > 0 && search_run(c, c->holes, count)) {
		path_take(c);
		potentials_keep(c);
	}
}
