/* store/tasks_private.h -- what tasks.c, tasks_run.c, tasks_scan.c and workers.c share. */
#ifndef STORE_TASKS_PRIVATE_H
#define STORE_TASKS_PRIVATE_H

#include "store/db.h"
#include "store/tasks.h"

enum { PUBLISH_AHEAD_MS = 60000 }; /* Redis holds what is due so soon; the rest waits here */

/* From a row with the columns of tasks_get. */
void task_load(const struct sql_rows *rows, struct arena *arena, struct task *task_out);
/* Runs a statement with such columns; NOT_FOUND: no row. */
CHECKED enum status task_query(struct db *db, enum sql_id id, const struct sql_value *values,
			       size_t count, struct arena *arena, struct task *task_out);
#define TASK_QUERY(db, id, arena, task_out, ...)                                                   \
	task_query((db), (id), SQL_VALUES(__VA_ARGS__), (arena), (task_out))
/* A ready row is told to Redis after COMMIT, if its type is and it is due soon. */
void task_tell(struct db *db, const struct task *task, int64_t now_ms);
/* The one that waits behind a head that is gone; NOT_FOUND: none does, or there is a head. */
CHECKED enum status task_next(struct db *db, struct str order_key, struct arena *arena,
			      struct task *task_out);
/* Waiting until now; told to Redis as task_tell does. */
CHECKED enum status task_make_ready(struct db *db, struct task *task, int64_t now_ms);
/* The head of an order key is gone: the oldest waiting row becomes ready. STR_NONE: nothing to do.
 */
CHECKED enum status task_promote(struct db *db, struct str order_key, int64_t now_ms);
/* A running row whose worker died, by the table: ready again, or dead past crashes_max. */
CHECKED enum status task_orphan(struct db *db, const struct task *task, int64_t now_ms);
/* Loads all rows of a query with such columns. */
CHECKED enum status task_collect(struct sql_rows *rows, struct arena *arena,
				 struct task **tasks_out, size_t *count_out);

#endif
