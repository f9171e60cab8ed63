/* ctl/rota_read.c -- the problem file of `ecoctl rota`. */
#include "ctl/rota_file.h"

#include <string.h>

enum { NAME_BYTES_MAX = 200, REST_HOURS_MAX = 168, WEEK_DAYS = 7 };

static const struct place top = { 0 };

/* What all the parts need. */
struct parse {
	struct reader *reader;
	struct arena *arena;
	struct rota_file *file;
	struct rota_problem *problem;
};

/* ---- names ------------------------------------------------------------------------------- */

/* A new name. */
static struct str id_add(struct parse *parse, const struct place *place, json_t *object,
			 struct rota_ids *ids)
{
	struct str name = text_get(parse->reader, place, object, "id", true);
	int32_t before = ids->count;

	if (name.data == NULL)
		return STR("");
	if (name.len > NAME_BYTES_MAX)
		complain(parse->reader, place, "id", "must not exceed 200 bytes");
	name = str_copy(parse->arena, name);
	if (rota_ids_add(ids, name) < before)
		complain(parse->reader, place, "id", "\"%.*s\" is there twice", STR_ARG(name));
	return name;
}

/* A name that must be known; 0 after a complaint. */
static int32_t id_find(struct parse *parse, const struct place *place, const char *key,
		       const struct rota_ids *ids, struct str name)
{
	int32_t number = name.data != NULL ? rota_ids_find(ids, name) : 0;

	if (number < 0)
		complain(parse->reader, place, key, "\"%.*s\" is unknown", STR_ARG(name));
	return number < 0 ? 0 : number;
}

static int32_t id_get(struct parse *parse, const struct place *place, json_t *object,
		      const char *key, const struct rota_ids *ids)
{
	return id_find(parse, place, key, ids, text_get(parse->reader, place, object, key, true));
}

/* Zones and skills come into being where a slot names them. */
static int32_t tag_get(struct parse *parse, const struct place *place, json_t *object,
		       const char *key, struct rota_ids *ids)
{
	struct str name = text_get(parse->reader, place, object, key, false);

	return name.data == NULL ? ROTA_NONE : rota_ids_add(ids, str_copy(parse->arena, name));
}

/* ---- the frame --------------------------------------------------------------------------- */

static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year, era = y / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool digits_read(struct str text, size_t from, size_t count, int64_t min, int64_t max,
			int64_t *value_out)
{
	return text.len >= from + count && str_to_int((struct str){ text.data + from, count }, min,
						      max, value_out) == STATUS_OK;
}

static int64_t month_days(int64_t year, int64_t month)
{
	return days_from_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
	       days_from_civil(year, month, 1);
}

static int64_t date_get(struct parse *parse, json_t *document)
{
	struct str text = text_get(parse->reader, &top, document, "first_day", true);
	int64_t year, month, day;

	if (text.len != 10 || text.data[4] != '-' || text.data[7] != '-' ||
	    !digits_read(text, 0, 4, 1900, 9999, &year) ||
	    !digits_read(text, 5, 2, 1, 12, &month) ||
	    !digits_read(text, 8, 2, 1, month_days(year, month), &day)) {
		complain(parse->reader, &top, "first_day", "must be a date such as 2026-12-01");
		return 0;
	}
	return days_from_civil(year, month, day);
}

static int32_t week_start_get(struct parse *parse, json_t *document)
{
	static const char *const days[WEEK_DAYS] = { "monday", "tuesday",  "wednesday", "thursday",
						     "friday", "saturday", "sunday" };
	struct str name = text_get(parse->reader, &top, document, "week_starts", false);

	if (name.data == NULL)
		return 0;
	for (int32_t day = 0; day < WEEK_DAYS; day++)
		if (str_eq_c(name, days[day]))
			return day;
	complain(parse->reader, &top, "week_starts", "must be a day such as monday");
	return 0;
}

