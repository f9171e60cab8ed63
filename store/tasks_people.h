/* store/tasks_people.h -- tasks as operations people see and handle them. */
#ifndef STORE_TASKS_PEOPLE_H
#define STORE_TASKS_PEOPLE_H

#include "store/tasks.h"

/* The rows of one type and class. */
struct task_tally {
	int64_t waiting, ready, later, running, dead; /* later: ready, but not due yet */
	int64_t oldest_due_at_ms; /* of the unfinished whose time has come; 0: none */
};
CHECKED enum status tasks_tally(struct db *db, int64_t now_ms,
				struct task_tally tallies_out[TASK_TYPES][TASK_CLASSES]);

/* The newest dead rows, newest first. */
CHECKED enum status tasks_list_dead(struct db *db, int64_t limit, struct arena *arena,
				    struct task **tasks_out, size_t *count_out);
/* A dead row goes, and its work is queued once more under a new id (a delivery also makes its
 * message queued again). NOT_FOUND: no such row, or what it was about is deleted. CONFLICT: it is
 * not dead, or its message has been sent or queued since. */
CHECKED enum status tasks_requeue(struct db *db, int64_t id, int64_t now_ms, int64_t *new_id_out);
/* A dead row goes for good. NOT_FOUND; CONFLICT: it is not dead. */
CHECKED enum status tasks_drop(struct db *db, int64_t id);

#endif
