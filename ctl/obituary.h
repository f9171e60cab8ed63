/* ctl/obituary.h -- tells Redis of a reaped child, so that its tasks run elsewhere at once instead
 * of after the missing beats. */
#ifndef CTL_OBITUARY_H
#define CTL_OBITUARY_H

#include "ctl/command.h"

#include <sys/types.h>

struct obituary;

CHECKED enum status obituary_open(struct ctl *ctl, struct obituary **obituary_out);
void obituary_close(struct obituary *obituary); /* NULL is fine */
/* Right after the wait, before anything is started in its place. Takes a moment at most; what fails
 * is left to the beats. */
void obituary_send(struct obituary *obituary, pid_t pid);

#endif
