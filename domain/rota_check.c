/* domain/rota_check.c -- confirms an answer from the problem alone: rules, cover, cost and bound.
 */
#include "domain/rota_bound.h"
#include "domain/rota_pairs.h"
#include "domain/rota_sum.h"

#include <string.h>

struct check {
	const struct rota_problem *asked;
	const struct rota_problem *problem; /* as asked, or with its past frozen */
	const struct rota_answer *answer;
	struct arena *arena;
	struct str *fault;
	struct rota_pairs pairs;
	uint8_t *taken;			  /* by pair */
	int32_t *on_day, *in_week, *load; /* [couriers * days], [couriers * weeks], [couriers] */
	int32_t *picks;			  /* by slot */
	int64_t *load_milli;
	int32_t weeks;
};

static enum status lie(struct check *check, struct str what)
{
	*check->fault = what;
	return STATUS_CONFLICT;
}

static const struct rota_courier *who(const struct check *check, int32_t courier)
{
	return &check->problem->couriers[courier];
}

/* ---- counters ----------------------------------------------------------------------------- */

static bool count_in(struct check *check, int32_t courier, int32_t slot)
{
	int32_t day = check->problem->slots[slot].day;
	int32_t *on_day = &check->on_day[courier * check->problem->day_count + day];
	int32_t *in_week = &check->in_week[courier * check->weeks + rota_week(check->problem, day)];

	if (*on_day >= who(check, courier)->cap_day || *in_week >= who(check, courier)->cap_week ||
	    check->load[courier] >= who(check, courier)->cap_total)
		return false;
	*on_day += 1;
	*in_week += 1;
	check->load[courier]++;
	check->picks[slot]++;
	return true;
}

static enum status check_open(struct check *check)
{
	const struct rota_problem *problem = check->problem;
	size_t couriers = (size_t)problem->courier_count + 1;
	enum status status = rota_pairs_build(problem, check->arena, &check->pairs, check->fault);

	if (status != STATUS_OK)
		return status;
	check->problem = problem = rota_overlap_forbid(problem, &check->pairs, check->arena);
	check->weeks = rota_week(problem, problem->day_count - 1) + 1;
	check->on_day = arena_array(check->arena, couriers * (size_t)problem->day_count, 4);
	check->in_week = arena_array(check->arena, couriers * (size_t)check->weeks, 4);
	check->load = arena_array(check->arena, couriers, sizeof(int32_t));
	check->load_milli = arena_array(check->arena, couriers, sizeof(int64_t));
	check->picks = arena_array(check->arena, (size_t)problem->slot_count + 1, sizeof(int32_t));
	check->taken = arena_array(check->arena, (size_t)check->pairs.count + 1, 1);
	return STATUS_OK;
}

/* ---- hard rules -------------------------------------------------------------------------- */

static enum status assignments_check(struct check *check)
{
	for (int32_t i = 0; i < check->answer->assigned_count; i++) {
		struct rota_pair given = check->answer->assigned[i];
		uint32_t pair =
			rota_pairs_find(check->problem, &check->pairs, given.courier, given.slot);
		const char *why = NULL;

		if (pair == check->pairs.count ||
		    !rota_may_take(check->problem, given.courier, given.slot))
			why = "this courier may not take this slot";
		else if (check->taken[pair])
			why = "it is there twice";
		else if (!count_in(check, given.courier, given.slot))
			why = "a cap of the courier is exceeded";
		else if (check->picks[given.slot] > check->problem->slots[given.slot].need)
			why = "the slot has more couriers than it needs";
		if (why != NULL)
			return lie(check,
				   str_format(check->arena,
					      "assignments[%d]: slot %.*s, courier %.*s: %s", i,
					      STR_ARG(check->problem->slots[given.slot].id),
					      STR_ARG(who(check, given.courier)->id), why));
		check->taken[pair] = 1;
		check->load_milli[given.courier] +=
			check->problem->shifts[check->problem->slots[given.slot].shift]
				.points_milli;
	}
	return STATUS_OK;
}

