/* tests/unit/base_arena_test.c -- memory that is freed whole. */
#include "base/arena.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void memory_is_aligned_zeroed_and_its_own(void **state)
{
	struct arena arena = { 0 };
	unsigned char *parts[200];

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		size_t bytes = i * 7 + 1;

		parts[i] = arena_alloc(&arena, bytes);
		assert_int_equal((uintptr_t)parts[i] % 16, 0);
		for (size_t at = 0; at < bytes; at++)
			assert_int_equal(parts[i][at], 0);
		memset(parts[i], (int)i, bytes);
	}
	for (size_t i = 0; i < 200; i++)
		for (size_t at = 0; at < i * 7 + 1; at++)
			assert_int_equal(parts[i][at], (unsigned char)i);
	arena_release(&arena);
}

static void memory_used_again_is_zeroed_again(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	for (int turn = 0; turn < 3; turn++) {
		unsigned char *bytes = arena_alloc(&arena, 1000);

		assert_int_equal(bytes[0] | bytes[999], 0);
		memset(bytes, 0xff, 1000);
		arena_reset(&arena);
	}
	arena_release(&arena);
}

static void a_reset_keeps_one_small_block_and_no_large_one(void **state)
{
	struct arena arena = { 0 };
	struct arena_block *kept;

	(void)state;
	arena_reset(&arena);
	assert_null(arena.head);
	for (int i = 0; i < 100; i++)
		arena_alloc(&arena, 1000);
	kept = arena.head;
	arena_reset(&arena);
	assert_ptr_equal(arena.head, kept);
	assert_int_equal(arena.used_bytes, 0);
	arena_alloc(&arena, 1 << 20);
	arena_reset(&arena);
	assert_null(arena.head);
	arena_alloc(&arena, 1);
	arena_release(&arena);
	assert_null(arena.head);
}

static void used_bytes_counts_all_blocks(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	arena_alloc(&arena, 1);
	assert_int_equal(arena.used_bytes, 16);
	arena_alloc(&arena, 100000);
	assert_int_equal(arena.used_bytes, 16 + 100000);
	assert_non_null(arena_alloc(&arena, 0));
	arena_release(&arena);
	assert_int_equal(arena.used_bytes, 0);
}

static int child_end(size_t count, size_t bytes)
{
	struct rlimit no_core = { 0, 0 };
	int status;
	pid_t child = fork();

	if (child == 0) {
		struct arena arena = { 0 };

		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGABRT, SIG_DFL);
		close(STDERR_FILENO);
		arena_array(&arena, count, bytes);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

static void sizes_that_overflow_end_the_process(void **state)
{
	(void)state;
	assert_int_equal(child_end(SIZE_MAX / 2, 3), SIGABRT);
	assert_int_equal(child_end(1, SIZE_MAX), SIGABRT);
	assert_int_equal(child_end(10, 10), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_aligned_zeroed_and_its_own),
		cmocka_unit_test(memory_used_again_is_zeroed_again),
		cmocka_unit_test(a_reset_keeps_one_small_block_and_no_large_one),
		cmocka_unit_test(used_bytes_counts_all_blocks),
		cmocka_unit_test(sizes_that_overflow_end_the_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
