/* domain/rota_polish.c -- wishes one by one, then random pairs of shifts of the same week.
 *
 * Nights, weekends and hours count together: a night or a weekend shift weighs as much as the eight
 * hours of a common one, each is squared and divided by the courier's weight, as the load is. */
#include "domain/rota_polish.h"

#include "domain/rota_exchange.h"

#include <string.h>

enum {
	WEEKEND_FIRST = 5, /* Saturday */
	COMMON_MIN = 8 * 60,
	WISH_TRIES_MAX = 20000, /* exchanges looked at for one wish */
	SWEEPS_MAX = 8,
	TRIES_PER_SHIFT = 16, /* in a sweep */
	TRIES_MAX = 3000000,  /* in a sweep; a large rota taker fewer per shift */
};

/* What evenness looks at beyond load. */
struct burden {
	int64_t nights, weekends, minutes;
};

struct polish {
	struct rota_net *net;
	int32_t *pair_courier;
	int8_t *wish;		  /* by pair: 1 wanted, -1 rather not */
	struct burden *of_slot;	  /* what one shift adds */
	struct burden *of_person; /* by courier */
	int64_t shortest_min;	  /* of all slots' shifts */
	uint64_t chance;
	int64_t points;
};

static bool has_wishes(const struct rota_problem *problem)
{
	for (int32_t c = 0; c < problem->courier_count; c++)
		if (problem->couriers[c].wish_count > 0)
			return true;
	return false;
}

static void wishes_open(struct polish *polish)
{
	const struct rota_net *net = polish->net;

	for (int32_t c = 0; c < net->problem->courier_count; c++) {
		const struct rota_courier *who = rota_net_who(net, c);

		for (size_t i = 0; i < who->wish_count; i++) {
			uint32_t pair =
				rota_pairs_find(net->problem, &net->pairs, c, who->wishes[i].slot);

			if (pair != net->pairs.count)
				polish->wish[pair] = who->wishes[i].want ? 1 : -1;
		}
	}
}

static void burdens_open(struct polish *polish)
{
	const struct rota_net *net = polish->net;

	for (int32_t s = 0; s < net->problem->slot_count; s++) {
		const struct rota_slot *slot = &net->problem->slots[s];
		const struct rota_shift *shift = &net->problem->shifts[slot->shift];

		polish->of_slot[s] = (struct burden){
			rota_is_night(shift),
			rota_weekday(net->problem, slot->day) >= WEEKEND_FIRST,
			rota_minutes(shift),
		};
		if (s == 0 || rota_minutes(shift) < polish->shortest_min)
			polish->shortest_min = rota_minutes(shift);
	}
	for (int32_t c = 0; c < net->problem->courier_count; c++)
		for (uint32_t e = net->pairs.first[c]; e < net->pairs.first[c + 1]; e++)
			polish->pair_courier[e] = c;
}

static void burden_add(struct burden *sum, const struct burden *one, int64_t times)
{
	sum->nights += one->nights * times;
	sum->weekends += one->weekends * times;
	sum->minutes += one->minutes * times;
}

static void burdens_count(struct polish *polish)
{
	const struct rota_net *net = polish->net;

	for (uint32_t e = 0; e < net->pairs.count; e++)
		if (net->taken[e] != ROTA_FREE)
			burden_add(&polish->of_person[polish->pair_courier[e]],
				   &polish->of_slot[net->pairs.slot[e]], 1);
}

static void polish_open(struct polish *polish, struct rota_net *net, struct arena *arena)
{
	size_t pairs = (size_t)net->pairs.count + 1;

	*polish = (struct polish){ .net = net, .chance = 1, .points = rota_points(net->problem) };
	polish->pair_courier = arena_array(arena, pairs, sizeof(int32_t));
	polish->wish = arena_alloc(arena, pairs);
	polish->of_slot =
		arena_array(arena, (size_t)net->problem->slot_count + 1, sizeof(struct burden));
	polish->of_person =
		arena_array(arena, (size_t)net->problem->courier_count + 1, sizeof(struct burden));
	wishes_open(polish);
	burdens_open(polish);
}

static void exchange_make(struct polish *polish, const struct rota_exchange *exchange)
{
	const struct rota_change *changes[] = { &exchange->a, &exchange->b };

	rota_exchange_make(polish->net, exchange);
	for (int i = 0; i < 2; i++) {
		struct burden *person = &polish->of_person[changes[i]->courier];
		const int32_t *slot = polish->net->pairs.slot;

		if (changes[i]->out != ROTA_PAIR_NONE)
			burden_add(person, &polish->of_slot[slot[changes[i]->out]], -1);
		if (changes[i]->in != ROTA_PAIR_NONE)
			burden_add(person, &polish->of_slot[slot[changes[i]->in]], 1);
	}
}

/* ---- wishes ------------------------------------------------------------------------------ */

static int32_t wish_of(const struct polish *polish, uint32_t pair)
{
	return pair == ROTA_PAIR_NONE ? 0 : polish->wish[pair];
}