static void rules_read(struct parse *parse, json_t *document)
{
	static const char *const names[] = { "rest_hours", "max_days_in_row", NULL };
	struct rota_rules *rules = &parse->problem->rules;
	json_t *object = json_object_get(document, "rules");
	const struct place at = { .list = NULL };

	*rules = (struct rota_rules){ ROTA_NONE, ROTA_NONE };
	if (object == NULL || !object_check(parse->reader, &at, object, names))
		return;
	if (json_object_get(object, "rest_hours") != NULL)
		rules->rest_min = (int32_t)((milli_get_or(parse->reader, &at, object, "rest_hours",
							  0, REST_HOURS_MAX, 0) *
						     60 +
					     999) /
					    1000);
	rules->days_in_row_max = (int32_t)int_get_or(parse->reader, &at, object, "max_days_in_row",
						     1, ROTA_DAYS_MAX, ROTA_NONE);
}

/* ---- shifts and slots -------------------------------------------------------------------- */

static int32_t time_get(struct parse *parse, const struct place *place, json_t *object,
			const char *key, int64_t hour_max)
{
	struct str text = text_get(parse->reader, place, object, key, true);
	int64_t hour, minute;

	if (text.len != 5 || text.data[2] != ':' || !digits_read(text, 0, 2, 0, hour_max, &hour) ||
	    !digits_read(text, 3, 2, 0, hour == 24 ? 0 : 59, &minute)) {
		complain(parse->reader, place, key, "must be a time such as 07:00");
		return 0;
	}
	return (int32_t)(hour * 60 + minute);
}

static void shifts_read(struct parse *parse, json_t *document)
{
	static const char *const names[] = { "id", "start", "end", "points", NULL };
	json_t *list = list_get(parse->reader, &top, document, "shifts", ROTA_SHIFTS_MAX, true);
	size_t count = json_array_size(list);
	struct rota_shift *shifts = arena_array(parse->arena, count + 1, sizeof(*shifts));

	for (size_t i = 0; i < count && is_well(parse->reader); i++) {
		struct place at = { "shifts", i, NULL, 0 };
		json_t *object = json_array_get(list, i);

		if (!object_check(parse->reader, &at, object, names))
			return;
		shifts[i].id = id_add(parse, &at, object, &parse->file->shifts);
		shifts[i].start_min = time_get(parse, &at, object, "start", 23);
		shifts[i].end_min = time_get(parse, &at, object, "end", 24);
		shifts[i].points_milli = (int32_t)milli_get_or(parse->reader, &at, object, "points",
							       0, ROTA_POINTS_MAX, ROTA_MILLI);
		if (shifts[i].points_milli <= 0)
			complain(parse->reader, &at, "points", "must be at least 0.001");
	}
	parse->problem->shifts = shifts;
	parse->problem->shift_count = (int32_t)count;
}

static void slots_read(struct parse *parse, json_t *document)
{
	static const char *const names[] = { "id", "day", "shift", "zone", "skill", "need", NULL };
	json_t *list = list_get(parse->reader, &top, document, "slots", ROTA_SLOTS_MAX, true);
	size_t count = json_array_size(list);
	struct rota_slot *slots = arena_array(parse->arena, count + 1, sizeof(*slots));

	for (size_t i = 0; i < count && is_well(parse->reader); i++) {
		struct place at = { "slots", i, NULL, 0 };
		json_t *object = json_array_get(list, i);

		if (!object_check(parse->reader, &at, object, names))
			return;
		slots[i].id = id_add(parse, &at, object, &parse->file->slots);
		slots[i].day = (int32_t)int_get(parse->reader, &at, object, "day", 0,
						parse->problem->day_count - 1);
		slots[i].shift = id_get(parse, &at, object, "shift", &parse->file->shifts);
		slots[i].zone = tag_get(parse, &at, object, "zone", &parse->file->zones);
		slots[i].skill = tag_get(parse, &at, object, "skill", &parse->file->skills);
		slots[i].need =
			(int32_t)int_get(parse->reader, &at, object, "need", 0, ROTA_NEED_MAX);
	}
	parse->problem->slots = slots;
	parse->problem->slot_count = (int32_t)count;
	parse->problem->zone_count = parse->file->zones.count;
}

/* ---- couriers ---------------------------------------------------------------------------- */

/* The texts of a list as numbers, each once. Names of zones and skills that no slot asks for are
 * left out; of slots, they must be known. */
