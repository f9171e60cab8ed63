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
/* `by_level_only`: as even as can be, but nobody moves for his place in the list. */
void rota_core_even(struct rota_net *net, struct rota_flow *flow, bool by_level_only,
		    struct arena *arena);

/* The couriers who are closed in with one: what they have can only be handed round among them. */
struct rota_group {
	int32_t couriers;
	int32_t load, load_min; /* of all together, of the lightest */
	int32_t weight;		/* of all; 0: they differ */
	int64_t history_milli;	/* likewise */
	bool is_top;		/* and there are too few of them */
	bool history_differs;
};

/* The sets that prove it, from the net as solved: one sweep from the heaviest courier down. And the
 * group of each courier who has a shift; the others' are empty. */
void rota_proof_build(struct rota_net *net, struct arena *arena, struct rota_proof *proof_out,
		      struct rota_group **groups_out);

/* Why each courier has what he has, in plain words. `core_load` is what the groups say, the
 * people's loads are what it came to. */
void rota_reasons_write(const struct rota_net *net, const struct rota_group *groups,
			const int32_t *core_load, struct arena *arena, struct rota_person *people);

#endif
