/* base/crash.h -- named points at every durable boundary, where a test ends or stops the process.
 *
 * Compiled in always; one branch that is never taken while nothing is armed. All points of a
 * program are one table, which `PROGRAM --crash-points` prints: a point added later joins by being
 * named. */
#ifndef BASE_CRASH_H
#define BASE_CRASH_H

#include "base/status.h"

#include <stdatomic.h>
#include <stdbool.h>

struct crash_point {
	const char *name; /* "writer.before_commit": room or part, then where */
	atomic_uint hits; /* counted while something is armed */
};

/* Arms what ECO_CRASH says; only with ECO_TEST=1:
 *   [SERVICE/]NAME[:NTH[:stop]]  at the NTH time (default 1) SIGKILL, or SIGSTOP, to ourselves
 *   [SERVICE/]NAME:NTH:slow      from the NTH time on each passing takes 200 ms
 *   note                         notes every passing
 * A point that acts leaves the file `dir`/crash/SERVICE.NAME, and acts once only: never while that
 * file is there. A noted one has a byte in it for every passing. Empty: nothing is armed.
 * BAD_INPUT: said on stderr. */
CHECKED enum status crash_arm(const char *spec, const char *dir, const char *service);
/* The points of this program, one a line, on stdout. */
void crash_print(void);

/* Private to the macro. */
extern atomic_bool crash_is_armed;
void crash_hit(struct crash_point *point);

#define CRASH_POINT(text)                                                                          \
	do {                                                                                       \
		static struct crash_point crash_here = { text, 0 };                                \
		static struct crash_point *const crash_entry                                       \
			__attribute__((used, section("crash_points"))) = &crash_here;              \
		(void)crash_entry;                                                                 \
		if (__builtin_expect(atomic_load_explicit(&crash_is_armed, memory_order_relaxed),  \
				     0))                                                           \
			crash_hit(&crash_here);                                                    \
	} while (0)

#endif
