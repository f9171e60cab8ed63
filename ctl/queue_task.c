/* ctl/queue_task.c -- `ecoctl queue show|requeue|drop|pause|resume`: one task, or one type. */
#include "ctl/command.h"

#include "base/clock.h"
#include "ctl/args.h"
#include "ctl/reach.h"
#include "ctl/words.h"
#include "redis/queue.h"
#include "store/tasks_people.h"

#include <stdio.h>

/* ---- one task ---------------------------------------------------------------------------- */

static enum status id_read(int argc, char **argv, int64_t *id_out)
{
	const char *word = NULL;
	const struct args_spec spec = { NULL, 0, &word, 1 };
	enum status status = args_parse(&spec, argc, argv);

	if (status != STATUS_OK)
		return status;
	status = str_to_int(str_from_c(word), 1, INT64_MAX, id_out);
	if (status != STATUS_OK)
		fprintf(stderr, "%s is no task's number\n", word);
	return status;
}

static void task_print(struct arena *arena, const struct task *task)
{
	printf("task       %lld\n", (long long)task->id);
	printf("type       %s, %s\n", task_type_name(task->type), task_class_name(task->class));
	printf("state      %s\n", task_state_name(task->state));
	printf("payload    %.*s\n", STR_ARG(task->payload));
	printf("order      %.*s\n", STR_ARG(task->order_key));
	printf("dedup      %.*s\n", STR_ARG(task->dedup_key));
	printf("created    %s\n", words_time(task->created_at_ms, arena));
	printf("due        %s\n", words_time(task->due_at_ms, arena));
	printf("published  %s\n",
	       task->published_at_ms > 0 ? words_time(task->published_at_ms, arena) : "-");
	printf("errors     %d of %d\n", task->attempt, task_rows[task->type].attempts_max);
	printf("crashes    %d of %d\n", task->crashes, task_rows[task->type].crashes_max);
	printf("worker     %.*s\n", STR_ARG(task->worker));
	printf("last error %.*s\n", STR_ARG(task->last_error));
}

/* OK, or said on stderr. NOT_FOUND is usual: done tasks go. */
static enum status task_read(struct ctl *ctl, int64_t id, struct task *task_out)
{
	struct db *db;
	enum status status = reach_records(ctl, &db);

	if (status != STATUS_OK)
		return STATUS_FAILED;
	status = tasks_get(db, id, &ctl->arena, task_out);
	look_close(db);
	if (status == STATUS_NOT_FOUND)
		fprintf(stderr, "ecoctl: there is no task %lld: it is done, or never was\n",
			(long long)id);
	else if (status != STATUS_OK)
		fprintf(stderr, "ecoctl: task %lld could not be read\n", (long long)id);
	return status;
}

int queue_show_command(struct ctl *ctl, int argc, char **argv)
{
	struct task task;
	int64_t id;

	if (id_read(argc, argv, &id) != STATUS_OK)
		return CTL_USAGE;
	if (task_read(ctl, id, &task) != STATUS_OK)
		return CTL_FAILED;
	task_print(&ctl->arena, &task);
	return CTL_OK;
}

/* ---- dead ones --------------------------------------------------------------------------- */

enum { DEAD_LISTED_MAX = 1000, ERROR_SHOWN_BYTES = 80 };

static void dead_print(struct arena *arena, const struct task *task)
{
	struct str error = task->last_error;

	if (error.len > ERROR_SHOWN_BYTES)
		error.len = ERROR_SHOWN_BYTES;
	printf("%10lld  %-14s%-12s%-20s  %.*s\n", (long long)task->id, task_type_name(task->type),
	       task_class_name(task->class), words_time(task->created_at_ms, arena),
	       STR_ARG(error));
}

int queue_dead_command(struct ctl *ctl, int argc, char **argv)
{
	const struct args_spec spec = { 0 };
	struct task *tasks;
	struct db *db;
	size_t count = 0;
	enum status status;

	if (args_parse(&spec, argc, argv) != STATUS_OK)
		return CTL_USAGE;
	if (reach_records(ctl, &db) != STATUS_OK)
		return CTL_FAILED;
	status = tasks_list_dead(db, DEAD_LISTED_MAX, &ctl->arena, &tasks, &count);
	look_close(db);
	if (status != STATUS_OK) {
		fprintf(stderr, "ecoctl: the dead tasks could not be read\n");
		return CTL_FAILED;
	}
	for (size_t i = 0; i < count; i++)
		dead_print(&ctl->arena, &tasks[i]);
	if (count == 0)
		printf("no task is dead\n");
	return CTL_OK;
}

struct dead_change {
	int64_t id, new_id;
};

static enum status dead_requeue(struct db *db, void *arg)
{
	struct dead_change *change = arg;

	return tasks_requeue(db, change->id, clock_wall_ms(), &change->new_id);
}

static enum status dead_drop(struct db *db, void *arg)
{
	const struct dead_change *change = arg;

