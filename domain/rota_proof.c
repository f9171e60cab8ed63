/* domain/rota_proof.c -- the closed sets: from the heaviest courier down, what can still be
 * reached.
 *
 * A slot's level is that of the heaviest courier who could be rid of a shift by way of it. Nobody
 * who could take it in has a next shift below that: else a unit would have moved. */
#include "domain/rota_core.h"

#include <string.h>

struct sweep {
	struct rota_net *net;
	struct rota_flow *flow;
	int32_t *order; /* couriers, heaviest last shift first */
	int32_t *slots; /* in the order they were reached */
	int32_t slot_count;
};

struct heavy {
	struct rota_key key;
};

static int heavy_compare(const void *a, const void *b)
{
	const struct heavy *left = a, *right = b;

	return rota_key_less(&right->key, &left->key) ? -1 : rota_key_less(&left->key, &right->key);
}

/* Those with a shift that is theirs to give. */
static int32_t heaviest_first(const struct rota_net *net, struct heavy *heavy)
{
	int32_t count = 0;

	for (int32_t c = 0; c < net->problem->courier_count; c++)
		if (net->load[c] > 0)
			heavy[count++].key = rota_key_of(net, c, net->load[c]);
	qsort(heavy, (size_t)count, sizeof(*heavy), heavy_compare);
	return count;
}

/* The slots among what the last search added to the queue become a set. */
static void set_add(struct rota_proof *proof, struct rota_set *sets, const struct rota_flow *flow,
		    int32_t from, int32_t *slots, int32_t *slot_count)
{
	struct rota_set *set = &sets[proof->set_count];
	int32_t first = *slot_count;

	for (int32_t i = from; i < flow->reached; i++)
		if (flow->queue[i] < flow->net->day_base)
			slots[(*slot_count)++] = flow->queue[i];
	if (*slot_count == first)
		return;
	set->slots = slots + first;
	set->slot_count = *slot_count - first;
	proof->set_count++;
}

static int32_t short_slots(const struct rota_net *net, int32_t *list)
{
	int32_t count = 0;

	for (int32_t s = 0; s < net->problem->slot_count; s++)
		if (net->missing[s] > 0)
			list[count++] = s;
	return count;
}

void rota_proof_build(struct rota_net *net, struct arena *arena, struct rota_proof *proof)
{
	size_t couriers = (size_t)net->problem->courier_count + 1;
	size_t slots = (size_t)net->problem->slot_count + 1;
	struct heavy *heavy = arena_array(arena, couriers, sizeof(*heavy));
	struct rota_set *sets = arena_array(arena, slots, sizeof(*sets));
	int32_t *listed = arena_array(arena, slots, sizeof(int32_t));
	int32_t *start = arena_array(arena, couriers + slots, sizeof(int32_t));
	int32_t count = heaviest_first(net, heavy), slot_count = 0, from = 0;
	struct rota_flow flow;

	*proof = (struct rota_proof){ .sets = sets };
	rota_flow_init(&flow, net, arena);
	memset(net->part, 0, (size_t)net->node_count * sizeof(*net->part));
	rota_flow_reach(&flow, start, short_slots(net, start));
	sets[0].is_top = true;
	set_add(proof, sets, &flow, 0, listed, &slot_count);
	for (int32_t i = 0, next; i < count; i = next) {
		for (next = i; next < count &&
			       rota_level_compare(heavy[i].key.level, heavy[next].key.level) == 0;
		     next++)
			start[next - i] = net->courier_base + heavy[next].key.courier;
		from = flow.reached;
		rota_flow_reach(&flow, start, next - i);
		sets[proof->set_count].level = heavy[i].key.level;
		sets[proof->set_count].is_top = false;
		set_add(proof, sets, &flow, from, listed, &slot_count);
	}
}
