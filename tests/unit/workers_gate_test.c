/* tests/unit/workers_gate_test.c -- a suspect is alone inside, and nobody waits for ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "workers/gate.h"

struct visitor {
	struct gate_turn turn;
	bool inside;
};

static void entered(void *arg)
{
	struct visitor *visitor = arg;

	visitor->inside = true;
}

static void join(struct gate *gate, struct visitor *visitor, bool alone)
{
	visitor->inside = false;
	gate_join(gate, &visitor->turn, alone, entered, visitor);
}

static void many_are_inside_together(void **state)
{
	struct gate gate;
	struct visitor a, b;

	(void)state;
	gate_init(&gate);
	join(&gate, &a, false);
	join(&gate, &b, false);
	assert_true(a.inside && b.inside);
}

static void a_suspect_waits_until_all_have_left(void **state)
{
	struct gate gate;
	struct visitor a, b, suspect;

	(void)state;
	gate_init(&gate);
	join(&gate, &a, false);
	join(&gate, &b, false);
	join(&gate, &suspect, true);
	gate_leave(&gate);
	assert_false(suspect.inside);
	gate_leave(&gate);
	assert_true(suspect.inside);
}

static void nobody_enters_beside_a_suspect(void **state)
{
	struct gate gate;
	struct visitor suspect, other, next;

	(void)state;
	gate_init(&gate);
	join(&gate, &suspect, true);
	join(&gate, &next, true);
	join(&gate, &other, false);
	assert_true(suspect.inside);
	assert_false(next.inside || other.inside);
	gate_leave(&gate);
	assert_true(next.inside);
	assert_false(other.inside);
	gate_leave(&gate);
	assert_true(other.inside);
}

static void a_waiting_suspect_is_not_overtaken(void **state)
{
	struct gate gate;
	struct visitor a, suspect, late;

	(void)state;
	gate_init(&gate);
	join(&gate, &a, false);
	join(&gate, &suspect, true);
	join(&gate, &late, false);
	assert_false(late.inside);
	gate_leave(&gate);
	assert_true(suspect.inside);
	assert_false(late.inside);
}

static void a_suspect_that_goes_away_lets_the_others_in(void **state)
{
	struct gate gate;
	struct visitor a, suspect, late;

	(void)state;
	gate_init(&gate);
	join(&gate, &a, false);
	join(&gate, &suspect, true);
	join(&gate, &late, false);
	gate_forget(&gate, &suspect.turn);
	assert_true(late.inside);
	gate_forget(&gate, &suspect.turn);
	gate_leave(&gate);
	gate_leave(&gate);
	assert_false(suspect.inside);
	assert_int_equal(gate.open, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_are_inside_together),
		cmocka_unit_test(a_suspect_waits_until_all_have_left),
		cmocka_unit_test(nobody_enters_beside_a_suspect),
		cmocka_unit_test(a_waiting_suspect_is_not_overtaken),
		cmocka_unit_test(a_suspect_that_goes_away_lets_the_others_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
