/* tests/unit/api_lanes_test.c -- jobs run where they should, full lanes refuse, late answers leave,
 * nothing is lost at the end. */
#include "tests/unit/api_fixture.h"

#include "api/lanes.h"
#include "store/events.h"

#include <event2/event.h>
#include <event2/thread.h>
#include <pthread.h>

enum { DEADLINE_MS = 20000 };

struct desk {
	struct office *office;
	struct event_base *base;
	struct lanes *lanes;
};

/* A job that may be held until let go. */
struct held {
	struct job job;
	pthread_mutex_t mutex;
	pthread_cond_t go;
	bool may_go, runs;
	int done, late;
	enum status returns, got;
	pthread_t thread;
	int64_t seq;
};

static struct held *held_of(struct job *job)
{
	return (struct held *)(void *)((char *)job - offsetof(struct held, job));
}

static enum status held_run(struct job *job, struct db *db)
{
	struct held *held = held_of(job);
	enum status status = events_max_seq(db, &held->seq);

	if (status != STATUS_OK)
		return status;
	held->thread = pthread_self();
	pthread_mutex_lock(&held->mutex);
	held->runs = true;
	while (!held->may_go)
		pthread_cond_wait(&held->go, &held->mutex);
	pthread_mutex_unlock(&held->mutex);
	return held->returns;
}

static void held_done(struct job *job, enum status status)
{
	held_of(job)->done++;
	held_of(job)->got = status;
}

static void held_late(struct job *job)
{
	held_of(job)->late++;
}

static void held_init(struct held *held, bool may_go)
{
	*held = (struct held){ .job = { .run = held_run, .done = held_done, .late = held_late },
			       .may_go = may_go };
	pthread_mutex_init(&held->mutex, NULL);
	pthread_cond_init(&held->go, NULL);
}

static void held_let_go(struct held *held)
{
	pthread_mutex_lock(&held->mutex);
	held->may_go = true;
	pthread_cond_broadcast(&held->go);
	pthread_mutex_unlock(&held->mutex);
}

static bool held_runs(struct held *held)
{
	bool runs;

	pthread_mutex_lock(&held->mutex);
	runs = held->runs;
	pthread_mutex_unlock(&held->mutex);
	return runs;
}

static void turn(struct desk *desk)
{
	event_base_loop(desk->base, EVLOOP_NONBLOCK);
	usleep(500);
}

#define UNTIL(desk, condition)                                                                     \
	do {                                                                                       \
		int64_t until_ms_ = clock_mono_ms() + DEADLINE_MS;                                 \
		while (!(condition)) {                                                             \
			assert_true(clock_mono_ms() < until_ms_);                                  \
			turn(desk);                                                                \
		}                                                                                  \
	} while (0)

static struct desk desk_open(void **state, struct lanes_options options)
{
	struct desk desk = { .office = *state, .base = loop_open() };

	options.base = desk.base;
	options.store = desk.office->store;
	assert_ok(lanes_open(&options, &desk.lanes));
	return desk;
}

static void desk_close(struct desk *desk)
{
	lanes_close(desk->lanes);
	loop_close(desk->base);
}

/* ---- tests ------------------------------------------------------------------------------- */

static void a_job_runs_elsewhere_and_is_done_on_the_loop(void **state)
{
	static const enum lane lanes[] = { LANE_READ, LANE_WRITE, LANE_SLOW };
	struct desk desk = desk_open(state, (struct lanes_options){ .read_threads = 2 });
	struct held held;

	for (size_t i = 0; i < 3; i++) {
		held_init(&held, true);
		held.returns = STATUS_CONFLICT;
		assert_ok(lanes_submit(desk.lanes, lanes[i], &held.job));
		assert_int_equal(held.done, 0);
		UNTIL(&desk, held.done == 1);
		assert_status(held.got, STATUS_CONFLICT);
		assert_false(pthread_equal(held.thread, pthread_self()));
		assert_int_equal(lanes_counters(desk.lanes, lanes[i]).jobs, 1);
		assert_int_equal(lanes_counters(desk.lanes, lanes[i]).queued, 0);
	}
	desk_close(&desk);
}

