/* domain/rota_duo.c -- all ways in which two couriers can share their slots, day by day.
 *
 * A state is what the days to come must know of the days behind: the last shift of both, their days
 * in a row, their week and their load. A state that can't cover as much as is covered now is
 * dropped at once, which leaves few. Among equal ways chance decides, so that pairs who gain
 * nothing still move, and others after them find what was out of reach. */
#include "domain/rota_duo.h"

#include "domain/rota_sum.h"

#include <string.h>

enum {
	CHOICES_MAX = 250,     /* pairs that either may have, in all */
	STATES_MAX = 800,      /* of one day */
	TABLE = 2048,	       /* for finding equal states; a power of two */
	NONE = 255,	       /* no choice */
	BUDGET_MAX = 25000000, /* states looked at; about two seconds */
	BUDGET_PER_SHIFT = 30000,
	LOAD_MAX = 1000, /* fits the key below */
};

struct choice {
	int32_t pair, slot, day; /* of the calendar */
	bool is_fixed;
};

/* What one of the two has behind it. */
struct half {
	uint16_t load;
	uint8_t last, row, week; /* choice; days up to it; shifts in the week in hand */
	uint8_t unused;		 /* no gap: halves are compared as bytes */
};

struct state {
	struct half half[2];
	int32_t before; /* state of the day before */
	uint8_t took[2];
};

struct rota_duo {
	struct rota_rest *rest;
	struct rota_net *net;
	int32_t courier[2];
	struct choice choice[CHOICES_MAX];
	int32_t choice_count;
	int32_t *first[2], *end[2]; /* by day: choices of either */
	int32_t *held;		    /* by slot: places of the two, while choices are listed */
	int32_t *left;		    /* by day: shifts that this day and later ones can cover */
	uint8_t *room;		    /* by choice: how many of the two may have its slot */
	struct state *states;
	int32_t *day_states; /* by day (+1): its states */
	int32_t table[TABLE];
	uint64_t chance;
	int64_t budget;
};

/* ---- the handle -------------------------------------------------------------------------- */

struct rota_duo *rota_duo_open(struct rota_rest *rest, struct arena *arena)
{
	struct rota_duo *duo = ARENA_NEW(arena, struct rota_duo);
	const struct rota_problem *problem = rest->net->problem;
	size_t days = (size_t)problem->day_count + 2;
	int64_t covered = 0;

	*duo = (struct rota_duo){ .rest = rest, .net = rest->net, .chance = 88172645463325252U };
	for (int who = 0; who < 2; who++) {
		duo->first[who] = arena_array(arena, days, sizeof(int32_t));
		duo->end[who] = arena_array(arena, days, sizeof(int32_t));
	}
	duo->held = arena_array(arena, (size_t)problem->slot_count + 1, sizeof(int32_t));
	duo->left = arena_array(arena, days, sizeof(int32_t));
	duo->room = arena_alloc(arena, CHOICES_MAX);
	duo->states = arena_array(arena, days * STATES_MAX, sizeof(struct state));
	duo->day_states = arena_array(arena, days, sizeof(int32_t));
	for (int32_t c = 0; c < problem->courier_count; c++)
		covered += rest->net->load[c];
	duo->budget = BUDGET_PER_SHIFT * covered;
	if (duo->budget > BUDGET_MAX)
		duo->budget = BUDGET_MAX;
	return duo;
}

uint32_t rota_duo_chance(struct rota_duo *duo)
{
	duo->chance ^= duo->chance << 13;
	duo->chance ^= duo->chance >> 7;
	duo->chance ^= duo->chance << 17;
	return (uint32_t)(duo->chance >> 32);
}

bool rota_duo_may_go_on(struct rota_duo *duo, int64_t work)
{
	duo->budget -= work;
	return duo->budget > 0;
}

/* ---- the days of two couriers ------------------------------------------------------------ */

