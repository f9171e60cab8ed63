/* domain/rota_net.h -- the flow network of a rota, and paths through it; for the rota's own files.
 *
 * A unit goes slot -> (courier, day) -> (courier, week) -> courier, each within its cap. Only the
 * pairs of slot and day are kept one by one; the three upper layers are counters in a tree. */
#ifndef DOMAIN_ROTA_NET_H
#define DOMAIN_ROTA_NET_H

#include "domain/rota_pairs.h"

/* Node numbers: slots, then days, then weeks, then couriers. */
struct rota_net {
	const struct rota_problem *problem;
	struct rota_pairs pairs;
	int32_t day_count, week_count, node_count;
	int32_t day_base, week_base, courier_base;

	int32_t *pair_day;	     /* by pair: its day */
	int32_t *pair_courier;	     /* by pair: whose */
	uint32_t *day_first;	     /* by day (+1): its pairs */
	int32_t *day_week;	     /* by day: its week */
	int32_t *week_day_first;     /* by week (+1): its days */
	int32_t *week_courier;	     /* by week: whose */
	int32_t *courier_week_first; /* by courier (+1) */

	uint8_t *taken; /* by pair: TAKEN, FIXED */
	int32_t *day_load, *week_load, *load;
	int32_t *missing; /* by slot */
	int64_t missing_all;

	int32_t *part; /* by node: paths stay within one part */
};

enum { ROTA_FREE = 0, ROTA_TAKEN = 1, ROTA_FIXED = 2 };

/* With the fixed pairs taken. BAD_INPUT: one of them breaks a rule, or too many pairs. */
CHECKED enum status rota_net_build(const struct rota_problem *problem, struct arena *arena,
				   struct rota_net *net_out, struct str *fault_out);

void rota_net_take(struct rota_net *net, uint32_t pair);
void rota_net_release(struct rota_net *net, uint32_t pair);
/* Day, week and courier of the pair have room for one more. */
bool rota_net_has_room(const struct rota_net *net, uint32_t pair);

static inline const struct rota_courier *rota_net_who(const struct rota_net *net, int32_t courier)
{
	return &net->problem->couriers[courier];
}

/* ---- levels ------------------------------------------------------------------------------ */

/* The k-th shift of a courier (from 1), ordered by level, then by place in the list. */
struct rota_key {
	struct rota_level level;
	int32_t courier;
};

/* The level of the k-th shift; all shifts weigh points_milli. */
struct rota_level rota_level_of(const struct rota_courier *who, int64_t points_milli, int32_t k);
struct rota_key rota_key_of(const struct rota_net *net, int32_t courier, int32_t k);
bool rota_key_less(const struct rota_key *a, const struct rota_key *b);
/* What one shift weighs where all weigh the same; of the lightest, where not. */
int64_t rota_points(const struct rota_problem *problem);

/* ---- paths ------------------------------------------------------------------------------- */

/* Moves units along shortest paths until none is left: from slots that miss someone, or from
 * couriers above their target, to couriers below their target. */
struct rota_flow {
	struct rota_net *net;
	int32_t *target; /* by courier */
	int32_t *depth;	 /* by node; -1: not reached */
	uint32_t *at;	 /* by node: the arc in hand */
	int32_t *queue;	 /* the reached nodes, in order */
	int32_t reached;
	int32_t *path;	     /* nodes */
	uint32_t *path_pair; /* the pair that led to path[i], where one did */
	/* Called for each arc that a search looks along; NULL: nobody cares. */
	void (*on_arc)(void *arg, int32_t from, int32_t to);
	void *arc_arg;
};

void rota_flow_init(struct rota_flow *flow, struct rota_net *net, struct arena *arena);
/* Sources are slots (with someone missing) or couriers (above target), of one part. Afterwards
 * queue[0 .. reached] holds what the sources that are left can reach. */
void rota_flow_run(struct rota_flow *flow, const int32_t *sources, int32_t source_count);
/* The same from couriers above their target to those below it, all of one part, straight ones
 * first. True: one side has come to its end, so nothing stands in the way of anyone; else queue[]
 * holds what those who are left above can reach. */
bool rota_flow_even_out(struct rota_flow *flow, const int32_t *sources, int32_t source_count,
			const int32_t *sinks, int32_t sink_count);
/* Adds to the queue whatever `nodes` can reach in part 0 and nobody reached before; a sink ends
 * nothing while all targets are 0. */
void rota_flow_reach(struct rota_flow *flow, const int32_t *nodes, int32_t count);

#endif
