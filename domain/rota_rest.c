/* domain/rota_rest.c -- what one courier may take beside what is taken already. */
#include "domain/rota_rest.h"

enum { DAY_MIN = 24 * 60 };

bool rota_rest_applies(const struct rota_problem *problem)
{
	return problem->rules.rest_min != ROTA_NONE || problem->rules.days_in_row_max != ROTA_NONE;
}

static void list_in(struct rota_rest *rest, int32_t pair)
{
	int32_t day = rest->net->pair_day[pair];

	rest->next[pair] = rest->head[day];
	rest->head[day] = pair;
}

void rota_rest_init(struct rota_rest *rest, struct rota_net *net, struct arena *arena)
{
	size_t days = (size_t)net->day_count + 1, pairs = (size_t)net->pairs.count + 1;
	size_t slots = (size_t)net->problem->slot_count + 1;
	int32_t rest_min = net->problem->rules.rest_min;

	*rest = (struct rota_rest){ .net = net, .points = rota_points(net->problem) };
	rest->window = rest_min == ROTA_NONE ? 0 : (rest_min + 2 * DAY_MIN - 1) / DAY_MIN;
	rest->day_of = arena_array(arena, days, sizeof(int32_t));
	rest->head = arena_array(arena, days, sizeof(int32_t));
	rest->next = arena_array(arena, pairs, sizeof(int32_t));
	rest->queue = arena_array(arena, slots, sizeof(int32_t));
	rest->from = arena_array(arena, slots, sizeof(int32_t));
	rest->taken_by = arena_array(arena, slots, sizeof(int32_t));
	rest->dropped = arena_array(arena, slots, sizeof(int32_t));
	rest->end = arena_array(arena, slots, sizeof(int32_t));
	rest->seen = arena_array(arena, slots, sizeof(uint32_t));
	for (int32_t day = 0; day < net->day_count; day++) {
		rest->day_of[day] = net->problem->slots[net->pairs.slot[net->day_first[day]]].day;
		rest->head[day] = ROTA_NO_PAIR;
	}
	for (uint32_t e = 0; e < net->pairs.count; e++)
		if (net->taken[e] != ROTA_FREE)
			list_in(rest, (int32_t)e);
}

void rota_rest_take(struct rota_rest *rest, int32_t pair)
{
	rota_net_take(rest->net, (uint32_t)pair);
	list_in(rest, pair);
}

void rota_rest_release(struct rota_rest *rest, int32_t pair)
{
	int32_t *at = &rest->head[rest->net->pair_day[pair]];

	while (*at != pair)
		at = &rest->next[*at];
	*at = rest->next[pair];
	rota_net_release(rest->net, (uint32_t)pair);
}

/* ---- what stands in the way -------------------------------------------------------------- */

/* The courier's days in the net: first and one past the last. */
static void days_of(const struct rota_net *net, int32_t courier, int32_t *first_out,
		    int32_t *end_out)
{
	*first_out = net->week_day_first[net->courier_week_first[courier]];
	*end_out = net->week_day_first[net->courier_week_first[courier + 1]];
}

static void close_count(const struct rota_rest *rest, int32_t day, int32_t pair,
			struct rota_block *block)
{
	const struct rota_net *net = rest->net;

	for (int32_t other = rest->head[day]; other != ROTA_NO_PAIR; other = rest->next[other])
		if (other != pair &&
		    rota_too_close(net->problem, net->pairs.slot[pair], net->pairs.slot[other])) {
			block->close++;
			block->close_pair = other;
		}
}

/* Working days in a row next to `day`, in the direction of `step`. */
static int32_t row_length(const struct rota_rest *rest, int32_t day, int32_t step, int32_t end)
{
	int32_t length = 0;

	for (int32_t other = day + step; other != end; other += step) {
		if (rest->day_of[other] != rest->day_of[other - step] + step ||
		    rest->net->day_load[other] == 0)
			break;
		length++;
	}
	return length;
}

static void row_count(const struct rota_rest *rest, int32_t day, int32_t first, int32_t end,
		      struct rota_block *block)
{
	int32_t max = rest->net->problem->rules.days_in_row_max, before, after;

	if (max == ROTA_NONE || rest->net->day_load[day] > 0)
		return;
	before = row_length(rest, day, -1, first - 1);
	after = row_length(rest, day, 1, end);
	if (before + 1 + after > max) {
		block->row_before = before;
		block->row_after = after;
	}
}

