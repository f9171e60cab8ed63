/* api/lanes.c -- pools of threads with bounded queues, and the way back to the loop. */
#include "api/lanes.h"

#include "base/clock.h"
#include "base/log.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum {
	THREADS_MAX = 32,
	LATE_CHECK_MS = 100,
};

STAILQ_HEAD(job_queue, job);
TAILQ_HEAD(job_list, job);

struct pool {
	struct store *store;
	enum lane lane;
	pthread_t threads[THREADS_MAX];
	size_t thread_count;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	struct job_queue queue; /* under the mutex */
	size_t queued;		/* under the mutex */
	bool stopping;		/* under the mutex */
	size_t queue_max;
};

struct lanes {
	struct store *store;
	struct pool read, slow;
	struct loop_wake *wake;
	struct loop_timer *late_timer;
	pthread_mutex_t mutex;
	struct job_queue finished;  /* under the mutex */
	struct job_list out[LANES]; /* the loop's: submitted, not done; oldest first, so earliest
				       deadline first */
	int64_t deadline_ms[LANES];
	struct lane_counters counters[LANES];
	bool stopped;
};

static const char *const names[LANES] = { "loop", "read", "write", "slow" };

const char *lane_name(enum lane lane)
{
	return names[lane];
}

/* ---- the way back ------------------------------------------------------------------------ */

/* Any thread. */
static void job_finish(struct job *job, enum status status)
{
	struct lanes *lanes = job->lanes;
	bool was_empty;

	job->status = status;
	pthread_mutex_lock(&lanes->mutex);
	was_empty = STAILQ_EMPTY(&lanes->finished);
	STAILQ_INSERT_TAIL(&lanes->finished, job, queue_link);
	pthread_mutex_unlock(&lanes->mutex);
	if (was_empty)
		loop_wake_send(lanes->wake);
}

static void lanes_deliver(void *arg)
{
	struct lanes *lanes = arg;
	struct job_queue finished = STAILQ_HEAD_INITIALIZER(finished);
	struct job *job;

	pthread_mutex_lock(&lanes->mutex);
	STAILQ_CONCAT(&finished, &lanes->finished);
	pthread_mutex_unlock(&lanes->mutex);
	while ((job = STAILQ_FIRST(&finished)) != NULL) {
		struct lane_counters *counters = &lanes->counters[job->lane];

		STAILQ_REMOVE_HEAD(&finished, queue_link);
		TAILQ_REMOVE(&lanes->out[job->lane], job, out_link);
		counters->queued--;
		counters->took_us += (uint64_t)(clock_mono_us() - job->queued_us);
		job->done(job, job->status);
	}
}

static void lane_look(struct lanes *lanes, enum lane lane, int64_t now_ms)
{
	struct job *job, *next;

	for (job = TAILQ_FIRST(&lanes->out[lane]); job != NULL && job->deadline_ms <= now_ms;
	     job = next) {
		next = TAILQ_NEXT(job, out_link);
		if (job->is_late || job->late == NULL)
			continue;
		job->is_late = true;
		lanes->counters[lane].late++;
		job->late(job);
	}
}

/* A write may be committed at any moment: its deadline is the store's affair. */
static void lanes_look_for_late(void *arg)
{
	struct lanes *lanes = arg;
	int64_t now_ms = clock_mono_ms();

	lane_look(lanes, LANE_READ, now_ms);
	lane_look(lanes, LANE_SLOW, now_ms);
}

/* ---- threads ----------------------------------------------------------------------------- */

/* The next job, waiting for one; NULL: stopping, and nothing is left. */
static struct job *pool_take(struct pool *pool)
{
	struct job *job;

	pthread_mutex_lock(&pool->mutex);
	while (STAILQ_EMPTY(&pool->queue) && !pool->stopping)
		pthread_cond_wait(&pool->wake, &pool->mutex);
	job = STAILQ_FIRST(&pool->queue);
	if (job != NULL) {
		STAILQ_REMOVE_HEAD(&pool->queue, queue_link);
		pool->queued--;
	}
	pthread_mutex_unlock(&pool->mutex);
	return job;
}

/* A reader's job sees one moment of the records; a slow one takes its own snapshots, between its
 * long thoughts. */
static enum status job_run_on(struct job *job, enum lane lane, struct db *db)
{
	enum status status;

	if (clock_mono_ms() >= job->deadline_ms)
		return STATUS_BUSY;
	if (lane == LANE_SLOW)
		return job->run(job, db);
	status = store_read_begin(db);
	if (status != STATUS_OK)
		return status;
	status = job->run(job, db);
	store_read_end(db);
	return status;
}

static void *pool_main(void *arg)
{
	struct pool *pool = arg;
	struct db *db = NULL;
	struct job *job;
	enum status opened = store_reader_open(pool->store, &db);

	while ((job = pool_take(pool)) != NULL) {
		if (opened != STATUS_OK) /* try anew: the disk may be back */
			opened = store_reader_open(pool->store, &db);
		job_finish(job,
			   opened == STATUS_OK ? job_run_on(job, pool->lane, db) : STATUS_FAILED);
	}
	if (opened == STATUS_OK)
		store_reader_close(db);
	return NULL;
}

