/* domain/rota_core.h -- the exact core: the fullest and then most even rota without rest rules. */
#ifndef DOMAIN_ROTA_CORE_H
#define DOMAIN_ROTA_CORE_H

#include "domain/rota_net.h"

/* From any state of the net to the fullest cover, then to the one most even load: of couriers who
 * are owed the same, those listed first get the extra shift. */
void rota_core_solve(struct rota_net *net, struct arena *arena);

/* The same in three steps, for those who need only some of them. */
void rota_core_greedy(struct rota_net *net, struct arena *arena);
void rota_core_cover(struct rota_net *net, struct rota_flow *flow, struct arena *arena);
void rota_core_even(struct rota_net *net, struct rota_flow *flow, struct arena *arena);

/* The sets that prove it, from the net as solved: one sweep from the heaviest courier down. */
void rota_proof_build(struct rota_net *net, struct arena *arena, struct rota_proof *proof_out);

#endif