static enum status fixed_check(struct check *check)
{
	for (int32_t i = 0; i < check->problem->fixed_count; i++) {
		struct rota_pair fixed = check->problem->fixed[i];
		uint32_t pair =
			rota_pairs_find(check->problem, &check->pairs, fixed.courier, fixed.slot);

		if (pair == check->pairs.count || !check->taken[pair])
			return lie(check, str_format(check->arena,
						     "fixed[%d] is not among the assignments", i));
	}
	return STATUS_OK;
}

/* Every two shifts of one courier, and every run of working days. */
static bool rest_is_kept(const struct check *check, int32_t courier)
{
	const struct rota_problem *problem = check->problem;
	int32_t row = 0, last_day = -2;

	for (uint32_t e = check->pairs.first[courier]; e < check->pairs.first[courier + 1]; e++) {
		const struct rota_slot *slot = &problem->slots[check->pairs.slot[e]];

		if (!check->taken[e])
			continue;
		for (uint32_t f = e + 1; f < check->pairs.first[courier + 1]; f++)
			if (check->taken[f] &&
			    rota_too_close(problem, check->pairs.slot[e], check->pairs.slot[f]))
				return false;
		if (slot->day != last_day)
			row = slot->day == last_day + 1 ? row + 1 : 1;
		last_day = slot->day;
		if (problem->rules.days_in_row_max != ROTA_NONE &&
		    row > problem->rules.days_in_row_max)
			return false;
	}
	return true;
}

static enum status rules_check(struct check *check)
{
	enum status status = assignments_check(check);

	if (status == STATUS_OK)
		status = fixed_check(check);
	for (int32_t c = 0; c < check->problem->courier_count && status == STATUS_OK; c++)
		if (!rest_is_kept(check, c))
			status = lie(check,
				     str_format(check->arena,
						"courier %.*s: two shifts at one time, too little "
						"rest, or too many days in a row",
						STR_ARG(who(check, c)->id)));
	return status;
}

/* ---- cover ------------------------------------------------------------------------------- */

/* What the past lacks is said, but is nothing that could be planned otherwise. */
static enum status cover_check(struct check *check, int64_t *uncovered_out)
{
	int64_t demand = 0, covered = 0;

	*uncovered_out = 0;
	for (int32_t s = 0; s < check->problem->slot_count; s++) {
		int32_t missing = check->asked->slots[s].need - check->picks[s];

		demand += check->asked->slots[s].need;
		covered += check->picks[s];
		*uncovered_out += check->problem->slots[s].need - check->picks[s];
		if (check->answer->missing[s] != missing)
			return lie(check, str_format(check->arena,
						     "uncovered: slot %.*s misses %d, not %d",
						     STR_ARG(check->problem->slots[s].id), missing,
						     check->answer->missing[s]));
	}
	if (check->answer->demand != demand || check->answer->covered != covered)
		return lie(check, STR("demand or covered is not what the assignments say"));
	return STATUS_OK;
}

static enum status loads_check(struct check *check, struct rota_sum *cost)
{
	for (int32_t c = 0; c < check->problem->courier_count; c++)
		rota_sum_add_square(cost, who(check, c), check->load_milli[c]);
	if (!str_eq(rota_sum_text(cost, check->arena), check->answer->cost))
		return lie(check, STR("cost is not what the loads say"));
	return STATUS_OK;
}

static enum status people_check(struct check *check)
{
	struct rota_person *people = rota_people_count(check->asked, &check->pairs,
						       check->answer->assigned,
						       check->answer->assigned_count, check->arena);

	for (int32_t c = 0; c < check->problem->courier_count; c++) {
		const struct rota_person *here = &check->answer->people[c];

		if (here->load_milli != people[c].load_milli ||
		    here->minutes != people[c].minutes || here->nights != people[c].nights ||
		    here->weekends != people[c].weekends ||
		    here->history_after_milli != people[c].history_after_milli)
			return lie(check, str_format(check->arena,
						     "couriers: what is said of %.*s is not what "
						     "the assignments say",
						     STR_ARG(who(check, c)->id)));
	}
	return STATUS_OK;
}

/* ---- the bound --------------------------------------------------------------------------- */

