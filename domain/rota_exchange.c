/* domain/rota_exchange.c -- caps are counters; rest is looked up in the days around. */
#include "domain/rota_exchange.h"

enum { DAY_MIN = 24 * 60 };

static int32_t day_number(const struct rota_net *net, int32_t day)
{
	return net->problem->slots[net->pairs.slot[net->day_first[day]]].day;
}

static bool caps_allow(const struct rota_net *net, const struct rota_change *change)
{
	const struct rota_courier *who = rota_net_who(net, change->courier);
	int32_t day = net->pair_day[change->in], week = net->day_week[day];
	int32_t day_load = net->day_load[day], week_load = net->week_load[week];
	int32_t load = net->load[change->courier];

	if (change->out != ROTA_PAIR_NONE) {
		int32_t left_day = net->pair_day[change->out];

		day_load -= left_day == day;
		week_load -= net->day_week[left_day] == week;
		load--;
	}
	return day_load < who->cap_day && week_load < who->cap_week && load < who->cap_total;
}

/* Is there work on this day, once the change is made? */
static bool day_has_work(const struct rota_net *net, int32_t day, uint32_t out)
{
	bool leaves = out != ROTA_PAIR_NONE && net->pair_day[out] == day;

	return net->day_load[day] > (leaves ? 1 : 0);
}

/* The days with work that follow on `day` without a gap, one way; step is 1 or -1. */
static int32_t row_length(const struct rota_net *net, const struct rota_change *change, int32_t day,
			  int32_t step, int32_t end)
{
	int32_t length = 0;

	while (day + step != end && day_number(net, day + step) == day_number(net, day) + step &&
	       day_has_work(net, day + step, change->out)) {
		day += step;
		length++;
	}
	return length;
}

static bool day_is_clear(const struct rota_net *net, const struct rota_change *change, int32_t day)
{
	if (!day_has_work(net, day, change->out))
		return true;
	for (uint32_t e = net->day_first[day]; e < net->day_first[day + 1]; e++)
		if (net->taken[e] != ROTA_FREE && e != change->out &&
		    rota_too_close(net->problem, net->pairs.slot[e], net->pairs.slot[change->in]))
			return false;
	return true;
}

static bool rest_allows(const struct rota_net *net, const struct rota_change *change)
{
	const struct rota_rules *rules = &net->problem->rules;
	int32_t first = net->week_day_first[net->courier_week_first[change->courier]];
	int32_t end = net->week_day_first[net->courier_week_first[change->courier + 1]];
	int32_t day = net->pair_day[change->in], number = day_number(net, day);
	int32_t near = 2 + rules->rest_min / DAY_MIN;

	if (rules->rest_min != ROTA_NONE) {
		for (int32_t d = day; d >= first && day_number(net, d) >= number - near; d--)
			if (!day_is_clear(net, change, d))
				return false;
		for (int32_t d = day + 1; d < end && day_number(net, d) <= number + near; d++)
			if (!day_is_clear(net, change, d))
				return false;
	}
	return rules->days_in_row_max == ROTA_NONE ||
	       1 + row_length(net, change, day, -1, first - 1) +
			       row_length(net, change, day, 1, end) <=
		       rules->days_in_row_max;
}

bool rota_change_is_allowed(const struct rota_net *net, const struct rota_change *change)
{
	return change->in == ROTA_PAIR_NONE ||
	       (caps_allow(net, change) && rest_allows(net, change));
}

bool rota_exchange_is_allowed(const struct rota_net *net, const struct rota_exchange *exchange)
{
	return rota_change_is_allowed(net, &exchange->a) &&
	       rota_change_is_allowed(net, &exchange->b);
}

void rota_exchange_make(struct rota_net *net, const struct rota_exchange *exchange)
{
	const struct rota_change *changes[] = { &exchange->a, &exchange->b };

	for (int i = 0; i < 2; i++)
		if (changes[i]->out != ROTA_PAIR_NONE)
			rota_net_release(net, changes[i]->out);
	for (int i = 0; i < 2; i++)
		if (changes[i]->in != ROTA_PAIR_NONE)
			rota_net_take(net, changes[i]->in);
}
