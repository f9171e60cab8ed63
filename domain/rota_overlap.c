/* domain/rota_overlap.c -- nobody works two shifts at one time, also where no rest is asked for. */
#include "domain/rota_pairs.h"

enum { DAY_MIN = 24 * 60 };

/* Does the latest end of a shift lie beyond the earliest start on the next day? */
static bool reaches_next_day(const struct rota_problem *problem)
{
	int32_t end = 0, start = DAY_MIN;

	for (int32_t i = 0; i < problem->shift_count; i++) {
		const struct rota_shift *shift = &problem->shifts[i];
		int32_t its_end = shift->start_min + rota_minutes(shift);

		end = its_end > end ? its_end : end;
		start = shift->start_min < start ? shift->start_min : start;
	}
	return end - DAY_MIN > start;
}

/* Slots of one day, or of a day and the next, that the courier's caps leave to be taken both. */
static bool courier_may_overlap(const struct rota_problem *problem, const struct rota_pairs *pairs,
				int32_t courier, bool next_day)
{
	const struct rota_slot *slots = problem->slots;
	int32_t nearest = problem->couriers[courier].cap_day > 1 ? 0 : 1, furthest = next_day;
	uint32_t end = pairs->first[courier + 1];

	for (uint32_t e = pairs->first[courier]; e < end && nearest <= furthest; e++) {
		int32_t slot = pairs->slot[e];

		for (uint32_t f = e + 1;
		     f < end && slots[pairs->slot[f]].day <= slots[slot].day + furthest; f++)
			if (slots[pairs->slot[f]].day >= slots[slot].day + nearest &&
			    slots[slot].need > 0 && slots[pairs->slot[f]].need > 0 &&
			    rota_too_close(problem, slot, pairs->slot[f]))
				return true;
	}
	return false;
}

const struct rota_problem *rota_overlap_forbid(const struct rota_problem *problem,
					       const struct rota_pairs *pairs, struct arena *arena)
{
	bool next_day = reaches_next_day(problem), found = false;
	struct rota_problem *resting;

	if (problem->rules.rest_min != ROTA_NONE)
		return problem;
	for (int32_t c = 0; c < problem->courier_count && !found; c++)
		found = courier_may_overlap(problem, pairs, c, next_day);
	if (!found)
		return problem;
	resting = ARENA_NEW(arena, struct rota_problem);
	*resting = *problem;
	resting->rules.rest_min = 0;
	return resting;
}