static int32_t wishes_gained(const struct polish *polish, const struct rota_exchange *exchange)
{
	return wish_of(polish, exchange->a.in) - wish_of(polish, exchange->a.out) +
	       wish_of(polish, exchange->b.in) - wish_of(polish, exchange->b.out);
}

static bool wish_try(struct polish *polish, const struct rota_exchange *exchange)
{
	if (wishes_gained(polish, exchange) <= 0 ||
	    !rota_exchange_is_allowed(polish->net, exchange))
		return false;
	exchange_make(polish, exchange);
	return true;
}

/* Is the last shift of one worth exactly what the next one of the other is? */
static bool are_owed_the_same(const struct polish *polish, int32_t from, int32_t to)
{
	const struct rota_net *net = polish->net;

	return rota_level_compare(
		       rota_level_of(rota_net_who(net, from), polish->points, net->load[from]),
		       rota_level_of(rota_net_who(net, to), polish->points, net->load[to] + 1)) ==
	       0;
}

/* The pair of this courier and slot, if it is free. */
static uint32_t free_pair(const struct rota_net *net, int32_t courier, int32_t slot)
{
	uint32_t pair = rota_pairs_find(net->problem, &net->pairs, courier, slot);

	return pair != net->pairs.count && net->taken[pair] == ROTA_FREE ? pair : ROTA_PAIR_NONE;
}

/* `given` (taken) goes to the courier of `taker` (free, the same slot), for nothing or for one of
 * that courier's shifts. */
static bool pair_hand_over(struct polish *polish, uint32_t given, uint32_t taker, int32_t *tries)
{
	const struct rota_net *net = polish->net;
	int32_t from = polish->pair_courier[given], to = polish->pair_courier[taker];
	struct rota_exchange exchange = { { from, given, ROTA_PAIR_NONE },
					  { to, ROTA_PAIR_NONE, taker } };

	if (are_owed_the_same(polish, from, to) && wish_try(polish, &exchange))
		return true;
	for (uint32_t e = net->pairs.first[to]; e < net->pairs.first[to + 1]; e++) {
		if (net->taken[e] != ROTA_TAKEN || ++*tries > WISH_TRIES_MAX)
			continue;
		exchange.b.out = e;
		exchange.a.in = free_pair(net, from, net->pairs.slot[e]);
		if (exchange.a.in != ROTA_PAIR_NONE && wish_try(polish, &exchange))
			return true;
	}
	return false;
}

/* A shift that is wanted comes from, one that is not goes to, whoever makes it possible. */
static void wish_hear(struct polish *polish, uint32_t pair)
{
	const struct rota_net *net = polish->net;
	int32_t slot = net->pairs.slot[pair], tries = 0;
	bool want = polish->wish[pair] > 0;

	if (net->taken[pair] != (want ? ROTA_FREE : ROTA_TAKEN))
		return;
	for (uint32_t i = net->pairs.slot_first[slot];
	     i < net->pairs.slot_first[slot + 1] && tries < WISH_TRIES_MAX; i++) {
		uint32_t other = net->pairs.slot_pair[i];

		if (other == pair || net->taken[other] != (want ? ROTA_TAKEN : ROTA_FREE))
			continue;
		if (want ? pair_hand_over(polish, other, pair, &tries)
			 : pair_hand_over(polish, pair, other, &tries))
			return;
	}
}

static void wishes_hear(struct polish *polish)
{
	/* Twice: what one wish moved may make room for another. */
	for (int round = 0; round < 2; round++)
		for (uint32_t e = 0; e < polish->net->pairs.count; e++)
			if (polish->wish[e] != 0)
				wish_hear(polish, e);
}

/* ---- nights, weekends, hours ------------------------------------------------------------- */

static int64_t square_grown(int64_t from, int64_t by)
{
	return (2 * from + by) * by;
}

/* A shift that may move, in the lists of its week. */
struct held {
	uint32_t pair;
	int32_t courier;
	const struct burden *burden; /* of its slot */
};

struct weeks {
	struct held *held;
	int32_t *first; /* first[w] .. first[w + 1] are those of week w */
	int32_t count;
};

/* How much less even a courier would be with `in` for `out`, before division by weight. */
static int64_t strain(const struct polish *polish, const struct held *out, const struct held *in)
{
	const struct burden *has = &polish->of_person[out->courier];
	struct burden more = *in->burden;

	burden_add(&more, out->burden, -1);
	return (square_grown(has->nights, more.nights) +
		square_grown(has->weekends, more.weekends)) *
		       COMMON_MIN * COMMON_MIN +
	       square_grown(has->minutes, more.minutes);
}

static bool swap_pays(const struct polish *polish, const struct held *one, const struct held *other)
{
	if (one->courier == other->courier || one->burden == other->burden)
		return false;
	return strain(polish, one, other) * rota_net_who(polish->net, other->courier)->weight +
		       strain(polish, other, one) *
			       rota_net_who(polish->net, one->courier)->weight <
	       0;
}

