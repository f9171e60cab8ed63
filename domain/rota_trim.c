/* domain/rota_trim.c -- the cheapest among rotas that are equally full and even, by turning cycles.
 *
 * Two such rotas differ by cycles that change neither: through slots and couriers, through two
 * couriers of whom one's next shift weighs what the other's last one does, or through two slots of
 * whom one gives up a place for the other. As long as one of them costs less than nothing, it is
 * turned. None is left when no release of a dear pair, and no taking of a wanted one, leads back to
 * itself for less than it gains. */
#include "domain/rota_walk.h"

#include <string.h>

enum { LOOKS_MAX = 150000000 }; /* arcs; about a second */

struct trim {
	struct rota_net *net;
	struct rota_walk walk;
	int32_t uncovered;	   /* the node through which slots hand places over */
	int32_t level_base;	   /* from here on, nodes are levels */
	struct rota_level *levels; /* in order, each once */
	int32_t level_count;
	int32_t *last, *next; /* by courier: its level's number, or NONE */
	int32_t *distance, *parent, *parent_pair;
	uint8_t *is_reached, *is_queued;
	int32_t *reached, reached_count;
	int32_t *queue, queue_size, head, waiting;
	int64_t looks;
	int32_t cycle; /* a node on a cycle that gains; NONE */
};

/* ---- levels ------------------------------------------------------------------------------ */

static int level_compare(const void *a, const void *b)
{
	return rota_level_compare(*(const struct rota_level *)a, *(const struct rota_level *)b);
}

static struct rota_level level_at(const struct trim *trim, int32_t courier, int32_t k)
{
	return rota_level_of(rota_net_who(trim->net, courier), rota_points(trim->net->problem), k);
}

static int32_t level_find(const struct trim *trim, struct rota_level level)
{
	const struct rota_level *found = bsearch(&level, trim->levels, (size_t)trim->level_count,
						 sizeof(level), level_compare);

	return found == NULL ? ROTA_NONE : (int32_t)(found - trim->levels);
}

static void courier_levels(struct trim *trim, int32_t courier)
{
	int32_t load = trim->net->load[courier];

	trim->last[courier] = load > 0 ? level_find(trim, level_at(trim, courier, load))
				       : ROTA_NONE;
	trim->next[courier] = load < rota_net_who(trim->net, courier)->cap_total
				      ? level_find(trim, level_at(trim, courier, load + 1))
				      : ROTA_NONE;
}

/* Loads of equals may change places, so one more and one less are all that can come up. */
static void levels_collect(struct trim *trim, struct arena *arena)
{
	int32_t couriers = trim->net->problem->courier_count, count = 0, kept = 0;

	trim->levels = arena_array(arena, (size_t)couriers * 4 + 1, sizeof(*trim->levels));
	for (int32_t c = 0; c < couriers; c++)
		for (int32_t k = trim->net->load[c] - 1; k <= trim->net->load[c] + 2; k++)
			trim->levels[count++] = level_at(trim, c, k);
	qsort(trim->levels, (size_t)count, sizeof(*trim->levels), level_compare);
	for (int32_t i = 0; i < count; i++)
		if (kept == 0 || level_compare(&trim->levels[kept - 1], &trim->levels[i]) != 0)
			trim->levels[kept++] = trim->levels[i];
	trim->level_count = kept;
}

/* ---- the search -------------------------------------------------------------------------- */

static bool is_ancestor(const struct trim *trim, int32_t node, int32_t of)
{
	for (; of != ROTA_NONE; of = trim->parent[of])
		if (of == node)
			return true;
	return false;
}

static void node_put(struct trim *trim, int32_t node)
{
	if (trim->is_queued[node])
		return;
	trim->is_queued[node] = 1;
	trim->queue[(trim->head + trim->waiting++) % trim->queue_size] = node;
}

static void node_reach(struct trim *trim, int32_t node, int32_t distance, int32_t parent,
		       int32_t pair)
{
	if (!trim->is_reached[node]) {
		trim->is_reached[node] = 1;
		trim->reached[trim->reached_count++] = node;
	} else if (distance >= trim->distance[node]) {
		return;
	} else if (is_ancestor(trim, node, parent)) {
		trim->cycle = node;
	}
	trim->distance[node] = distance;
	trim->parent[node] = parent;
	trim->parent_pair[node] = pair;
	node_put(trim, node);
}

static void arc_look(void *arg, int32_t from, int32_t to, int32_t cost, int32_t pair)
{
	struct trim *trim = arg;

	trim->looks--;
	if (trim->cycle == ROTA_NONE)
		node_reach(trim, to, trim->distance[from] + cost, from, pair);
}

static void walk_beyond(struct trim *trim, int32_t node)
{
	const struct rota_net *net = trim->net;

	if (node == trim->uncovered) {
		for (int32_t s = 0; s < net->problem->slot_count; s++)
			if (net->missing[s] > 0)
				arc_look(trim, node, s, 0, ROTA_WALK_NO_PAIR);
		return;
	}
	for (int32_t c = 0; c < net->problem->courier_count; c++)
		if (trim->last[c] == node - trim->level_base)
			arc_look(trim, node, net->courier_base + c, 0, ROTA_WALK_NO_PAIR);
}

