/* base/loop.c -- timers and wake-ups on libevent. */
#include "base/loop.h"

#include "base/log.h"

#include <event2/event.h>
#include <event2/thread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct loop_timer {
	struct event *event;
	loop_fn fn;
	void *arg;
	int64_t period_ms; /* 0: once */
};

struct loop_wake {
	struct event *event;
	loop_fn fn;
	void *arg;
	int fd;
};

static void *must(void *made)
{
	if (made == NULL) {
		log_error("loop.failed", LOG_C("reason", "out of memory or descriptors"));
		abort();
	}
	return made;
}

/* libevent's own warnings, as lines like ours. */
static void libevent_said(int severity, const char *message)
{
	log_write(severity >= EVENT_LOG_ERR    ? LOG_ERROR
		  : severity >= EVENT_LOG_WARN ? LOG_WARN
					       : LOG_DEBUG,
		  "loop.libevent", &LOG_C("message", message), 1);
}

struct event_base *loop_open(void)
{
	struct event_config *config = must(event_config_new());
	struct event_base *base;

	event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
	/* Changes of one turn are told to the kernel together: a request costs one epoll_ctl
	 * instead of four. */
	event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
	event_set_log_callback(libevent_said);
	base = must(event_base_new_with_config(config));
	event_config_free(config);
	return base;
}

void loop_close(struct event_base *base)
{
	event_base_free(base);
}

static void timer_add(struct loop_timer *timer, int64_t delay_ms)
{
	struct timeval delay;

	if (delay_ms < 0)
		delay_ms = 0;
	delay = (struct timeval){ delay_ms / 1000, delay_ms % 1000 * 1000 };
	event_add(timer->event, &delay);
}

static void timer_fired(evutil_socket_t fd, short what, void *arg)
{
	struct loop_timer *timer = arg;

	(void)fd, (void)what;
	if (timer->period_ms > 0)
		timer_add(timer, timer->period_ms);
	timer->fn(timer->arg);
}

struct loop_timer *loop_timer_open(struct event_base *base, loop_fn fn, void *arg)
{
	struct loop_timer *timer = must(calloc(1, sizeof(*timer)));

	timer->fn = fn;
	timer->arg = arg;
	timer->event = must(event_new(base, -1, 0, timer_fired, timer));
	return timer;
}

void loop_timer_set(struct loop_timer *timer, int64_t delay_ms)
{
	timer->period_ms = 0;
	timer_add(timer, delay_ms);
}

void loop_timer_every(struct loop_timer *timer, int64_t period_ms)
{
	timer->period_ms = period_ms;
	timer_add(timer, period_ms);
}

void loop_timer_off(struct loop_timer *timer)
{
	timer->period_ms = 0;
	event_del(timer->event);
}

void loop_timer_close(struct loop_timer *timer)
{
	if (timer == NULL)
		return;
	event_free(timer->event);
	free(timer);
}

static void wake_fired(evutil_socket_t fd, short what, void *arg)
{
	struct loop_wake *wake = arg;
	uint64_t sends;

	(void)what;
	if (read(fd, &sends, sizeof(sends)) == sizeof(sends))
		wake->fn(wake->arg);
}

struct loop_wake *loop_wake_open(struct event_base *base, loop_fn fn, void *arg)
{
	struct loop_wake *wake = must(calloc(1, sizeof(*wake)));

	wake->fn = fn;
	wake->arg = arg;
	wake->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	must(wake->fd < 0 ? NULL : wake);
	wake->event = must(event_new(base, wake->fd, EV_READ | EV_PERSIST, wake_fired, wake));
	event_add(wake->event, NULL);
	return wake;
}

void loop_wake_send(struct loop_wake *wake)
{
	uint64_t one = 1;

	/* A full counter means that a wake-up is already under way. */
	if (write(wake->fd, &one, sizeof(one)) < 0)
		return;
}

void loop_wake_close(struct loop_wake *wake)
{
	if (wake == NULL)
		return;
	event_free(wake->event);
	close(wake->fd);
	free(wake);
}
