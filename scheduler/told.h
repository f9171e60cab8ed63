/* scheduler/told.h -- tells Redis of rows and writes down that it was told. */
#ifndef SCHEDULER_TOLD_H
#define SCHEDULER_TOLD_H

#include "domain/task.h"
#include "scheduler/scheduler.h"

/* Publishes and marks. BUSY: not now, also while Redis is being built. */
CHECKED enum status told_publish(struct scheduler *scheduler, const struct task_notice *notices,
				 size_t count);
/* Only marks. */
CHECKED enum status told_mark(struct scheduler *scheduler, const struct task_notice *notices,
			      size_t count);

#endif
