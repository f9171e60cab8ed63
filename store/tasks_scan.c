/* store/tasks_scan.c -- looking over the tasks: for the relay, the sweep, the rebuild, the clock
 * and metrics. */
#include "store/tasks.h"

#include "store/tasks_private.h"

#include <string.h>

enum { FIRST_ROOM = 64 };

/* Room for one more of `bytes` each in an arena array that doubles. */
static void *room_for(struct arena *arena, void *array, size_t count, size_t *size, size_t bytes)
{
	void *larger;

	if (count < *size)
		return array;
	*size = *size == 0 ? FIRST_ROOM : *size * 2;
	larger = arena_array(arena, *size, bytes);
	if (count > 0)
		memcpy(larger, array, count * bytes);
	return larger;
}

enum status task_collect(struct sql_rows *rows, struct arena *arena, struct task **tasks_out,
			 size_t *count_out)
{
	struct task *tasks = NULL;
	size_t count = 0, size = 0;

	while (sql_next(rows)) {
		tasks = room_for(arena, tasks, count, &size, sizeof(*tasks));
		task_load(rows, arena, &tasks[count++]);
	}
	*tasks_out = tasks;
	*count_out = count;
	return sql_end(rows);
}

struct notice_list {
	struct arena *arena;
	struct task_notice *notices;
	size_t count, size;
};

/* Adds the rows of a query with the columns of tasks_scan. */
static enum status notices_add(struct notice_list *list, struct sql_rows rows)
{
	while (sql_next(&rows)) {
		list->notices = room_for(list->arena, list->notices, list->count, &list->size,
					 sizeof(*list->notices));
		list->notices[list->count++] = (struct task_notice){
			.id = sql_int(&rows, 0),
			.type = (enum task_type)sql_int(&rows, 1),
			.class = (enum task_class)sql_int(&rows, 2),
			.due_at_ms = sql_int(&rows, 3),
			.attempt = (int)sql_int(&rows, 4),
			.order_key = sql_str(&rows, 5, list->arena),
			.payload = sql_str(&rows, 6, list->arena),
		};
	}
	return sql_end(&rows);
}

static enum status scan_unpublished(struct db *db, const struct task_scan *scan,
				    struct notice_list *list)
{
	enum status status =
		notices_add(list, SQL_OPEN(db, SQL_tasks_scan_unpublished, V_INT(scan->after_id),
					   V_INT(scan->limit), V_INT(scan->ready_before_ms)));

	if (status != STATUS_OK || (int64_t)list->count == scan->limit)
		return status;
	return notices_add(list,
			   SQL_OPEN(db, SQL_tasks_scan_untold_timers, V_INT(scan->due_before_ms),
				    V_INT(scan->limit - (int64_t)list->count),
				    V_INT(scan->ready_before_ms)));
}

enum status tasks_scan_ready(struct db *db, const struct task_scan *scan, struct arena *arena,
			     struct task_notice **notices_out, size_t *count_out)
{
	struct notice_list list = { .arena = arena };
	enum status status = STATUS_BAD_INPUT;

	switch (scan->what) {
	case SCAN_ALL:
		status = notices_add(&list,
				     SQL_OPEN(db, SQL_tasks_scan, V_INT(scan->after_id),
					      V_INT(scan->due_before_ms), V_INT(scan->limit)));
		break;
	case SCAN_UNPUBLISHED:
		status = scan_unpublished(db, scan, &list);
		break;
	case SCAN_PUBLISHED:
		status = notices_add(&list,
				     SQL_OPEN(db, SQL_tasks_scan_published, V_INT(scan->after_id),
					      V_INT(scan->due_before_ms), V_INT(scan->limit),
					      V_INT(scan->published_before_ms), V_INT(scan->type),
					      V_INT(scan->class)));
		break;
	}
	*notices_out = list.notices;
	*count_out = list.count;
	return status;
}

enum status tasks_mark_published(struct db *db, const int64_t *ids, size_t count, int64_t now_ms)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = SQL_RUN(db, SQL_tasks_mark_published, NULL, V_INT(ids[i]), V_INT(now_ms));
	return status;
}

enum status tasks_get(struct db *db, int64_t id, struct arena *arena, struct task *task_out)
{
	return TASK_QUERY(db, SQL_tasks_get, arena, task_out, V_INT(id));
}

enum status tasks_next_due(struct db *db, int64_t now_ms, int64_t *due_at_out)
{
	enum status status = SQL_ONE_INT(db, SQL_tasks_next_due, due_at_out, V_INT(now_ms));

	return status == STATUS_NOT_FOUND ? STATUS_EMPTY : status;
}

enum status tasks_ready_of_type(struct db *db, enum task_type type, int64_t now_ms, int64_t limit,
				struct arena *arena, struct task **tasks_out, size_t *count_out)
{
	struct sql_rows rows =
		SQL_OPEN(db, SQL_tasks_local, V_INT(type), V_INT(now_ms), V_INT(limit));

	return task_collect(&rows, arena, tasks_out, count_out);
}

enum status tasks_count(struct db *db, struct arena *arena, struct task_count **counts_out,
			size_t *count_out)
{
	enum { CELLS = TASK_TYPES * TASK_STATES };
	struct sql_rows rows = SQL_OPEN(db, SQL_tasks_count, V_NULL);
	struct task_count *counts = arena_array(arena, CELLS, sizeof(*counts));
	size_t count = 0;

	while (count < CELLS && sql_next(&rows))
		counts[count++] = (struct task_count){
			.type = (enum task_type)sql_int(&rows, 0),
			.state = (enum task_state)sql_int(&rows, 1),
			.count = sql_int(&rows, 2),
			.oldest_at_ms = sql_int(&rows, 3),
		};
	*counts_out = counts;
	*count_out = count;
	return sql_end(&rows);
}