/* By slot, how many places the two have between them; `by` -1 forgets it again. */
static void held_count(struct rota_duo *duo, int by)
{
	const struct rota_net *net = duo->net;

	for (int who = 0; who < 2; who++)
		for (uint32_t e = net->pairs.first[duo->courier[who]];
		     e < net->pairs.first[duo->courier[who] + 1]; e++)
			if (net->taken[e] != ROTA_FREE)
				duo->held[net->pairs.slot[e]] += by;
}

/* How many places of the slot the two have between them, or nobody has. */
static int32_t slot_room(const struct rota_duo *duo, int32_t slot)
{
	int32_t room = duo->net->missing[slot] + duo->held[slot];

	return room < 2 ? room : 2;
}

/* False: too many choices. */
static bool choices_list(struct rota_duo *duo, int who)
{
	const struct rota_net *net = duo->net;
	int32_t courier = duo->courier[who];

	memset(duo->first[who], 0, (size_t)net->problem->day_count * sizeof(int32_t));
	memset(duo->end[who], 0, (size_t)net->problem->day_count * sizeof(int32_t));
	for (uint32_t e = net->pairs.first[courier]; e < net->pairs.first[courier + 1]; e++) {
		int32_t slot = net->pairs.slot[e], day = net->problem->slots[slot].day;
		int32_t room = slot_room(duo, slot);

		if (room == 0)
			continue;
		if (duo->choice_count == CHOICES_MAX)
			return false;
		if (duo->end[who][day] == 0)
			duo->first[who][day] = duo->choice_count;
		duo->room[duo->choice_count] = (uint8_t)room;
		duo->choice[duo->choice_count++] =
			(struct choice){ (int32_t)e, slot, day, net->taken[e] == ROTA_FIXED };
		duo->end[who][day] = duo->choice_count;
	}
	return true;
}

static bool both_list(struct rota_duo *duo)
{
	bool fits;

	duo->choice_count = 0;
	held_count(duo, 1);
	fits = choices_list(duo, 0) && choices_list(duo, 1);
	held_count(duo, -1);
	return fits;
}

/* No more than one shift per day each, and no more than there is room for. */
static void left_count(struct rota_duo *duo)
{
	int32_t days = duo->net->problem->day_count;

	duo->left[days] = 0;
	for (int32_t day = days - 1; day >= 0; day--) {
		int32_t most = 0, room = 0;

		for (int who = 0; who < 2; who++)
			most += duo->end[who][day] > duo->first[who][day];
		for (int who = 0; who < 2 && room < most; who++)
			for (int32_t i = duo->first[who][day]; i < duo->end[who][day]; i++) {
				bool is_new = true;

				for (int32_t j = duo->first[0][day];
				     who == 1 && j < duo->end[0][day]; j++)
					is_new &= duo->choice[j].slot != duo->choice[i].slot;
				room += is_new ? duo->room[i] : 0;
			}
		duo->left[day] = duo->left[day + 1] + (most < room ? most : room);
	}
}

/* ---- steps ------------------------------------------------------------------------------- */

static int32_t fixed_choice(const struct rota_duo *duo, int who, int32_t day)
{
	for (int32_t i = duo->first[who][day]; i < duo->end[who][day]; i++)
		if (duo->choice[i].is_fixed)
			return i;
	return NONE;
}

/* Forgets what the day no longer has to know. */
static void half_age(const struct rota_duo *duo, struct half *half, int32_t day, bool week_begins)
{
	if (week_begins)
		half->week = 0;
	if (half->last == NONE)
		return;
	if (duo->choice[half->last].day < day - 1)
		half->row = 0;
	if (duo->choice[half->last].day < day - 1 &&
	    duo->choice[half->last].day < day - duo->rest->window)
		half->last = NONE;
}

