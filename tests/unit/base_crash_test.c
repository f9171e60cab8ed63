/* tests/unit/base_crash_test.c -- named points end or stop the process that is armed for them,
 * once. */
#include "base/crash.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PASSES = 3, DONE = 7 };

static char dir[64];

static int folder_make(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/eco-crash-XXXXXX");
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static const char *path_of(const char *file)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/crash/%s", dir, file);
	return path;
}

static int folder_drop(void **state)
{
	static const char *const files[] = { "here.test.first", "here.test.second" };

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		(void)unlink(path_of(files[i]));
	(void)rmdir(path_of(""));
	return rmdir(dir);
}

static void pass_points(void)
{
	for (int i = 0; i < PASSES; i++)
		CRASH_POINT("test.first");
	CRASH_POINT("test.second");
}

/* A process of its own, armed so: how it ended, or that it stopped. */
static int armed(const char *spec)
{
	int wait_status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (crash_arm(spec, dir, "here") != STATUS_OK)
			_exit(1);
		pass_points();
		_exit(DONE);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &wait_status, WUNTRACED), pid);
	if (WIFSTOPPED(wait_status)) {
		int again = 0;

		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &again, 0), pid);
	}
	return wait_status;
}

static void assert_goes_through(const char *spec)
{
	int end = armed(spec);

	assert_true(WIFEXITED(end));
	assert_int_equal(WEXITSTATUS(end), DONE);
}

static void assert_killed(const char *spec)
{
	int end = armed(spec);

	assert_true(WIFSIGNALED(end));
	assert_int_equal(WTERMSIG(end), SIGKILL);
}

static void nothing_armed_passes(void **state)
{
	(void)state;
	assert_goes_through("");
	assert_int_not_equal(access(path_of("here.test.first"), F_OK), 0);
}

static void kills_once(void **state)
{
	(void)state;
	assert_killed("test.first");
	assert_int_equal(access(path_of("here.test.first"), F_OK), 0);
	assert_goes_through("test.first");
}

static void kills_at_the_nth_time(void **state)
{
	char spec[32];

	(void)state;
	snprintf(spec, sizeof(spec), "test.first:%d", PASSES);
	assert_killed(spec);
	(void)unlink(path_of("here.test.first"));
	snprintf(spec, sizeof(spec), "test.first:%d", PASSES + 1);
	assert_goes_through(spec);
}

static void stops(void **state)
{
	int end;

	(void)state;
	end = armed("here/test.second:1:stop");
	assert_true(WIFSTOPPED(end));
	assert_int_equal(WSTOPSIG(end), SIGSTOP);
}

static void another_service_is_not_meant(void **state)
{
	(void)state;
	assert_goes_through("there/test.first");
}

static void notes_every_passing(void **state)
{
	struct stat info;

	(void)state;
	assert_goes_through("note");
	assert_int_equal(stat(path_of("here.test.first"), &info), 0);
	assert_int_equal(info.st_size, PASSES);
	assert_int_equal(stat(path_of("here.test.second"), &info), 0);
	assert_int_equal(info.st_size, 1);
}

static void refuses_what_it_does_not_understand(void **state)
{
	static const char *const specs[] = { ":1", "a:0", "a:b", "a:1:sleep", "here/" };

	(void)state;
	for (size_t i = 0; i < sizeof(specs) / sizeof(*specs); i++)
		assert_int_equal(crash_arm(specs[i], dir, "here"), STATUS_BAD_INPUT);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_drop)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(nothing_armed_passes),
		IN_FOLDER(kills_once),
		IN_FOLDER(kills_at_the_nth_time),
		IN_FOLDER(stops),
		IN_FOLDER(another_service_is_not_meant),
		IN_FOLDER(notes_every_passing),
		IN_FOLDER(refuses_what_it_does_not_understand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
