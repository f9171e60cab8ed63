/* domain/rota_reach.h -- how many shifts one courier can work at all under rest rules; for the
 * rota's own files. */
#ifndef DOMAIN_ROTA_REACH_H
#define DOMAIN_ROTA_REACH_H

#include "domain/rota_pairs.h"

/* The most shifts that each courier can have, were there nobody else: within caps, rest rules and
 * days off. Never less than any rota gives; without rest rules, or where a day may hold several
 * shifts, it is cap_total. Returns one number per courier. */
int32_t *rota_reach_find(const struct rota_problem *problem, const struct rota_pairs *pairs,
			 struct arena *arena);

/* The same problem with cap_total no further than each courier can reach; whatever keeps the rules
 * keeps it. */
const struct rota_problem *rota_reach_tighten(const struct rota_problem *problem,
					      const struct rota_pairs *pairs, struct arena *arena);

#endif
