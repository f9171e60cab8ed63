/* domain/rota_rest.h -- rest between shifts and days in a row: what the flow can't see; for the
 * rota's own files.
 *
 * The core's rota is the bound. What breaks a rule in it is dropped, and chains put it right: one
 * takes a slot and drops another, the next takes that, until someone takes without dropping. */
#ifndef DOMAIN_ROTA_REST_H
#define DOMAIN_ROTA_REST_H

#include "domain/rota_net.h"

enum { ROTA_NO_PAIR = -1 };

struct rota_rest {
	struct rota_net *net;
	int64_t points;
	int32_t *day_of;      /* by day of the net: the calendar's */
	int32_t *head, *next; /* by day, by pair: the taken pairs of one day */
	int32_t window;	      /* days on either side that a shift can be too close to */
	int64_t budget;	      /* looks that are left: the work is limited, not the time */

	/* One search. */
	int32_t *queue, *from, *taken_by, *dropped; /* slots; by slot: the slot before, the pairs */
	int32_t *end;				    /* by slot: a pair that may end a chain */
	uint32_t *seen, stamp;			    /* by slot */
	int32_t reached;
};

/* Do any rules go beyond the core? */
bool rota_rest_applies(const struct rota_problem *problem);
/* From the net as it is; nothing is changed. */
void rota_rest_init(struct rota_rest *rest, struct rota_net *net, struct arena *arena);
/* BAD_INPUT: the fixed pairs alone break a rule. */
CHECKED enum status rota_rest_fixed(const struct rota_rest *rest, struct arena *arena,
				    struct str *fault_out);

void rota_rest_take(struct rota_rest *rest, int32_t pair);
void rota_rest_release(struct rota_rest *rest, int32_t pair);
/* Caps and rest allow it as things stand. */
bool rota_rest_can_take(struct rota_rest *rest, int32_t pair);

/* What stands in the way of a free pair. */
struct rota_block {
	int32_t close;	    /* taken pairs too close to it */
	int32_t close_pair; /* one of them */
	bool day_full, week_full, all_full;
	int32_t row_before,
		row_after; /* working days on either side that make it too many; else 0 */
};

struct rota_block rota_rest_block(struct rota_rest *rest, int32_t pair);
bool rota_block_is_none(const struct rota_block *block);
/* Would it be free if the courier dropped `drop`, a taken pair? */
bool rota_block_yields(const struct rota_rest *rest, const struct rota_block *block, int32_t pair,
		       int32_t drop);

/* Drops what breaks a rule, puts it right by chains, then evens out as far as chains go. `load` is
 * the core's, by courier. */
void rota_rest_repair(struct rota_rest *rest, const int32_t *load, struct arena *arena);

/* From a rota that keeps the rules: covers what is uncovered by short chains, and evens out if
 * asked to. */
void rota_rest_go_on(struct rota_rest *rest, bool even, struct arena *arena);

#endif