/* False: a rule forbids it. */
static bool half_take(const struct rota_duo *duo, int who, struct half *half, int32_t index)
{
	const struct rota_problem *problem = duo->net->problem;
	const struct rota_courier *courier = rota_net_who(duo->net, duo->courier[who]);
	int32_t row_max = problem->rules.days_in_row_max;

	if (half->week >= courier->cap_week || half->load >= courier->cap_total ||
	    (half->last != NONE &&
	     rota_too_close(problem, duo->choice[half->last].slot, duo->choice[index].slot)))
		return false;
	if (row_max != ROTA_NONE && half->row >= row_max)
		return false;
	half->last = (uint8_t)index;
	if (row_max != ROTA_NONE)
		half->row++;
	half->week++;
	half->load++;
	return true;
}

static bool halves_equal(const struct state *a, const struct state *b)
{
	return memcmp(a->half, b->half, sizeof(a->half)) == 0;
}

static uint32_t state_hash(const struct state *state)
{
	uint64_t hash = 1469598103934665603U;

	for (int who = 0; who < 2; who++) {
		const struct half *half = &state->half[who];
		uint64_t word = (uint64_t)half->last | (uint64_t)half->row << 8 |
				(uint64_t)half->week << 16 | (uint64_t)half->load << 24;

		hash = (hash ^ word) * 1099511628211U;
		hash ^= hash >> 29;
	}
	return (uint32_t)(hash % TABLE);
}

/* One state for each that differs; of equal ones, chance keeps either. */
static void state_put(struct rota_duo *duo, const struct state *state, int32_t first,
		      int32_t *count)
{
	uint32_t at = state_hash(state);

	while (duo->table[at] >= first) {
		struct state *other = &duo->states[duo->table[at]];

		if (halves_equal(other, state)) {
			if ((rota_duo_chance(duo) & 1) != 0)
				*other = *state;
			return;
		}
		at = (at + 1) % TABLE;
	}
	if (*count - first >= STATES_MAX)
		return;
	duo->table[at] = *count;
	duo->states[(*count)++] = *state;
}

/* All that the two can do on this day, from one state. */
static void state_step(struct rota_duo *duo, int32_t from, int32_t day, const struct half *aged,
		       int32_t wanted, int32_t *count)
{
	int32_t forced[2] = { fixed_choice(duo, 0, day), fixed_choice(duo, 1, day) };

	for (int32_t i = duo->first[0][day] - 1; i < duo->end[0][day]; i++) {
		struct state one = { .before = from, .took = { NONE, NONE } };
		bool takes = i >= duo->first[0][day];

		memcpy(one.half, aged, sizeof(one.half));
		if (forced[0] != NONE && i != forced[0])
			continue;
		if (takes && !half_take(duo, 0, &one.half[0], i))
			continue;
		one.took[0] = takes ? (uint8_t)i : NONE;
		for (int32_t j = duo->first[1][day] - 1; j < duo->end[1][day]; j++) {
			struct state both = one;
			bool takes_too = j >= duo->first[1][day];

			duo->budget--;
			if ((forced[1] != NONE && j != forced[1]) ||
			    (takes && takes_too && duo->choice[i].slot == duo->choice[j].slot &&
			     duo->room[i] < 2))
				continue;
			if (takes_too && !half_take(duo, 1, &both.half[1], j))
				continue;
			both.took[1] = takes_too ? (uint8_t)j : NONE;
			if (both.half[0].load + both.half[1].load + duo->left[day + 1] >= wanted)
				state_put(duo, &both, duo->day_states[day + 1], count);
		}
	}
}

static void days_walk(struct rota_duo *duo, int32_t wanted)
{
	const struct rota_problem *problem = duo->net->problem;
	int32_t count = 1;

	/* Once is enough: whatever an earlier day has put in counts as nothing. */
	memset(duo->table, -1, sizeof(duo->table));
	duo->states[0] = (struct state){ .half = { { .last = NONE }, { .last = NONE } },
					 .took = { NONE, NONE } };
	duo->day_states[0] = 0;
	for (int32_t day = 0; day < problem->day_count; day++) {
		bool week_begins = day > 0 &&
				   rota_week(problem, day) != rota_week(problem, day - 1);
		int32_t end = count;

		duo->day_states[day + 1] = end;
		for (int32_t i = duo->day_states[day]; i < end; i++) {
			struct half aged[2] = { duo->states[i].half[0], duo->states[i].half[1] };

			half_age(duo, &aged[0], day, week_begins);
			half_age(duo, &aged[1], day, week_begins);
			state_step(duo, i, day, aged, wanted, &count);
		}
	}
	duo->day_states[problem->day_count + 1] = count;
}

