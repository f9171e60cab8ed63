/* bots/requeued.c -- raw updates, run once more. */
#include "bots/requeued.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "bots/batch.h"
#include "bots/replies.h"
#include "store/tasks.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { LOOK_EVERY_MS = 1000, LOOK_EVERY_TEST_MS = 50, ROWS_PER_LOOK = 20 };

struct requeued {
	struct requeued_options options;
	struct loop_timer *timer;
	struct loop_wake *ended; /* from the writer thread */
	struct arena arena;	 /* of one look */
	bool running, stopping;
	struct requeued_run run;
	struct change change;
	_Atomic int status;
};

/* The update, which may fail by itself. */
struct attempt {
	struct requeued_run *run;
	struct str payload;
	int64_t now_ms;
};

void requeued_run_init(struct requeued_run *run, const struct requeued_options *options,
		       int64_t task_id)
{
	*run = (struct requeued_run){ .table = options->table,
				      .bot_id = options->bot_id,
				      .task_id = task_id,
				      .incarnation = options->incarnation };
	run->replies = (struct replies){ .items = &run->reply, .size = 1 };
}

void requeued_run_release(struct requeued_run *run)
{
	arena_release(&run->arena);
}

static enum status attempt_handle(struct db *db, void *arg)
{
	struct attempt *attempt = arg;
	struct requeued_run *run = attempt->run;
	struct intake intake = { .db = db,
				 .arena = &run->arena,
				 .bot_id = run->bot_id,
				 .now_ms = attempt->now_ms,
				 .replies = &run->replies };
	json_t *json =
		json_loadb(attempt->payload.data, attempt->payload.len, JSON_ALLOW_NUL, NULL);
	struct update update;
	enum status status = json == NULL ? STATUS_BAD_INPUT : update_parse(json, &update);

	if (status == STATUS_OK)
		status = intake_update(run->table, &intake, &update);
	json_decref(json);
	return status;
}

static struct outcome outcome_of(enum status verdict, struct arena *arena)
{
	struct str reason =
		str_format(arena, "the update's handler failed: %s", status_name(verdict));

	if (verdict == STATUS_OK)
		return (struct outcome){ .kind = OUTCOME_DONE };
	return (struct outcome){ verdict == STATUS_BAD_INPUT ? OUTCOME_BURY : OUTCOME_RETRY, 0,
				 reason };
}

enum status requeued_change(struct db *db, void *arg)
{
	struct requeued_run *run = arg;
	int64_t now_ms = clock_wall_ms();
	struct attempt attempt = { .run = run, .now_ms = now_ms };
	struct task task;
	struct outcome outcome;
	struct fence fence;
	enum status verdict = STATUS_OK;
	enum status status =
		tasks_take(db, run->task_id, run->incarnation, now_ms, &run->arena, &task);

	if (status != STATUS_OK)
		return status;
	run->replies.count = 0;
	attempt.payload = task.payload;
	status = store_try(db, attempt_handle, &attempt, &verdict);
	if (status != STATUS_OK)
		return status;
	if (verdict != STATUS_OK)
		run->replies.count = 0;
	outcome = outcome_of(verdict, &run->arena);
	fence = (struct fence){ task.id, run->incarnation, task.attempt };
	log_info("update.requeued", LOG_INT("task_id", task.id), LOG_STATUS(verdict));
	return tasks_finish(db, &fence, &outcome, now_ms, NULL);
}

/* Writer thread. */
static void change_ended(enum status status, void *arg)
{
	struct requeued *requeued = arg;

	atomic_store(&requeued->status, (int)status);
	loop_wake_send(requeued->ended);
}

static enum status change_run(struct db *db, void *arg)
{
	struct requeued *requeued = arg;

	return requeued_change(db, &requeued->run);
}

static void run_begin(struct requeued *requeued, int64_t task_id)
{
	requeued_run_init(&requeued->run, &requeued->options, task_id);
	requeued->change =
		(struct change){ .run = change_run, .done = change_ended, .arg = requeued };
	requeued->running = store_submit(requeued->options.store, &requeued->change) == STATUS_OK;
}

/* OK: *task_id_out is the next of this bot; EMPTY: none. */
static enum status row_find(struct requeued *requeued, int64_t *task_id_out)
{
	const struct requeued_options *options = &requeued->options;
	struct str order_key = batch_order_key(options->bot_id, &requeued->arena);
	struct task *tasks;
	size_t count = 0;
	enum status status = store_read_begin(options->reader);

	if (status != STATUS_OK)
		return status;
	status = tasks_ready_of_type(options->reader, TASK_BOT_UPDATE, clock_wall_ms(),
				     ROWS_PER_LOOK, &requeued->arena, &tasks, &count);
	store_read_end(options->reader);
	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		if (str_eq(tasks[i].order_key, order_key)) {
			*task_id_out = tasks[i].id;
			return STATUS_OK;
		}
	return status == STATUS_OK ? STATUS_EMPTY : status;
}

static void look(void *arg)
{
	struct requeued *requeued = arg;
	int64_t task_id;

	if (requeued->running || requeued->stopping)
		return;
	arena_reset(&requeued->arena);
	if (row_find(requeued, &task_id) == STATUS_OK)
		run_begin(requeued, task_id);
}

/* Loop thread. */
static void run_ended(void *arg)
{
	struct requeued *requeued = arg;
	enum status status = (enum status)atomic_load(&requeued->status);

	CRASH_POINT("requeued.committed");
	requeued->running = false;
	if (status == STATUS_OK)
		replies_send(requeued->options.replies, &requeued->run.replies);
	requeued_run_release(&requeued->run);
	if (status == STATUS_DENIED)
		requeued->options.buried(requeued->options.arg);
	else if (status == STATUS_OK)
		look(requeued); /* the next one need not wait for its second */
}

enum status requeued_open(const struct requeued_options *options, struct requeued **requeued_out)
{
	struct requeued *requeued = calloc(1, sizeof(*requeued));

	if (requeued == NULL)
		return STATUS_FAILED;
	requeued->options = *options;
	requeued->timer = loop_timer_open(options->base, look, requeued);
	requeued->ended = loop_wake_open(options->base, run_ended, requeued);
	loop_timer_every(requeued->timer, clock_is_test() ? LOOK_EVERY_TEST_MS : LOOK_EVERY_MS);
	*requeued_out = requeued;
	return STATUS_OK;
}

void requeued_stop(struct requeued *requeued)
{
	if (requeued == NULL)
		return;
	requeued->stopping = true;
	loop_timer_off(requeued->timer);
}

void requeued_close(struct requeued *requeued)
{
	if (requeued == NULL)
		return;
	loop_timer_close(requeued->timer);
	loop_wake_close(requeued->ended);
	requeued_run_release(&requeued->run);
	arena_release(&requeued->arena);
	free(requeued);
}