static void a_full_lane_refuses_and_is_usable_again(void **state)
{
	struct desk desk =
		desk_open(state, (struct lanes_options){ .read_threads = 1, .read_queue_max = 2 });
	struct held running, waiting[2], one_more;

	held_init(&running, false);
	held_init(&waiting[0], true);
	held_init(&waiting[1], true);
	held_init(&one_more, true);
	assert_ok(lanes_submit(desk.lanes, LANE_READ, &running.job));
	UNTIL(&desk, held_runs(&running));
	assert_ok(lanes_submit(desk.lanes, LANE_READ, &waiting[0].job));
	assert_ok(lanes_submit(desk.lanes, LANE_READ, &waiting[1].job));
	assert_status(lanes_submit(desk.lanes, LANE_READ, &one_more.job), STATUS_BUSY);
	assert_int_equal(lanes_counters(desk.lanes, LANE_READ).refused, 1);
	held_let_go(&running);
	UNTIL(&desk, running.done && waiting[0].done && waiting[1].done);
	assert_int_equal(one_more.done, 0);
	assert_ok(lanes_submit(desk.lanes, LANE_READ, &one_more.job));
	UNTIL(&desk, one_more.done);
	desk_close(&desk);
}

static void a_late_job_is_told_once_and_done_when_it_returns(void **state)
{
	struct desk desk = desk_open(
		state, (struct lanes_options){ .read_threads = 1, .read_deadline_ms = 2000 });
	struct held held, behind;

	held_init(&held, false);
	held_init(&behind, true);
	assert_ok(lanes_submit(desk.lanes, LANE_READ, &held.job));
	UNTIL(&desk, held_runs(&held));
	assert_ok(lanes_submit(desk.lanes, LANE_READ, &behind.job));
	UNTIL(&desk, held.late == 1 && behind.late == 1);
	assert_int_equal(held.done, 0);
	held_let_go(&held);
	UNTIL(&desk, held.done && behind.done);
	assert_int_equal(held.late, 1);
	assert_ok(held.got);
	/* What was too late before it began does not run at all. */
	assert_status(behind.got, STATUS_BUSY);
	assert_false(behind.runs);
	assert_int_equal(lanes_counters(desk.lanes, LANE_READ).late, 2);
	desk_close(&desk);
}

/* It may be committed at any moment, so that nobody may say it was not. */
static void a_running_write_is_never_called_late(void **state)
{
	struct desk desk = desk_open(state, (struct lanes_options){ .write_deadline_ms = 20 });
	struct held held;
	int64_t until_ms;

	do { /* the time of one may be over before it runs, on a busy machine */
		held_init(&held, false);
		assert_ok(lanes_submit(desk.lanes, LANE_WRITE, &held.job));
		UNTIL(&desk, held_runs(&held) || held.done > 0);
	} while (!held_runs(&held));
	until_ms = clock_mono_ms() + 250;
	UNTIL(&desk, clock_mono_ms() > until_ms);
	assert_int_equal(held.late, 0);
	held_let_go(&held);
	UNTIL(&desk, held.done);
	assert_ok(held.got);
	desk_close(&desk);
}

static void a_reader_sees_one_moment(void **state)
{
	struct desk desk = desk_open(state, (struct lanes_options){ .read_threads = 1 });
	struct held before, after;

	held_init(&before, false);
	held_init(&after, true);
	assert_ok(lanes_submit(desk.lanes, LANE_READ, &before.job));
	UNTIL(&desk, held_runs(&before));
	office_hire(desk.office, "anna", ROLE_OPERATOR); /* records an event */
	held_let_go(&before);
	assert_ok(lanes_submit(desk.lanes, LANE_READ, &after.job));
	UNTIL(&desk, before.done && after.done);
	assert_int_equal(before.seq, 0);
	assert_int_equal(after.seq, 1);
	desk_close(&desk);
}

static void stopping_finishes_what_is_queued(void **state)
{
	struct desk desk = desk_open(state, (struct lanes_options){ .read_threads = 1 });
	struct held held[5];

	for (size_t i = 0; i < 5; i++) {
		held_init(&held[i], true);
		assert_ok(
			lanes_submit(desk.lanes, i % 2 == 0 ? LANE_READ : LANE_SLOW, &held[i].job));
	}
	lanes_stop(desk.lanes);
	lanes_close(desk.lanes);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(held[i].done, 1);
		assert_ok(held[i].got);
	}
	loop_close(desk.base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_records(a_job_runs_elsewhere_and_is_done_on_the_loop),
		with_records(a_full_lane_refuses_and_is_usable_again),
		with_records(a_late_job_is_told_once_and_done_when_it_returns),
		with_records(a_running_write_is_never_called_late),
		with_records(a_reader_sees_one_moment),
		with_records(stopping_finishes_what_is_queued),
	};

	evthread_use_pthreads();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
