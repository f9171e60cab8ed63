/* domain/rota_flow.c -- many shortest paths at once: layers by breadth, then units by depth. */
#include "domain/rota_net.h"

#include <stdlib.h>
#include <string.h>

void rota_flow_init(struct rota_flow *flow, struct rota_net *net, struct arena *arena)
{
	size_t nodes = (size_t)net->node_count + 1;

	*flow = (struct rota_flow){ .net = net };
	flow->target = arena_array(arena, (size_t)net->problem->courier_count + 1, sizeof(int32_t));
	flow->depth = arena_array(arena, nodes, sizeof(int32_t));
	flow->at = arena_array(arena, nodes, sizeof(uint32_t));
	flow->queue = arena_array(arena, nodes, sizeof(int32_t));
	flow->path = arena_array(arena, nodes, sizeof(int32_t));
	flow->path_pair = arena_array(arena, nodes, sizeof(uint32_t));
	for (size_t i = 0; i < nodes; i++)
		flow->depth[i] = -1;
}

/* What sources still have to give, and sinks room to take. */
static int64_t wanting(const struct rota_flow *flow, const int32_t *nodes, int32_t count)
{
	int64_t sum = 0;

	for (int32_t i = 0; i < count; i++) {
		int32_t courier = nodes[i] - flow->net->courier_base;

		sum += courier >= 0 ? abs(flow->net->load[courier] - flow->target[courier])
				    : flow->net->missing[nodes[i]];
	}
	return sum;
}

static bool is_source(const struct rota_flow *flow, int32_t node)
{
	const struct rota_net *net = flow->net;
	int32_t courier = node - net->courier_base;

	if (courier >= 0)
		return net->load[courier] > flow->target[courier];
	return net->missing[node] > 0;
}

static bool is_sink(const struct rota_flow *flow, int32_t courier)
{
	return flow->net->load[courier] < flow->target[courier];
}

/* ---- layers ------------------------------------------------------------------------------ */

struct layers {
	struct rota_flow *flow;
	int32_t part, end_depth; /* no deeper than the first sink */
	int32_t from;		 /* the node in hand */
};

static inline void reach(struct layers *layers, int32_t node, int32_t depth)
{
	struct rota_flow *flow = layers->flow;

	if (flow->net->part[node] != layers->part)
		return;
	if (flow->on_arc != NULL && layers->from != ROTA_NONE)
		flow->on_arc(flow->arc_arg, layers->from, node);
	if (flow->depth[node] >= 0)
		return;
	flow->depth[node] = depth;
	flow->at[node] = 0;
	flow->queue[flow->reached++] = node;
}

static void reach_from_slot(struct layers *layers, int32_t slot, int32_t depth)
{
	const struct rota_net *net = layers->flow->net;

	for (uint32_t i = net->pairs.slot_first[slot]; i < net->pairs.slot_first[slot + 1]; i++) {
		uint32_t pair = net->pairs.slot_pair[i];

		if (net->taken[pair] == ROTA_FREE)
			reach(layers, net->day_base + net->pair_day[pair], depth);
	}
}

static void reach_from_day(struct layers *layers, int32_t day, int32_t depth)
{
	const struct rota_net *net = layers->flow->net;
	int32_t week = net->day_week[day];

	if (net->day_load[day] < rota_net_who(net, net->week_courier[week])->cap_day)
		reach(layers, net->week_base + week, depth);
	for (uint32_t e = net->day_first[day]; e < net->day_first[day + 1]; e++)
		if (net->taken[e] == ROTA_TAKEN)
			reach(layers, net->pairs.slot[e], depth);
}

static void reach_from_week(struct layers *layers, int32_t week, int32_t depth)
{
	const struct rota_net *net = layers->flow->net;
	int32_t courier = net->week_courier[week];

	if (net->week_load[week] < rota_net_who(net, courier)->cap_week)
		reach(layers, net->courier_base + courier, depth);
	for (int32_t day = net->week_day_first[week]; day < net->week_day_first[week + 1]; day++)
		if (net->day_load[day] > 0)
			reach(layers, net->day_base + day, depth);
}

static void reach_from_courier(struct layers *layers, int32_t courier, int32_t depth)
{
	const struct rota_net *net = layers->flow->net;

	if (is_sink(layers->flow, courier)) {
		layers->end_depth = depth - 1;
		return;
	}
	for (int32_t week = net->courier_week_first[courier];
	     week < net->courier_week_first[courier + 1]; week++)
		if (net->week_load[week] > 0)
			reach(layers, net->week_base + week, depth);
}

static void reach_from(struct layers *layers, int32_t node)
{
	const struct rota_net *net = layers->flow->net;
	int32_t depth = layers->flow->depth[node] + 1;

	layers->from = node;
	if (node < net->day_base)
		reach_from_slot(layers, node, depth);
	else if (node < net->week_base)
		reach_from_day(layers, node - net->day_base, depth);
	else if (node < net->courier_base)
		reach_from_week(layers, node - net->week_base, depth);
	else
		reach_from_courier(layers, node - net->courier_base, depth);
}