/* ---- the outcome ------------------------------------------------------------------------- */

/* (h + load)^2 of both over their weights, times both weights. */
static rota_wide cost_of(const struct rota_duo *duo, int64_t load_a, int64_t load_b)
{
	const struct rota_courier *a = rota_net_who(duo->net, duo->courier[0]);
	const struct rota_courier *b = rota_net_who(duo->net, duo->courier[1]);
	rota_wide of_a = a->history_milli + load_a * duo->rest->points;
	rota_wide of_b = b->history_milli + load_b * duo->rest->points;

	return of_a * of_a * b->weight + of_b * of_b * a->weight;
}

/* The last state of the fullest and then most even way; chance picks among equals. */
static int32_t outcome_find(struct rota_duo *duo)
{
	int32_t days = duo->net->problem->day_count, best = ROTA_NONE, best_load = -1;
	rota_wide best_cost = 0;
	uint32_t equals = 0;

	for (int32_t i = duo->day_states[days]; i < duo->day_states[days + 1]; i++) {
		const struct half *half = duo->states[i].half;
		int32_t load = half[0].load + half[1].load;
		rota_wide cost = cost_of(duo, half[0].load, half[1].load);

		if (load < best_load || (load == best_load && cost > best_cost))
			continue;
		equals = load == best_load && cost == best_cost ? equals + 1 : 1;
		if (equals > 1 && rota_duo_chance(duo) % equals != 0)
			continue;
		best = i;
		best_load = load;
		best_cost = cost;
	}
	return best;
}

static void outcome_apply(struct rota_duo *duo, int32_t state)
{
	const struct rota_net *net = duo->net;

	for (int who = 0; who < 2; who++)
		for (uint32_t e = net->pairs.first[duo->courier[who]];
		     e < net->pairs.first[duo->courier[who] + 1]; e++)
			if (net->taken[e] == ROTA_TAKEN)
				rota_rest_release(duo->rest, (int32_t)e);
	for (int32_t day = net->problem->day_count; day > 0; day--) {
		for (int who = 0; who < 2; who++) {
			uint8_t took = duo->states[state].took[who];

			if (took != NONE && !duo->choice[took].is_fixed)
				rota_rest_take(duo->rest, duo->choice[took].pair);
		}
		state = duo->states[state].before;
	}
}

bool rota_duo_share(struct rota_duo *duo, int32_t a, int32_t b)
{
	const struct rota_net *net = duo->net;
	int32_t load_a = net->load[a], load_b = net->load[b], state;
	rota_wide cost;
	bool gains;

	if (a == b || rota_net_who(net, a)->cap_day != 1 || rota_net_who(net, b)->cap_day != 1 ||
	    load_a > LOAD_MAX || load_b > LOAD_MAX)
		return false;
	duo->courier[0] = a;
	duo->courier[1] = b;
	if (!both_list(duo))
		return false;
	left_count(duo);
	days_walk(duo, load_a + load_b);
	state = outcome_find(duo);
	if (state == ROTA_NONE)
		return false;
	cost = cost_of(duo, load_a, load_b);
	gains = duo->states[state].half[0].load + duo->states[state].half[1].load >
			load_a + load_b ||
		cost_of(duo, duo->states[state].half[0].load, duo->states[state].half[1].load) <
			cost;
	if (gains ||
	    cost == cost_of(duo, duo->states[state].half[0].load, duo->states[state].half[1].load))
		outcome_apply(duo, state);
	return gains;
}
