/* domain/rota_duo.h -- two couriers share out anew what they have; for the rota's own files. */
#ifndef DOMAIN_ROTA_DUO_H
#define DOMAIN_ROTA_DUO_H

#include "domain/rota_rest.h"

/* Room for two at a time, and the work that is allowed for all of them together; in `arena`. */
struct rota_duo;
struct rota_duo *rota_duo_open(struct rota_rest *rest, struct arena *arena);

/* True: more is covered, or it is more even. Otherwise nothing is worse, and often things are
 * elsewhere than they were. */
bool rota_duo_share(struct rota_duo *duo, int32_t a, int32_t b);
/* Takes `work` off what is allowed; false: it is used up. */
bool rota_duo_may_go_on(struct rota_duo *duo, int64_t work);
/* The same numbers in every run. */
uint32_t rota_duo_chance(struct rota_duo *duo);

#endif