static void layers_clear(struct rota_flow *flow)
{
	for (int32_t i = 0; i < flow->reached; i++)
		flow->depth[flow->queue[i]] = -1;
	flow->reached = 0;
}

/* Is a sink within reach? */
static bool layers_build(struct rota_flow *flow, const int32_t *sources, int32_t source_count)
{
	struct layers layers = { flow, 0, INT32_MAX, ROTA_NONE };

	layers_clear(flow);
	for (int32_t i = 0; i < source_count; i++)
		if (is_source(flow, sources[i])) {
			layers.part = flow->net->part[sources[i]];
			reach(&layers, sources[i], 0);
		}
	for (int32_t i = 0; i < flow->reached; i++) {
		if (flow->depth[flow->queue[i]] > layers.end_depth)
			break;
		reach_from(&layers, flow->queue[i]);
	}
	return layers.end_depth < INT32_MAX;
}

/* ---- units ------------------------------------------------------------------------------- */

/* The next arc of `node` one layer down; ROTA_NONE: there is none left. The arc stays in hand. */
static int32_t next_of_slot(struct rota_flow *flow, int32_t slot, uint32_t *pair_out)
{
	const struct rota_net *net = flow->net;
	uint32_t first = net->pairs.slot_first[slot];
	uint32_t count = net->pairs.slot_first[slot + 1] - first;

	for (; flow->at[slot] < count; flow->at[slot]++) {
		uint32_t pair = net->pairs.slot_pair[first + flow->at[slot]];
		int32_t to = net->day_base + net->pair_day[pair];

		if (flow->depth[to] == flow->depth[slot] + 1 && net->taken[pair] == ROTA_FREE) {
			*pair_out = pair;
			return to;
		}
	}
	return ROTA_NONE;
}

static int32_t next_of_day(struct rota_flow *flow, int32_t node, uint32_t *pair_out)
{
	const struct rota_net *net = flow->net;
	int32_t day = node - net->day_base, week = net->day_week[day];
	uint32_t first = net->day_first[day], count = net->day_first[day + 1] - first;
	int32_t wanted = flow->depth[node] + 1;

	if (flow->at[node] == 0) {
		if (flow->depth[net->week_base + week] == wanted &&
		    net->day_load[day] < rota_net_who(net, net->week_courier[week])->cap_day)
			return net->week_base + week;
		flow->at[node] = 1;
	}
	for (; flow->at[node] <= count; flow->at[node]++) {
		uint32_t pair = first + flow->at[node] - 1;

		if (net->taken[pair] == ROTA_TAKEN &&
		    flow->depth[net->pairs.slot[pair]] == wanted) {
			*pair_out = pair;
			return net->pairs.slot[pair];
		}
	}
	return ROTA_NONE;
}

static int32_t next_of_week(struct rota_flow *flow, int32_t node)
{
	const struct rota_net *net = flow->net;
	int32_t week = node - net->week_base, courier = net->week_courier[week];
	int32_t wanted = flow->depth[node] + 1, first = net->week_day_first[week];
	uint32_t count = (uint32_t)(net->week_day_first[week + 1] - first);

	if (flow->at[node] == 0) {
		if (flow->depth[net->courier_base + courier] == wanted &&
		    net->week_load[week] < rota_net_who(net, courier)->cap_week)
			return net->courier_base + courier;
		flow->at[node] = 1;
	}
	for (; flow->at[node] <= count; flow->at[node]++) {
		int32_t day = first + (int32_t)flow->at[node] - 1;

		if (net->day_load[day] > 0 && flow->depth[net->day_base + day] == wanted)
			return net->day_base + day;
	}
	return ROTA_NONE;
}

static int32_t next_of_courier(struct rota_flow *flow, int32_t node)
{
	const struct rota_net *net = flow->net;
	int32_t courier = node - net->courier_base, first = net->courier_week_first[courier];
	uint32_t count = (uint32_t)(net->courier_week_first[courier + 1] - first);

	for (; flow->at[node] < count; flow->at[node]++) {
		int32_t week = first + (int32_t)flow->at[node];

		if (net->week_load[week] > 0 &&
		    flow->depth[net->week_base + week] == flow->depth[node] + 1)
			return net->week_base + week;
	}
	return ROTA_NONE;
}

static int32_t next_of(struct rota_flow *flow, int32_t node, uint32_t *pair_out)
{
	*pair_out = UINT32_MAX;
	if (node < flow->net->day_base)
		return next_of_slot(flow, node, pair_out);
	if (node < flow->net->week_base)
		return next_of_day(flow, node, pair_out);
	if (node < flow->net->courier_base)
		return next_of_week(flow, node);
	return next_of_courier(flow, node);
}

