/* ctl/supervisor_private.h -- what the two files of the supervisor share: its state. Not for users.
 */
#ifndef CTL_SUPERVISOR_PRIVATE_H
#define CTL_SUPERVISOR_PRIVATE_H

#include "ctl/child.h"
#include "ctl/obituary.h"
#include "ctl/probe.h"
#include "ctl/rebuilt.h"
#include "ctl/stall.h"
#include "ctl/supervisor.h"

struct event;

enum { READY_LOOK_MS = 20 };

enum phase { PHASE_STARTING, PHASE_RUNNING, PHASE_STOPPING };

/* A child and what only the supervisor knows of it. */
struct ward {
	struct child child;
	struct rebuilt rebuilt;
	bool restart; /* asked for, and not its turn yet */
	struct supervisor *supervisor;
};

struct supervisor {
	struct supervisor_options options;
	struct plan plan;
	struct ward wards[PLAN_CHILDREN_MAX];
	enum phase phase;
	int stage; /* while stopping: the one that is ending now */
	bool failed, others_started;
	int64_t began_mono_ms;
	struct probe *probe;
	struct obituary *obituary;
	struct event *reaper; /* SIGCHLD */
	struct loop_timer *ready_timer, *stall_timer, *watch_timer, *kill_timer, *restart_timer;
	struct ward *restarting;     /* one at a time */
	struct http_sockets sockets; /* the API's, held open while it is replaced */
	struct stall stalls[2];	     /* gate and write lock */
};

/* restarts.c; both are timers. */
void restarts_next(void *supervisor);	      /* the next one's turn, when the last is ready */
void restarts_look_rebuilt(void *supervisor); /* whose program file is another than at its start */

#endif
