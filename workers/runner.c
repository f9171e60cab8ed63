/* workers/runner.c -- entries in, errands through budget and gate, errands out. */
#include "workers/runner.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/random.h"
#include "store/tasks.h"
#include "workers/errand.h"

#include <stdlib.h>

enum {
	BATCH_MAX = 128, /* of transactional entries: what the writer commits at once */
	/* One batch is committed, one waits, one is on its way from Redis: with fewer, writer and
	 * reader wait for each other. */
	IN_HAND_MAX = 3 * BATCH_MAX,
};

/* ---- what failed ------------------------------------------------------------------------- */

static enum status run_failed(struct db *db, void *arg)
{
	struct errand *errand = arg;
	int64_t now_ms = clock_wall_ms();
	struct outcome outcome = outcome_of_status(errand->failed_with);
	enum status status = errand_take(db, errand, now_ms);

	errand->outcome = outcome;
	if (status == STATUS_OK)
		status = errand_finish(db, errand, now_ms);
	if (status == STATUS_OK)
		log_warn("task.failed", LOG_C("type", task_type_name(errand->task.type)),
			 LOG_INT("task_id", errand->task.id), LOG_STR("reason", outcome.reason),
			 LOG_C("then", errand->state == TASK_DEAD ? "buried" : "again"));
	return status;
}

/* ---- the end ----------------------------------------------------------------------------- */

static struct task_notice notice_of(const struct errand *errand, int64_t due_at_ms)
{
	return (struct task_notice){ .id = errand->hint.task_id,
				     .type = errand->hint.type,
				     .class = errand->hint.class,
				     .due_at_ms = due_at_ms,
				     .attempt = errand->task.attempt,
				     .order_key = errand->hint.order_key,
				     .payload = errand->task.payload };
}

void errand_ack(struct errand *errand)
{
	struct reader *reader = errand->runner->readers[errand->lane];
	struct task_notice notice = notice_of(errand, 0);

	CRASH_POINT("runner.before_ack");
	if (errand->state == TASK_DEAD)
		reader_bury(reader, &notice, errand->acked ? STR("") : errand->hint.entry_id,
			    errand->outcome.reason);
	else if (!errand->acked)
		reader_ack(reader, errand->hint.type, errand->hint.class, errand->hint.entry_id);
	errand->acked = true;
	if (errand->inside) {
		errand->inside = false;
		gate_leave(&errand->runner->gate);
	}
}

/* What ended in one turn frees its slots together: the reader then reads as many at once. */
static void turn_ended(void *arg)
{
	struct runner *runner = arg;

	for (size_t lane = 0; lane < LANES; lane++) {
		if (runner->freed[lane] > 0)
			reader_allow(runner->readers[lane], runner->freed[lane]);
		runner->freed[lane] = 0;
	}
}

static void slot_freed(struct runner *runner, enum lane lane)
{
	if (runner->stopping)
		return;
	if (runner->freed[LANE_TRANSACTIONAL] + runner->freed[LANE_EXTERNAL] == 0)
		loop_timer_set(runner->turn_end, 0);
	runner->freed[lane]++;
}

/* Out of the runner's hands; the slot is free for the next. */
static void errand_gone(struct errand *errand)
{
	struct runner *runner = errand->runner;

	if (errand->has_budget)
		budget_refund(runner->options.budget, &errand->budget);
	slot_freed(runner, errand->lane);
	gate_forget(&runner->gate, &errand->gate);
	errand_free(errand);
	if (runner->stopped != NULL && TAILQ_EMPTY(&runner->errands))
		runner->stopped(runner->stopped_arg);
}

void errand_end(struct errand *errand)
{
	errand_ack(errand);
	errand_gone(errand);
}

/* Not begun, and somebody else's now: back to the stream through the delayed set. */
static void errand_give_back(struct errand *errand)
{
	struct task_notice notice = notice_of(errand, clock_wall_ms());

	CRASH_POINT("runner.before_give_back");
	reader_delay(errand->runner->readers[errand->lane], &notice, errand->hint.entry_id);
	errand_gone(errand);
}

