/* domain/rota_cheapest_search.c -- Dijkstra with potentials over slots.
 *
 * A path goes from slot to slot: someone takes the open one, drops another, the next takes that,
 * until someone takes without dropping. What a courier may drop is looked up in his days and weeks,
 * and only while there is a slot that it would bring nearer. No step is below nothing; distances
 * are small whole numbers, so buckets will do. Of all ends at the least distance, the one with the
 * lightest next shift is taken: evenness costs nothing but at the end of a path, so this is the
 * cheapest path in both respects. */
#include "domain/rota_cheapest.h"

#include <assert.h>
#include <string.h>

static int32_t slot_count(const struct rota_cheapest *c)
{
	return c->net->problem->slot_count;
}

/* ---- buckets ----------------------------------------------------------------------------- */

static int32_t distance_of(const struct rota_cheapest *c, int32_t slot)
{
	return c->changes[slot] + c->potential[c->hole] - c->potential[slot];
}

static void bucket_leave(struct rota_cheapest *c, int32_t slot)
{
	int32_t next = c->next[slot], previous = c->previous[slot];

	if (previous != ROTA_NONE)
		c->next[previous] = next;
	else
		c->bucket[distance_of(c, slot)] = next;
	if (next != ROTA_NONE)
		c->previous[next] = previous;
	c->is_waiting[slot] = 0;
}

/* Distances grow with the potentials, which only ever fall. */
static void buckets_widen(struct rota_cheapest *c, int32_t distance)
{
	int32_t count = 2 * distance + 2;
	int32_t *wider = arena_array(c->arena, (size_t)count, sizeof(*wider));

	memcpy(wider, c->bucket, (size_t)c->bucket_count * sizeof(*wider));
	for (int32_t d = c->bucket_count; d < count; d++)
		wider[d] = ROTA_NONE;
	c->bucket = wider;
	c->bucket_count = count;
}

static void bucket_join(struct rota_cheapest *c, int32_t slot)
{
	int32_t distance = distance_of(c, slot);

	assert(distance >= c->now);
	if (distance + 1 >= c->bucket_count) /* an end may be one further */
		buckets_widen(c, distance);
	if (distance > c->bucket_max)
		c->bucket_max = distance;
	c->next[slot] = c->bucket[distance];
	c->previous[slot] = ROTA_NONE;
	if (c->next[slot] != ROTA_NONE)
		c->previous[c->next[slot]] = slot;
	c->bucket[distance] = slot;
	c->is_waiting[slot] = 1;
}

/* ---- is anything left to be brought nearer? -------------------------------------------------- */

static void changes_set(struct rota_cheapest *c, int32_t slot, int32_t changes)
{
	if (c->droppable[slot] > 0) {
		if (c->changes[slot] == ROTA_FAR)
			c->unreached--;
		else
			c->changes_count[c->changes[slot] + slot_count(c)]--;
		c->changes_count[changes + slot_count(c)]++;
		if (changes > c->changes_max)
			c->changes_max = changes;
	}
	if (c->changes[slot] == ROTA_FAR)
		c->reached[c->reached_count++] = slot;
	c->changes[slot] = changes;
}

/* Is there a slot to drop that more than these changes lead to? */
static bool brings_nearer(struct rota_cheapest *c, int32_t changes)
{
	if (c->unreached > 0)
		return true;
	while (c->changes_max > changes && c->changes_count[c->changes_max + slot_count(c)] == 0)
		c->changes_max--;
	return c->changes_max > changes;
}

/* ---- steps ------------------------------------------------------------------------------- */

/* What leads to a slot: `took` takes the slot before, after so many changes. */
struct step {
	int32_t slot, took, changes;
};

static void slot_reach(struct rota_cheapest *c, int32_t slot, const struct step *step,
		       int32_t dropped)
{
	int32_t changes = step->changes - (dropped == ROTA_WALK_NO_PAIR ? 0 : c->cost[dropped]);

	if (changes >= c->changes[slot])
		return;
	if (c->is_waiting[slot])
		bucket_leave(c, slot);
	changes_set(c, slot, changes);
	c->from[slot] = step->slot;
	c->took[slot] = step->took;
	c->dropped[slot] = dropped;
	bucket_join(c, slot);
}

/* False: with no more changes than now, it was entered before. */
static bool node_enter(struct rota_cheapest *c, int32_t node, int32_t changes)
{
	if (changes >= c->entered[node])
		return false;
	if (c->entered[node] == ROTA_FAR)
		c->entered_list[c->entered_count++] = node;
	c->entered[node] = changes;
	return true;
}

static void day_drop(struct rota_cheapest *c, int32_t day, const struct step *step)
{
	const struct rota_net *net = c->net;

	if (net->day_load[day] == 0 || !node_enter(c, net->day_base + day, step->changes))
		return;
	for (uint32_t e = net->day_first[day]; e < net->day_first[day + 1]; e++)
		if (net->taken[e] == ROTA_TAKEN)
			slot_reach(c, net->pairs.slot[e], step, (int32_t)e);
}

