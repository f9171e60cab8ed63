/* scheduler/leader.h -- one scheduler leads, by a lease in Redis; its generation, counted in the
 * records, fences those before it. */
#ifndef SCHEDULER_LEADER_H
#define SCHEDULER_LEADER_H

#include <stdbool.h>
#include <stdint.h>

enum {
	LEASE_MS = 3000,
	LEASE_RENEW_MS = 1000,
	LEASE_STANDBY_MS = 200, /* how often a standby asks */
};

struct leader {
	bool leads;
	int64_t generation;
	int64_t renewed_mono_ms; /* just before the lease was last granted */
};

struct scheduler;

/* Stands by from now on; what it knew of the others is forgotten. */
void leader_resign(struct scheduler *scheduler, const char *reason);

#endif
