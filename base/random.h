/* base/random.h -- unguessable bytes. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include "base/str.h"

/* Fills from the kernel; a machine without randomness ends the process. */
void random_bytes(void *data_out, size_t bytes);
/* `bytes` random bytes as lower-case hexadecimal, in the arena. */
struct str random_hex(struct arena *arena, size_t bytes);
/* Uniform in [0, below), below > 0. */
uint32_t random_below(uint32_t below);

#endif
