/* ctl/rota_ids.h -- names to numbers, for the rota's files. */
#ifndef CTL_ROTA_IDS_H
#define CTL_ROTA_IDS_H

#include "base/arena.h"
#include "base/str.h"

#include <stdint.h>

struct rota_ids {
	struct arena *arena;
	struct str *names; /* by number */
	int32_t *table;	   /* a power of two; -1: free */
	int32_t count, size;
};

void rota_ids_init(struct rota_ids *ids, struct arena *arena);
/* The number; -1: unknown. */
int32_t rota_ids_find(const struct rota_ids *ids, struct str name);
/* A new number, or the one it has. `name` is borrowed. */
int32_t rota_ids_add(struct rota_ids *ids, struct str name);

#endif
