/* ctl/rota_answer.c -- reads an answer file back, to be checked or planned anew from. */
#include "ctl/rota_file.h"

#include <string.h>

static const struct place top = { 0 };

struct parse {
	struct reader *reader;
	const struct rota_file *file;
	struct rota_answer *answer;
};

static int32_t id_get(struct parse *parse, const struct place *place, json_t *object,
		      const char *key, const struct rota_ids *ids)
{
	struct str name = text_get(parse->reader, place, object, key, true);
	int32_t number = name.data != NULL ? rota_ids_find(ids, name) : 0;

	if (number < 0)
		complain(parse->reader, place, key, "\"%.*s\" is unknown", STR_ARG(name));
	return number < 0 ? 0 : number;
}

static void assigned_read(struct parse *parse, json_t *document)
{
	static const char *const names[] = { "slot", "courier", NULL };
	json_t *list = list_get(parse->reader, &top, document, "assignments", ROTA_PAIRS_MAX, true);
	size_t count = json_array_size(list);
	struct rota_pair *assigned =
		arena_array(parse->reader->arena, count + 1, sizeof(*assigned));

	for (size_t i = 0; i < count && is_well(parse->reader); i++) {
		struct place at = { "assignments", i, NULL, 0 };
		json_t *object = json_array_get(list, i);

		if (!object_check(parse->reader, &at, object, names))
			return;
		assigned[i].slot = id_get(parse, &at, object, "slot", &parse->file->slots);
		assigned[i].courier = id_get(parse, &at, object, "courier", &parse->file->couriers);
	}
	parse->answer->assigned = assigned;
	parse->answer->assigned_count = (int32_t)count;
}

static void changes_read(struct parse *parse, json_t *document)
{
	static const char *const names[] = { "change", "slot", "courier", NULL };
	struct reader *reader = parse->reader;
	struct rota_answer *answer = parse->answer;
	json_t *list =
		list_get(reader, &top, document, "changes", (size_t)2 * ROTA_PAIRS_MAX, false);
	size_t count = json_array_size(list);
	struct rota_pair *added = arena_array(reader->arena, count + 1, sizeof(*added));
	struct rota_pair *removed = arena_array(reader->arena, count + 1, sizeof(*removed));

	for (size_t i = 0; i < count && is_well(reader); i++) {
		struct place at = { "changes", i, NULL, 0 };
		json_t *object = json_array_get(list, i);
		struct rota_pair pair;
		struct str change;

		if (!object_check(reader, &at, object, names))
			return;
		change = text_get(reader, &at, object, "change", true);
		pair.slot = id_get(parse, &at, object, "slot", &parse->file->slots);
		pair.courier = id_get(parse, &at, object, "courier", &parse->file->couriers);
		if (str_eq_c(change, "added"))
			added[answer->added_count++] = pair;
		else if (str_eq_c(change, "removed"))
			removed[answer->removed_count++] = pair;
		else
			complain(reader, &at, "change", "must be added or removed");
	}
	answer->is_replanned = list != NULL;
	answer->added = added;
	answer->removed = removed;
}

static void missing_read(struct parse *parse, json_t *document)
{
	static const char *const names[] = { "slot", "missing", NULL };
	int32_t slots = parse->file->problem.slot_count;
	json_t *list = list_get(parse->reader, &top, document, "uncovered", (size_t)slots, true);
	int32_t *missing = arena_array(parse->reader->arena, (size_t)slots + 1, sizeof(*missing));

	for (size_t i = 0; i < json_array_size(list) && is_well(parse->reader); i++) {
		struct place at = { "uncovered", i, NULL, 0 };
		json_t *object = json_array_get(list, i);

		if (!object_check(parse->reader, &at, object, names))
			return;
		missing[id_get(parse, &at, object, "slot", &parse->file->slots)] +=
			(int32_t)int_get(parse->reader, &at, object, "missing", 1, ROTA_NEED_MAX);
	}
	parse->answer->missing = missing;
}

static void person_read(struct parse *parse, const struct place *at, json_t *object,
			struct rota_person *person)
{
	struct reader *reader = parse->reader;

