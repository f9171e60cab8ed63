/* base/random.c -- randomness from libsodium. */
#include "base/random.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

static void ready(void)
{
	if (sodium_init() < 0)
		abort();
}

void random_bytes(void *data_out, size_t bytes)
{
	ready();
	randombytes_buf(data_out, bytes);
}

struct str random_hex(struct arena *arena, size_t bytes)
{
	unsigned char raw[64];

	assert(bytes <= sizeof(raw));
	random_bytes(raw, bytes);
	return str_hex(arena, raw, bytes);
}

uint32_t random_below(uint32_t below)
{
	assert(below > 0);
	ready();
	return randombytes_uniform(below);
}
