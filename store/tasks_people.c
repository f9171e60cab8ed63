/* store/tasks_people.c -- counting, requeueing and dropping tasks by hand. */
#include "store/tasks_people.h"

#include "domain/payload.h"
#include "store/messages.h"
#include "store/tasks_private.h"

#include <string.h>

enum status tasks_tally(struct db *db, int64_t now_ms,
			struct task_tally tallies_out[TASK_TYPES][TASK_CLASSES])
{
	struct sql_rows rows = SQL_OPEN(db, SQL_tasks_tally, V_INT(now_ms));

	memset(tallies_out, 0, sizeof(struct task_tally) * TASK_TYPES * TASK_CLASSES);
	while (sql_next(&rows)) {
		int64_t type = sql_int(&rows, 0), class = sql_int(&rows, 1);

		/* A newer program may have left rows of types that we don't know. */
		if (type < TASK_TYPES && class < TASK_CLASSES)
			tallies_out[type][class] = (struct task_tally){
				.waiting = sql_int(&rows, 2),
				.ready = sql_int(&rows, 3),
				.later = sql_int(&rows, 4),
				.running = sql_int(&rows, 5),
				.dead = sql_int(&rows, 6),
				.oldest_due_at_ms = sql_int(&rows, 7),
			};
	}
	return sql_end(&rows);
}

enum status tasks_list_dead(struct db *db, int64_t limit, struct arena *arena,
			    struct task **tasks_out, size_t *count_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_tasks_dead, V_INT(limit));

	return task_collect(&rows, arena, tasks_out, count_out);
}

static enum status dead_get(struct db *db, int64_t id, struct task *task_out)
{
	enum status status = tasks_get(db, id, db_scratch(db), task_out);

	return status == STATUS_OK && task_out->state != TASK_DEAD ? STATUS_CONFLICT : status;
}

/* Its message tells how far it got, so it is the message that is sent again. */
static enum status deliver_again(struct db *db, const struct task *task, int64_t now_ms,
				 int64_t *new_id_out)
{
	struct actor actor = { ACTOR_SYSTEM, 0 };
	int64_t message_id = 0;
	enum status status = payload_int(task->payload, "message_id", &message_id);

	if (status == STATUS_OK)
		status = messages_send_again(db, message_id, actor, now_ms);
	if (status == STATUS_OK)
		status = SQL_ONE_INT(db, SQL_tasks_by_dedup, new_id_out, V_STR(task->dedup_key));
	return status;
}

enum status tasks_requeue(struct db *db, int64_t id, int64_t now_ms, int64_t *new_id_out)
{
	struct task task;
	enum status status = dead_get(db, id, &task);
	struct task_new again;

	if (status != STATUS_OK)
		return status;
	again = (struct task_new){ .type = task.type,
				   .class = task.class,
				   .payload = task.payload,
				   .order_key = task.order_key,
				   .dedup_key = task.dedup_key };
	status = task.type == TASK_DELIVER ? deliver_again(db, &task, now_ms, new_id_out)
					   : tasks_add(db, &again, now_ms, new_id_out);
	return status == STATUS_OK ? SQL_RUN(db, SQL_tasks_delete, NULL, V_INT(id)) : status;
}

enum status tasks_drop(struct db *db, int64_t id)
{
	struct task task;
	enum status status = dead_get(db, id, &task);

	return status == STATUS_OK ? SQL_RUN(db, SQL_tasks_delete, NULL, V_INT(id)) : status;
}
