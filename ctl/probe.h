/* ctl/probe.h -- is a child ready to serve? */
#ifndef CTL_PROBE_H
#define CTL_PROBE_H

#include "base/loop.h"
#include "ctl/plan.h"

#include <stdbool.h>

struct probe;

/* Addresses come from the settings in ctl, which must outlive it. */
CHECKED enum status probe_open(struct ctl *ctl, struct event_base *base, struct probe **probe_out);
void probe_close(struct probe *probe); /* NULL is fine */
/* Never waits: the API's answer is asked for in the background and seen at a later look. */
bool probe_look(struct probe *probe, enum ready_kind kind);
/* The API was started anew: what it said before counts no more. */
void probe_forget_api(struct probe *probe);

/* "0.0.0.0:8080,[::]:8000" -> "127.0.0.1:8080": where to reach the first listener from here. In the
 * arena. */
const char *probe_address(struct str listen, struct arena *arena);

#endif
