/* ctl/secret.h -- a password from the person at the terminal, or from standard input. */
#ifndef CTL_SECRET_H
#define CTL_SECRET_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

/* On a terminal it asks twice, without echo; otherwise it reads one line. In the arena. BAD_INPUT:
 * said on stderr. */
CHECKED enum status secret_read(const char *prompt, struct arena *arena, struct str *secret_out);

#endif