static enum status pool_open(struct pool *pool, struct store *store, enum lane lane, int threads,
			     size_t queue_max)
{
	pool->store = store;
	pool->lane = lane;
	pool->queue_max = queue_max;
	STAILQ_INIT(&pool->queue);
	pthread_mutex_init(&pool->mutex, NULL);
	pthread_cond_init(&pool->wake, NULL);
	assert(threads > 0 && threads <= THREADS_MAX);
	while (pool->thread_count < (size_t)threads) {
		if (pthread_create(&pool->threads[pool->thread_count], NULL, pool_main, pool) !=
		    0) {
			log_error("lanes.failed", LOG_C("lane", lane_name(lane)),
				  LOG_C("reason", "no thread"));
			return STATUS_FAILED;
		}
		pool->thread_count++;
	}
	return STATUS_OK;
}

static void pool_stop(struct pool *pool)
{
	pthread_mutex_lock(&pool->mutex);
	pool->stopping = true;
	pthread_cond_broadcast(&pool->wake);
	pthread_mutex_unlock(&pool->mutex);
	while (pool->thread_count > 0)
		pthread_join(pool->threads[--pool->thread_count], NULL);
}

static enum status pool_put(struct pool *pool, struct job *job)
{
	enum status status = STATUS_BUSY;

	pthread_mutex_lock(&pool->mutex);
	if (pool->queued < pool->queue_max && !pool->stopping) {
		STAILQ_INSERT_TAIL(&pool->queue, job, queue_link);
		pool->queued++;
		status = STATUS_OK;
	}
	pthread_mutex_unlock(&pool->mutex);
	/* Woken under the mutex, a thread would wait for it at once. */
	if (status == STATUS_OK)
		pthread_cond_signal(&pool->wake);
	return status;
}

/* ---- writing ----------------------------------------------------------------------------- */

static enum status write_run(struct db *db, void *arg)
{
	struct job *job = arg;

	return job->run(job, db);
}

static void write_done(enum status status, void *arg)
{
	job_finish(arg, status);
}

static enum status write_put(struct lanes *lanes, struct job *job)
{
	job->change = (struct change){
		.run = write_run,
		.done = write_done,
		.arg = job,
		.deadline_mono_ms = job->deadline_ms,
	};
	return store_submit(lanes->store, &job->change);
}

/* ---- outside ----------------------------------------------------------------------------- */

enum status lanes_submit(struct lanes *lanes, enum lane lane, struct job *job)
{
	enum status status;

	assert(lane != LANE_LOOP);
	job->lanes = lanes;
	job->lane = lane;
	job->is_late = false;
	job->queued_us = clock_mono_us();
	job->deadline_ms = job->queued_us / 1000 + lanes->deadline_ms[lane];
	/* Listed first: it may be finished before submitting returns. */
	TAILQ_INSERT_TAIL(&lanes->out[lane], job, out_link);
	if (lane == LANE_WRITE)
		status = write_put(lanes, job);
	else
		status = pool_put(lane == LANE_READ ? &lanes->read : &lanes->slow, job);
	if (status == STATUS_OK) {
		lanes->counters[lane].jobs++;
		lanes->counters[lane].queued++;
	} else {
		TAILQ_REMOVE(&lanes->out[lane], job, out_link);
		lanes->counters[lane].refused++;
	}
	return status;
}

static int64_t or_default(int64_t value, int64_t fallback)
{
	return value > 0 ? value : fallback;
}

enum status lanes_open(const struct lanes_options *options, struct lanes **lanes_out)
{
	struct lanes *lanes = calloc(1, sizeof(*lanes));
	enum status status;

	if (lanes == NULL)
		return STATUS_FAILED;
	lanes->store = options->store;
	lanes->deadline_ms[LANE_READ] = or_default(options->read_deadline_ms, 5000);
	lanes->deadline_ms[LANE_WRITE] = or_default(options->write_deadline_ms, 5000);
	lanes->deadline_ms[LANE_SLOW] = or_default(options->slow_deadline_ms, 10000);
	STAILQ_INIT(&lanes->finished);
	pthread_mutex_init(&lanes->mutex, NULL);
	for (size_t i = 0; i < LANES; i++)
		TAILQ_INIT(&lanes->out[i]);
	lanes->wake = loop_wake_open(options->base, lanes_deliver, lanes);
	lanes->late_timer = loop_timer_open(options->base, lanes_look_for_late, lanes);
	loop_timer_every(lanes->late_timer, LATE_CHECK_MS);
	*lanes_out = lanes;
	status = pool_open(&lanes->read, options->store, LANE_READ,
			   (int)or_default(options->read_threads, 2),
			   (size_t)or_default((int64_t)options->read_queue_max, 1024));
	if (status != STATUS_OK)
		return status;
	return pool_open(&lanes->slow, options->store, LANE_SLOW,
			 (int)or_default(options->slow_threads, 2),
			 (size_t)or_default((int64_t)options->slow_queue_max, 64));
}

void lanes_stop(struct lanes *lanes)
{
	if (lanes == NULL || lanes->stopped)
		return;
	pool_stop(&lanes->read);
	pool_stop(&lanes->slow);
	lanes->stopped = true;
}

static void pool_release(struct pool *pool)
{
	pthread_mutex_destroy(&pool->mutex);
	pthread_cond_destroy(&pool->wake);
}

void lanes_close(struct lanes *lanes)
{
	if (lanes == NULL)
		return;
	lanes_stop(lanes);
	lanes_deliver(lanes);
	loop_timer_close(lanes->late_timer);
	loop_wake_close(lanes->wake);
	pool_release(&lanes->read);
	pool_release(&lanes->slow);
	pthread_mutex_destroy(&lanes->mutex);
	free(lanes);
}

struct lane_counters lanes_counters(const struct lanes *lanes, enum lane lane)
{
	return lanes->counters[lane];
}
