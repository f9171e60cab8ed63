/* ctl/stall.h -- sees a process that stands still while it holds the records' write lock, and so
 * keeps every writer out. */
#ifndef CTL_STALL_H
#define CTL_STALL_H

#include "store/lock.h"

#include <stdbool.h>
#include <stdint.h>

/* Zeroed is a valid start. One for each of the two lock files. */
struct stall {
	pid_t pid;
	uint64_t progress;
	int64_t since_mono_ms;
	int64_t looked_mono_ms;
};

enum { STALL_LOOK_MS = 250 };

/* True: the same holder has made no progress for LOCK_STALL_MS of our own attention: looks that
 * come late (we were stopped ourselves) begin the measurement anew. */
bool stall_look(struct stall *stall, const struct lock_holder *holder, int64_t now_mono_ms);

#endif
