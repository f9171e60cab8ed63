/* tests/unit/slow.h -- for runs in which everything takes many times as long: tools/memcheck says
 * how many, in SLOW_TIMES. */
#ifndef TESTS_UNIT_SLOW_H
#define TESTS_UNIT_SLOW_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

static inline int64_t slow_times(void)
{
	const char *said = getenv("SLOW_TIMES");

	return said == NULL ? 1 : strtol(said, NULL, 10);
}

/* Leaves out a test of how long something takes, or of what happens within a given time. */
static inline void needs_speed(void)
{
	if (slow_times() > 1)
		skip();
}

#endif