void errand_died(struct errand *errand)
{
	struct runner *runner = errand->runner;

	if (errand->inside)
		gate_leave(&runner->gate);
	errand->inside = false;
	/* The entry stays pending: whoever takes over this slot's entries takes this one. */
	errand->has_budget = false;
	errand_gone(errand);
	if (runner->dead)
		return;
	runner->dead = true;
	log_error("worker.declared_dead", LOG_STR("incarnation", runner->options.incarnation));
	runner->options.died(runner->options.arg);
}

/* ---- the beginning ----------------------------------------------------------------------- */

void errand_retry_failed(struct errand *errand, void (*then)(enum status status, void *arg))
{
	errand->failed_with = errand->handler_status;
	commits_submit(errand->runner->options.commits, &errand->commit, run_failed, then, errand);
}

static void errand_begin(struct errand *errand)
{
	if (errand->lane == LANE_EXTERNAL)
		external_begin(errand);
	else
		transactional_begin(errand);
}

/* OK also when there is nothing left to run: its burial must be kept. */
static enum status suspect(struct db *db, void *arg)
{
	struct errand *errand = arg;
	int64_t now_ms = clock_wall_ms();
	struct work work = errand_work(db, errand, now_ms);
	enum status status;

	arena_reset(&errand->arena);
	errand->state = TASK_STATES;
	errand->is_over = true;
	status = tasks_get(db, errand->hint.task_id, &errand->arena, &errand->task);
	if (status != STATUS_OK || errand->task.state != TASK_READY)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	status = tasks_suspect(db, errand->hint.task_id, now_ms);
	errand->is_over = status == STATUS_EMPTY;
	if (status != STATUS_EMPTY)
		return status;
	errand->state = TASK_DEAD;
	errand->outcome.reason = STR("its workers died");
	return handlers[errand->task.type].lost == NULL
		       ? STATUS_OK
		       : handlers[errand->task.type].lost(&work, errand->outcome.reason);
}

static void suspected(enum status status, void *arg)
{
	struct errand *errand = arg;

	CRASH_POINT("runner.suspect_counted");
	if (status != STATUS_OK)
		commits_again(errand->runner->options.commits, &errand->commit);
	else if (errand->is_over)
		errand_end(errand);
	else
		errand_begin(errand);
}

static void gate_entered(void *arg)
{
	struct errand *errand = arg;

	errand->entered = true;
	errand->inside = true;
	if (errand->hint.suspect)
		commits_submit(errand->runner->options.commits, &errand->commit, suspect, suspected,
			       errand);
	else
		errand_begin(errand);
}

static void budget_granted(void *arg)
{
	struct errand *errand = arg;

	errand->has_budget = true;
	gate_join(&errand->runner->gate, &errand->gate, errand->hint.suspect, gate_entered, errand);
}

static void errand_start(struct runner *runner, enum lane lane, const struct reader_entry *hint)
{
	struct errand *errand = errand_new(runner);

	errand->lane = lane;
	errand->hint = *hint;
	errand->hint.entry_id = str_copy(&errand->names, hint->entry_id);
	errand->hint.order_key = str_copy(&errand->names, hint->order_key);
	errand->state = TASK_STATES;
	errand->budget = (struct budget_turn){ .class = hint->class,
					       .granted = budget_granted,
					       .arg = errand };
	if (lane == LANE_EXTERNAL && budget_whose(hint->order_key, &errand->budget.bot_id,
						  &errand->budget.chat_id) == STATUS_OK)
		budget_join(runner->options.budget, &errand->budget);
	else
		gate_join(&runner->gate, &errand->gate, hint->suspect, gate_entered, errand);
}

static void entries_come(struct runner *runner, enum lane lane, const struct reader_entry *entries,
			 size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct reader_entry *hint = &entries[i];
		struct task_notice notice = { .id = hint->task_id,
					      .type = hint->type,
					      .class = hint->class,
					      .due_at_ms = clock_wall_ms(),
					      .order_key = hint->order_key };

		if (runner->stopping)
			reader_delay(runner->readers[lane], &notice, hint->entry_id);
		else
			errand_start(runner, lane, hint);
	}
}

