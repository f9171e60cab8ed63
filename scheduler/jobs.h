/* scheduler/jobs.h -- what is to be done again and again: a table; each tick is a row and a task in
 * one transaction, once though two schedulers run, and caught up after an outage. */
#ifndef SCHEDULER_JOBS_H
#define SCHEDULER_JOBS_H

#include "base/status.h"
#include "domain/task.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum catch_up {
	CATCH_UP_LAST, /* of ticks that were missed, only the newest runs */
	CATCH_UP_ALL,  /* each one, oldest first */
};

struct job {
	const char *name;
	int64_t period_ms; /* ticks at whole multiples since the epoch; 0: by the calendar */
	int hour, minute;  /* of each day in the business's time zone (TZ) */
	enum catch_up catch_up;
	int ticks_max;	     /* of missed ones, with ALL: older ones are dropped, and logged */
	enum task_type task; /* payload {"tick_ms": n}, dedup key "<name>:<tick>" */
	enum task_class class;
};

extern const struct job jobs[];
extern const size_t job_count;

/* Names, periods, limits and types make sense? FAILED: logged. */
CHECKED enum status jobs_check(const struct job *table, size_t count);

/* The last tick at or before a time; always a tick of this job. */
int64_t job_tick_before(const struct job *job, int64_t at_ms);

/* The scheduler's memory of last ticks: the records know them, this only saves asking. */
enum { JOBS_MAX = 32 };
struct jobs_state {
	struct {
		bool known;
		int64_t last_ms;
	} items[JOBS_MAX];
};
void jobs_forget(struct jobs_state *state);

#endif
