/* store/jobs.h -- ticks of periodic jobs, each run once; and the purge of what outlived its use. */
#ifndef STORE_JOBS_H
#define STORE_JOBS_H

#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct db;

/* The last tick that ran; 0: none. */
CHECKED enum status jobs_last_tick(struct db *db, struct str job, int64_t *tick_ms_out);
/* Notes a tick. CONFLICT: it ran already. DENIED: `generation` is no longer the scheduler's. */
CHECKED enum status jobs_note_tick(struct db *db, struct str job, int64_t tick_ms,
				   int64_t generation, int64_t now_ms);

/* Update ids over 48 h, idempotency keys over 24 h, expired sessions and tokens, ticks over 30
 * days, workers gone for a day; at most `limit` rows of each. *more_out: there is more. */
CHECKED enum status jobs_purge(struct db *db, int64_t now_ms, int64_t limit, bool *more_out);

#endif
