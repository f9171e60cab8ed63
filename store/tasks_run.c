/* store/tasks_run.c -- running a task: taking or claiming it, and recording what came of it.
 * Everything tests the fence. */
#include "store/tasks.h"

#include "base/log.h"
#include "base/random.h"
#include "store/db_private.h"
#include "store/tasks_private.h"

#include <assert.h>
#include <string.h>

/* Nobody can bury a worker while this transaction holds the write lock: asking once is enough. */
static enum status check_alive(struct db *db, struct str worker)
{
	bool alive = false;
	enum status status;

	if (worker.len > 0 && str_eq_c(worker, db->alive))
		return STATUS_OK;
	status = workers_is_alive(db, worker, &alive);
	if (status != STATUS_OK)
		return status;
	if (!alive)
		return STATUS_DENIED;
	if (worker.len <= WORKER_BYTES_MAX) {
		memcpy(db->alive, worker.data, worker.len);
		db->alive[worker.len] = '\0';
	}
	return STATUS_OK;
}

static enum status empty_if_not_found(enum status status)
{
	return status == STATUS_NOT_FOUND ? STATUS_EMPTY : status;
}

/* Its strings live until the change is over. */
static enum status take_out(struct db *db, const struct task *task)
{
	enum status status = SQL_RUN(db, SQL_tasks_delete, NULL, V_INT(task->id));

	if (status == STATUS_OK) {
		db->taken = *task;
		db->has_taken = true;
	}
	return status;
}

enum status tasks_take(struct db *db, int64_t id, struct str worker, int64_t now_ms,
		       struct arena *arena, struct task *task_out)
{
	enum status status = check_alive(db, worker);

	assert(!db->has_taken);
	if (status != STATUS_OK)
		return status;
	status = TASK_QUERY(db, SQL_tasks_runnable, arena, task_out, V_INT(id), V_INT(now_ms));
	return status == STATUS_OK ? take_out(db, task_out) : empty_if_not_found(status);
}

enum status tasks_take_next(struct db *db, int64_t now_ms, struct arena *arena,
			    struct task *task_out)
{
	const struct task done = db->taken;
	enum status status;

	assert(db->has_taken);
	db->has_taken = false;
	status = task_next(db, done.order_key, arena, task_out);
	if (status != STATUS_OK)
		return empty_if_not_found(status);
	if (task_out->type == done.type && task_out->class == done.class &&
	    task_out->due_at_ms <= now_ms)
		return take_out(db, task_out);
	status = task_make_ready(db, task_out, now_ms);
	return status == STATUS_OK ? STATUS_EMPTY : status;
}

enum status tasks_claim(struct db *db, int64_t id, struct str worker, int64_t now_ms,
			struct arena *arena, struct task *task_out)
{
	enum status status = check_alive(db, worker);

	if (status != STATUS_OK)
		return status;
	status = TASK_QUERY(db, SQL_tasks_runnable, arena, task_out, V_INT(id), V_INT(now_ms));
	if (status == STATUS_OK) {
		task_out->state = TASK_RUNNING;
		task_out->worker = str_copy(arena, worker);
		status = SQL_RUN(db, SQL_tasks_claim, NULL, V_INT(id), V_STR(worker));
	}
	return empty_if_not_found(status);
}

/* ---- what can become of a row that is held ----------------------------------------------- */

static enum status drop(struct db *db, const struct task *task, int64_t now_ms)
{
	enum status status = SQL_RUN(db, SQL_tasks_delete, NULL, V_INT(task->id));

	return status == STATUS_OK ? task_promote(db, task->order_key, now_ms) : status;
}

static enum status bury(struct db *db, const struct task *task, int64_t now_ms)
{
	enum status status = SQL_RUN(db, SQL_tasks_bury, NULL, V_INT(task->id),
				     V_INT(task->attempt), V_INT(task->crashes),
				     V_STR(task->last_error));

	log_warn("task.buried", LOG_INT("task", task->id),
		 LOG_C("type", task_type_name(task->type)), LOG_INT("attempt", task->attempt),
		 LOG_INT("crashes", task->crashes));
	return status == STATUS_OK ? task_promote(db, task->order_key, now_ms) : status;
}

/* Is another row queued under its dedup key by now? */
static enum status is_superseded(struct db *db, const struct task *task, bool *superseded_out)
{
	int64_t other_id = task->id;
	enum status status;

	*superseded_out = false;
	if (task->dedup_key.data == NULL)
		return STATUS_OK;
	status = SQL_ONE_INT(db, SQL_tasks_by_dedup, &other_id, V_STR(task->dedup_key));
	*superseded_out = other_id != task->id;
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* Ready at task->due_at_ms, with its attempt, crashes and last_error as they are in *task. */
static enum status again(struct db *db, struct task *task, int64_t now_ms,
			 enum task_state *state_out)
{
	bool superseded;
	enum status status = is_superseded(db, task, &superseded);

	if (status != STATUS_OK)
		return status;
	if (superseded) {
		*state_out = TASK_STATES;
		return drop(db, task, now_ms);
	}
	status = SQL_RUN(db, SQL_tasks_again, NULL, V_INT(task->id), V_INT(task->due_at_ms),
			 V_INT(now_ms), V_INT(task->attempt), V_INT(task->crashes),
			 V_STR(task->last_error));
	if (status != STATUS_OK)
		return status;
	*state_out = task->state = TASK_READY;
	task_tell(db, task, now_ms);
	return STATUS_OK;
}

enum status task_orphan(struct db *db, const struct task *task, int64_t now_ms)
{
	struct task row = *task;
	enum task_state state;

