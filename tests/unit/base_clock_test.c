/* tests/unit/base_clock_test.c -- the two clocks and the moved one. */
#include "base/clock.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { DAY_MS = 86400000 };

static void wall_time_is_the_systems_and_monotonic_time_does_not_go_back(void **state)
{
	int64_t before_us = clock_mono_us();

	(void)state;
	assert_false(clock_is_test());
	assert_true(llabs(clock_wall_ms() - (int64_t)time(NULL) * 1000) < 2000);
	for (int i = 0; i < 1000; i++) {
		int64_t now_us = clock_mono_us();

		assert_true(now_us >= before_us);
		before_us = now_us;
	}
	assert_true(llabs(clock_mono_ms() - before_us / 1000) < 1000);
}

static void all_who_map_the_file_share_the_moved_time(void **state)
{
	char directory[] = "/tmp/eco-clock-XXXXXX", path[64];
	int64_t offset_ms = DAY_MS, mono_ms;
	int fd, status;
	pid_t child;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/clock", directory);
	assert_int_equal(clock_map_offset("/no/such/directory/clock"), STATUS_FAILED);
	assert_int_equal(clock_map_offset(path), STATUS_OK);
	assert_true(clock_is_test());
	assert_true(llabs(clock_wall_ms() - (int64_t)time(NULL) * 1000) < 2000);
	child = fork();
	if (child == 0) { /* another process moves it, by the file */
		fd = open(path, O_WRONLY | O_CLOEXEC);
		_exit(fd >= 0 && pwrite(fd, &offset_ms, sizeof(offset_ms), 0) == sizeof(offset_ms)
			      ? 0
			      : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	mono_ms = clock_mono_ms();
	assert_true(llabs(clock_wall_ms() - (int64_t)time(NULL) * 1000 - DAY_MS) < 2000);
	assert_true(clock_mono_ms() - mono_ms < 10000);
	/* Who maps it later sees the same time, and does not set it back. */
	assert_int_equal(clock_map_offset(path), STATUS_OK);
	assert_true(clock_wall_ms() - (int64_t)time(NULL) * 1000 > DAY_MS - 2000);
	unlink(path);
	rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wall_time_is_the_systems_and_monotonic_time_does_not_go_back),
		cmocka_unit_test(all_who_map_the_file_share_the_moved_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