static void path_move(struct rota_flow *flow, int32_t length)
{
	struct rota_net *net = flow->net;

	/* All releases first: a counter may not pass its cap on the way. */
	for (int32_t i = 1; i <= length; i++)
		if (flow->path_pair[i] != UINT32_MAX && flow->path[i] < net->day_base)
			rota_net_release(net, flow->path_pair[i]);
	for (int32_t i = 1; i <= length; i++)
		if (flow->path_pair[i] != UINT32_MAX && flow->path[i] >= net->day_base)
			rota_net_take(net, flow->path_pair[i]);
}

/* One unit from `source` along the layers. */
static bool path_find(struct rota_flow *flow, int32_t source)
{
	const struct rota_net *net = flow->net;
	int32_t length = 0;

	flow->path[0] = source;
	while (length >= 0) {
		int32_t node = flow->path[length], to;

		if (length > 0 && node >= net->courier_base &&
		    is_sink(flow, node - net->courier_base)) {
			path_move(flow, length);
			return true;
		}
		to = next_of(flow, node, &flow->path_pair[length + 1]);
		if (to != ROTA_NONE) {
			flow->path[++length] = to;
		} else {
			/* A dead end; its neighbours find their next arc on their own. */
			flow->depth[node] = INT32_MAX - 1;
			length--;
		}
	}
	return false;
}

void rota_flow_reach(struct rota_flow *flow, const int32_t *nodes, int32_t count)
{
	struct layers layers = { flow, 0, INT32_MAX, ROTA_NONE };
	int32_t from = flow->reached;

	for (int32_t i = 0; i < count; i++)
		reach(&layers, nodes[i], 0);
	for (int32_t i = from; i < flow->reached; i++)
		reach_from(&layers, flow->queue[i]);
}

/* ---- one step ---------------------------------------------------------------------------- */

/* Someone below target who may take this slot straight away. Whoever was passed over stays unfit:
 * loads of takers only grow while targets stay. */
static uint32_t taker_find(struct rota_flow *flow, int32_t slot)
{
	const struct rota_net *net = flow->net;
	uint32_t first = net->pairs.slot_first[slot];
	uint32_t count = net->pairs.slot_first[slot + 1] - first;

	for (; flow->at[slot] < count; flow->at[slot]++) {
		uint32_t pair = net->pairs.slot_pair[first + flow->at[slot]];
		int32_t courier = net->pair_courier[pair];

		if (flow->net->part[net->courier_base + courier] == net->part[slot] &&
		    is_sink(flow, courier) && net->taken[pair] == ROTA_FREE &&
		    rota_net_has_room(net, pair))
			return pair;
	}
	return UINT32_MAX;
}

static void takers_restart(struct rota_flow *flow, int32_t courier)
{
	const struct rota_pairs *pairs = &flow->net->pairs;

	for (uint32_t e = pairs->first[courier]; e < pairs->first[courier + 1]; e++)
		flow->at[pairs->slot[e]] = 0;
}

/* Most units need no more than one handing over: no layers for those. */
static int64_t hand_over(struct rota_flow *flow, int32_t courier, int64_t units)
{
	struct rota_net *net = flow->net;
	int32_t part = net->part[net->courier_base + courier];
	int64_t moved = 0;

	for (uint32_t e = net->pairs.first[courier]; e < net->pairs.first[courier + 1]; e++) {
		uint32_t taker;

		if (moved == units || net->load[courier] == flow->target[courier])
			break;
		if (net->taken[e] != ROTA_TAKEN || net->part[net->pairs.slot[e]] != part)
			continue;
		taker = taker_find(flow, net->pairs.slot[e]);
		if (taker == UINT32_MAX)
			continue;
		rota_net_release(net, e);
		rota_net_take(net, taker);
		moved++;
	}
	return moved;
}

bool rota_flow_even_out(struct rota_flow *flow, const int32_t *sources, int32_t source_count,
			const int32_t *sinks, int32_t sink_count)
{
	const struct rota_net *net = flow->net;
	int64_t excess = wanting(flow, sources, source_count);
	int64_t room = wanting(flow, sinks, sink_count);

	layers_clear(flow);
	for (int32_t i = 0; i < source_count; i++)
		takers_restart(flow, sources[i] - net->courier_base);
	for (int32_t i = 0; i < source_count && excess > 0 && room > 0; i++) {
		int64_t moved = hand_over(flow, sources[i] - net->courier_base, room);

		excess -= moved;
		room -= moved;
	}
	if (excess == 0 || room == 0)
		return true;
	rota_flow_run(flow, sources, source_count);
	return flow->reached == 0;
}

void rota_flow_run(struct rota_flow *flow, const int32_t *sources, int32_t source_count)
{
	while (layers_build(flow, sources, source_count))
		for (int32_t i = 0; i < source_count; i++)
			while (is_source(flow, sources[i]) && path_find(flow, sources[i]))
				;
}
