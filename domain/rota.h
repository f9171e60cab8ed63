/* domain/rota.h -- the even rota: who takes which slot, so that the load falls evenly on everyone.
 *
 * First as many places as possible are covered, then the sum of (history + load)^2 / weight is as
 * small as possible: that is the most even schedule there is, and the answer carries the proof.
 * Pure functions: no I/O, no clock, no floats where something is decided. Everything lives in the
 * arena that the caller gives; strings and arrays of the problem are borrowed. docs/rota.md tells
 * the whole story. */
#ifndef DOMAIN_ROTA_H
#define DOMAIN_ROTA_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"
#include "domain/lang.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ROTA_COURIERS_MAX = 20000,
	ROTA_SLOTS_MAX = 200000,
	ROTA_PAIRS_MAX = 20000000, /* courier and slot that may be brought together */
	ROTA_SHIFTS_MAX = 1000,
	ROTA_DAYS_MAX = 366,
	ROTA_NEED_MAX = ROTA_COURIERS_MAX,
	ROTA_WEIGHT_MAX = 10000,
	ROTA_CAP_MAX = 1000000, /* and what stands for "no cap" */
	ROTA_MILLI = 1000,	/* points and history are kept in thousandths */
	ROTA_POINTS_MAX = 1000,
	ROTA_HISTORY_MAX = 1000000,
	ROTA_NONE = -1,
};

/* ---- the problem ------------------------------------------------------------------------- */

struct rota_shift {
	struct str id;
	int32_t start_min, end_min; /* of the day; end <= start: it ends on the next day */
	int32_t points_milli;	    /* what one of it weighs */
};

struct rota_slot {
	struct str id;
	int32_t day, shift;  /* from 0 */
	int32_t zone, skill; /* ROTA_NONE: any courier's */
	int32_t need;	     /* couriers wanted */
};

struct rota_off {
	int32_t day, shift; /* shift ROTA_NONE: the whole day */
};

struct rota_wish {
	int32_t slot;
	bool want; /* else: rather not */
};

struct rota_courier {
	struct str id;
	int32_t weight; /* how much load is fair: 5 takes half of 10 */
	int64_t history_milli;
	int32_t cap_day, cap_week, cap_total;
	const int32_t *zones, *skills, *eligible; /* eligible: slots */
	size_t zone_count, skill_count, eligible_count;
	bool any_zone;	    /* no list of zones was given */
	bool only_eligible; /* a list of slots was given: nothing outside it */
	const struct rota_off *off;
	size_t off_count;
	const struct rota_wish *wishes;
	size_t wish_count;
};

struct rota_pair {
	int32_t slot, courier;
};

struct rota_rules {
	int32_t rest_min;	 /* between the end of one shift and the next start; ROTA_NONE: 0 */
	int32_t days_in_row_max; /* ROTA_NONE */
};

struct rota_problem {
	int64_t first_day; /* days since 1970-01-01 */
	int32_t day_count;
	int32_t week_start; /* 0 Monday ... 6 Sunday */
	const struct rota_shift *shifts;
	const struct rota_slot *slots;
	const struct rota_courier *couriers;
	const struct rota_pair *fixed; /* must be in the answer */
	int32_t shift_count, slot_count, courier_count, fixed_count, zone_count;
	struct rota_rules rules;
};

/* ---- the answer -------------------------------------------------------------------------- */

/* A level: the cost of one more shift, (2(history + k) - 1) / weight, all in thousandths of a
 * point; compared exactly. */
struct rota_level {
	int64_t num;
	int32_t weight;
};

/* Slots that the couriers above `level` can't hand to anyone below it. */
struct rota_set {
	bool is_top; /* the slots that nobody has room for; the level is above all others */
	struct rota_level level;
	const int32_t *slots;
	int32_t slot_count;
};

struct rota_proof {
	const struct rota_set *sets; /* highest level first, no slot in two of them */
	int32_t set_count;
	bool has_cap; /* rest rules left more uncovered than the sets tell: levels end here */
	struct rota_level cap;
	int32_t from_day; /* what the answer has before this day was given, not planned */
};

