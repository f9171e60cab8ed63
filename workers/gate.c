/* workers/gate.c -- the queue before the gate. */
#include "workers/gate.h"

#include <assert.h>

void gate_init(struct gate *gate)
{
	*gate = (struct gate){ 0 };
	TAILQ_INIT(&gate->waiting);
}

static bool gate_lets_in(const struct gate *gate, const struct gate_turn *turn)
{
	return turn != NULL && !gate->closed && (!turn->alone || gate->open == 0);
}

static void gate_move(struct gate *gate)
{
	struct gate_turn *turn;

	while (gate_lets_in(gate, turn = TAILQ_FIRST(&gate->waiting))) {
		TAILQ_REMOVE(&gate->waiting, turn, entry);
		turn->waiting = false;
		gate->open++;
		gate->closed = turn->alone;
		turn->enter(turn->arg);
	}
}

void gate_join(struct gate *gate, struct gate_turn *turn, bool alone, loop_fn enter, void *arg)
{
	*turn = (struct gate_turn){ .enter = enter, .arg = arg, .alone = alone, .waiting = true };
	TAILQ_INSERT_TAIL(&gate->waiting, turn, entry);
	gate_move(gate);
}

void gate_forget(struct gate *gate, struct gate_turn *turn)
{
	if (!turn->waiting)
		return;
	TAILQ_REMOVE(&gate->waiting, turn, entry);
	turn->waiting = false;
	gate_move(gate);
}

void gate_leave(struct gate *gate)
{
	assert(gate->open > 0);
	gate->open--;
	gate->closed = false;
	gate_move(gate);
}
