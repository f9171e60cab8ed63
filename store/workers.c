/* store/workers.c -- who runs tasks, and what becomes of the tasks of those who died. */
#include "store/tasks.h"

#include "base/log.h"
#include "store/db_private.h"
#include "store/tasks_private.h"

enum { ENDED_LEFT = 1, ENDED_DEAD = 2 };

enum status workers_add(struct db *db, struct str incarnation, struct str service, struct str slot,
			int64_t now_ms)
{
	return SQL_RUN(db, SQL_workers_add, NULL, V_STR(incarnation), V_STR(service), V_STR(slot),
		       V_INT(now_ms));
}

enum status workers_is_alive(struct db *db, struct str incarnation, bool *alive_out)
{
	int64_t one;
	enum status status = SQL_ONE_INT(db, SQL_workers_alive, &one, V_STR(incarnation));

	*alive_out = status == STATUS_OK;
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status load_running(struct db *db, struct str incarnation, struct arena *arena,
				struct task **tasks_out, size_t *count_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_tasks_running_of, V_STR(incarnation));

	return task_collect(&rows, arena, tasks_out, count_out);
}

enum status workers_bury(struct db *db, struct str incarnation, int64_t now_ms, struct arena *arena,
			 struct task **unknown_out, size_t *count_out)
{
	struct task *running;
	size_t count, unknown = 0;
	int64_t changed = 0;
	enum status status = SQL_RUN(db, SQL_workers_end, &changed, V_STR(incarnation),
				     V_INT(ENDED_DEAD), V_INT(now_ms));

	db->alive[0] = '\0';
	if (status == STATUS_OK)
		status = load_running(db, incarnation, arena, &running, &count);
	if (status != STATUS_OK)
		return status;
	if (changed > 0 || count > 0)
		log_warn("worker.buried", LOG_STR("worker", incarnation),
			 LOG_INT("running", count));
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		if (task_rows[running[i].type].on_death == TASK_DEATH_UNKNOWN)
			running[unknown++] = running[i];
		else
			status = task_orphan(db, &running[i], now_ms);
	}
	*unknown_out = running;
	*count_out = unknown;
	return status;
}

enum status workers_leave(struct db *db, struct str incarnation, int64_t now_ms)
{
	struct task *running;
	size_t count;
	enum status status = load_running(db, incarnation, db_scratch(db), &running, &count);

	if (status != STATUS_OK)
		return status;
	if (count > 0)
		return STATUS_CONFLICT;
	db->alive[0] = '\0';
	return SQL_RUN(db, SQL_workers_end, NULL, V_STR(incarnation), V_INT(ENDED_LEFT),
		       V_INT(now_ms));
}

enum status workers_list_alive(struct db *db, struct arena *arena, struct worker_row **rows_out,
			       size_t *count_out)
{
	enum { WORKERS_MAX = 1024 };
	struct sql_rows rows = SQL_OPEN(db, SQL_workers_list_alive, V_NULL);
	struct worker_row *list = arena_array(arena, WORKERS_MAX, sizeof(*list));
	size_t count = 0;

	while (count < WORKERS_MAX && sql_next(&rows))
		list[count++] = (struct worker_row){ sql_str(&rows, 0, arena),
						     sql_str(&rows, 1, arena),
						     sql_str(&rows, 2, arena), sql_int(&rows, 3) };
	*rows_out = list;
	*count_out = count;
	return sql_end(&rows);
}
