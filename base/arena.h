/* base/arena.h -- memory that is freed whole: one arena per request, task or batch. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

/* Plain struct, to be embedded. Zeroed is a valid empty arena with the default block size. */
struct arena {
	struct arena_block *head; /* the block in use; older ones hang behind it */
	size_t used_bytes;	  /* all blocks together, since the last reset */
};

/* Frees all blocks but one small one, which is kept for the next user. */
void arena_reset(struct arena *arena);
/* Frees everything; the arena is empty and usable again. */
void arena_release(struct arena *arena);

/* 16-byte aligned, zeroed, valid until reset. Never NULL: out of memory ends the process. */
void *arena_alloc(struct arena *arena, size_t bytes);
/* As above for `count` things of `bytes`; an overflow ends the process. */
void *arena_array(struct arena *arena, size_t count, size_t bytes);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

#endif