/* A slot outside all sets would be one that the bound forgets; only what is fixed may be. */
static enum status sets_are_whole(struct check *check, const uint8_t *seen)
{
	const struct rota_problem *problem = check->problem;
	int32_t *fixed = arena_array(check->arena, (size_t)problem->slot_count + 1, sizeof(*fixed));

	for (int32_t i = 0; i < problem->fixed_count; i++)
		fixed[problem->fixed[i].slot]++;
	for (int32_t s = 0; s < problem->slot_count; s++)
		if (!seen[s] && problem->slots[s].need > fixed[s])
			return lie(check, str_format(check->arena, "proof: slot %.*s is in no set",
						     STR_ARG(problem->slots[s].id)));
	return STATUS_OK;
}

static enum status sets_check(struct check *check)
{
	const struct rota_proof *proof = &check->answer->proof;
	uint8_t *seen = arena_alloc(check->arena, (size_t)check->problem->slot_count + 1);

	for (int32_t i = 0; i < proof->set_count; i++) {
		const struct rota_set *set = &proof->sets[i];

		if (set->is_top && i > 0)
			return lie(check, STR("proof: only the first set can be the top one"));
		if (!set->is_top && i > 0 && !set[-1].is_top &&
		    rota_level_compare(set->level, set[-1].level) >= 0)
			return lie(check, STR("proof: the sets do not descend"));
		for (int32_t j = 0; j < set->slot_count; j++)
			if (seen[set->slots[j]]++)
				return lie(check, STR("proof: a slot is in two sets"));
	}
	return sets_are_whole(check, seen);
}

/* As many digits as an answer file has. */
static bool gap_is(double said, double proven)
{
	double apart = said > proven ? said - proven : proven - said;

	return apart <= proven * 1e-8;
}

static enum status bound_check(struct check *check, int64_t uncovered, const struct rota_sum *cost)
{
	struct rota_sum bound = rota_sum_new(check->arena);
	struct str proven;
	struct rota_bound frame;
	bool is_met;

	if (sets_check(check) != STATUS_OK)
		return STATUS_CONFLICT;
	rota_bound_init(&frame, check->problem, &check->pairs, check->arena);
	rota_bound_cost(&frame, &check->answer->proof, uncovered, &bound);
	proven = rota_sum_text(&bound, check->arena);
	is_met = str_eq(proven, check->answer->cost) &&
		 rota_bound_uncovered(&frame, &check->answer->proof) == uncovered;
	if (!str_eq(proven, check->answer->bound))
		return lie(check,
			   str_format(check->arena, "the sets prove the bound %.*s, not %.*s",
				      STR_ARG(proven), STR_ARG(check->answer->bound)));
	if (!gap_is(check->answer->gap, rota_sum_gap(cost, &bound)))
		return lie(check, STR("gap is not what cost and bound say"));
	if (is_met != check->answer->optimal)
		return lie(check, is_met ? STR("it is optimal, but says gap")
					 : STR("it says optimal, but the sets do not prove it"));
	return STATUS_OK;
}

enum status rota_check(const struct rota_problem *problem, const struct rota_answer *answer,
		       struct arena *arena, struct str *fault)
{
	struct rota_problem frozen;
	struct check check = { .asked = problem,
			       .problem = problem,
			       .answer = answer,
			       .arena = arena,
			       .fault = fault };
	struct rota_sum cost = rota_sum_new(arena);
	int64_t uncovered = 0;
	enum status status;

	if (answer->proof.from_day > 0) {
		rota_freeze(problem, answer->assigned, answer->assigned_count,
			    answer->proof.from_day, arena, &frozen);
		check.problem = &frozen;
	}
	status = check_open(&check);
	if (status == STATUS_OK)
		status = rules_check(&check);
	if (status == STATUS_OK)
		status = cover_check(&check, &uncovered);
	if (status == STATUS_OK)
		status = loads_check(&check, &cost);
	if (status == STATUS_OK)
		status = people_check(&check);
	if (status == STATUS_OK)
		status = bound_check(&check, uncovered, &cost);
	return status;
}
