/* workers/gate.h -- who may have an entry open: many at once, or a suspect all alone. When a
 * process dies, every entry it had open is a suspect; so one that may be the murderer must never be
 * open together with others. */
#ifndef WORKERS_GATE_H
#define WORKERS_GATE_H

#include "base/loop.h"

#include <stdbool.h>
#include <sys/queue.h>

struct gate_turn {
	TAILQ_ENTRY(gate_turn) entry;
	loop_fn enter;
	void *arg;
	bool alone, waiting;
};

/* Zeroed is no gate: gate_init first. First come, first in. */
struct gate {
	TAILQ_HEAD(, gate_turn) waiting;
	int open;
	bool closed; /* somebody is alone inside */
};

void gate_init(struct gate *gate);
/* Runs enter(arg), now or later; the turn is borrowed until then. */
void gate_join(struct gate *gate, struct gate_turn *turn, bool alone, loop_fn enter, void *arg);
/* Does not want to enter any more. Fine also when it never joined or is inside. */
void gate_forget(struct gate *gate, struct gate_turn *turn);
void gate_leave(struct gate *gate);

#endif
