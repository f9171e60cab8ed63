/* tests/unit/process_fixture.h -- tests of several real processes, which share the test's own
 * `struct shared`. */
#ifndef TESTS_UNIT_PROCESS_FIXTURE_H
#define TESTS_UNIT_PROCESS_FIXTURE_H

#include "tests/unit/store_fixture.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

struct shared;
typedef void process_fn(struct shared *shared, int number);

/* Zeroed. */
static inline void *process_share(size_t bytes)
{
	void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(map != MAP_FAILED);
	return map;
}

/* Before anything is opened here: neither locks nor connections survive a fork. */
static inline pid_t process_start(struct shared *shared, process_fn *run, int number)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that failed leaves nobody behind */
		log_init("test", LOG_ERROR);
		run(shared, number);
		_exit(0);
	}
	return pid;
}

/* In such a process: cmocka's asserts would jump into the parent's life. */
static inline void must(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "in a process of the test: %s\n", what);
	_exit(1);
}

/* It ends by itself, and well. */
static inline void process_reap(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static inline void process_kill(pid_t pid)
{
	int status;

	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static inline void process_wait_stopped(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(WIFSTOPPED(status));
}

#endif