	if (json_object_get(object, "load") == NULL)
		complain(reader, at, "load", "is missing");
	person->load_milli = milli_get_or(reader, at, object, "load", 0, INT32_MAX, 0);
	person->minutes = (milli_get_or(reader, at, object, "hours", 0, INT32_MAX, 0) * 60 + 500) /
			  1000;
	person->nights = (int32_t)int_get(reader, at, object, "nights", 0, ROTA_CAP_MAX);
	person->weekends = (int32_t)int_get(reader, at, object, "weekends", 0, ROTA_CAP_MAX);
	person->history_after_milli =
		milli_get_or(reader, at, object, "history_after", INT32_MIN, INT32_MAX, 0);
}

static void people_read(struct parse *parse, json_t *document)
{
	static const char *const names[] = { "id",	 "load",	  "hours",  "nights",
					     "weekends", "history_after", "reason", NULL };
	int32_t count = parse->file->problem.courier_count;
	json_t *list = list_get(parse->reader, &top, document, "couriers", (size_t)count, true);
	struct rota_person *people =
		arena_array(parse->reader->arena, (size_t)count + 1, sizeof(*people));

	if (list != NULL && json_array_size(list) != (size_t)count)
		complain(parse->reader, &top, "couriers", "must name every courier once");
	for (size_t i = 0; i < json_array_size(list) && is_well(parse->reader); i++) {
		struct place at = { "couriers", i, NULL, 0 };
		json_t *object = json_array_get(list, i);

		if (!object_check(parse->reader, &at, object, names))
			return;
		if (id_get(parse, &at, object, "id", &parse->file->couriers) != (int32_t)i)
			complain(parse->reader, &at, "id", "is not in the problem's order");
		person_read(parse, &at, object, &people[i]);
	}
	parse->answer->people = people;
}

/* ---- the proof --------------------------------------------------------------------------- */

static int64_t divisor_of(int64_t a, int64_t b)
{
	while (b != 0) {
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a < 0 ? -a : a;
}

/* "p/q" in points; the weight that makes thousandths whole must be one that couriers can have. */
static bool level_parse(struct str text, struct rota_level *level_out)
{
	enum { NUM_MAX_BITS = 40 };
	struct str up;
	struct str down = str_cut(text, '/', &up);
	int64_t p, q, common;

	if (str_to_int(up, -(INT64_C(1) << NUM_MAX_BITS), INT64_C(1) << NUM_MAX_BITS, &p) !=
		    STATUS_OK ||
	    str_to_int(down, 1, (int64_t)ROTA_WEIGHT_MAX * ROTA_MILLI, &q) != STATUS_OK)
		return false;
	common = divisor_of(ROTA_MILLI, q);
	p *= ROTA_MILLI / common;
	q /= common;
	common = divisor_of(p, q);
	if (common > 1) {
		p /= common;
		q /= common;
	}
	*level_out = (struct rota_level){ p, (int32_t)q };
	return q <= ROTA_WEIGHT_MAX && p <= INT64_C(1) << NUM_MAX_BITS &&
	       p >= -(INT64_C(1) << NUM_MAX_BITS);
}

static struct rota_level level_get(struct parse *parse, const struct place *place, json_t *object,
				   const char *key)
{
	struct rota_level level = { 0, 1 };
	struct str text = text_get(parse->reader, place, object, key, true);

	if (text.data != NULL && !level_parse(text, &level))
		complain(parse->reader, place, key, "must be a fraction such as 43/10");
	return level;
}

static void set_read(struct parse *parse, const struct place *at, json_t *object,
		     struct rota_set *set)
{
	json_t *list = list_get(parse->reader, at, object, "slots",
				(size_t)parse->file->problem.slot_count, true);
	int32_t *slots =
		arena_array(parse->reader->arena, json_array_size(list) + 1, sizeof(*slots));
	struct str level = text_get(parse->reader, at, object, "level", true);

	set->is_top = str_eq_c(level, "top");
	if (!set->is_top)
		set->level = level_get(parse, at, object, "level");
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *value = json_array_get(list, i);
		struct str name = { json_string_value(value), json_string_length(value) };

		slots[i] = json_is_string(value) ? rota_ids_find(&parse->file->slots, name) : -1;
		if (slots[i] < 0)
			complain(parse->reader, at, "slots", "entry %zu is no slot", i);
	}
	set->slots = slots;
	set->slot_count = (int32_t)json_array_size(list);
}

