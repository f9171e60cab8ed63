/* ctl/supervisor.h -- keeps the planned children running: starts them by stages, starts again what
 * dies, kills what freezes the records, stops all in order. Knows nothing of what they do; never
 * opens the records. */
#ifndef CTL_SUPERVISOR_H
#define CTL_SUPERVISOR_H

#include "base/loop.h"
#include "ctl/command.h"

#include <stdbool.h>
#include <stdint.h>

struct supervisor;

enum {
	START_DEATHS_MAX = 5,	   /* of one child before all are ready: the start is given up */
	STOP_STAGE_MS = 10 * 1000, /* for an orderly end, then SIGKILL */
};

struct supervisor_options {
	struct ctl *ctl;
	struct event_base *base;
	bool watch;				    /* restart what was rebuilt */
	void (*ready)(int64_t after_ms, void *arg); /* once, when every child is ready */
	void (*stopped)(bool failed,
			void *arg); /* once, when no child is left; failed: it gave up */
	void *arg;
};

/* Starts at once. Says on standard output what happens. */
CHECKED enum status supervisor_open(const struct supervisor_options *options,
				    struct supervisor **supervisor_out);
/* Everything but Redis and the sandbox ends in order and starts again, one after the other, each
 * when the one before is ready. Nothing happens before all were ready once. */
void supervisor_restart(struct supervisor *supervisor);
/* In order; called again: at once, by SIGKILL. */
void supervisor_stop(struct supervisor *supervisor);
/* After stopped(). NULL is fine. */
void supervisor_close(struct supervisor *supervisor);

/* One line for the person at the terminal, with the time of day. */
void supervisor_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
