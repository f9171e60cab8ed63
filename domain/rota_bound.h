/* domain/rota_bound.h -- what no rota can do better than, by a proof's sets; for the rota's own
 * files. */
#ifndef DOMAIN_ROTA_BOUND_H
#define DOMAIN_ROTA_BOUND_H

#include "domain/rota_pairs.h"
#include "domain/rota_sum.h"

/* Counters of the best that each courier could do alone. */
struct rota_bound {
	const struct rota_problem *problem;
	const struct rota_pairs *pairs;
	int32_t *pair_courier;		  /* by pair */
	uint8_t *taken;			  /* by pair */
	int64_t *on_day, *in_week, *load; /* [couriers * days], [couriers * weeks], [couriers] */
	int64_t *picks;			  /* by slot */
	int32_t *reach;			  /* by courier: shifts, within rest rules and cap_total */
	int32_t weeks;
	int64_t unit_milli; /* all points are multiples of it */
	int64_t units_max;  /* of one shift */
};

/* The greatest common divisor of all shifts' points, in thousandths. */
int64_t rota_unit(const struct rota_problem *problem);

void rota_bound_init(struct rota_bound *bound, const struct rota_problem *problem,
		     const struct rota_pairs *pairs, struct arena *arena);
/* The least number of places that nobody has room for, by the top set. */
int64_t rota_bound_uncovered(struct rota_bound *bound, const struct rota_proof *proof);
/* No rota that leaves `uncovered` places open costs less than this; adds it to sum_out. Holds for
 * any sets that descend, share no slot and leave none out that is not fixed. */
void rota_bound_cost(struct rota_bound *bound, const struct rota_proof *proof, int64_t uncovered,
		     struct rota_sum *sum_out);

#endif
