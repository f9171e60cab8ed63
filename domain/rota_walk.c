/* domain/rota_walk.c -- the arcs of the net, with costs. */
#include "domain/rota_walk.h"

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
