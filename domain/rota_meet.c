/* domain/rota_meet.c -- which couriers meet to share out anew what they have, until it is as good
 * as the core or the work is used up. */
#include "domain/rota_meet.h"

#include "domain/rota_duo.h"
#include "domain/rota_sum.h"

#include <string.h>

enum { PARTNERS_MAX = 16 }; /* lighter ones that a heavy one meets in a round */

/* Couriers by their last shift, heaviest first, and by their next one, lightest first. */
struct meeting {
	struct rota_rest *rest;
	struct rota_net *net;
	struct rota_duo *duo;
	struct rota_key *heavy, *light;
	int32_t heavy_count, light_count;
	struct rota_sum floor; /* the core's cost */
	int64_t missing_least;
	int32_t *judged; /* the loads that were last found not to be the best; first: -1 */
};

static int key_compare(const void *a, const void *b)
{
	return rota_key_less(a, b) ? -1 : rota_key_less(b, a);
}

static void meeting_sort(struct meeting *meeting)
{
	const struct rota_net *net = meeting->net;

	meeting->heavy_count = meeting->light_count = 0;
	for (int32_t c = 0; c < net->problem->courier_count; c++) {
		if (net->load[c] > 0)
			meeting->heavy[meeting->heavy_count++] = rota_key_of(net, c, net->load[c]);
		if (net->load[c] < rota_net_who(net, c)->cap_total &&
		    net->pairs.first[c] != net->pairs.first[c + 1])
			meeting->light[meeting->light_count++] =
				rota_key_of(net, c, net->load[c] + 1);
	}
	qsort(meeting->heavy, (size_t)meeting->heavy_count, sizeof(*meeting->heavy), key_compare);
	qsort(meeting->light, (size_t)meeting->light_count, sizeof(*meeting->light), key_compare);
}

/* A heavy one hands something to a light one, straight away. */
static bool heavy_meets_light(const struct meeting *meeting)
{
	const struct rota_net *net = meeting->net;
	struct rota_duo *duo = meeting->duo;
	bool has_gained = false;

	for (int32_t i = meeting->heavy_count - 1; i >= 0 && rota_duo_may_go_on(duo, 0); i--) {
		int32_t heavy = meeting->heavy[i].courier;
		uint32_t start = rota_duo_chance(duo);

		for (int32_t k = 0; k < PARTNERS_MAX && k < meeting->light_count; k++) {
			/* Half of the partners are the lightest, half are whoever comes. */
			uint32_t at = k % 2 == 0 ? (uint32_t)k / 2 : start + (uint32_t)k;
			int32_t light = meeting->light[at % (uint32_t)meeting->light_count].courier;
			struct rota_key last = rota_key_of(net, heavy, net->load[heavy]);
			struct rota_key next = rota_key_of(net, light, net->load[light] + 1);

			if (net->load[heavy] > 0 && rota_level_compare(next.level, last.level) < 0)
				has_gained |= rota_duo_share(duo, heavy, light);
		}
	}
	return has_gained;
}

/* Whoever could take an uncovered slot meets others who might make room for it. */
static void uncovered_met(const struct meeting *meeting)
{
	const struct rota_net *net = meeting->net;
	uint32_t couriers = (uint32_t)net->problem->courier_count;

	for (int32_t s = 0; s < net->problem->slot_count; s++)
		for (uint32_t i = net->pairs.slot_first[s];
		     i < net->pairs.slot_first[s + 1] && net->missing[s] > 0 &&
		     rota_duo_may_go_on(meeting->duo, 0);
		     i++)
			rota_duo_share(meeting->duo, net->pair_courier[net->pairs.slot_pair[i]],
				       (int32_t)(rota_duo_chance(meeting->duo) % couriers));
}

/* Pairs at random: most gain nothing, but leave things elsewhere than they were. */
static void anyone_meets_anyone(const struct meeting *meeting)
{
	uint32_t couriers = (uint32_t)meeting->net->problem->courier_count;

	for (uint32_t i = 0; i < couriers && rota_duo_may_go_on(meeting->duo, 0); i++) {
		int32_t one = (int32_t)(rota_duo_chance(meeting->duo) % couriers);

		rota_duo_share(meeting->duo, one,
			       (int32_t)(rota_duo_chance(meeting->duo) % couriers));
	}
}

static void sum_add_loads(const struct meeting *meeting, const int32_t *load, struct rota_sum *sum)
{
	for (int32_t c = 0; c < meeting->net->problem->courier_count; c++)
		rota_sum_add_square(sum, rota_net_who(meeting->net, c),
				    meeting->rest->points * load[c]);
}

/* Exact sums cost more than a round of meetings: the same loads are judged once. */
static bool is_best(struct meeting *meeting, struct arena *scratch)
{
	const struct rota_net *net = meeting->net;
	size_t bytes = (size_t)net->problem->courier_count * sizeof(*meeting->judged);
	struct rota_sum cost;

	if (net->missing_all > meeting->missing_least ||
	    memcmp(meeting->judged, net->load, bytes) == 0)
		return false;
	memcpy(meeting->judged, net->load, bytes);
	arena_reset(scratch);
	cost = rota_sum_new(scratch);
	sum_add_loads(meeting, net->load, &cost);
	return rota_sum_excess(&cost, &meeting->floor) <= 0;
}

static bool points_differ(const struct rota_problem *problem)
{
	for (int32_t i = 1; i < problem->shift_count; i++)
		if (problem->shifts[i].points_milli != problem->shifts[0].points_milli)
			return true;
	return false;
}

bool rota_meet_applies(const struct rota_problem *problem)
{
	int32_t count = 0;

	for (int32_t c = 0; c < problem->courier_count && count < 2; c++)
		count += problem->couriers[c].cap_day == 1;
	return count == 2 && !points_differ(problem);
}

static struct meeting meeting_open(struct rota_rest *rest, const int32_t *load, struct arena *arena)
{
	const struct rota_problem *problem = rest->net->problem;
	size_t couriers = (size_t)problem->courier_count;
	struct meeting meeting = { .rest = rest,
				   .net = rest->net,
				   .duo = rota_duo_open(rest, arena),
				   .heavy = arena_array(arena, couriers, sizeof(struct rota_key)),
				   .light = arena_array(arena, couriers, sizeof(struct rota_key)),
				   .judged = arena_array(arena, couriers, sizeof(int32_t)),
				   .floor = rota_sum_new(arena) };

	meeting.judged[0] = -1;
	for (int32_t s = 0; s < problem->slot_count; s++)
		meeting.missing_least += problem->slots[s].need;
	for (int32_t c = 0; c < problem->courier_count; c++)
		meeting.missing_least -= load[c];
	sum_add_loads(&meeting, load, &meeting.floor);
	return meeting;
}

void rota_meet_improve(struct rota_rest *rest, const int32_t *load, struct arena *arena)
{
	const struct rota_problem *problem = rest->net->problem;
	struct meeting meeting;
	struct arena scratch = { 0 };

	if (!rota_meet_applies(problem))
		return;
	meeting = meeting_open(rest, load, arena);
	while (rota_duo_may_go_on(meeting.duo, 0) && !is_best(&meeting, &scratch)) {
		/* A round is work of its own: it ends also where nobody has a choice. */
		(void)rota_duo_may_go_on(meeting.duo, problem->courier_count);
		uncovered_met(&meeting);
		meeting_sort(&meeting);
		if (!heavy_meets_light(&meeting))
			anyone_meets_anyone(&meeting);
	}
	arena_release(&scratch);
}