	return tasks_drop(db, change->id);
}

/* Why a change was refused that a look at the task had allowed. */
static void refusal_say(int64_t id, enum status status)
{
	const char *why = "the records could not be written; try again";

	if (status == STATUS_NOT_FOUND)
		why = "what it was about has been deleted; drop it";
	else if (status == STATUS_CONFLICT)
		why = "its message has been sent, or waits to be sent, since; drop it";
	else if (status == STATUS_BAD_INPUT)
		why = "its payload can't be read";
	fprintf(stderr, "ecoctl: task %lld: %s\n", (long long)id, why);
}

static int dead_run(struct ctl *ctl, int argc, char **argv, change_fn run,
		    struct dead_change *change)
{
	struct task task;
	enum status status;

	if (id_read(argc, argv, &change->id) != STATUS_OK)
		return CTL_USAGE;
	if (task_read(ctl, change->id, &task) != STATUS_OK)
		return CTL_FAILED;
	if (task.state != TASK_DEAD) {
		fprintf(stderr, "ecoctl: task %lld is %s; only dead ones are requeued or dropped\n",
			(long long)change->id, task_state_name(task.state));
		return CTL_FAILED;
	}
	status = reach_change(ctl, run, change);
	if (status != STATUS_OK) {
		refusal_say(change->id, status);
		return CTL_FAILED;
	}
	return CTL_OK;
}

int queue_requeue_command(struct ctl *ctl, int argc, char **argv)
{
	struct dead_change change = { 0 };
	int code = dead_run(ctl, argc, argv, dead_requeue, &change);

	if (code == CTL_OK)
		printf("task %lld is queued again as %lld\n", (long long)change.id,
		       (long long)change.new_id);
	return code;
}

int queue_drop_command(struct ctl *ctl, int argc, char **argv)
{
	struct dead_change change = { 0 };
	int code = dead_run(ctl, argc, argv, dead_drop, &change);

	if (code == CTL_OK)
		printf("task %lld is gone\n", (long long)change.id);
	return code;
}

/* ---- one type ---------------------------------------------------------------------------- */

static enum status type_read(int argc, char **argv, enum task_type *type_out)
{
	const char *word = NULL;
	const struct args_spec spec = { NULL, 0, &word, 1 };
	enum status status = args_parse(&spec, argc, argv);

	if (status == STATUS_OK)
		status = task_type_parse(str_from_c(word), type_out);
	if (status == STATUS_OK && task_rows[*type_out].kind != TASK_LOCAL)
		return STATUS_OK;
	if (word != NULL)
		fprintf(stderr, "%s is no type that workers run; those are:", word);
	for (size_t i = 0; i < TASK_TYPES && word != NULL; i++)
		if (task_rows[i].kind != TASK_LOCAL)
			fprintf(stderr, " %s", task_rows[i].name);
	fprintf(stderr, "\n");
	return STATUS_BAD_INPUT;
}

static int pause_run(struct ctl *ctl, int argc, char **argv, bool paused)
{
	struct redis_conn *conn;
	enum task_type type;
	enum status status;

	if (type_read(argc, argv, &type) != STATUS_OK)
		return CTL_USAGE;
	if (reach_redis(ctl, REACH_REDIS_TIMEOUT_MS, &conn) != STATUS_OK)
		return CTL_FAILED;
	status = queue_pause(conn, type, paused);
	redis_conn_close(conn);
	if (status != STATUS_OK) {
		fprintf(stderr,
			"ecoctl: Redis does not answer, and only Redis knows what pauses\n");
		return CTL_FAILED;
	}
	if (paused)
		printf("workers leave %s alone until `ecoctl queue resume %s` (or until Redis is "
		       "lost)\n",
		       task_type_name(type), task_type_name(type));
	else
		printf("workers run %s again\n", task_type_name(type));
	return CTL_OK;
}

int queue_pause_command(struct ctl *ctl, int argc, char **argv)
{
	return pause_run(ctl, argc, argv, true);
}

int queue_resume_command(struct ctl *ctl, int argc, char **argv)
{
	return pause_run(ctl, argc, argv, false);
}

int queue_rebuild_command(struct ctl *ctl, int argc, char **argv)
{
	const struct args_spec spec = { 0 };
	struct redis_conn *conn;
	enum status status;

	if (args_parse(&spec, argc, argv) != STATUS_OK)
		return CTL_USAGE;
	if (reach_redis(ctl, REACH_REDIS_TIMEOUT_MS, &conn) != STATUS_OK)
		return CTL_FAILED;
	status = queue_rebuild_ask(conn);
	if (status != STATUS_OK)
		fprintf(stderr, "ecoctl: Redis does not answer: %s\n", redis_conn_trouble(conn));
	else
		printf("the scheduler fills Redis anew, within a second or so\n");
	redis_conn_close(conn);
	return status == STATUS_OK ? CTL_OK : CTL_FAILED;
}