static int32_t *numbers_read(struct parse *parse, struct place at, json_t *list, const char *key,
			     const struct rota_ids *ids, bool must_be_known, size_t *count_out)
{
	size_t count = json_array_size(list), kept = 0;
	int32_t *numbers = arena_array(parse->arena, count + 1, sizeof(*numbers));
	json_t *value;

	at.inner = key;
	json_array_foreach(list, at.inner_index, value)
	{
		struct str name = { json_string_value(value), json_string_length(value) };
		int32_t number;
		bool is_new = true;

		if (!json_is_string(value)) {
			complain(parse->reader, &at, NULL, "must be a text");
			break;
		}
		number = rota_ids_find(ids, name);
		if (number < 0 && must_be_known)
			complain(parse->reader, &at, NULL, "\"%.*s\" is unknown", STR_ARG(name));
		for (size_t i = 0; i < kept && !must_be_known; i++)
			is_new &= numbers[i] != number;
		if (number >= 0 && is_new)
			numbers[kept++] = number;
	}
	*count_out = kept;
	return numbers;
}

static void lists_read(struct parse *parse, const struct place *at, json_t *object,
		       struct rota_courier *courier)
{
	json_t *zones = list_get(parse->reader, at, object, "zones", ROTA_SLOTS_MAX, false);
	json_t *skills = list_get(parse->reader, at, object, "skills", ROTA_SLOTS_MAX, false);
	json_t *eligible = list_get(parse->reader, at, object, "eligible", ROTA_SLOTS_MAX, false);

	courier->any_zone = zones == NULL;
	courier->zones = numbers_read(parse, *at, zones, "zones", &parse->file->zones, false,
				      &courier->zone_count);
	courier->skills = numbers_read(parse, *at, skills, "skills", &parse->file->skills, false,
				       &courier->skill_count);
	courier->only_eligible = eligible != NULL;
	courier->eligible = numbers_read(parse, *at, eligible, "eligible", &parse->file->slots,
					 true, &courier->eligible_count);
}

static void off_read(struct parse *parse, struct place at, json_t *object,
		     struct rota_courier *courier)
{
	static const char *const names[] = { "day", "shift", NULL };
	json_t *list = list_get(parse->reader, &at, object, "unavailable", ROTA_SLOTS_MAX, false);
	size_t count = json_array_size(list);
	struct rota_off *off = arena_array(parse->arena, count + 1, sizeof(*off));

	at.inner = "unavailable";
	for (size_t i = 0; i < count && is_well(parse->reader); i++) {
		json_t *entry = json_array_get(list, i);

		at.inner_index = i;
		if (!object_check(parse->reader, &at, entry, names))
			return;
		off[i].day = (int32_t)int_get(parse->reader, &at, entry, "day", 0,
					      parse->problem->day_count - 1);
		off[i].shift = json_object_get(entry, "shift") == NULL
				       ? ROTA_NONE
				       : id_get(parse, &at, entry, "shift", &parse->file->shifts);
	}
	courier->off = off;
	courier->off_count = count;
}

static void wishes_read(struct parse *parse, struct place at, json_t *object,
			struct rota_courier *courier)
{
	static const char *const names[] = { "slot", "want", NULL };
	json_t *list = list_get(parse->reader, &at, object, "wishes", ROTA_SLOTS_MAX, false);
	size_t count = json_array_size(list);
	struct rota_wish *wishes = arena_array(parse->arena, count + 1, sizeof(*wishes));

	at.inner = "wishes";
	for (size_t i = 0; i < count && is_well(parse->reader); i++) {
		json_t *entry = json_array_get(list, i);

		at.inner_index = i;
		if (!object_check(parse->reader, &at, entry, names))
			return;
		wishes[i].slot = id_get(parse, &at, entry, "slot", &parse->file->slots);
		wishes[i].want = bool_get(parse->reader, &at, entry, "want");
	}
	courier->wishes = wishes;
	courier->wish_count = count;
}

static void courier_read(struct parse *parse, const struct place *at, json_t *object,
			 struct rota_courier *courier)
{
	struct reader *reader = parse->reader;

