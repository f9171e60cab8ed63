/* domain/rota_pairs.c -- walks the slots of each courier's zones, or its list, once. */
#include "domain/rota_pairs.h"

#include <string.h>

/* Slots by zone (the last group: no zone), in each by day; `rank` is a slot's place by day. */
struct sorted {
	const struct rota_problem *problem;
	int32_t *by_day, *rank;
	int32_t *zone_first, *by_zone; /* ranks */
	uint8_t *off;		       /* [days * shifts], of the courier in hand */
	uint8_t *skilled;	       /* [skills seen], of the courier in hand */
	int32_t skill_count;
};

/* A counting sort of the slots by `key` (0 .. keys-1), stable over `order`. */
static int32_t *count_sort(struct arena *arena, const int32_t *order, const int32_t *key,
			   int32_t count, int32_t keys, int32_t *first)
{
	int32_t *sorted = arena_array(arena, (size_t)count, sizeof(*sorted));

	for (int32_t i = 0; i < count; i++)
		first[key[i] + 1]++;
	for (int32_t k = 0; k < keys; k++)
		first[k + 1] += first[k];
	for (int32_t i = 0; i < count; i++) {
		int32_t slot = order != NULL ? order[i] : i;

		sorted[first[key[slot]]++] = slot;
	}
	for (int32_t k = keys; k > 0; k--)
		first[k] = first[k - 1];
	first[0] = 0;
	return sorted;
}

static void slots_sort(struct sorted *sorted, const struct rota_problem *problem,
		       struct arena *arena)
{
	size_t slots = (size_t)problem->slot_count;
	int32_t *key = arena_array(arena, slots + 1, sizeof(*key));
	int32_t *first = arena_array(arena, (size_t)problem->day_count + 2, sizeof(*first));
	int32_t zones = problem->zone_count + 1;

	sorted->problem = problem;
	for (size_t i = 0; i < slots; i++)
		key[i] = problem->slots[i].day;
	sorted->by_day =
		count_sort(arena, NULL, key, problem->slot_count, problem->day_count, first);
	sorted->rank = arena_array(arena, slots + 1, sizeof(*sorted->rank));
	for (size_t i = 0; i < slots; i++) {
		const struct rota_slot *slot = &problem->slots[i];

		sorted->rank[sorted->by_day[i]] = (int32_t)i;
		key[i] = slot->zone == ROTA_NONE ? problem->zone_count : slot->zone;
		if (slot->skill >= sorted->skill_count)
			sorted->skill_count = slot->skill + 1;
	}
	sorted->zone_first = arena_array(arena, (size_t)zones + 1, sizeof(*first));
	sorted->by_zone = count_sort(arena, sorted->by_day, key, problem->slot_count, zones,
				     sorted->zone_first);
	sorted->off = arena_alloc(arena, (size_t)problem->day_count * (size_t)problem->shift_count);
	sorted->skilled = arena_alloc(arena, (size_t)sorted->skill_count + 1);
}

static void courier_mark(const struct sorted *sorted, const struct rota_courier *who, bool on)
{
	int32_t shifts = sorted->problem->shift_count;

	for (size_t i = 0; i < who->off_count; i++) {
		const struct rota_off *off = &who->off[i];
		uint8_t *day = sorted->off + off->day * (ptrdiff_t)shifts;

		if (off->shift == ROTA_NONE)
			memset(day, on, (size_t)shifts);
		else
			day[off->shift] = on;
	}
	for (size_t i = 0; i < who->skill_count; i++)
		if (who->skills[i] < sorted->skill_count)
			sorted->skilled[who->skills[i]] = on;
}

/* The zone has been looked at already, or is the courier's by a list. */
static bool fits(const struct sorted *sorted, int32_t slot_index)
{
	const struct rota_slot *slot = &sorted->problem->slots[slot_index];

	return (slot->skill == ROTA_NONE || sorted->skilled[slot->skill]) &&
	       !sorted->off[slot->day * sorted->problem->shift_count + slot->shift];
}

struct row {
	int32_t *ranks; /* room for all slots */
	int32_t count;
};

static void row_add_zone(const struct sorted *sorted, int32_t zone, struct row *row)
{
	for (int32_t i = sorted->zone_first[zone]; i < sorted->zone_first[zone + 1]; i++)
		if (fits(sorted, sorted->by_zone[i]))
			row->ranks[row->count++] = sorted->rank[sorted->by_zone[i]];
}

static void row_add_all(const struct sorted *sorted, struct row *row)
{
	for (int32_t rank = 0; rank < sorted->problem->slot_count; rank++)
		if (fits(sorted, sorted->by_day[rank]))
			row->ranks[row->count++] = rank;
}

