/* base/clock.h -- the two clocks. Wall time is for records and rules, and tests move it; monotonic
 * time is for timeouts and beats, and nobody moves it. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

/* Epoch milliseconds, plus the offset of the test clock when one is mapped. */
int64_t clock_wall_ms(void);
/* Milliseconds (microseconds) since some fixed moment of this machine. */
int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);

/* Maps `path` (8 bytes, the offset in ms as a native int64; made when absent) so that every process
 * that maps it shares the moved time. Only for tests: called when ECO_TEST=1. FAILED: can't be
 * mapped. */
CHECKED enum status clock_map_offset(const char *path);
/* Is a test clock mapped? Then sleepers must wake at least every 50 ms to notice a jump. */
bool clock_is_test(void);

#endif
