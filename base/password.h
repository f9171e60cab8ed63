/* base/password.h -- passwords at rest: argon2id by libsodium, 19 MiB and two passes (about 30 ms
 * each). Slow on purpose: never on a loop or a writer thread. */
#ifndef BASE_PASSWORD_H
#define BASE_PASSWORD_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>

enum {
	PASSWORD_BYTES_MIN = 8,
	PASSWORD_BYTES_MAX = 256, /* longer ones are refused before any work */
};

/* *hash_out is in the arena. BAD_INPUT: too short or too long; FAILED: no memory. */
CHECKED enum status password_hash(struct str password, struct arena *arena, struct str *hash_out);
/* DENIED: it is another one. STR_NONE as hash (nobody of that name) costs the same time and is
 * DENIED. */
CHECKED enum status password_verify(struct str password, struct str hash);
/* Was it made with other costs than password_hash uses now? */
bool password_is_outdated(struct str hash);
/* `chars` of letters and digits that can't be mistaken for one another. */
struct str password_random(struct arena *arena, size_t chars);

#endif