static void week_drop(struct rota_cheapest *c, int32_t week, const struct step *step)
{
	const struct rota_net *net = c->net;

	if (net->week_load[week] == 0 || !node_enter(c, net->week_base + week, step->changes))
		return;
	for (int32_t day = net->week_day_first[week]; day < net->week_day_first[week + 1]; day++)
		day_drop(c, day, step);
}

/* Whatever the courier may drop for the pair that the step takes. */
static void step_drop(struct rota_cheapest *c, const struct step *step)
{
	const struct rota_net *net = c->net;
	int32_t day = net->pair_day[step->took], week = net->day_week[day];
	int32_t courier = net->week_courier[week];
	const struct rota_courier *who = rota_net_who(net, courier);

	if (net->day_load[day] >= who->cap_day) {
		day_drop(c, day, step);
	} else if (net->week_load[week] >= who->cap_week) {
		week_drop(c, week, step);
	} else if (node_enter(c, net->courier_base + courier, step->changes)) {
		for (week = net->courier_week_first[courier];
		     week < net->courier_week_first[courier + 1]; week++)
			week_drop(c, week, step);
	}
}

/* Couriers with room have no potential: none of them was ever nearer than the end of a path. */
static void end_consider(struct rota_cheapest *c, const struct step *step)
{
	const struct rota_net *net = c->net;
	int32_t distance = step->changes + c->potential[c->hole];
	int32_t courier = net->pair_courier[step->took];
	struct rota_key key;

	if (!rota_net_has_room(net, (uint32_t)step->took))
		return;
	key = (struct rota_key){ rota_level_of(rota_net_who(net, courier), c->points,
					       net->load[courier] + 1),
				 courier };
	if (distance < c->end_distance || rota_key_less(&key, &c->end_key)) {
		c->end = step->took;
		c->end_slot = step->slot;
		c->end_distance = distance;
		c->end_key = key;
	}
}

static void slot_settle(struct rota_cheapest *c, int32_t slot)
{
	const struct rota_net *net = c->net;

	for (uint32_t i = net->pairs.slot_first[slot]; i < net->pairs.slot_first[slot + 1]; i++) {
		int32_t pair = (int32_t)net->pairs.slot_pair[i];
		struct step step = { slot, pair, c->changes[slot] + c->cost[pair] };

		if (net->taken[pair] != ROTA_FREE)
			continue;
		if (step.changes + c->potential[c->hole] <= c->end_distance)
			end_consider(c, &step);
		if (brings_nearer(c, step.changes - (c->fresh[net->pair_courier[pair]] > 0)))
			step_drop(c, &step);
	}
}

/* ---- the search -------------------------------------------------------------------------- */

static void search_clear(struct rota_cheapest *c)
{
	for (int32_t i = 0; i < c->reached_count; i++) {
		int32_t slot = c->reached[i];

		if (c->droppable[slot] > 0) {
			c->changes_count[c->changes[slot] + slot_count(c)] = 0;
			c->unreached++;
		}
		c->changes[slot] = ROTA_FAR;
		c->is_waiting[slot] = 0;
	}
	for (int32_t i = 0; i < c->entered_count; i++)
		c->entered[c->entered_list[i]] = ROTA_FAR;
	for (int32_t d = 0; d <= c->bucket_max; d++)
		c->bucket[d] = ROTA_NONE;
	c->reached_count = c->entered_count = c->later_count = 0;
	c->bucket_max = c->now = 0;
	c->changes_max = -slot_count(c);
	c->end = ROTA_WALK_NO_PAIR;
	c->end_distance = ROTA_FAR;
}

/* All slots at this distance; true: an end is among them. */
static bool bucket_empty(struct rota_cheapest *c)
{
	while (c->bucket[c->now] != ROTA_NONE) {
		int32_t slot = c->bucket[c->now];

		bucket_leave(c, slot);
		if (c->potential[slot] == 0 && c->cheap[slot] == 0)
			c->later[c->later_count++] = slot;
		else
			slot_settle(c, slot);
	}
	if (c->end_distance == c->now)
		return true;
	for (int32_t i = 0; i < c->later_count; i++)
		slot_settle(c, c->later[i]);
	c->later_count = 0;
	return false;
}

bool rota_cheapest_search(struct rota_cheapest *c, int32_t hole)
{
	const struct step start = { ROTA_NONE, ROTA_WALK_NO_PAIR, 0 };

	search_clear(c);
	c->hole = hole;
	slot_reach(c, hole, &start, ROTA_WALK_NO_PAIR);
	for (; c->now <= c->bucket_max || c->end != ROTA_WALK_NO_PAIR; c->now++)
		if (bucket_empty(c))
			return true;
	return false;
}
