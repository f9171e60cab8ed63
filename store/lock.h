/* store/lock.h -- the write lock of the records: one process writes or checkpoints at a time, in
 * fair turns.
 *
 * Two files beside the database, eco.gate and eco.lock, are locked by flock(2). A writer takes the
 * gate, then the write lock, then lets the gate go: whoever stands in the gate is next. Before the
 * gate those who wait the longest go first: the others see in the gate's file since when the oldest
 * has waited, and leave the gate to it while it keeps looking. That is courtesy only: a waiter that
 * stops or dies is passed over after LOCK_COURTESY_US.
 *
 * Each file tells who holds it, as one line of text of fixed width (LOCK_LINE_BYTES), for the
 * supervisor and for people: held=1 pid=0000012345 progress=00000000000000000042 incarnation=<32
 * characters> service=<16 characters>\n `held` is 0 after an orderly release (a holder that died
 * leaves 1; the kernel has let its lock go). `progress` grows with every take and while the holder
 * works. Held with the same pid and progress for 5 s: the holder stands still and keeps every
 * writer out. */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	LOCK_LINE_BYTES = 128,
	LOCK_TIMEOUT_MS = 2000,
	LOCK_STALL_MS = 5000, /* a holder without progress for so long is to be killed */
	LOCK_COURTESY_US = 2000,
};

struct lock;

/* For the calling thread alone: taking or dropping it in another thread or after fork ends the
 * process, because they would share the descriptor, and both pass. The descriptors close on exec.
 */
CHECKED enum status lock_open(const char *dir, struct str service, struct str incarnation,
			      struct lock **lock_out);
void lock_close(struct lock *lock); /* NULL is fine */
/* BUSY: not within timeout_ms. */
CHECKED enum status lock_take(struct lock *lock, int64_t timeout_ms);
void lock_drop(struct lock *lock);
bool lock_is_held(const struct lock *lock);
/* The holder is alive and working; cheap. */
void lock_progress(struct lock *lock);
/* Is anybody next? For a holder that can end early; cheap. */
bool lock_is_wanted(const struct lock *lock);

/* ---- for a supervisor: never opens the database ------------------------------------------ */

enum lock_side { LOCK_SIDE_GATE, LOCK_SIDE_WRITE };

struct lock_holder {
	bool held;
	pid_t pid;
	uint64_t progress;
	char incarnation[33], service[17];
};

/* NOT_FOUND: nobody has opened the records in `dir` yet. */
CHECKED enum status lock_peek(const char *dir, enum lock_side side, struct lock_holder *holder_out);

#endif
