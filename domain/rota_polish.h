/* domain/rota_polish.h -- the choice among equal answers; for the rota's own files. */
#ifndef DOMAIN_ROTA_POLISH_H
#define DOMAIN_ROTA_POLISH_H

#include "domain/rota_net.h"

/* Exchanges shifts between couriers where cover, cost and every rule stay what they are: first to
 * hear wishes, then to even out nights, weekends and hours. Only a wish moves a shift to somebody
 * who is owed exactly as much. What it finds is good, not proven best. */
void rota_polish(struct rota_net *net, struct arena *arena);

#endif
