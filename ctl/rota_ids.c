/* ctl/rota_ids.c -- an open hash table that is at most half full. */
#include "ctl/rota_ids.h"

#include <string.h>

enum { SIZE_MIN = 64 };

static uint32_t hash(struct str name)
{
	uint32_t value = 2166136261u;

	for (size_t i = 0; i < name.len; i++)
		value = (value ^ (unsigned char)name.data[i]) * 16777619u;
	return value ^ value >> 15;
}

/* The place of this name, or the free one where it belongs. */
static int32_t *place_of(const struct rota_ids *ids, struct str name)
{
	uint32_t mask = (uint32_t)ids->size - 1, at = hash(name) & mask;

	while (ids->table[at] >= 0 && !str_eq(ids->names[ids->table[at]], name))
		at = (at + 1) & mask;
	return &ids->table[at];
}

static void room_make(struct rota_ids *ids, int32_t size)
{
	struct str *names = arena_array(ids->arena, (size_t)size / 2 + 1, sizeof(*names));

	if (ids->count > 0)
		memcpy(names, ids->names, (size_t)ids->count * sizeof(*names));
	ids->names = names;
	ids->table = arena_array(ids->arena, (size_t)size, sizeof(*ids->table));
	ids->size = size;
	memset(ids->table, 0xff, (size_t)size * sizeof(*ids->table));
	for (int32_t i = 0; i < ids->count; i++)
		*place_of(ids, ids->names[i]) = i;
}

void rota_ids_init(struct rota_ids *ids, struct arena *arena)
{
	*ids = (struct rota_ids){ .arena = arena };
	room_make(ids, SIZE_MIN);
}

int32_t rota_ids_find(const struct rota_ids *ids, struct str name)
{
	return *place_of(ids, name);
}

int32_t rota_ids_add(struct rota_ids *ids, struct str name)
{
	int32_t *place = place_of(ids, name);

	if (*place >= 0)
		return *place;
	if (ids->count >= ids->size / 2) {
		room_make(ids, ids->size * 2);
		place = place_of(ids, name);
	}
	ids->names[ids->count] = name;
	*place = ids->count;
	return ids->count++;
}
