/* domain/rota_pairs.h -- all pairs of courier and slot that the problem allows, both ways round. */
#ifndef DOMAIN_ROTA_PAIRS_H
#define DOMAIN_ROTA_PAIRS_H

#include "domain/rota.h"

/* Pair e is courier's; courier c has first[c] .. first[c+1], by day, then slot. Slot s has the
 * pairs slot_pair[slot_first[s] .. slot_first[s+1]], by courier. */
struct rota_pairs {
	uint32_t *first;      /* [couriers + 1] */
	int32_t *slot;	      /* [count] */
	uint32_t *slot_first; /* [slots + 1] */
	uint32_t *slot_pair;  /* [count] */
	uint32_t count;
};

/* BAD_INPUT: more than ROTA_PAIRS_MAX. */
CHECKED enum status rota_pairs_build(const struct rota_problem *problem, struct arena *arena,
				     struct rota_pairs *pairs_out, struct str *fault_out);

/* The pair of this courier and slot, or `count`: there is none. */
uint32_t rota_pairs_find(const struct rota_problem *problem, const struct rota_pairs *pairs,
			 int32_t courier, int32_t slot);

/* The problem itself while nobody could work two shifts at one time anyway: the core is exact then.
 * Otherwise the same with a rest of no time, which forbids it. */
const struct rota_problem *rota_overlap_forbid(const struct rota_problem *problem,
					       const struct rota_pairs *pairs, struct arena *arena);

/* What these assignments mean for each courier: load, minutes, nights, weekends and the history
 * carried on. No reasons. */
struct rota_person *rota_people_count(const struct rota_problem *problem,
				      const struct rota_pairs *pairs,
				      const struct rota_pair *assigned, int32_t assigned_count,
				      struct arena *arena);

#endif