struct rota_block rota_rest_block(struct rota_rest *rest, int32_t pair)
{
	const struct rota_net *net = rest->net;
	int32_t day = net->pair_day[pair], week = net->day_week[day], first, end;
	int32_t courier = net->pair_courier[pair], calendar = rest->day_of[day];
	const struct rota_courier *who = rota_net_who(net, courier);
	struct rota_block block = {
		.close_pair = ROTA_NO_PAIR,
		.day_full = net->day_load[day] >= who->cap_day,
		.week_full = net->week_load[week] >= who->cap_week,
		.all_full = net->load[courier] >= who->cap_total,
	};

	rest->budget--;
	days_of(net, courier, &first, &end);
	if (net->problem->rules.rest_min != ROTA_NONE) {
		for (int32_t d = day; d >= first && rest->day_of[d] >= calendar - rest->window; d--)
			close_count(rest, d, pair, &block);
		for (int32_t d = day + 1; d < end && rest->day_of[d] <= calendar + rest->window;
		     d++)
			close_count(rest, d, pair, &block);
	}
	row_count(rest, day, first, end, &block);
	return block;
}

bool rota_block_is_none(const struct rota_block *block)
{
	return block->close == 0 && !block->day_full && !block->week_full && !block->all_full &&
	       block->row_before + block->row_after == 0;
}

/* Dropping the only pair of a day breaks the row there. */
static bool row_yields(const struct rota_rest *rest, const struct rota_block *block, int32_t day,
		       int32_t drop)
{
	const struct rota_net *net = rest->net;
	int32_t max = net->problem->rules.days_in_row_max, other = net->pair_day[drop];
	int32_t apart = rest->day_of[other] - rest->day_of[day];

	if (block->row_before + block->row_after == 0)
		return true;
	if (net->day_load[other] != 1 || apart == 0)
		return false;
	if (apart < 0)
		return -apart <= block->row_before && -apart + block->row_after <= max;
	return apart <= block->row_after && apart + block->row_before <= max;
}

bool rota_block_yields(const struct rota_rest *rest, const struct rota_block *block, int32_t pair,
		       int32_t drop)
{
	const struct rota_net *net = rest->net;
	int32_t day = net->pair_day[pair], other = net->pair_day[drop];

	if (net->taken[drop] != ROTA_TAKEN)
		return false;
	if (block->close > 1 || (block->close == 1 && block->close_pair != drop))
		return false;
	if (block->day_full && day != other)
		return false;
	if (block->week_full && net->day_week[day] != net->day_week[other])
		return false;
	return row_yields(rest, block, day, drop);
}

bool rota_rest_can_take(struct rota_rest *rest, int32_t pair)
{
	struct rota_block block;

	if (rest->net->taken[pair] != ROTA_FREE)
		return false;
	block = rota_rest_block(rest, pair);
	return rota_block_is_none(&block);
}

/* ---- what is fixed ----------------------------------------------------------------------- */

/* The pair itself is taken: its day counts among the row. */
static bool fixed_is_fine(const struct rota_rest *rest, int32_t pair)
{
	const struct rota_net *net = rest->net;
	int32_t day = net->pair_day[pair], max = net->problem->rules.days_in_row_max, first, end;
	struct rota_block block = { 0 };

	days_of(net, net->pair_courier[pair], &first, &end);
	for (int32_t d = first; d < end && net->problem->rules.rest_min != ROTA_NONE; d++)
		close_count(rest, d, pair, &block);
	return block.close == 0 &&
	       (max == ROTA_NONE ||
		row_length(rest, day, -1, first - 1) + 1 + row_length(rest, day, 1, end) <= max);
}

enum status rota_rest_fixed(const struct rota_rest *rest, struct arena *arena, struct str *fault)
{
	const struct rota_problem *problem = rest->net->problem;

	for (int32_t i = 0; i < problem->fixed_count; i++) {
		struct rota_pair fixed = problem->fixed[i];
		uint32_t pair =
			rota_pairs_find(problem, &rest->net->pairs, fixed.courier, fixed.slot);

		if (fixed_is_fine(rest, (int32_t)pair))
			continue;
		*fault = str_format(arena,
				    "fixed[%d]: slot %.*s, courier %.*s: with the other fixed "
				    "ones it leaves too little rest, or makes too many days in a "
				    "row",
				    i, STR_ARG(problem->slots[fixed.slot].id),
				    STR_ARG(problem->couriers[fixed.courier].id));
		return STATUS_BAD_INPUT;
	}
	return STATUS_OK;
}