static void proof_read(struct parse *parse, json_t *document)
{
	static const char *const names[] = { "from_day", "cap", "sets", NULL };
	static const char *const set_names[] = { "level", "slots", NULL };
	static const struct place inside = { .list = NULL };
	struct rota_proof *proof = &parse->answer->proof;
	json_t *object = json_object_get(document, "proof"), *list;
	struct rota_set *sets;

	if (!object_check(parse->reader, &inside, object, names))
		return;
	proof->from_day = (int32_t)int_get_or(parse->reader, &inside, object, "from_day", 0,
					      parse->file->problem.day_count, 0);
	proof->has_cap = json_object_get(object, "cap") != NULL;
	if (proof->has_cap)
		proof->cap = level_get(parse, &inside, object, "cap");
	list = list_get(parse->reader, &inside, object, "sets", ROTA_SLOTS_MAX, true);
	sets = arena_array(parse->reader->arena, json_array_size(list) + 1, sizeof(*sets));
	for (size_t i = 0; i < json_array_size(list) && is_well(parse->reader); i++) {
		struct place at = { "proof.sets", i, NULL, 0 };

		if (object_check(parse->reader, &at, json_array_get(list, i), set_names))
			set_read(parse, &at, json_array_get(list, i), &sets[i]);
	}
	proof->sets = sets;
	proof->set_count = (int32_t)json_array_size(list);
}

/* ---- the whole --------------------------------------------------------------------------- */

static void document_parse(struct parse *parse, json_t *document)
{
	static const char *const names[] = { "status",	 "demand", "covered",	  "cost",
					     "bound",	 "gap",	   "assignments", "uncovered",
					     "couriers", "proof",  "changes",	  NULL };
	struct reader *reader = parse->reader;
	struct rota_answer *answer = parse->answer;
	struct str status;

	if (!object_check(reader, &top, document, names))
		return;
	status = text_get(reader, &top, document, "status", true);
	if (!str_eq_c(status, "optimal") && !str_eq_c(status, "gap"))
		complain(reader, &top, "status", "must be optimal or gap");
	answer->optimal = str_eq_c(status, "optimal");
	answer->demand = int_get(reader, &top, document, "demand", 0, INT64_MAX);
	answer->covered = int_get(reader, &top, document, "covered", 0, INT64_MAX);
	answer->cost = str_copy(reader->arena, text_get(reader, &top, document, "cost", true));
	answer->bound = str_copy(reader->arena, text_get(reader, &top, document, "bound", true));
	if (!json_is_number(json_object_get(document, "gap")))
		complain(reader, &top, "gap", "must be a number");
	answer->gap = json_number_value(json_object_get(document, "gap"));
	assigned_read(parse, document);
	changes_read(parse, document);
	missing_read(parse, document);
	if (is_well(reader))
		people_read(parse, document);
	if (is_well(reader))
		proof_read(parse, document);
}

enum status rota_answer_read(struct reader *reader, FILE *in, const struct rota_file *file,
			     struct rota_answer *answer)
{
	struct parse parse = { reader, file, answer };
	json_t *document = document_read(reader, in);

	memset(answer, 0, sizeof(*answer));
	if (document == NULL) {
		document_release();
		return STATUS_BAD_INPUT;
	}
	document_parse(&parse, document);
	document_release();
	return is_well(reader) ? STATUS_OK : STATUS_BAD_INPUT;
}

enum status rota_assigned_read(struct reader *reader, FILE *in, const struct rota_file *file,
			       struct rota_past *past)
{
	struct rota_answer answer = { 0 };
	struct parse parse = { reader, file, &answer };
	json_t *document = document_read(reader, in);

	if (document != NULL)
		assigned_read(&parse, document);
	document_release();
	past->assigned = answer.assigned;
	past->assigned_count = answer.assigned_count;
	return is_well(reader) ? STATUS_OK : STATUS_BAD_INPUT;
}
