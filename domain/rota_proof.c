/* domain/rota_proof.c -- the closed sets: from the heaviest courier down, what can still be
 * reached.
 *
 * A slot's level is that of the heaviest courier who could be rid of a shift by way of it. Nobody
 * who could take it in has a next shift below that: else a unit would have moved. What is reached
 * falls into groups that no arc connects; each is closed on its own, and is the reason that its
 * couriers are given. */
#include "domain/rota_core.h"

#include <string.h>

struct sweep {
	struct rota_net *net;
	struct rota_flow flow;
	int32_t *parent;	   /* by node: towards its group's first node */
	struct rota_group *group;  /* by first node */
	struct rota_group *groups; /* by courier, as it was when the sweep came to him */
	struct rota_set *sets;
	int32_t *slots; /* in the order they were reached */
	int32_t set_count, slot_count, looked_at;
};

/* ---- groups ------------------------------------------------------------------------------ */

static int32_t first_of(struct sweep *sweep, int32_t node)
{
	while (sweep->parent[node] != node) {
		sweep->parent[node] = sweep->parent[sweep->parent[node]];
		node = sweep->parent[node];
	}
	return node;
}

static void group_add(struct rota_group *to, const struct rota_group *from)
{
	if (from->couriers == 0)
		return;
	if (to->couriers == 0) {
		*to = *from;
		return;
	}
	to->couriers += from->couriers;
	to->load += from->load;
	if (from->load_min < to->load_min)
		to->load_min = from->load_min;
	if (from->weight != to->weight)
		to->weight = 0;
	to->history_differs |= from->history_differs || from->history_milli != to->history_milli;
}

static void nodes_join(void *arg, int32_t from, int32_t to)
{
	struct sweep *sweep = arg;
	int32_t a = first_of(sweep, from), b = first_of(sweep, to);

	if (a == b)
		return;
	/* The lower number leads: slots come first. */
	if (a > b) {
		int32_t kept = a;

		a = b;
		b = kept;
	}
	sweep->parent[b] = a;
	group_add(&sweep->group[a], &sweep->group[b]);
}

static void courier_count_in(struct sweep *sweep, int32_t node, bool is_top)
{
	int32_t courier = node - sweep->net->courier_base;
	const struct rota_courier *who = rota_net_who(sweep->net, courier);
	const struct rota_group own = { .couriers = 1,
					.load = sweep->net->load[courier],
					.load_min = sweep->net->load[courier],
					.weight = who->weight,
					.history_milli = who->history_milli };

	group_add(&sweep->group[first_of(sweep, node)], &own);
	if (is_top)
		sweep->groups[courier].is_top = true;
}

/* ---- the sweep --------------------------------------------------------------------------- */

/* What the last search added: its slots become a set, its couriers join their groups. */
static void reached_take(struct sweep *sweep, struct rota_level level, bool is_top)
{
	struct rota_set *set = &sweep->sets[sweep->set_count];
	int32_t first = sweep->slot_count;

	for (; sweep->looked_at < sweep->flow.reached; sweep->looked_at++) {
		int32_t node = sweep->flow.queue[sweep->looked_at];

		if (node < sweep->net->day_base)
			sweep->slots[sweep->slot_count++] = node;
		else if (node >= sweep->net->courier_base)
			courier_count_in(sweep, node, is_top);
	}
	if (sweep->slot_count == first)
		return;
	*set = (struct rota_set){ is_top, level, sweep->slots + first, sweep->slot_count - first };
	sweep->set_count++;
}

static int key_compare_down(const void *a, const void *b)
{
	return rota_key_less(b, a) ? -1 : rota_key_less(a, b);
}

/* The last shifts of those who have one, heaviest first. */
static int32_t heaviest_first(const struct rota_net *net, struct rota_key *keys)
{
	int32_t count = 0;

	for (int32_t c = 0; c < net->problem->courier_count; c++)
		if (net->load[c] > 0)
			keys[count++] = rota_key_of(net, c, net->load[c]);
	qsort(keys, (size_t)count, sizeof(*keys), key_compare_down);
	return count;
}

static void top_sweep(struct sweep *sweep, int32_t *start)
{
	int32_t count = 0;

	for (int32_t s = 0; s < sweep->net->problem->slot_count; s++)
		if (sweep->net->missing[s] > 0)
			start[count++] = s;
	rota_flow_reach(&sweep->flow, start, count);
	reached_take(sweep, (struct rota_level){ 0, 1 }, true);
}

static void level_sweep(struct sweep *sweep, const struct rota_key *keys, int32_t count,
			int32_t *start)
{
	for (int32_t i = 0; i < count; i++)
		start[i] = sweep->net->courier_base + keys[i].courier;
	rota_flow_reach(&sweep->flow, start, count);
	reached_take(sweep, keys[0].level, false);
	for (int32_t i = 0; i < count; i++) {
		struct rota_group *own = &sweep->groups[keys[i].courier];
		bool is_top = own->is_top;

		*own = sweep->group[first_of(sweep, start[i])];
		own->is_top = is_top;
	}
}

static void sweep_init(struct sweep *sweep, struct rota_net *net, struct arena *arena)
{
	size_t couriers = (size_t)net->problem->courier_count + 1;
	size_t slots = (size_t)net->problem->slot_count + 1, nodes = (size_t)net->node_count + 1;

	*sweep = (struct sweep){ .net = net };
	sweep->parent = arena_array(arena, nodes, sizeof(int32_t));
	sweep->group = arena_array(arena, nodes, sizeof(*sweep->group));
	sweep->groups = arena_array(arena, couriers, sizeof(*sweep->groups));
	sweep->sets = arena_array(arena, slots, sizeof(*sweep->sets));
	sweep->slots = arena_array(arena, slots, sizeof(int32_t));
	for (size_t i = 0; i < nodes; i++)
		sweep->parent[i] = (int32_t)i;
	memset(net->part, 0, (size_t)net->node_count * sizeof(*net->part));
	rota_flow_init(&sweep->flow, net, arena);
	sweep->flow.on_arc = nodes_join;
	sweep->flow.arc_arg = sweep;
}

void rota_proof_build(struct rota_net *net, struct arena *arena, struct rota_proof *proof,
		      struct rota_group **groups_out)
{
	size_t couriers = (size_t)net->problem->courier_count + 1;
	size_t slots = (size_t)net->problem->slot_count + 1;
	struct rota_key *keys = arena_array(arena, couriers, sizeof(*keys));
	int32_t *start = arena_array(arena, couriers + slots, sizeof(int32_t));
	int32_t count = heaviest_first(net, keys);
	struct sweep sweep;

	sweep_init(&sweep, net, arena);
	top_sweep(&sweep, start);
	for (int32_t i = 0, next = 0; i < count; i = next) {
		while (next < count && rota_level_compare(keys[i].level, keys[next].level) == 0)
			next++;
		level_sweep(&sweep, keys + i, next - i, start);
	}
	*proof = (struct rota_proof){ .sets = sweep.sets, .set_count = sweep.set_count };
	*groups_out = sweep.groups;
}
