/* tests/unit/ctl_watch_test.c -- what the supervisor sees: a standing holder of the write lock, a
 * rebuilt program. */
#include "ctl/rebuilt.h"
#include "ctl/stall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the write lock ---------------------------------------------------------------------- */

/* Looks every 250 ms from *now_ms on for `ms`; true as soon as one says so. */
static bool stands_still(struct stall *stall, const struct lock_holder *holder, int64_t *now_ms,
			 int64_t ms)
{
	int64_t end_ms = *now_ms + ms;

	while (*now_ms < end_ms) {
		*now_ms += STALL_LOOK_MS;
		if (stall_look(stall, holder, *now_ms))
			return true;
	}
	return false;
}

static void a_holder_without_progress_stands_still_after_five_seconds(void **state)
{
	const struct lock_holder holder = { .held = true, .pid = 42, .progress = 7 };
	struct stall stall = { 0 };
	int64_t now_ms = 100000, began_ms = now_ms;

	(void)state;
	assert_true(stands_still(&stall, &holder, &now_ms, 20000));
	assert_in_range(now_ms - began_ms, LOCK_STALL_MS, LOCK_STALL_MS + 2 * STALL_LOOK_MS);
}

static void progress_or_another_holder_begins_anew(void **state)
{
	struct lock_holder holder = { .held = true, .pid = 42, .progress = 7 };
	struct stall stall = { 0 };
	int64_t now_ms = 100000;

	(void)state;
	assert_false(stands_still(&stall, &holder, &now_ms, 4500));
	holder.progress++;
	assert_false(stands_still(&stall, &holder, &now_ms, 4500));
	holder.pid = 43;
	assert_false(stands_still(&stall, &holder, &now_ms, 4500));
	assert_true(stands_still(&stall, &holder, &now_ms, 1500));
}

static void a_lock_that_nobody_holds_is_no_stall(void **state)
{
	const struct lock_holder holder = { .held = false, .pid = 42, .progress = 7 };
	struct stall stall = { 0 };
	int64_t now_ms = 100000;

	(void)state;
	assert_false(stands_still(&stall, &holder, &now_ms, 60000));
}

static void a_supervisor_that_slept_itself_accuses_nobody(void **state)
{
	const struct lock_holder holder = { .held = true, .pid = 42, .progress = 7 };
	struct stall stall = { 0 };
	int64_t now_ms = 100000;

	(void)state;
	assert_false(stands_still(&stall, &holder, &now_ms, 1000));
	now_ms += 3600000;
	assert_false(stands_still(&stall, &holder, &now_ms, 4500));
	assert_true(stands_still(&stall, &holder, &now_ms, 1500));
}

/* ---- program files ----------------------------------------------------------------------- */

static void a_replaced_program_is_seen_once_when_it_stands_still(void **state)
{
	struct rebuilt rebuilt = { 0 };

	(void)state;
	assert_false(rebuilt_look(&rebuilt, 1));
	assert_false(rebuilt_look(&rebuilt, 1));
	assert_false(rebuilt_look(&rebuilt, 2)); /* the linker may still be writing */
	assert_false(rebuilt_look(&rebuilt, 3));
	assert_true(rebuilt_look(&rebuilt, 3));
	assert_false(rebuilt_look(&rebuilt, 3));
}

static void a_missing_program_is_no_replacement(void **state)
{
	struct rebuilt rebuilt = { 0 };

	(void)state;
	assert_false(rebuilt_look(&rebuilt, 1));
	assert_false(rebuilt_look(&rebuilt, 0));
	assert_false(rebuilt_look(&rebuilt, 0));
	assert_false(rebuilt_look(&rebuilt, 1));
	assert_false(rebuilt_look(&rebuilt, 1));
}

static void a_fingerprint_changes_with_the_file(void **state)
{
	char path[] = "/tmp/eco-rebuilt-XXXXXX";
	int fd = mkstemp(path);
	uint64_t before;

	(void)state;
	assert_true(fd >= 0);
	before = rebuilt_fingerprint(path);
	assert_true(before != 0);
	assert_int_equal(rebuilt_fingerprint(path), before);
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
	assert_true(rebuilt_fingerprint(path) != before);
	unlink(path);
	assert_int_equal(rebuilt_fingerprint(path), 0);
	assert_int_equal(rebuilt_fingerprint("/tmp"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_holder_without_progress_stands_still_after_five_seconds),
		cmocka_unit_test(progress_or_another_holder_begins_anew),
		cmocka_unit_test(a_lock_that_nobody_holds_is_no_stall),
		cmocka_unit_test(a_supervisor_that_slept_itself_accuses_nobody),
		cmocka_unit_test(a_replaced_program_is_seen_once_when_it_stands_still),
		cmocka_unit_test(a_missing_program_is_no_replacement),
		cmocka_unit_test(a_fingerprint_changes_with_the_file),
	};

	return cmocka_run_group_tests_name("ctl_watch", tests, NULL, NULL);
}
