/* domain/rota_net.c -- builds the network and keeps its counters. */
#include "domain/rota_net.h"

#include <assert.h>

/* ---- levels ------------------------------------------------------------------------------ */

struct rota_level rota_level_of(const struct rota_courier *who, int64_t points, int32_t k)
{
	return (struct rota_level){ 2 * who->history_milli + points * (2 * (int64_t)k - 1),
				    who->weight };
}

struct rota_key rota_key_of(const struct rota_net *net, int32_t courier, int32_t k)
{
	return (struct rota_key){
		rota_level_of(rota_net_who(net, courier), rota_points(net->problem), k), courier
	};
}

bool rota_key_less(const struct rota_key *a, const struct rota_key *b)
{
	int order = rota_level_compare(a->level, b->level);

	return order != 0 ? order < 0 : a->courier < b->courier;
}

int64_t rota_points(const struct rota_problem *problem)
{
	int64_t points = problem->shift_count > 0 ? problem->shifts[0].points_milli : ROTA_MILLI;

	for (int32_t i = 1; i < problem->shift_count; i++)
		if (problem->shifts[i].points_milli < points)
			points = problem->shifts[i].points_milli;
	return points;
}

/* ---- the tree ---------------------------------------------------------------------------- */

static void tree_room(struct rota_net *net, struct arena *arena)
{
	size_t pairs = net->pairs.count, couriers = (size_t)net->problem->courier_count;
	size_t days = (size_t)net->day_count, weeks = (size_t)net->week_count;

	net->pair_day = arena_array(arena, pairs + 1, sizeof(int32_t));
	net->pair_courier = arena_array(arena, pairs + 1, sizeof(int32_t));
	net->day_first = arena_array(arena, days + 2, sizeof(uint32_t));
	net->day_week = arena_array(arena, days + 1, sizeof(int32_t));
	net->week_day_first = arena_array(arena, weeks + 2, sizeof(int32_t));
	net->week_courier = arena_array(arena, weeks + 1, sizeof(int32_t));
	net->courier_week_first = arena_array(arena, couriers + 1, sizeof(int32_t));
	net->taken = arena_array(arena, pairs + 1, 1);
	net->day_load = arena_array(arena, days + 1, sizeof(int32_t));
	net->week_load = arena_array(arena, weeks + 1, sizeof(int32_t));
	net->load = arena_array(arena, couriers + 1, sizeof(int32_t));
}

/* Counts days and weeks (net's arrays NULL), or writes them. */
static void tree_walk(struct rota_net *net, const int32_t *week_of_day, bool write)
{
	int32_t days = 0, weeks = 0;

	for (int32_t c = 0; c < net->problem->courier_count; c++) {
		int32_t day = ROTA_NONE, week = ROTA_NONE;

		if (write)
			net->courier_week_first[c] = weeks;
		for (uint32_t e = net->pairs.first[c]; e < net->pairs.first[c + 1]; e++) {
			int32_t its_day = net->problem->slots[net->pairs.slot[e]].day;

			if (week_of_day[its_day] != week) {
				week = week_of_day[its_day];
				if (write) {
					net->week_day_first[weeks] = days;
					net->week_courier[weeks] = c;
				}
				weeks++;
			}
			if (its_day != day) {
				day = its_day;
				if (write) {
					net->day_first[days] = e;
					net->day_week[days] = weeks - 1;
				}
				days++;
			}
			if (write) {
				net->pair_day[e] = days - 1;
				net->pair_courier[e] = c;
			}
		}
	}
	if (write) {
		net->courier_week_first[net->problem->courier_count] = weeks;
		net->week_day_first[weeks] = days;
		net->day_first[days] = net->pairs.count;
	}
	net->day_count = days;
	net->week_count = weeks;
}

