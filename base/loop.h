/* base/loop.h -- what the house needs of libevent's loop: timers, wake-ups from other threads. */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include "base/status.h"

#include <stdint.h>

struct event_base;
struct loop_timer;
struct loop_wake;

typedef void (*loop_fn)(void *arg);

/* A loop with millisecond timers; never NULL (a process that can't make one ends). */
struct event_base *loop_open(void);
void loop_close(struct event_base *base);

/* A timer that is off. Runs fn on the loop's thread. */
struct loop_timer *loop_timer_open(struct event_base *base, loop_fn fn, void *arg);
/* Once, after delay_ms; setting again moves it. */
void loop_timer_set(struct loop_timer *timer, int64_t delay_ms);
/* Every period_ms, until off. */
void loop_timer_every(struct loop_timer *timer, int64_t period_ms);
void loop_timer_off(struct loop_timer *timer);
void loop_timer_close(struct loop_timer *timer); /* NULL is fine */

/* loop_wake_send, from any thread, makes fn run once soon on the loop's thread; several sends may
 * become one run. */
struct loop_wake *loop_wake_open(struct event_base *base, loop_fn fn, void *arg);
void loop_wake_send(struct loop_wake *wake);
void loop_wake_close(struct loop_wake *wake);

#endif
