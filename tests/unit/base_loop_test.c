/* tests/unit/base_loop_test.c -- timers, and wake-ups from other threads. */
#include "base/clock.h"
#include "base/loop.h"

#include <event2/event.h>
#include <event2/thread.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
	struct event_base *base;
	struct loop_timer *timer, *other;
	struct loop_wake *wake;
	int runs, stop_at;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	evthread_use_pthreads();
	fixture = (struct fixture){ .base = loop_open() };
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	loop_timer_close(f->timer);
	loop_timer_close(f->other);
	loop_wake_close(f->wake);
	loop_close(f->base);
	return 0;
}

static void count(void *arg)
{
	struct fixture *f = arg;

	if (++f->runs == f->stop_at)
		event_base_loopbreak(f->base);
}

static void stop(void *arg)
{
	struct fixture *f = arg;

	event_base_loopbreak(f->base);
}

/* Runs the loop for so long. */
static void run_ms(struct fixture *f, int64_t ms)
{
	if (f->other == NULL)
		f->other = loop_timer_open(f->base, stop, f);
	loop_timer_set(f->other, ms);
	event_base_dispatch(f->base);
}

static void a_timer_runs_once_after_its_delay(void **state)
{
	struct fixture *f = *state;
	int64_t begun_us = clock_mono_us();

	f->timer = loop_timer_open(f->base, count, f);
	f->stop_at = 1;
	loop_timer_set(f->timer, 20);
	event_base_dispatch(f->base);
	assert_int_equal(f->runs, 1);
	assert_true(clock_mono_us() - begun_us >= 19000);
	run_ms(f, 50);
	assert_int_equal(f->runs, 1);
}

static void setting_again_moves_it_and_off_stops_it(void **state)
{
	struct fixture *f = *state;

	f->timer = loop_timer_open(f->base, count, f);
	loop_timer_set(f->timer, 5);
	loop_timer_set(f->timer, 60000);
	run_ms(f, 30);
	assert_int_equal(f->runs, 0);
	loop_timer_set(f->timer, -5); /* in the past: at once */
	run_ms(f, 30);
	assert_int_equal(f->runs, 1);
	loop_timer_set(f->timer, 1);
	loop_timer_off(f->timer);
	run_ms(f, 30);
	assert_int_equal(f->runs, 1);
}

static void a_period_repeats_until_off(void **state)
{
	struct fixture *f = *state;

	f->timer = loop_timer_open(f->base, count, f);
	f->stop_at = 5;
	loop_timer_every(f->timer, 2);
	event_base_dispatch(f->base);
	assert_int_equal(f->runs, 5);
	loop_timer_off(f->timer);
	run_ms(f, 30);
	assert_int_equal(f->runs, 5);
}

static void close_itself(void *arg)
{
	struct fixture *f = arg;

	loop_timer_close(f->timer);
	f->timer = NULL;
	f->runs++;
}

static void a_timer_may_close_itself(void **state)
{
	struct fixture *f = *state;

	f->timer = loop_timer_open(f->base, close_itself, f);
	loop_timer_every(f->timer, 1);
	run_ms(f, 30);
	assert_int_equal(f->runs, 1);
}

static void *send_from_elsewhere(void *arg)
{
	struct fixture *f = arg;

	for (int i = 0; i < 1000; i++)
		loop_wake_send(f->wake);
	return NULL;
}

static void sends_of_other_threads_wake_the_loop(void **state)
{
	struct fixture *f = *state;
	pthread_t threads[4];

	f->wake = loop_wake_open(f->base, count, f);
	f->stop_at = 1;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, send_from_elsewhere, f), 0);
	event_base_dispatch(f->base);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_true(f->runs >= 1);
	run_ms(f, 20);
	assert_true(f->runs <= 4000);
	/* All were taken: none is left to run for. */
	f->runs = 0;
	run_ms(f, 20);
	assert_int_equal(f->runs, 0);
}

static void sends_before_the_loop_runs_are_not_lost(void **state)
{
	struct fixture *f = *state;

	f->wake = loop_wake_open(f->base, count, f);
	loop_wake_send(f->wake);
	loop_wake_send(f->wake);
	run_ms(f, 20);
	assert_int_equal(f->runs, 1);
}

static void closing_nothing_is_fine(void **state)
{
	(void)state;
	loop_timer_close(NULL);
	loop_wake_close(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_timer_runs_once_after_its_delay),
		TEST(setting_again_moves_it_and_off_stops_it),
		TEST(a_period_repeats_until_off),
		TEST(a_timer_may_close_itself),
		TEST(sends_of_other_threads_wake_the_loop),
		TEST(sends_before_the_loop_runs_are_not_lost),
		TEST(closing_nothing_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