static void row_add_list(const struct sorted *sorted, int32_t courier, struct row *row)
{
	const struct rota_courier *who = &sorted->problem->couriers[courier];

	for (size_t i = 0; i < who->eligible_count; i++) {
		const struct rota_slot *slot = &sorted->problem->slots[who->eligible[i]];
		bool near = slot->zone == ROTA_NONE || who->any_zone;

		for (size_t z = 0; z < who->zone_count && !near; z++)
			near = who->zones[z] == slot->zone;
		if (near && fits(sorted, who->eligible[i]) &&
		    row->count < sorted->problem->slot_count)
			row->ranks[row->count++] = sorted->rank[who->eligible[i]];
	}
}

static int rank_compare(const void *a, const void *b)
{
	int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;

	return left < right ? -1 : left > right;
}

/* Sorts and drops what was named twice. */
static void row_tidy(struct row *row)
{
	int32_t kept = 0;

	for (int32_t i = 1; i < row->count; i++)
		if (row->ranks[i - 1] >= row->ranks[i]) {
			qsort(row->ranks, (size_t)row->count, sizeof(*row->ranks), rank_compare);
			break;
		}
	for (int32_t i = 0; i < row->count; i++)
		if (kept == 0 || row->ranks[kept - 1] != row->ranks[i])
			row->ranks[kept++] = row->ranks[i];
	row->count = kept;
}

static void row_fill(const struct sorted *sorted, int32_t courier, struct row *row)
{
	const struct rota_courier *who = &sorted->problem->couriers[courier];

	row->count = 0;
	courier_mark(sorted, who, true);
	if (who->only_eligible) {
		row_add_list(sorted, courier, row);
	} else if (who->any_zone) {
		row_add_all(sorted, row);
	} else {
		for (size_t i = 0; i < who->zone_count; i++)
			row_add_zone(sorted, who->zones[i], row);
		row_add_zone(sorted, sorted->problem->zone_count, row);
	}
	courier_mark(sorted, who, false);
	row_tidy(row);
}

static void turn_round(const struct rota_problem *problem, struct rota_pairs *pairs,
		       struct arena *arena)
{
	uint32_t *first = arena_array(arena, (size_t)problem->slot_count + 2, sizeof(*first));

	for (uint32_t e = 0; e < pairs->count; e++)
		first[pairs->slot[e] + 2]++;
	for (int32_t s = 0; s < problem->slot_count; s++)
		first[s + 2] += first[s + 1];
	pairs->slot_pair = arena_array(arena, (size_t)pairs->count + 1, sizeof(uint32_t));
	for (uint32_t e = 0; e < pairs->count; e++)
		pairs->slot_pair[first[pairs->slot[e] + 1]++] = e;
	pairs->slot_first = first;
}

/* Doubles the list; the old one stays in the arena until the end, at most as much again. */
static int32_t *room_make(struct arena *arena, int32_t *list, size_t used, size_t *size)
{
	size_t wanted = *size * 2;
	int32_t *wider = arena_array(arena, wanted, sizeof(*wider));

	memcpy(wider, list, used * sizeof(*list));
	*size = wanted;
	return wider;
}

enum status rota_pairs_build(const struct rota_problem *problem, struct arena *arena,
			     struct rota_pairs *pairs, struct str *fault)
{
	struct sorted sorted = { 0 };
	struct row row = { arena_array(arena, (size_t)problem->slot_count + 1, sizeof(int32_t)),
			   0 };
	size_t used = 0, size = 4096 + (size_t)problem->slot_count;

	slots_sort(&sorted, problem, arena);
	*pairs = (struct rota_pairs){ 0 };
	pairs->first = arena_array(arena, (size_t)problem->courier_count + 1, sizeof(uint32_t));
	pairs->slot = arena_array(arena, size, sizeof(int32_t));
	for (int32_t c = 0; c < problem->courier_count; c++) {
		row_fill(&sorted, c, &row);
		if (used + (size_t)row.count > ROTA_PAIRS_MAX) {
			*fault = STR("more than 20000000 pairs of courier and slot");
			return STATUS_BAD_INPUT;
		}
		while (used + (size_t)row.count > size)
			pairs->slot = room_make(arena, pairs->slot, used, &size);
		for (int32_t i = 0; i < row.count; i++)
			pairs->slot[used++] = sorted.by_day[row.ranks[i]];
		pairs->first[c + 1] = (uint32_t)used;
	}
	pairs->count = (uint32_t)used;
	turn_round(problem, pairs, arena);
	return STATUS_OK;
}

uint32_t rota_pairs_find(const struct rota_problem *problem, const struct rota_pairs *pairs,
			 int32_t courier, int32_t slot)
{
	uint32_t low = pairs->first[courier], high = pairs->first[courier + 1];
	int32_t day = problem->slots[slot].day;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int32_t other = pairs->slot[middle], other_day = problem->slots[other].day;

		if (other == slot)
			return middle;
		if (other_day < day || (other_day == day && other < slot))
			low = middle + 1;
		else
			high = middle;
	}
	return pairs->count;
}
