/* base/arena.c -- a chain of blocks, each a bump allocator. */
#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ALIGN_BYTES = 16,
	BLOCK_BYTES_MIN = 1024, /* the first; each next one is twice the one before */
	BLOCK_BYTES_MAX = 8192,
	KEEP_BYTES_MAX = 65536, /* a larger block is not kept over a reset */
};

struct arena_block {
	struct arena_block *older;
	size_t size, used;
	_Alignas(ALIGN_BYTES) unsigned char bytes[];
};

static void out_of_memory(void)
{
	fputs("level=error event=memory.exhausted\n", stderr);
	abort();
}

static struct arena_block *block_new(size_t bytes, struct arena_block *older)
{
	struct arena_block *block = malloc(sizeof(*block) + bytes);

	if (block == NULL)
		out_of_memory();
	block->older = older;
	block->size = bytes;
	block->used = 0;
	return block;
}

/* With room for `bytes`. */
static struct arena_block *block_next(struct arena_block *head, size_t bytes)
{
	size_t size = head == NULL ? BLOCK_BYTES_MIN : head->size * 2;

	if (size > BLOCK_BYTES_MAX)
		size = BLOCK_BYTES_MAX;
	return block_new(bytes > size ? bytes : size, head);
}

static void blocks_free(struct arena_block *block)
{
	while (block != NULL) {
		struct arena_block *older = block->older;

		free(block);
		block = older;
	}
}

void arena_reset(struct arena *arena)
{
	if (arena->head == NULL)
		return;
	blocks_free(arena->head->older);
	arena->head->older = NULL;
	arena->head->used = 0;
	arena->used_bytes = 0;
	if (arena->head->size > KEEP_BYTES_MAX)
		arena_release(arena);
}

void arena_release(struct arena *arena)
{
	blocks_free(arena->head);
	arena->head = NULL;
	arena->used_bytes = 0;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
	size_t rounded;
	void *memory;

	if (bytes > SIZE_MAX / 2)
		out_of_memory();
	rounded = (bytes + ALIGN_BYTES - 1) & ~(size_t)(ALIGN_BYTES - 1);
	if (arena->head == NULL || arena->head->size - arena->head->used < rounded)
		arena->head = block_next(arena->head, rounded);
	memory = arena->head->bytes + arena->head->used;
	arena->head->used += rounded;
	arena->used_bytes += rounded;
	memset(memory, 0, rounded);
	return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t bytes)
{
	size_t total;

	if (__builtin_mul_overflow(count, bytes, &total))
		out_of_memory();
	return arena_alloc(arena, total);
}
