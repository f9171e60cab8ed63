/* domain/rota_walk.h -- cheapest ways through the net, for what is decided after cover and
 * evenness; for the rota's own files. */
#ifndef DOMAIN_ROTA_WALK_H
#define DOMAIN_ROTA_WALK_H

#include "domain/rota_net.h"

/* What taking a pair costs; releasing it gives the same back. */
struct rota_walk {
	const struct rota_net *net;
	const int8_t *cost; /* by pair */
	void (*arc)(void *arg, int32_t from, int32_t to, int32_t cost, int32_t pair);
	void *arg;
};

enum { ROTA_WALK_NO_PAIR = -1 };

/* Calls `arc` for each arc of this node: slots, days, weeks and couriers, not beyond. */
void rota_walk_from(const struct rota_walk *walk, int32_t node);

/* From one fullest and most even rota to the cheapest one that is as full and as even: cycles are
 * turned as long as they gain. Exact, unless the work runs out (false). */
bool rota_trim(struct rota_net *net, const int8_t *cost, struct arena *arena);

/* From a rota that is cheapest for its cover to the cheapest fullest one, the most even of those:
 * one cheapest path after the other. */
struct rota_cheapest;
struct rota_cheapest *rota_cheapest_new(struct rota_net *net, const int8_t *cost,
					struct arena *arena);
void rota_cheapest_cover(struct rota_cheapest *cheapest);

#endif