static void tree_build(struct rota_net *net, struct arena *arena)
{
	const struct rota_problem *problem = net->problem;
	int32_t *week_of_day =
		arena_array(arena, (size_t)problem->day_count + 1, sizeof(*week_of_day));

	for (int32_t day = 0; day < problem->day_count; day++)
		week_of_day[day] = rota_week(problem, day);
	tree_walk(net, week_of_day, false);
	tree_room(net, arena);
	tree_walk(net, week_of_day, true);
	net->day_base = problem->slot_count;
	net->week_base = net->day_base + net->day_count;
	net->courier_base = net->week_base + net->week_count;
	net->node_count = net->courier_base + problem->courier_count;
	net->part = arena_array(arena, (size_t)net->node_count + 1, sizeof(int32_t));
	net->missing = arena_array(arena, (size_t)problem->slot_count + 1, sizeof(int32_t));
	for (int32_t s = 0; s < problem->slot_count; s++) {
		net->missing[s] = problem->slots[s].need;
		net->missing_all += problem->slots[s].need;
	}
}

/* ---- units ------------------------------------------------------------------------------- */

static void count_up(struct rota_net *net, uint32_t pair, int32_t by)
{
	int32_t day = net->pair_day[pair], week = net->day_week[day];

	net->day_load[day] += by;
	net->week_load[week] += by;
	net->load[net->pair_courier[pair]] += by;
	net->missing[net->pairs.slot[pair]] -= by;
	net->missing_all -= by;
}

void rota_net_take(struct rota_net *net, uint32_t pair)
{
	assert(net->taken[pair] == ROTA_FREE);
	net->taken[pair] = ROTA_TAKEN;
	count_up(net, pair, 1);
}

void rota_net_release(struct rota_net *net, uint32_t pair)
{
	assert(net->taken[pair] == ROTA_TAKEN);
	net->taken[pair] = ROTA_FREE;
	count_up(net, pair, -1);
}

bool rota_net_has_room(const struct rota_net *net, uint32_t pair)
{
	int32_t day = net->pair_day[pair], week = net->day_week[day];
	int32_t courier = net->pair_courier[pair];
	const struct rota_courier *who = rota_net_who(net, courier);

	return net->day_load[day] < who->cap_day && net->week_load[week] < who->cap_week &&
	       net->load[courier] < who->cap_total;
}

/* ---- what is fixed ----------------------------------------------------------------------- */

static enum status fixed_take(struct rota_net *net, int32_t index, struct arena *arena,
			      struct str *fault)
{
	const struct rota_problem *problem = net->problem;
	const struct rota_pair *fixed = &problem->fixed[index];
	uint32_t pair = rota_pairs_find(problem, &net->pairs, fixed->courier, fixed->slot);
	const char *why = NULL;

	if (pair == net->pairs.count)
		why = "this courier may not take this slot";
	else if (net->taken[pair] != ROTA_FREE)
		why = "it is there twice";
	else if (net->missing[fixed->slot] == 0)
		why = "the slot has more fixed couriers than it needs";
	else if (!rota_net_has_room(net, pair))
		why = "a cap of the courier (day, week or total) is exceeded";
	if (why != NULL) {
		*fault = str_format(arena, "fixed[%d]: slot %.*s, courier %.*s: %s", index,
				    STR_ARG(problem->slots[fixed->slot].id),
				    STR_ARG(problem->couriers[fixed->courier].id), why);
		return STATUS_BAD_INPUT;
	}
	rota_net_take(net, pair);
	net->taken[pair] = ROTA_FIXED;
	return STATUS_OK;
}

enum status rota_net_build(const struct rota_problem *problem, struct arena *arena,
			   struct rota_net *net, struct str *fault)
{
	enum status status;

	*net = (struct rota_net){ .problem = problem };
	status = rota_pairs_build(problem, arena, &net->pairs, fault);
	if (status != STATUS_OK)
		return status;
	net->problem = problem = rota_overlap_forbid(problem, &net->pairs, arena);
	tree_build(net, arena);
	for (int32_t i = 0; i < problem->fixed_count && status == STATUS_OK; i++)
		status = fixed_take(net, i, arena, fault);
	return status;
}
