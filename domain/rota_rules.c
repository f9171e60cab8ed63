/* domain/rota_rules.c -- who may take what, and what a day, a week and a night are. */
#include "domain/rota.h"

enum { DAY_MIN = 24 * 60, NIGHT_FROM_MIN = 22 * 60, NIGHT_TO_MIN = 6 * 60, NIGHT_MIN = 180 };

static bool is_among(const int32_t *list, size_t count, int32_t wanted)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == wanted)
			return true;
	return false;
}

bool rota_may_take(const struct rota_problem *problem, int32_t courier, int32_t slot_index)
{
	const struct rota_courier *who = &problem->couriers[courier];
	const struct rota_slot *slot = &problem->slots[slot_index];

	if (slot->zone != ROTA_NONE && !who->any_zone &&
	    !is_among(who->zones, who->zone_count, slot->zone))
		return false;
	if (slot->skill != ROTA_NONE && !is_among(who->skills, who->skill_count, slot->skill))
		return false;
	if (who->only_eligible && !is_among(who->eligible, who->eligible_count, slot_index))
		return false;
	for (size_t i = 0; i < who->off_count; i++)
		if (who->off[i].day == slot->day &&
		    (who->off[i].shift == ROTA_NONE || who->off[i].shift == slot->shift))
			return false;
	return true;
}

int32_t rota_weekday(const struct rota_problem *problem, int32_t day)
{
	/* 1970-01-01 was a Thursday. */
	int64_t weekday = (problem->first_day + day + 3) % 7;

	return (int32_t)(weekday < 0 ? weekday + 7 : weekday);
}

int32_t rota_week(const struct rota_problem *problem, int32_t day)
{
	int32_t into_week = (rota_weekday(problem, 0) - problem->week_start + 7) % 7;

	return (day + into_week) / 7;
}

int32_t rota_minutes(const struct rota_shift *shift)
{
	int32_t minutes = shift->end_min - shift->start_min;

	return minutes > 0 ? minutes : minutes + DAY_MIN;
}

static int32_t overlap(int32_t from, int32_t to, int32_t a, int32_t b)
{
	int32_t start = from > a ? from : a, end = to < b ? to : b;

	return end > start ? end - start : 0;
}

bool rota_is_night(const struct rota_shift *shift)
{
	int32_t minutes = rota_minutes(shift), end = shift->start_min + minutes, dark = 0;

	for (int32_t day = 0; day <= DAY_MIN; day += DAY_MIN) {
		dark += overlap(shift->start_min, end, day, day + NIGHT_TO_MIN);
		dark += overlap(shift->start_min, end, day + NIGHT_FROM_MIN, day + DAY_MIN);
	}
	return dark >= NIGHT_MIN || dark * 2 >= minutes;
}

bool rota_too_close(const struct rota_problem *problem, int32_t slot, int32_t other_slot)
{
	const struct rota_slot *a = &problem->slots[slot], *b = &problem->slots[other_slot];
	const struct rota_shift *of_a = &problem->shifts[a->shift],
				*of_b = &problem->shifts[b->shift];
	int32_t start_a = a->day * DAY_MIN + of_a->start_min;
	int32_t start_b = b->day * DAY_MIN + of_b->start_min;
	int32_t rest_min = problem->rules.rest_min == ROTA_NONE ? 0 : problem->rules.rest_min;

	if (start_a <= start_b)
		return start_b - start_a - rota_minutes(of_a) < rest_min;
	return start_a - start_b - rota_minutes(of_b) < rest_min;
}

int rota_level_compare(struct rota_level a, struct rota_level b)
{
	/* |num| < 2^40, weight < 2^14: far from an overflow. */
	int64_t left = a.num * b.weight, right = b.num * a.weight;

	return left < right ? -1 : left > right;
}
