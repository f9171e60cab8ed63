/* domain/rota_check_past.c -- confirms that an answer went on from the rota it should have, on the
 * day it should have, and changed what it says. */
#include "domain/rota.h"

#include <stdlib.h>
#include <string.h>

/* Pairs by slot, then courier. */
struct sorted {
	struct rota_pair *pairs;
	int32_t count;
};

static int pair_compare(const void *a, const void *b)
{
	const struct rota_pair *left = a, *right = b;

	if (left->slot != right->slot)
		return left->slot < right->slot ? -1 : 1;
	return left->courier < right->courier ? -1 : left->courier > right->courier;
}

static struct sorted pairs_sort(const struct rota_pair *pairs, int32_t count, struct arena *arena)
{
	struct sorted sorted = { arena_array(arena, (size_t)count + 1, sizeof(*pairs)), count };

	if (count > 0)
		memcpy(sorted.pairs, pairs, (size_t)count * sizeof(*pairs));
	qsort(sorted.pairs, (size_t)count, sizeof(*pairs), pair_compare);
	return sorted;
}

/* What is in `of` and not in `other`. */
static struct sorted pairs_lacking(const struct sorted *of, const struct sorted *other,
				   struct arena *arena)
{
	struct sorted lacking = {
		arena_array(arena, (size_t)of->count + 1, sizeof(struct rota_pair)), 0
	};

	for (int32_t i = 0; i < of->count; i++)
		if (bsearch(&of->pairs[i], other->pairs, (size_t)other->count,
			    sizeof(struct rota_pair), pair_compare) == NULL)
			lacking.pairs[lacking.count++] = of->pairs[i];
	return lacking;
}

static bool pairs_equal(const struct sorted *a, const struct sorted *b)
{
	for (int32_t i = 0; i < a->count && i < b->count; i++)
		if (pair_compare(&a->pairs[i], &b->pairs[i]) != 0)
			return false;
	return a->count == b->count;
}

/* NULL: all of them lie on from_day or later. */
static const struct rota_pair *first_before(const struct rota_problem *problem,
					    const struct sorted *changes, int32_t from_day)
{
	for (int32_t i = 0; i < changes->count; i++)
		if (problem->slots[changes->pairs[i].slot].day < from_day)
			return &changes->pairs[i];
	return NULL;
}

static enum status changes_check(const struct rota_problem *problem,
				 const struct rota_answer *answer, const struct rota_past *past,
				 struct arena *arena, struct str *fault)
{
	struct sorted now = pairs_sort(answer->assigned, answer->assigned_count, arena);
	struct sorted before = pairs_sort(past->assigned, past->assigned_count, arena);
	struct sorted added = pairs_lacking(&now, &before, arena);
	struct sorted removed = pairs_lacking(&before, &now, arena);
	struct sorted said_added = pairs_sort(answer->added, answer->added_count, arena);
	struct sorted said_removed = pairs_sort(answer->removed, answer->removed_count, arena);
	const struct rota_pair *changed = first_before(problem, &added, past->from_day);

	if (changed == NULL)
		changed = first_before(problem, &removed, past->from_day);
	if (changed != NULL) {
		*fault = str_format(arena,
				    "assignments: slot %.*s, courier %.*s: before day %d, but not "
				    "as in the rota before",
				    STR_ARG(problem->slots[changed->slot].id),
				    STR_ARG(problem->couriers[changed->courier].id),
				    past->from_day);
		return STATUS_CONFLICT;
	}
	if (!pairs_equal(&added, &said_added) || !pairs_equal(&removed, &said_removed)) {
		*fault = STR("changes: not what differs from the rota before");
		return STATUS_CONFLICT;
	}
	return STATUS_OK;
}

enum status rota_check_past(const struct rota_problem *problem, const struct rota_answer *answer,
			    const struct rota_past *past, struct arena *arena, struct str *fault)
{
	if (answer->proof.from_day != past->from_day) {
		*fault = str_format(arena, "proof.from_day: %d, not %d", answer->proof.from_day,
				    past->from_day);
		return STATUS_CONFLICT;
	}
	if (past->assigned == NULL)
		return STATUS_OK;
	return changes_check(problem, answer, past, arena, fault);
}