	courier->id = id_add(parse, at, object, &parse->file->couriers);
	courier->weight = (int32_t)int_get_or(reader, at, object, "weight", 1, ROTA_WEIGHT_MAX, 1);
	courier->history_milli =
		milli_get_or(reader, at, object, "history", -ROTA_HISTORY_MAX, ROTA_HISTORY_MAX, 0);
	courier->cap_day = (int32_t)int_get_or(reader, at, object, "cap_day", 0, ROTA_CAP_MAX, 1);
	courier->cap_week =
		(int32_t)int_get_or(reader, at, object, "cap_week", 0, ROTA_CAP_MAX, ROTA_CAP_MAX);
	courier->cap_total =
		(int32_t)int_get_or(reader, at, object, "cap_total", 0, ROTA_CAP_MAX, ROTA_CAP_MAX);
	lists_read(parse, at, object, courier);
	off_read(parse, *at, object, courier);
	wishes_read(parse, *at, object, courier);
}

static void couriers_read(struct parse *parse, json_t *document)
{
	static const char *const names[] = { "id",	 "weight",	"history", "cap_day",
					     "cap_week", "cap_total",	"zones",   "skills",
					     "eligible", "unavailable", "wishes",  NULL };
	json_t *list = list_get(parse->reader, &top, document, "couriers", ROTA_COURIERS_MAX, true);
	size_t count = json_array_size(list);
	struct rota_courier *couriers = arena_array(parse->arena, count + 1, sizeof(*couriers));

	for (size_t i = 0; i < count && is_well(parse->reader); i++) {
		struct place at = { "couriers", i, NULL, 0 };
		json_t *object = json_array_get(list, i);

		if (!object_check(parse->reader, &at, object, names))
			return;
		courier_read(parse, &at, object, &couriers[i]);
	}
	parse->problem->couriers = couriers;
	parse->problem->courier_count = (int32_t)count;
}

static void fixed_read(struct parse *parse, json_t *document)
{
	static const char *const names[] = { "slot", "courier", NULL };
	json_t *list = list_get(parse->reader, &top, document, "fixed", ROTA_PAIRS_MAX, false);
	size_t count = json_array_size(list);
	struct rota_pair *fixed = arena_array(parse->arena, count + 1, sizeof(*fixed));

	for (size_t i = 0; i < count && is_well(parse->reader); i++) {
		struct place at = { "fixed", i, NULL, 0 };
		json_t *object = json_array_get(list, i);

		if (!object_check(parse->reader, &at, object, names))
			return;
		fixed[i].slot = id_get(parse, &at, object, "slot", &parse->file->slots);
		fixed[i].courier = id_get(parse, &at, object, "courier", &parse->file->couriers);
	}
	parse->problem->fixed = fixed;
	parse->problem->fixed_count = (int32_t)count;
}

/* ---- the whole --------------------------------------------------------------------------- */

static void document_parse(struct parse *parse, json_t *document)
{
	static const char *const names[] = { "first_day", "day_count", "week_starts",
					     "shifts",	  "slots",     "couriers",
					     "rules",	  "fixed",     NULL };
	struct rota_problem *problem = parse->problem;

	if (!object_check(parse->reader, &top, document, names))
		return;
	problem->first_day = date_get(parse, document);
	problem->day_count =
		(int32_t)int_get(parse->reader, &top, document, "day_count", 1, ROTA_DAYS_MAX);
	problem->week_start = week_start_get(parse, document);
	rules_read(parse, document);
	if (is_well(parse->reader))
		shifts_read(parse, document);
	if (is_well(parse->reader))
		slots_read(parse, document);
	if (is_well(parse->reader))
		couriers_read(parse, document);
	if (is_well(parse->reader))
		fixed_read(parse, document);
}

enum status rota_problem_read(struct reader *reader, FILE *in, struct rota_file *file)
{
	struct parse parse = { reader, reader->arena, file, &file->problem };
	json_t *document = document_read(reader, in);

	memset(file, 0, sizeof(*file));
	if (document == NULL) {
		document_release();
		return STATUS_BAD_INPUT;
	}
	rota_ids_init(&file->shifts, reader->arena);
	rota_ids_init(&file->slots, reader->arena);
	rota_ids_init(&file->couriers, reader->arena);
	rota_ids_init(&file->zones, reader->arena);
	rota_ids_init(&file->skills, reader->arena);
	document_parse(&parse, document);
	document_release();
	return is_well(reader) ? STATUS_OK : STATUS_BAD_INPUT;
}
