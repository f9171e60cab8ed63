/* store/tasks.c -- adding and cancelling tasks, and their order by key. */
#include "store/tasks.h"

#include "store/outbox.h"
#include "store/tasks_private.h"

#include <assert.h>

void task_load(const struct sql_rows *rows, struct arena *arena, struct task *task_out)
{
	*task_out = (struct task){
		.id = sql_int(rows, 0),
		.type = (enum task_type)sql_int(rows, 1),
		.class = (enum task_class)sql_int(rows, 2),
		.state = (enum task_state)sql_int(rows, 3),
		.payload = sql_str(rows, 4, arena),
		.order_key = sql_str(rows, 5, arena),
		.dedup_key = sql_str(rows, 6, arena),
		.due_at_ms = sql_int(rows, 7),
		.created_at_ms = sql_int(rows, 8),
		.published_at_ms = sql_int(rows, 9),
		.attempt = (int)sql_int(rows, 10),
		.crashes = (int)sql_int(rows, 11),
		.worker = sql_str(rows, 12, arena),
		.last_error = sql_str(rows, 13, arena),
	};
}

enum status task_query(struct db *db, enum sql_id id, const struct sql_value *values, size_t count,
		       struct arena *arena, struct task *task_out)
{
	struct sql_rows rows = sql_open(db, id, values, count);
	bool found = sql_next(&rows);
	enum status status;

	if (found)
		task_load(&rows, arena, task_out);
	status = sql_end(&rows);
	return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

void task_tell(struct db *db, const struct task *task, int64_t now_ms)
{
	struct task_notice notice = { task->id,	     task->type,      task->class,  task->due_at_ms,
				      task->attempt, task->order_key, task->payload };

	assert(task->state == TASK_READY);
	if (task_rows[task->type].kind != TASK_LOCAL &&
	    task->due_at_ms <= now_ms + PUBLISH_AHEAD_MS)
		outbox_add_task(db_outbox(db), &notice);
}

enum status task_next(struct db *db, struct str order_key, struct arena *arena,
		      struct task *task_out)
{
	enum status status;

	if (order_key.data == NULL)
		return STATUS_NOT_FOUND;
	status = TASK_QUERY(db, SQL_tasks_head, arena, task_out, V_STR(order_key));
	return status == STATUS_OK && task_out->state != TASK_WAITING ? STATUS_NOT_FOUND : status;
}

enum status task_make_ready(struct db *db, struct task *task, int64_t now_ms)
{
	enum status status =
		SQL_RUN(db, SQL_tasks_make_ready, NULL, V_INT(task->id), V_INT(now_ms));

	task->state = TASK_READY;
	if (status == STATUS_OK)
		task_tell(db, task, now_ms);
	return status;
}

enum status task_promote(struct db *db, struct str order_key, int64_t now_ms)
{
	struct task task;
	enum status status = task_next(db, order_key, db_scratch(db), &task);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	return status == STATUS_OK ? task_make_ready(db, &task, now_ms) : status;
}

/* Behind an unfinished one of its order key it waits. */
static enum status first_state(struct db *db, struct str order_key, enum task_state *state_out)
{
	int64_t one;
	enum status status;

	*state_out = TASK_READY;
	if (order_key.data == NULL)
		return STATUS_OK;
	status = SQL_ONE_INT(db, SQL_tasks_has_unfinished, &one, V_STR(order_key));
	if (status == STATUS_OK)
		*state_out = TASK_WAITING;
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status tasks_add(struct db *db, const struct task_new *task, int64_t now_ms, int64_t *id_out)
{
	bool local = task_rows[task->type].kind == TASK_LOCAL;
	struct task row = { .type = task->type,
			    .class = task->class,
			    .due_at_ms = task->due_at_ms != 0 ? task->due_at_ms : now_ms,
			    .order_key = task->order_key,
			    .payload = task->payload };
	enum status status = first_state(db, task->order_key, &row.state);

	if (status == STATUS_OK)
		status = SQL_INSERT(db, SQL_tasks_add, &row.id, V_INT(task->type),
				    V_INT(task->class), V_STR(task->payload),
				    V_STR(task->order_key), V_STR(task->dedup_key),
				    V_INT(row.due_at_ms), local ? V_INT(0) : V_NULL, V_INT(now_ms),
				    V_INT(row.state));
	if (status == STATUS_NOT_FOUND)
		return SQL_ONE_INT(db, SQL_tasks_by_dedup, id_out, V_STR(task->dedup_key));
	if (status != STATUS_OK)
		return status;
	*id_out = row.id;
	if (row.state == TASK_READY)
		task_tell(db, &row, now_ms);
	return STATUS_OK;
}

enum status tasks_add_dead(struct db *db, const struct task_new *task, struct str error,
			   int64_t now_ms)
{
	return SQL_RUN(db, SQL_tasks_add_dead, NULL, V_INT(task->type), V_INT(task->class),
		       V_STR(task->payload), V_STR(task->order_key), V_STR(task->dedup_key),
		       V_INT(task->due_at_ms != 0 ? task->due_at_ms : now_ms), V_INT(now_ms),
		       V_STR(error));
}

enum status tasks_cancel(struct db *db, struct str dedup_key, int64_t now_ms)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_tasks_cancel, V_STR(dedup_key));
	struct str order_key = STR_NONE;
	enum status status;

	if (sql_next(&rows))
		order_key = sql_str(&rows, 1, db_scratch(db));
	status = sql_end(&rows);
	return status == STATUS_OK ? task_promote(db, order_key, now_ms) : status;
}

enum status tasks_cancel_deliveries(struct db *db, int64_t appeal_id, int64_t now_ms)
{
	enum { AT_ONCE = 64 };
	int64_t ids[AT_ONCE], after_id = 0;
	size_t count = AT_ONCE;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && count == AT_ONCE) {
		struct sql_rows rows = SQL_OPEN(db, SQL_messages_queued_of, V_INT(appeal_id),
						V_INT(after_id), V_INT(AT_ONCE));

		for (count = 0; count < AT_ONCE && sql_next(&rows); count++)
			after_id = ids[count] = sql_int(&rows, 0);
		status = sql_end(&rows);
		for (size_t i = 0; i < count && status == STATUS_OK; i++)
			status = tasks_cancel(
				db, str_format(db_scratch(db), "deliver:%lld", (long long)ids[i]),
				now_ms);
	}
	return status;
}