static void transactional_come(const struct reader_entry *entries, size_t count, void *arg)
{
	entries_come(arg, LANE_TRANSACTIONAL, entries, count);
}

static void external_come(const struct reader_entry *entries, size_t count, void *arg)
{
	entries_come(arg, LANE_EXTERNAL, entries, count);
}

/* ---- the runner -------------------------------------------------------------------------- */

/* Each lane has a reader of its own: a bot that must pause keeps no timer waiting. */
static enum status lane_open(struct runner *runner, enum lane lane, enum task_kind kind,
			     int batch_max, int in_hand_max)
{
	enum task_type types[TASK_TYPES];
	struct reader_options options = { .address = runner->options.redis,
					  .base = runner->options.base,
					  .link = runner->options.link,
					  .slot = runner->options.slot,
					  .types = types,
					  .batch_max = batch_max,
					  .arg = runner,
					  .entries = lane == LANE_EXTERNAL ? external_come
									   : transactional_come };
	enum status status;

	for (size_t i = 0; i < TASK_TYPES; i++)
		if (task_rows[i].kind == kind)
			types[options.type_count++] = (enum task_type)i;
	status = reader_open(&options, &runner->readers[lane]);
	if (status == STATUS_OK && in_hand_max > 0)
		reader_allow(runner->readers[lane], in_hand_max);
	return status;
}

/* Before that no call may be made: what was claimed would be held back. */
static void heard(void *arg)
{
	struct runner *runner = arg;

	reader_allow(runner->readers[LANE_EXTERNAL], runner->options.calls_max);
}

enum status runner_open(const struct runner_options *options, struct runner **runner_out)
{
	struct runner *runner = calloc(1, sizeof(*runner));
	enum status status = handlers_check();

	if (runner == NULL)
		return STATUS_FAILED;
	runner->options = *options;
	gate_init(&runner->gate);
	TAILQ_INIT(&runner->errands);
	TAILQ_INIT(&runner->spare);
	runner->turn_end = loop_timer_open(options->base, turn_ended, runner);
	if (status == STATUS_OK)
		status = lane_open(runner, LANE_TRANSACTIONAL, TASK_TRANSACTIONAL, BATCH_MAX,
				   IN_HAND_MAX);
	if (status == STATUS_OK)
		status = lane_open(runner, LANE_EXTERNAL, TASK_EXTERNAL, options->calls_max, 0);
	if (status != STATUS_OK) {
		runner_close(runner);
		return status;
	}
	beat_when_heard(options->beat, heard, runner);
	*runner_out = runner;
	return STATUS_OK;
}

void runner_stop(struct runner *runner, loop_fn done, void *arg)
{
	struct errand *errand, *next;

	runner->stopping = true;
	beat_when_heard(runner->options.beat, NULL, NULL);
	for (size_t lane = 0; lane < LANES; lane++)
		reader_stop(runner->readers[lane]);
	for (errand = TAILQ_FIRST(&runner->errands); errand != NULL; errand = next) {
		next = TAILQ_NEXT(errand, entry);
		if (!errand->entered)
			errand_give_back(errand);
	}
	runner->stopped = done;
	runner->stopped_arg = arg;
	if (TAILQ_EMPTY(&runner->errands))
		done(arg);
}

size_t runner_unsettled(const struct runner *runner)
{
	size_t unsettled = 0;

	for (size_t lane = 0; lane < LANES; lane++)
		unsettled += reader_unsettled(runner->readers[lane]);
	return unsettled;
}

void runner_close(struct runner *runner)
{
	if (runner == NULL)
		return;
	if (!runner->stopping)
		beat_when_heard(runner->options.beat, NULL, NULL);
	for (size_t lane = 0; lane < LANES; lane++)
		reader_close(runner->readers[lane]);
	while (!TAILQ_EMPTY(&runner->errands))
		errand_free(TAILQ_FIRST(&runner->errands));
	errands_release(runner);
	loop_timer_close(runner->turn_end);
	free(runner);
}
