/* ctl/stall.c -- measures how long a holder of the write lock stands still. */
#include "ctl/stall.h"

enum { LATE_MS = 4 * STALL_LOOK_MS };

bool stall_look(struct stall *stall, const struct lock_holder *holder, int64_t now_mono_ms)
{
	bool is_late = now_mono_ms - stall->looked_mono_ms > LATE_MS;
	bool is_same = holder->held && holder->pid == stall->pid &&
		       holder->progress == stall->progress;

	stall->looked_mono_ms = now_mono_ms;
	if (!is_same || is_late) {
		stall->pid = holder->held ? holder->pid : 0;
		stall->progress = holder->progress;
		stall->since_mono_ms = now_mono_ms;
		return false;
	}
	return now_mono_ms - stall->since_mono_ms >= LOCK_STALL_MS;
}