/* Two couriers swap slots if no wish and no rule is hurt. */
static bool held_swap(struct polish *polish, struct held *one, struct held *other)
{
	const struct rota_net *net = polish->net;
	const struct burden *kept = one->burden;
	struct rota_exchange exchange = { { one->courier, one->pair, ROTA_PAIR_NONE },
					  { other->courier, other->pair, ROTA_PAIR_NONE } };

	exchange.a.in = free_pair(net, one->courier, net->pairs.slot[other->pair]);
	if (exchange.a.in == ROTA_PAIR_NONE)
		return false;
	exchange.b.in = free_pair(net, other->courier, net->pairs.slot[one->pair]);
	if (exchange.b.in == ROTA_PAIR_NONE || wishes_gained(polish, &exchange) < 0 ||
	    !rota_exchange_is_allowed(net, &exchange))
		return false;
	exchange_make(polish, &exchange);
	one->pair = exchange.a.in;
	one->burden = other->burden;
	other->pair = exchange.b.in;
	other->burden = kept;
	return true;
}

/* Numbers that look random and are the same every time (xorshift). */
static uint32_t chance_below(struct polish *polish, uint32_t count)
{
	polish->chance ^= polish->chance << 13;
	polish->chance ^= polish->chance >> 7;
	polish->chance ^= polish->chance << 17;
	return (uint32_t)((polish->chance >> 32) * count >> 32);
}

static int32_t week_of(const struct polish *polish, uint32_t pair)
{
	const struct rota_net *net = polish->net;

	return rota_week(net->problem, net->problem->slots[net->pairs.slot[pair]].day);
}

static void weeks_list(const struct polish *polish, struct weeks *weeks, struct arena *arena)
{
	const struct rota_net *net = polish->net;
	int32_t *first;

	weeks->count = rota_week(net->problem, net->problem->day_count - 1) + 1;
	first = arena_array(arena, (size_t)weeks->count + 2, sizeof(*first));
	for (uint32_t e = 0; e < net->pairs.count; e++)
		if (net->taken[e] == ROTA_TAKEN)
			first[week_of(polish, e) + 2]++;
	for (int32_t w = 0; w < weeks->count; w++)
		first[w + 2] += first[w + 1];
	weeks->held = arena_array(arena, (size_t)first[weeks->count + 1] + 1, sizeof(struct held));
	for (uint32_t e = 0; e < net->pairs.count; e++)
		if (net->taken[e] == ROTA_TAKEN)
			weeks->held[first[week_of(polish, e) + 1]++] =
				(struct held){ e, polish->pair_courier[e],
					       &polish->of_slot[net->pairs.slot[e]] };
	weeks->first = first;
}

/* Nobody minds a short shift on a workday; whoever has a worse one looks for it. */
static bool is_light(const struct polish *polish, const struct burden *burden)
{
	return burden->nights == 0 && burden->weekends == 0 &&
	       burden->minutes == polish->shortest_min;
}

/* Returns how many swaps were made. */
static int32_t week_sweep(struct polish *polish, struct held *held, int32_t count, int32_t tries)
{
	int32_t made = 0;

	for (int32_t i = 0; i < count; i++)
		for (int32_t k = 0; k < tries && !is_light(polish, held[i].burden); k++) {
			struct held *other = &held[chance_below(polish, (uint32_t)count)];

			if (swap_pays(polish, &held[i], other))
				made += held_swap(polish, &held[i], other);
		}
	return made;
}

static void burdens_even(struct polish *polish, struct arena *arena)
{
	struct weeks weeks;
	int32_t all, tries;

	weeks_list(polish, &weeks, arena);
	all = weeks.first[weeks.count];
	tries = all > 0 ? TRIES_MAX / all : 0;
	tries = tries < TRIES_PER_SHIFT ? tries + 1 : TRIES_PER_SHIFT;
	for (int sweep = 0; sweep < SWEEPS_MAX; sweep++) {
		int32_t made = 0;

		for (int32_t w = 0; w < weeks.count; w++)
			made += week_sweep(polish, weeks.held + weeks.first[w],
					   weeks.first[w + 1] - weeks.first[w], tries);
		if (made <= all / 200)
			break;
	}
}

static bool all_slots_are_alike(const struct polish *polish)
{
	for (int32_t s = 1; s < polish->net->problem->slot_count; s++)
		if (memcmp(&polish->of_slot[s], &polish->of_slot[0], sizeof(struct burden)) != 0)
			return false;
	return true;
}

void rota_polish(struct rota_net *net, struct arena *arena)
{
	struct polish polish;

	polish_open(&polish, net, arena);
	burdens_count(&polish);
	if (has_wishes(net->problem))
		wishes_hear(&polish);
	if (!all_slots_are_alike(&polish))
		burdens_even(&polish, arena);
}
