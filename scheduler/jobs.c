/* scheduler/jobs.c -- the table of periodic jobs, and their ticks. */
#include "scheduler/jobs.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "scheduler/scheduler.h"
#include "store/jobs.h"
#include "store/tasks.h"

#include <string.h>

enum { TICKS_MAX = 1000 };

#define MINUTES(n) ((n)*INT64_C(60000))
#define HOURS(n) ((n)*INT64_C(3600000))

/* clang-format off */
const struct job jobs[] = {
	/* name    period_ms  or at h, min  catch_up       ticks_max  task        class */
	{ "purge", HOURS(1),  0, 0,         CATCH_UP_LAST, 1,         TASK_PURGE, TASK_BULK },
};
/* clang-format on */

const size_t job_count = sizeof(jobs) / sizeof(*jobs);

/* ---- the table --------------------------------------------------------------------------- */

static bool job_is_sane(const struct job *job)
{
	if (job->name == NULL || *job->name == '\0' || strlen(job->name) > 60)
		return false;
	if (job->task >= TASK_TYPES || job->class >= TASK_CLASSES ||
	    task_rows[job->task].kind == TASK_LOCAL)
		return false;
	if (job->ticks_max < 1 || job->ticks_max > TICKS_MAX)
		return false;
	if (job->period_ms == 0)
		return job->hour >= 0 && job->hour < 24 && job->minute >= 0 && job->minute < 60;
	return job->period_ms >= 1000 && job->hour == 0 && job->minute == 0;
}

enum status jobs_check(const struct job *table, size_t count)
{
	if (count > JOBS_MAX) {
		log_error("jobs.too_many", LOG_INT("count", count), LOG_INT("max", JOBS_MAX));
		return STATUS_FAILED;
	}
	for (size_t i = 0; i < count; i++) {
		bool is_sane = job_is_sane(&table[i]);

		for (size_t j = 0; j < i && is_sane; j++)
			is_sane = strcmp(table[i].name, table[j].name) != 0;
		if (!is_sane) {
			log_error("jobs.unfit", LOG_INT("row", i));
			return STATUS_FAILED;
		}
	}
	return STATUS_OK;
}

void jobs_forget(struct jobs_state *state)
{
	*state = (struct jobs_state){ 0 };
}

/* ---- when -------------------------------------------------------------------------------- */

/* Clocks are set back by half an hour to two: the earlier moment with the same local time, else
 * the same. mktime() takes now one, now the other. */
static time_t first_of_two(time_t at_s)
{
	struct tm wanted, before;

	localtime_r(&at_s, &wanted);
	for (time_t back_s = 1800; back_s <= 7200; back_s += 1800) {
		time_t earlier_s = at_s - back_s;

		localtime_r(&earlier_s, &before);
		if (before.tm_hour == wanted.tm_hour && before.tm_min == wanted.tm_min)
			return earlier_s;
	}
	return at_s;
}

/* That day's tick, `days` from the day of at_ms. A time that the change to summer leaves out is the
 * moment it moved to; one that comes twice counts once. */
static int64_t calendar_tick(const struct job *job, int64_t at_ms, int days)
{
	time_t at_s = (time_t)(at_ms / 1000);
	struct tm day;

	localtime_r(&at_s, &day);
	day.tm_mday += days;
	day.tm_hour = job->hour;
	day.tm_min = job->minute;
	day.tm_sec = 0;
	day.tm_isdst = -1;
	return (int64_t)first_of_two(mktime(&day)) * 1000;
}

int64_t job_tick_before(const struct job *job, int64_t at_ms)
{
	int64_t tick_ms;

	if (job->period_ms > 0)
		return at_ms - at_ms % job->period_ms;
	tick_ms = calendar_tick(job, at_ms, 0);
	return tick_ms <= at_ms ? tick_ms : calendar_tick(job, at_ms, -1);
}

/* ---- ticks ------------------------------------------------------------------------------- */

struct tick {
	const struct job *job;
	int64_t tick_ms, generation, now_ms;
	struct arena *arena;
};

static enum status tick_add(struct db *db, void *arg)
{
	const struct tick *tick = arg;
	struct task_new task = { .type = tick->job->task, .class = tick->job->class };
	int64_t id;
	enum status status = jobs_note_tick(db, str_from_c(tick->job->name), tick->tick_ms,
					    tick->generation, tick->now_ms);

	task.payload = str_format(tick->arena, "{\"tick_ms\":%lld}", (long long)tick->tick_ms);
	task.dedup_key =
		str_format(tick->arena, "%s:%lld", tick->job->name, (long long)tick->tick_ms);
	return status == STATUS_OK ? tasks_add(db, &task, tick->now_ms, &id) : status;
}

/* Missed ticks, newest first, in ticks[]; *older_out: there were more than may run. */
static size_t ticks_missed(const struct job *job, int64_t last_ms, int64_t now_ms, int64_t *ticks,
			   bool *older_out)
{
	size_t max = job->catch_up == CATCH_UP_ALL ? (size_t)job->ticks_max : 1, count = 0;
	int64_t tick_ms = job_tick_before(job, now_ms);

	/* One that never ran begins with the tick that is now. */
	if (last_ms == 0)
		max = 1;
	while (tick_ms > last_ms && count < max) {
		ticks[count++] = tick_ms;
		tick_ms = job_tick_before(job, tick_ms - 1);
	}
	*older_out = tick_ms > last_ms && last_ms != 0;
	return count;
}

static enum status job_run(struct scheduler *scheduler, const struct job *job, int64_t now_ms,
			   int64_t *last_ms)
{
	int64_t ticks[TICKS_MAX];
	bool older = false;
	size_t count = ticks_missed(job, *last_ms, now_ms, ticks, &older);

	if (count > 0 && older && job->catch_up == CATCH_UP_ALL)
		log_warn("jobs.ticks_dropped", LOG_C("job", job->name),
			 LOG_INT("after_ms", *last_ms), LOG_INT("before_ms", ticks[count - 1]));
	while (count-- > 0) {
		struct tick tick = { job, ticks[count], scheduler->leader.generation, now_ms,
				     &scheduler->arena };
		enum status status = store_run(scheduler->options.store, tick_add, &tick);

		CRASH_POINT("jobs.tick_recorded");
		/* CONFLICT: it ran already, and its task stands. */
		if (status != STATUS_OK && status != STATUS_CONFLICT)
			return status;
		*last_ms = ticks[count];
	}
	return STATUS_OK;
}

enum status jobs_run(struct scheduler *scheduler, int64_t *again_ms_out)
{
	const struct scheduler_options *options = &scheduler->options;
	enum status status = STATUS_OK;
	int64_t now_ms = clock_wall_ms();

	(void)again_ms_out;
	for (size_t i = 0; i < options->job_count && status == STATUS_OK; i++) {
		const struct job *job = &options->jobs[i];
		int64_t *last_ms = &scheduler->jobs.items[i].last_ms;

		if (!scheduler->jobs.items[i].known)
			status = jobs_last_tick(scheduler->reader, str_from_c(job->name), last_ms);
		scheduler->jobs.items[i].known = status == STATUS_OK;
		if (status == STATUS_OK)
			status = job_run(scheduler, job, now_ms, last_ms);
	}
	return status;
}
