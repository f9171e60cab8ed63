/* tests/unit/scheduler_fixture.h -- records, a Redis and two schedulers beside each other, whose
 * chores the test runs one by one. */
#ifndef TESTS_SCHEDULER_FIXTURE_H
#define TESTS_SCHEDULER_FIXTURE_H

#include "tests/unit/db_number.h"
#include "tests/unit/work_fixture.h"

#include "base/log.h"
#include "scheduler/scheduler.h"
#include "store/db_private.h"

#define assert_ok(expression) assert_string_equal(status_name(expression), "ok")
#define assert_status(expression, expected)                                                        \
	assert_string_equal(status_name(expression), status_name(expected))

#define PURGE_STREAM "eco:stream:purge:bulk"
#define PURGE_DELAYED "eco:delayed:purge:bulk"

struct clockwork {
	struct work_fixture work;
	struct scheduler a, b; /* nobody leads at first */
};

static inline void clockwork_open(struct clockwork *clock, const struct job *table, size_t count)
{
	struct scheduler_options options = { .jobs = table, .job_count = count };

	log_init("test", LOG_ERROR);
	work_open(&clock->work, false);
	options.store = clock->work.store;
	options.dir = clock->work.redis.dir;
	options.redis = &clock->work.redis.address;
	options.incarnation = STR("aaaa");
	assert_ok(scheduler_open(&options, &clock->a));
	options.incarnation = STR("bbbb");
	assert_ok(scheduler_open(&options, &clock->b));
}

static inline void clockwork_close(struct clockwork *clock)
{
	scheduler_close(&clock->a);
	scheduler_close(&clock->b);
	work_close(&clock->work);
}

/* One chore, as the turn runs it; *again_ms says when next, if the chore wants it sooner. */
static inline enum status chore(struct scheduler *scheduler, chore_fn run, int64_t *again_ms)
{
	*again_ms = 3600000;
	arena_reset(&scheduler->arena);
	return run(scheduler, again_ms);
}

static inline enum status chore_once(struct scheduler *scheduler, chore_fn run)
{
	int64_t again_ms;

	return chore(scheduler, run, &again_ms);
}

/* Leads from now on, whoever did before, with a Redis that carries the epoch. */
static inline void take_the_lead(struct clockwork *clock, struct scheduler *scheduler)
{
	fixture_run(&clock->work.redis, "DEL eco:lease:scheduler");
	assert_ok(chore_once(scheduler, leader_keep));
	assert_true(scheduler->leader.leads);
	assert_ok(chore_once(scheduler, rebuild_check));
}

/* Of the test at hand. */
static struct clockwork desk;

static inline int setup(void **state)
{
	(void)state;
	clockwork_open(&desk, NULL, 0);
	return 0;
}

static inline int setup_leading(void **state)
{
	(void)setup(state);
	take_the_lead(&desk, &desk.a);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	clockwork_close(&desk);
	return 0;
}

static inline int64_t redis_int(struct clockwork *clock, const char *line)
{
	return fixture_int(&clock->work.redis, line);
}

static inline int64_t told(struct clockwork *clock)
{
	return redis_int(clock, "XLEN " PURGE_STREAM);
}

static inline int64_t delayed(struct clockwork *clock)
{
	return redis_int(clock, "ZCARD " PURGE_DELAYED);
}

/* A task of no order and no key, due in so many ms (0: now). */
static inline int64_t task_due(struct clockwork *clock, int64_t in_ms)
{
	struct task_new task = { .type = TASK_PURGE,
				 .class = TASK_BULK,
				 .due_at_ms = in_ms == 0 ? 0 : clock_wall_ms() + in_ms };

	return work_task(&clock->work, task);
}

static inline struct task task_row_of(struct clockwork *clock, int64_t id)
{
	struct task task = { 0 };

	assert_ok(tasks_get(clock->work.reader, id, &clock->work.arena, &task));
	return task;
}

/* ---- bare statements --------------------------------------------------------------------- */

static inline int64_t records_int(struct clockwork *clock, const char *sql)
{
	return db_number(clock->work.reader, sql);
}

static inline enum status run_sql(struct db *db, void *arg)
{
	return sqlite3_exec(db->handle, arg, NULL, NULL, NULL) == SQLITE_OK ? STATUS_OK
									    : STATUS_FAILED;
}

static inline void records_exec(struct clockwork *clock, const char *sql)
{
	char text[512];

	snprintf(text, sizeof(text), "%s", sql);
	assert_ok(store_run(clock->work.store, run_sql, text));
}

#endif
