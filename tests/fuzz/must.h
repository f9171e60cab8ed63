/* tests/fuzz/must.h -- what the fuzzers share. */
#ifndef TESTS_FUZZ_MUST_H
#define TESTS_FUZZ_MUST_H

#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Says what did not hold: several of them in one function abort at the same place. */
#define must(holds) must_hold((holds), __FILE__, __LINE__, #holds)

static inline void must_hold(bool holds, const char *file, int line, const char *what)
{
	if (holds)
		return;
	dprintf(STDERR_FILENO, "%s:%d: does not hold: %s (errno: %s)\n", file, line, what,
		strerror(errno));
	abort();
}

/* What the code under test says of each bad input; the fuzzer and the sanitizers keep theirs. */
static inline void hush(void)
{
	FILE *nowhere = fopen("/dev/null", "we");

	must(nowhere != NULL);
	stderr = nowhere;
}

/* Reads each byte, so that the sanitizer sees a slice that points elsewhere. */
static inline void touch(struct str text)
{
	size_t sum = 0;

	for (size_t i = 0; i < text.len; i++)
		sum += (unsigned char)text.data[i];
	must(sum != SIZE_MAX);
}

/* In memory of its own, exactly as long, so that reading over its end is seen; free() its data. */
static inline struct str exact(const uint8_t *data, size_t size)
{
	char *copy = malloc(size > 0 ? size : 1);

	must(copy != NULL);
	memcpy(copy, data, size);
	return (struct str){ copy, size };
}

#endif
