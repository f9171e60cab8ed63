/* domain/rota_meet.h -- couriers meet by two until a rota under rest rules is good; for the rota's
 * own files. */
#ifndef DOMAIN_ROTA_MEET_H
#define DOMAIN_ROTA_MEET_H

#include "domain/rota_rest.h"

/* From a rota that keeps all rules to one that covers more or is more even: pairs of couriers,
 * again and again, as long as the work allows or until it is as good as the core, whose loads
 * `load` are. What is uncovered may be taken in. Applies where points are equal and at least two
 * couriers work one shift a day at most; else it does nothing. */
bool rota_meet_applies(const struct rota_problem *problem);
void rota_meet_improve(struct rota_rest *rest, const int32_t *load, struct arena *arena);

#endif
