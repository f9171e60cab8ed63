/* redis/deaths.h -- processes that their supervisor saw die, told at once, so that nobody waits out
 * the missing beats. A lost note only makes it slower. */
#ifndef REDIS_DEATHS_H
#define REDIS_DEATHS_H

#include "redis/conn.h"

#include <stddef.h>

/* Only for a reaped process: its incarnation must be over for good. BUSY: Redis is away. */
CHECKED enum status deaths_report(struct redis_conn *conn, struct str incarnation);
/* All notes, in the arena, taken away from Redis: for the one who declares them dead. EMPTY: none.
 */
CHECKED enum status deaths_take(struct redis_conn *conn, struct arena *arena,
				struct str **incarnations_out, size_t *count_out);

#endif