static void node_expand(struct trim *trim, int32_t node)
{
	const struct rota_net *net = trim->net;

	if (node >= net->node_count) {
		walk_beyond(trim, node);
		return;
	}
	rota_walk_from(&trim->walk, node);
	if (node < net->day_base && net->missing_all > 0 &&
	    net->missing[node] < net->problem->slots[node].need)
		arc_look(trim, node, trim->uncovered, 0, ROTA_WALK_NO_PAIR);
	if (node >= net->courier_base && trim->next[node - net->courier_base] != ROTA_NONE)
		arc_look(trim, node, trim->level_base + trim->next[node - net->courier_base], 0,
			 ROTA_WALK_NO_PAIR);
}

static void search_clear(struct trim *trim)
{
	for (int32_t i = 0; i < trim->reached_count; i++) {
		trim->is_reached[trim->reached[i]] = 0;
		trim->is_queued[trim->reached[i]] = 0;
	}
	trim->reached_count = 0;
	trim->head = trim->waiting = 0;
	trim->cycle = ROTA_NONE;
}

/* Is there a way from `to` back to `from` that makes the arc between them gain? Or any other cycle
 * that gains. `pair` is that arc's. */
static bool cycle_find(struct trim *trim, int32_t from, int32_t to, int32_t cost, int32_t pair)
{
	search_clear(trim);
	node_reach(trim, from, 0, ROTA_NONE, ROTA_WALK_NO_PAIR);
	trim->waiting = 0;
	trim->is_queued[from] = 0;
	node_reach(trim, to, cost, from, pair);
	while (trim->waiting > 0 && trim->cycle == ROTA_NONE && trim->looks > 0) {
		int32_t node = trim->queue[trim->head];

		trim->head = (trim->head + 1) % trim->queue_size;
		trim->waiting--;
		trim->is_queued[node] = 0;
		node_expand(trim, node);
	}
	return trim->cycle != ROTA_NONE;
}

static void cycle_turn(struct trim *trim)
{
	struct rota_net *net = trim->net;
	int32_t node = trim->cycle;

	do {
		if (trim->parent_pair[node] != ROTA_WALK_NO_PAIR && node < net->day_base)
			rota_net_release(net, (uint32_t)trim->parent_pair[node]);
		node = trim->parent[node];
	} while (node != trim->cycle);
	do {
		if (trim->parent_pair[node] != ROTA_WALK_NO_PAIR && node >= net->day_base)
			rota_net_take(net, (uint32_t)trim->parent_pair[node]);
		node = trim->parent[node];
	} while (node != trim->cycle);
	do {
		if (node >= net->courier_base && node < net->node_count)
			courier_levels(trim, node - net->courier_base);
		node = trim->parent[node];
	} while (node != trim->cycle);
}

/* Any arc of this pair that gains by itself, and a cycle around it. */
static bool pair_improve(struct trim *trim, int32_t pair)
{
	const struct rota_net *net = trim->net;
	int32_t slot = net->pairs.slot[pair], day = net->day_base + net->pair_day[pair];
	int32_t cost = trim->walk.cost[pair];
	bool is_found = false;

	if (net->taken[pair] == ROTA_TAKEN && cost > 0)
		is_found = cycle_find(trim, day, slot, -cost, pair);
	else if (net->taken[pair] == ROTA_FREE && cost < 0)
		is_found = cycle_find(trim, slot, day, cost, pair);
	if (is_found)
		cycle_turn(trim);
	return is_found;
}

static void trim_init(struct trim *trim, struct rota_net *net, const int8_t *cost,
		      struct arena *arena)
{
	size_t couriers = (size_t)net->problem->courier_count + 1, nodes;

	*trim = (struct trim){ .net = net, .looks = LOOKS_MAX, .cycle = ROTA_NONE };
	trim->walk = (struct rota_walk){ net, cost, arc_look, trim };
	levels_collect(trim, arena);
	trim->uncovered = net->node_count;
	trim->level_base = net->node_count + 1;
	nodes = (size_t)(trim->level_base + trim->level_count) + 1;
	trim->last = arena_array(arena, couriers, sizeof(int32_t));
	trim->next = arena_array(arena, couriers, sizeof(int32_t));
	trim->distance = arena_array(arena, nodes, sizeof(int32_t));
	trim->parent = arena_array(arena, nodes, sizeof(int32_t));
	trim->parent_pair = arena_array(arena, nodes, sizeof(int32_t));
	trim->is_reached = arena_alloc(arena, nodes);
	trim->is_queued = arena_alloc(arena, nodes);
	trim->reached = arena_array(arena, nodes, sizeof(int32_t));
	trim->queue = arena_array(arena, nodes, sizeof(int32_t));
	trim->queue_size = (int32_t)nodes;
	for (int32_t c = 0; c < net->problem->courier_count; c++)
		courier_levels(trim, c);
}

bool rota_trim(struct rota_net *net, const int8_t *cost, struct arena *arena)
{
	struct trim trim;
	bool has_improved = true;

	trim_init(&trim, net, cost, arena);
	while (has_improved && trim.looks > 0) {
		has_improved = false;
		for (uint32_t e = 0; e < net->pairs.count && trim.looks > 0; e++)
			while (cost[e] != 0 && pair_improve(&trim, (int32_t)e))
				has_improved = true;
	}
	return !has_improved;
}
