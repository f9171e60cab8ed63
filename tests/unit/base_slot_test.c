/* tests/unit/base_slot_test.c -- slots: one holder at a time, the lowest free number, the holder
 * readable. */
#include "base/slot.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct place {
	struct arena arena;
	char dir[64];
};

static int place_make(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	snprintf(place->dir, sizeof(place->dir), "/tmp/eco-slot-XXXXXX");
	*state = place;
	return mkdtemp(place->dir) == NULL ? -1 : 0;
}

static int place_remove(void **state)
{
	struct place *place = *state;
	const char *const names[] = { "slots/worker-1.lock", "slots/worker-2.lock",
				      "slots/poller-7.lock", "slots", "" };
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", place->dir, names[i]);
		remove(path);
	}
	arena_release(&place->arena);
	free(place);
	return 0;
}

static void numbers_are_the_lowest_free_ones(void **state)
{
	struct place *place = *state;
	struct slot first, second, again;

	assert_int_equal(slot_take(place->dir, "worker", STR("aa"), &place->arena, &first),
			 STATUS_OK);
	assert_int_equal(slot_take(place->dir, "worker", STR("bb"), &place->arena, &second),
			 STATUS_OK);
	assert_string_equal(first.name, "worker-1");
	assert_string_equal(second.name, "worker-2");
	slot_release(&first);
	assert_int_equal(slot_take(place->dir, "worker", STR("cc"), &place->arena, &again),
			 STATUS_OK);
	assert_string_equal(again.name, "worker-1");
	slot_release(&again);
	slot_release(&second);
	slot_release(&second);
}

static void a_held_name_is_busy_until_released(void **state)
{
	struct place *place = *state;
	struct slot holder, standby;

	assert_int_equal(slot_try(place->dir, "poller-7", STR("aa"), &place->arena, &holder),
			 STATUS_OK);
	assert_int_equal(slot_try(place->dir, "poller-7", STR("bb"), &place->arena, &standby),
			 STATUS_BUSY);
	assert_int_equal(standby.fd, -1);
	slot_release(&holder);
	assert_int_equal(slot_try(place->dir, "poller-7", STR("bb"), &place->arena, &standby),
			 STATUS_OK);
	slot_release(&standby);
}

/* A child takes a slot, says so, and waits for its end. */
static pid_t holder_start(struct place *place, int *ready_out)
{
	int pipes[2];
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct slot slot;
		bool ok = slot_take(place->dir, "worker", STR("c0ffee"), &place->arena, &slot) ==
			  STATUS_OK;

		if (!ok || write(pipes[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(pipes[1]);
	*ready_out = pipes[0];
	return pid;
}

static void a_dead_holder_leaves_its_incarnation_and_a_free_slot(void **state)
{
	struct place *place = *state;
	struct slot_holder holder;
	struct str incarnation;
	struct slot slot;
	char byte;
	int ready;
	pid_t pid = holder_start(place, &ready);

	assert_int_equal(read(ready, &byte, 1), 1);
	close(ready);
	assert_int_equal(slot_incarnation(place->dir, pid, &place->arena, &incarnation), STATUS_OK);
	assert_true(str_eq_c(incarnation, "c0ffee"));
	assert_int_equal(slot_look(place->dir, "worker-1", &place->arena, &holder), STATUS_OK);
	assert_int_equal(holder.pid, pid);
	assert_true(str_eq_c(holder.incarnation, "c0ffee"));
	assert_int_equal(slot_look(place->dir, "worker-2", &place->arena, &holder),
			 STATUS_NOT_FOUND);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(slot_look(place->dir, "worker-1", &place->arena, &holder), STATUS_EMPTY);
	assert_int_equal(slot_incarnation(place->dir, pid, &place->arena, &incarnation), STATUS_OK);
	assert_int_equal(slot_take(place->dir, "worker", STR("dd"), &place->arena, &slot),
			 STATUS_OK);
	assert_string_equal(slot.name, "worker-1");
	assert_int_equal(slot_incarnation(place->dir, pid, &place->arena, &incarnation),
			 STATUS_NOT_FOUND);
	slot_release(&slot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(numbers_are_the_lowest_free_ones, place_make,
						place_remove),
		cmocka_unit_test_setup_teardown(a_held_name_is_busy_until_released, place_make,
						place_remove),
		cmocka_unit_test_setup_teardown(
			a_dead_holder_leaves_its_incarnation_and_a_free_slot, place_make,
			place_remove),
	};

	return cmocka_run_group_tests_name("base_slot", tests, NULL, NULL);
}
