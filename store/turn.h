/* store/turn.h -- a process's turn at the records: the write lock taken, something done, the lock
 * let go. On the writer thread. */
#ifndef STORE_TURN_H
#define STORE_TURN_H

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct store;

/* False: not within timeout_ms; logged. Ends with lock_drop. */
CHECKED bool turn_take(struct store *store, int64_t timeout_ms);

/* Opens the lock files and the records, which are made or migrated. FAILED: logged. */
CHECKED enum status turn_open(struct store *store);
/* Also after a turn_open that failed. */
void turn_close(struct store *store);
/* When the WAL is long; one that could not finish is tried again at store->checkpoint_mono_ms,
 * or sooner when the WAL grows. */
void turn_checkpoint_if_due(struct store *store);

#endif