struct rota_person {
	int32_t load;	    /* shifts */
	int64_t load_milli; /* points */
	int64_t minutes;
	int32_t nights, weekends;
	int64_t history_after_milli;
	struct str reason[LANGS];
};

struct rota_answer {
	bool optimal;
	int64_t demand, covered;
	struct str cost, bound;		  /* exact, in lowest terms: "p/q" */
	double gap;			  /* (cost - bound) / bound; for people */
	const struct rota_pair *assigned; /* by slot, then courier */
	int32_t assigned_count;
	const int32_t *missing; /* by slot */
	const struct rota_person *people;
	struct rota_proof proof;
	bool is_replanned; /* then the two lists count: against the rota before */
	const struct rota_pair *added, *removed;
	int32_t added_count, removed_count;
};

/* ---- what is done with them -------------------------------------------------------------- */

/* May this courier take this slot: zone, skill, days off, the list of slots. Caps and rest are
 * another matter. */
bool rota_may_take(const struct rota_problem *problem, int32_t courier, int32_t slot);

/* BAD_INPUT: fault_out names what is wrong, answer_out is untouched. */
CHECKED enum status rota_plan(const struct rota_problem *problem, struct arena *arena,
			      struct rota_answer *answer_out, struct str *fault_out);

/* A rota goes on: what it has before `from_day` stays, the rest is planned anew for the problem as
 * it is now. */
struct rota_past {
	const struct rota_pair *assigned; /* the whole rota before */
	int32_t assigned_count;
	int32_t from_day;
	bool prefer_evenness; /* (cover, evenness, changes); else (cover, changes, evenness) */
};

/* In three steps, so that the middle one can be timed: it is all that moves anyone. Without rest
 * rules and with equal points both orders are solved exactly. */
struct rota_replan;
CHECKED enum status rota_replan_open(const struct rota_problem *problem,
				     const struct rota_past *past, struct arena *arena,
				     struct rota_replan **replan_out, struct str *fault_out);
void rota_replan_move(struct rota_replan *replan);
void rota_replan_finish(struct rota_replan *replan, struct rota_answer *answer_out);

/* The problem with these assignments before `from_day` fixed, and nothing else wanted there. */
void rota_freeze(const struct rota_problem *problem, const struct rota_pair *assigned,
		 int32_t assigned_count, int32_t from_day, struct arena *arena,
		 struct rota_problem *frozen_out);

/* Trusts nothing of the answer: every hard rule, coverage, cost and bound are worked out anew from
 * the problem, the assignments and the proof's sets. What the answer has before proof.from_day is
 * taken as given: the bound holds for all rotas that have the same there. CONFLICT: fault_out says
 * what is false. */
CHECKED enum status rota_check(const struct rota_problem *problem, const struct rota_answer *answer,
			       struct arena *arena, struct str *fault_out);
/* That proof.from_day is past's, 0 for a rota planned as a whole; and unless past's assignments are
 * NULL, that nothing before that day differs from them and that the changes are what does. */
CHECKED enum status rota_check_past(const struct rota_problem *problem,
				    const struct rota_answer *answer, const struct rota_past *past,
				    struct arena *arena, struct str *fault_out);

/* 0 Monday ... 6 Sunday. */
int32_t rota_weekday(const struct rota_problem *problem, int32_t day);
/* Weeks are counted from the one that holds day 0. */
int32_t rota_week(const struct rota_problem *problem, int32_t day);
/* At least three hours between 22:00 and 06:00, or half of a shorter shift. */
bool rota_is_night(const struct rota_shift *shift);
int32_t rota_minutes(const struct rota_shift *shift);
/* By rules.rest_min; two shifts at one time always are. */
bool rota_too_close(const struct rota_problem *problem, int32_t slot, int32_t other_slot);
/* -1, 0, 1 */
int rota_level_compare(struct rota_level a, struct rota_level b);

#endif
