/* domain/rota_cheapest.h -- one search for a cheapest path, and what it keeps; for
 * rota_cheapest*.c. */
#ifndef DOMAIN_ROTA_CHEAPEST_H
#define DOMAIN_ROTA_CHEAPEST_H

#include "domain/rota_walk.h"

enum { ROTA_FAR = INT32_MAX };

struct rota_cheapest {
	struct rota_net *net;
	struct arena *arena;
	const int8_t *cost; /* by pair */
	int64_t points;
	int32_t hole; /* the slot in hand */

	/* By slot. Potentials never rise, from 0 on. */
	int32_t *potential, *changes;	/* changes on the way here; ROTA_FAR: not reached */
	int32_t *from, *took, *dropped; /* the slot before; the pairs on the way from there */
	int32_t *cheap;			/* free pairs that cost nothing */
	int32_t *droppable;		/* taken pairs that are not fixed */
	int32_t *next, *previous;	/* in its bucket; is_waiting: it is in one */
	uint8_t *is_waiting;
	int32_t *reached, reached_count;
	int32_t *later, later_count; /* slots that lead on only to the next distance */

	int32_t *fresh;	  /* by courier: taken pairs that cost something to take */
	int32_t *entered; /* by node: the changes with which its pairs were dropped already */
	int32_t *entered_list, entered_count;

	int32_t *bucket, bucket_count, bucket_max; /* by distance: its first slot */
	int32_t now;				   /* the distance in hand */
	int32_t *changes_count;			   /* droppable slots reached, by changes + slots */
	int32_t unreached, changes_max;		   /* droppable ones; the most changes of others */

	int32_t end; /* the pair that ends the best path so far; ROTA_WALK_NO_PAIR */
	int32_t end_slot, end_distance;
	struct rota_key end_key;
};

/* From `hole` to the end that changes least, of those to the lightest next shift. False: there is
 * none, and everything that the hole leads to has been reached. */
bool rota_cheapest_search(struct rota_cheapest *cheapest, int32_t hole);

#endif
