/* domain/rota_exchange.h -- small changes to a rota that break no rule; for the rota's own files.
 */
#ifndef DOMAIN_ROTA_EXCHANGE_H
#define DOMAIN_ROTA_EXCHANGE_H

#include "domain/rota_net.h"

#define ROTA_PAIR_NONE UINT32_MAX

/* A courier is rid of one pair and gets another, both its own; either may be ROTA_PAIR_NONE. */
struct rota_change {
	int32_t courier;
	uint32_t out, in;
};

/* Caps and rest rules of this courier; who may take what is told by the pairs. `in` is free. */
bool rota_change_is_allowed(const struct rota_net *net, const struct rota_change *change);

/* What two couriers do at once; each change is allowed on its own. */
struct rota_exchange {
	struct rota_change a, b;
};

bool rota_exchange_is_allowed(const struct rota_net *net, const struct rota_exchange *exchange);
void rota_exchange_make(struct rota_net *net, const struct rota_exchange *exchange);

#endif
