/* ctl/words.h -- numbers as people read them. */
#ifndef CTL_WORDS_H
#define CTL_WORDS_H

#include "base/arena.h"

#include <stdint.h>

/* "350 ms", "12 s", "7 min", "3 h", "12 d": rounded down, in the arena. */
const char *words_duration(int64_t ms, struct arena *arena);
/* "2026-03-01 12:30:05" by the local clock. */
const char *words_time(int64_t wall_ms, struct arena *arena);
/* "512 bytes", "34 KB", "1.2 MB", "5.0 GB" */
const char *words_bytes(int64_t bytes, struct arena *arena);

#endif
