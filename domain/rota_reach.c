/* domain/rota_reach.c -- day by day: the last shift, the days in a row, the shifts of the week. */
#include "domain/rota_reach.h"

#include <string.h>

enum {
	DAY_MIN = 24 * 60,
	CHOICES_MAX = 12, /* shifts of one day that differ */
	ROWS_MAX = 14,
	WEEK_MAX = 7,
	WINDOW_MAX = 3, /* days that a shift can be too close to */
	KEPT_DAYS = WINDOW_MAX + 1,
	NEVER = -1,
};

/* What is known of one day: a slot for each shift, and the most shifts so far, by shifts of the
 * week in hand. */
struct day {
	int32_t slot[CHOICES_MAX];
	int32_t count;
	int16_t best[CHOICES_MAX][ROWS_MAX + 1]
		    [WEEK_MAX + 1]; /* that end with this choice, by days in a row */
	int16_t any[WEEK_MAX + 1];  /* that end here or earlier */
	int32_t week;
};

struct reach {
	const struct rota_problem *problem;
	const struct rota_pairs *pairs;
	int32_t window, row_max, week_max;
	bool counts_rows;	   /* else row_max is 1 */
	struct day day[KEPT_DAYS]; /* the latest, by day % KEPT_DAYS */
};

/* ---- choices ----------------------------------------------------------------------------- */

/* The courier's shifts on one day, from pair *e on. False: too many. */
static bool day_read(struct reach *reach, struct day *day, int32_t number, uint32_t end,
		     uint32_t *e)
{
	const struct rota_slot *slots = reach->problem->slots;

	day->count = 0;
	day->week = rota_week(reach->problem, number);
	for (; *e < end && slots[reach->pairs->slot[*e]].day == number; (*e)++) {
		int32_t slot = reach->pairs->slot[*e], i = 0;

		if (slots[slot].need == 0)
			continue;
		while (i < day->count && slots[day->slot[i]].shift != slots[slot].shift)
			i++;
		if (i == CHOICES_MAX)
			return false;
		day->slot[i] = slot;
		day->count += i == day->count;
	}
	return true;
}

/* ---- steps ------------------------------------------------------------------------------- */

static void best_raise(int16_t *best, int16_t value)
{
	if (value > *best)
		*best = value;
}

/* One shift more, from all that `from` counts. */
static void week_step(const struct reach *reach, int16_t *to, const int16_t *from, bool same_week)
{
	for (int32_t k = 0; k <= reach->week_max; k++) {
		int32_t now = same_week ? k + 1 : 1;

		if (from[k] != NEVER && now <= reach->week_max)
			best_raise(&to[now], (int16_t)(from[k] + 1));
	}
}

static void choice_step(struct reach *reach, struct day *day, int32_t choice, int32_t number)
{
	int16_t(*best)[WEEK_MAX + 1] = day->best[choice];

	for (int32_t back = 1; back <= reach->window && back <= number; back++) {
		const struct day *past = &reach->day[(number - back) % KEPT_DAYS];

		for (int32_t j = 0; j < past->count; j++) {
			if (rota_too_close(reach->problem, past->slot[j], day->slot[choice]))
				continue;
			for (int32_t row = 1; row <= reach->row_max; row++) {
				int32_t now = back == 1 && reach->counts_rows ? row + 1 : 1;

				if (now <= reach->row_max)
					week_step(reach, best[now], past->best[j][row],
						  past->week == day->week);
			}
		}
	}
	if (number > reach->window) {
		const struct day *past = &reach->day[(number - reach->window - 1) % KEPT_DAYS];

		week_step(reach, best[1], past->any, past->week == day->week);
	} else {
		best_raise(&best[1][1], 1);
	}
}

static void day_step(struct reach *reach, struct day *day, int32_t number)
{
	memset(day->best, NEVER, sizeof(day->best));
	memset(day->any, NEVER, sizeof(day->any));
	if (number == 0) {
		day->any[0] = 0;
	} else {
		const struct day *past = &reach->day[(number - 1) % KEPT_DAYS];

		for (int32_t k = 0; k <= reach->week_max; k++)
			best_raise(&day->any[past->week == day->week ? k : 0], past->any[k]);
	}
	for (int32_t i = 0; i < day->count; i++) {
		choice_step(reach, day, i, number);
		for (int32_t row = 1; row <= reach->row_max; row++)
			for (int32_t k = 0; k <= reach->week_max; k++)
				best_raise(&day->any[k], day->best[i][row][k]);
	}
}

static int32_t courier_reach(struct reach *reach, int32_t courier)
{
	const struct rota_courier *who = &reach->problem->couriers[courier];
	const struct day *last = &reach->day[(reach->problem->day_count - 1) % KEPT_DAYS];
	uint32_t e = reach->pairs->first[courier], end = reach->pairs->first[courier + 1];
	int32_t most = 0;

	if (who->cap_day != 1)
		return who->cap_total;
	reach->week_max = who->cap_week < WEEK_MAX ? who->cap_week : WEEK_MAX;
	for (int32_t number = 0; number < reach->problem->day_count; number++) {
		struct day *day = &reach->day[number % KEPT_DAYS];

		if (!day_read(reach, day, number, end, &e))
			return who->cap_total;
		day_step(reach, day, number);
	}
	for (int32_t k = 0; k <= reach->week_max; k++)
		if (last->any[k] > most)
			most = last->any[k];
	return most < who->cap_total ? most : who->cap_total;
}

int32_t *rota_reach_find(const struct rota_problem *problem, const struct rota_pairs *pairs,
			 struct arena *arena)
{
	const struct rota_rules *rules = &problem->rules;
	bool has_rules = rules->rest_min != ROTA_NONE || rules->days_in_row_max != ROTA_NONE;
	int32_t *found = arena_array(arena, (size_t)problem->courier_count + 1, sizeof(*found));
	struct reach *reach = ARENA_NEW(arena, struct reach);

	*reach = (struct reach){ .problem = problem, .pairs = pairs, .row_max = 1 };
	reach->counts_rows = rules->days_in_row_max != ROTA_NONE;
	if (reach->counts_rows)
		reach->row_max = rules->days_in_row_max;
	reach->window =
		rules->rest_min == ROTA_NONE ? 1 : (rules->rest_min + 2 * DAY_MIN - 1) / DAY_MIN;
	has_rules &= reach->window <= WINDOW_MAX;
	for (int32_t c = 0; c < problem->courier_count; c++)
		found[c] = has_rules && (reach->row_max <= ROWS_MAX)
				   ? courier_reach(reach, c)
				   : problem->couriers[c].cap_total;
	return found;
}

const struct rota_problem *rota_reach_tighten(const struct rota_problem *problem,
					      const struct rota_pairs *pairs, struct arena *arena)
{
	struct rota_problem *tight = ARENA_NEW(arena, struct rota_problem);
	size_t count = (size_t)problem->courier_count;
	struct rota_courier *couriers = arena_array(arena, count + 1, sizeof(*couriers));
	const int32_t *reach = rota_reach_find(problem, pairs, arena);

	memcpy(couriers, problem->couriers, count * sizeof(*couriers));
	for (size_t c = 0; c < count; c++)
		couriers[c].cap_total = reach[c];
	*tight = *problem;
	tight->couriers = couriers;
	return tight;
}
