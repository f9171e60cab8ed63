/* domain/rota_people.c -- what a rota means for each courier, and what it leaves for the next one.
 *
 * History is load minus fair share. Every shift that is worked is shared out, in proportion to
 * weight, among all who could have taken it: zone, skill, days off. Who was away shares in nothing,
 * so a holiday is no debt; who is new starts with nothing, owed to nobody. The shares of one shift
 * make up exactly that shift, up to the rounding to thousandths. */
#include "domain/rota_pairs.h"

enum { PARTS = 1000, WEEKEND_FIRST = 5 }; /* of a thousandth; Saturday */

static void worked_count(const struct rota_problem *problem, const struct rota_pair *pair,
			 struct rota_person *people)
{
	const struct rota_slot *slot = &problem->slots[pair->slot];
	const struct rota_shift *shift = &problem->shifts[slot->shift];
	struct rota_person *person = &people[pair->courier];

	person->load++;
	person->load_milli += shift->points_milli;
	person->minutes += rota_minutes(shift);
	person->nights += rota_is_night(shift);
	person->weekends += rota_weekday(problem, slot->day) >= WEEKEND_FIRST;
}

/* The part of the slot's work that is one unit of weight's share, in thousandths' parts. */
static void slot_share(const struct rota_problem *problem, int32_t slot, int64_t weight_all,
		       int64_t worked, int64_t *unit_out, int64_t *rest_out)
{
	int64_t points = problem->shifts[problem->slots[slot].shift].points_milli;

	*unit_out = weight_all > 0 ? worked * points * PARTS / weight_all : 0;
	*rest_out = weight_all > 0 ? worked * points * PARTS % weight_all : 0;
}

static int64_t round_to_milli(int64_t parts)
{
	return parts >= 0 ? (parts + PARTS / 2) / PARTS : -((-parts + PARTS / 2) / PARTS);
}

struct rota_person *rota_people_count(const struct rota_problem *problem,
				      const struct rota_pairs *pairs,
				      const struct rota_pair *assigned, int32_t assigned_count,
				      struct arena *arena)
{
	size_t couriers = (size_t)problem->courier_count + 1;
	size_t slots = (size_t)problem->slot_count + 1;
	struct rota_person *people = arena_array(arena, couriers, sizeof(*people));
	int64_t *worked = arena_array(arena, slots, sizeof(*worked));
	int64_t *weight = arena_array(arena, slots, sizeof(*weight));
	int64_t *unit = arena_array(arena, slots, sizeof(*unit));
	int64_t *rest = arena_array(arena, slots, sizeof(*rest));

	for (int32_t i = 0; i < assigned_count; i++) {
		worked_count(problem, &assigned[i], people);
		worked[assigned[i].slot]++;
	}
	for (int32_t c = 0; c < problem->courier_count; c++)
		for (uint32_t e = pairs->first[c]; e < pairs->first[c + 1]; e++)
			weight[pairs->slot[e]] += problem->couriers[c].weight;
	for (int32_t s = 0; s < problem->slot_count; s++)
		slot_share(problem, s, weight[s], worked[s], &unit[s], &rest[s]);
	for (int32_t c = 0; c < problem->courier_count; c++) {
		int64_t own = problem->couriers[c].weight, fair = 0;

		for (uint32_t e = pairs->first[c]; e < pairs->first[c + 1]; e++) {
			int32_t s = pairs->slot[e];

			fair += own * unit[s] + own * rest[s] / weight[s];
		}
		people[c].history_after_milli = problem->couriers[c].history_milli +
						people[c].load_milli - round_to_milli(fair);
	}
	return people;
}
