/* ctl/child.h -- one child process of `ecoctl up`: spawned, known by its pid, given pauses when it
 * keeps dying. */
#ifndef CTL_CHILD_H
#define CTL_CHILD_H

#include "base/loop.h"
#include "ctl/plan.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	CHILD_PAUSE_MIN_MS = 100,
	CHILD_PAUSE_MAX_MS = 5000,
	CHILD_STEADY_MS = 10 * 1000, /* who lived so long begins again with the shortest pause */
};

enum child_state {
	CHILD_IDLE, /* not yet started, or stopped for good */
	CHILD_RUNNING,
	CHILD_PAUSING, /* died; its timer starts it again */
};

struct child {
	const struct plan_child *plan;
	enum child_state state;
	pid_t pid;
	int failures; /* deaths in a row */
	int64_t started_mono_ms;
	bool ready;    /* has been, since it was last started */
	bool expected; /* its end was asked for: no failure */
	struct loop_timer *timer;
};

/* The pause after the n-th death in a row, n from 1: doubling. */
int64_t child_pause_ms(int failures);
/* Forks and runs it: own process group, standard input empty, the rest into its log; killed by the
 * kernel when we die. */
CHECKED enum status child_start(struct child *child, const char *dir);
/* It was reaped: counts the death and says how long to wait. */
int64_t child_note_death(struct child *child, int64_t now_mono_ms);
/* SIGTERM or SIGKILL to a running one. */
void child_signal(const struct child *child, int signal);
/* "exit code 1", "signal 9 (Killed)" */
struct str child_end_words(int wait_status, struct arena *arena);

#endif