	row.crashes++;
	row.last_error = STR("the worker died");
	row.due_at_ms = now_ms;
	if (row.crashes > task_rows[row.type].crashes_max)
		return bury(db, &row, now_ms);
	return again(db, &row, now_ms, &state);
}

/* ---- outcomes ---------------------------------------------------------------------------- */

/* The row as it is held under the fence: running, or ready and transactional (its handler's change
 * was rolled back). */
static enum status load_held(struct db *db, const struct fence *fence, struct task *task_out)
{
	enum status status =
		TASK_QUERY(db, SQL_tasks_get, db_scratch(db), task_out, V_INT(fence->task_id));

	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_CONFLICT : status;
	if (task_out->attempt != fence->attempt)
		return STATUS_CONFLICT;
	if (task_out->state == TASK_RUNNING)
		return str_eq(task_out->worker, fence->worker) ? STATUS_OK : STATUS_CONFLICT;
	if (task_out->state != TASK_READY || task_rows[task_out->type].kind == TASK_EXTERNAL)
		return STATUS_CONFLICT;
	if (task_rows[task_out->type].kind == TASK_LOCAL)
		return STATUS_OK;
	status = check_alive(db, fence->worker);
	return status == STATUS_DENIED ? STATUS_CONFLICT : status;
}

static enum status put_back(struct db *db, const struct fence *fence, int64_t now_ms)
{
	const struct task *task = &db->taken;
	bool local = task_rows[task->type].kind == TASK_LOCAL;

	db->has_taken = false;
	return SQL_RUN(db, SQL_tasks_put_back, NULL, V_INT(task->id), V_INT(task->type),
		       V_INT(task->class), V_STR(task->payload), V_STR(task->order_key),
		       V_STR(task->dedup_key), V_INT(task->due_at_ms), V_INT(now_ms),
		       V_INT(task->created_at_ms), V_INT(task->attempt), V_INT(task->crashes),
		       local ? V_INT(0) : V_NULL, V_STR(fence->worker));
}

static enum status finish_done(struct db *db, const struct fence *fence, int64_t now_ms)
{
	struct str order_key = STR_NONE;
	struct sql_rows rows = SQL_OPEN(db, SQL_tasks_done, V_INT(fence->task_id),
					V_STR(fence->worker), V_INT(fence->attempt));
	bool found = sql_next(&rows);
	enum status status;
	struct task task;

	if (found)
		order_key = sql_str(&rows, 0, db_scratch(db));
	status = sql_end(&rows);
	if (status != STATUS_OK)
		return status;
	if (found)
		return task_promote(db, order_key, now_ms);
	/* A local task is neither taken nor claimed: its process runs it under the write lock. */
	status = load_held(db, fence, &task);
	if (status == STATUS_OK && task_rows[task.type].kind != TASK_LOCAL)
		status = STATUS_CONFLICT;
	return status == STATUS_OK ? drop(db, &task, now_ms) : status;
}

static enum status finish_retry(struct db *db, struct task *task, const struct outcome *outcome,
				int64_t now_ms, enum task_state *state_out)
{
	const struct task_row *row = &task_rows[task->type];
	int64_t pause_ms = row->backoff_ms;

	if (outcome->kind == OUTCOME_RETRY) {
		task->attempt++;
		pause_ms = task_backoff_ms(task->type, task->attempt, random_below(1000));
	}
	if (task->attempt >= row->attempts_max) {
		*state_out = TASK_DEAD;
		return bury(db, task, now_ms);
	}
	task->due_at_ms = outcome->retry_at_ms != 0 ? outcome->retry_at_ms : now_ms + pause_ms;
	return again(db, task, now_ms, state_out);
}

enum status tasks_finish(struct db *db, const struct fence *fence, const struct outcome *outcome,
			 int64_t now_ms, enum task_state *state_out)
{
	bool taken = db->has_taken && db->taken.id == fence->task_id;
	enum task_state ignored;
	struct task task;
	enum status status = STATUS_OK;

	if (state_out == NULL)
		state_out = &ignored;
	*state_out = TASK_STATES;
	if (taken && outcome->kind == OUTCOME_DONE) {
		db->has_taken = false;
		return task_promote(db, db->taken.order_key, now_ms);
	}
	if (outcome->kind == OUTCOME_DONE)
		return finish_done(db, fence, now_ms);
	if (taken)
		status = put_back(db, fence, now_ms);
	if (status == STATUS_OK)
		status = load_held(db, fence, &task);
	if (status != STATUS_OK)
		return status;
	task.last_error = outcome->reason;
	if (outcome->kind == OUTCOME_RETRY || outcome->kind == OUTCOME_WAIT)
		return finish_retry(db, &task, outcome, now_ms, state_out);
	if (outcome->kind == OUTCOME_UNKNOWN)
		return drop(db, &task, now_ms);
	*state_out = TASK_DEAD;
	return bury(db, &task, now_ms);
}

enum status tasks_suspect(struct db *db, int64_t id, int64_t now_ms)
{
	struct task task;
	enum status status = TASK_QUERY(db, SQL_tasks_suspect, db_scratch(db), &task, V_INT(id));

	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_EMPTY : status;
	if (task.crashes <= task_rows[task.type].crashes_max)
		return STATUS_OK;
	task.last_error = STR("its workers died");
	status = bury(db, &task, now_ms);
	return status == STATUS_OK ? STATUS_EMPTY : status;
}
