/* ctl/rota_write.c -- the answer file of `ecoctl rota`. */
#include "ctl/rota_file.h"

#include <inttypes.h>

/* Thousandths as a plain decimal: 1500 is 1.5. */
static void milli_write(struct buf *out, const char *name, int64_t milli)
{
	uint64_t size = milli < 0 ? 0 - (uint64_t)milli : (uint64_t)milli;
	uint64_t rest = size % 1000;
	int digits = 3;
	struct str text;

	for (; digits > 0 && rest % 10 == 0; digits--)
		rest /= 10;
	text = str_format(out->arena, "%s%" PRIu64, milli < 0 ? "-" : "", size / 1000);
	if (digits > 0)
		text = str_format(out->arena, "%.*s.%0*" PRIu64, STR_ARG(text), digits, rest);
	json_name(out, name);
	json_raw(out, text);
}

static void hours_write(struct buf *out, int64_t minutes)
{
	milli_write(out, "hours", (minutes * 1000 + 30) / 60);
}

static void assigned_write(const struct rota_problem *problem, const struct rota_answer *answer,
			   struct buf *out)
{
	json_name(out, "assignments");
	json_open(out, '[');
	for (int32_t i = 0; i < answer->assigned_count; i++) {
		json_open(out, '{');
		json_add_str(out, "slot", problem->slots[answer->assigned[i].slot].id);
		json_add_str(out, "courier", problem->couriers[answer->assigned[i].courier].id);
		json_close(out, '}');
	}
	json_close(out, ']');
}

static void missing_write(const struct rota_problem *problem, const struct rota_answer *answer,
			  struct buf *out)
{
	json_name(out, "uncovered");
	json_open(out, '[');
	for (int32_t s = 0; s < problem->slot_count; s++) {
		if (answer->missing[s] == 0)
			continue;
		json_open(out, '{');
		json_add_str(out, "slot", problem->slots[s].id);
		json_add_int(out, "missing", answer->missing[s]);
		json_close(out, '}');
	}
	json_close(out, ']');
}

static void people_write(const struct rota_problem *problem, const struct rota_answer *answer,
			 struct buf *out)
{
	json_name(out, "couriers");
	json_open(out, '[');
	for (int32_t c = 0; c < problem->courier_count; c++) {
		const struct rota_person *person = &answer->people[c];

		json_open(out, '{');
		json_add_str(out, "id", problem->couriers[c].id);
		milli_write(out, "load", person->load_milli);
		hours_write(out, person->minutes);
		json_add_int(out, "nights", person->nights);
		json_add_int(out, "weekends", person->weekends);
		milli_write(out, "history_after", person->history_after_milli);
		json_name(out, "reason");
		json_open(out, '{');
		for (enum lang lang = 0; lang < LANGS; lang++)
			json_add_str(out, lang_name(lang), person->reason[lang]);
		json_close(out, '}');
		json_close(out, '}');
	}
	json_close(out, ']');
}

static void level_write(struct buf *out, const char *name, struct rota_level level)
{
	int64_t a = level.num < 0 ? -level.num : level.num, q = (int64_t)level.weight * ROTA_MILLI;
	int64_t b = q;

	while (a != 0) {
		int64_t rest = b % a;

		b = a;
		a = rest;
	}
	json_add_str(out, name,
		     str_format(out->arena, "%" PRId64 "/%" PRId64, level.num / b, q / b));
}

static void proof_write(const struct rota_problem *problem, const struct rota_proof *proof,
			struct buf *out)
{
	json_name(out, "proof");
	json_open(out, '{');
	if (proof->from_day > 0)
		json_add_int(out, "from_day", proof->from_day);
	if (proof->has_cap)
		level_write(out, "cap", proof->cap);
	json_name(out, "sets");
	json_open(out, '[');
	for (int32_t i = 0; i < proof->set_count; i++) {
		const struct rota_set *set = &proof->sets[i];

		json_open(out, '{');
		if (set->is_top)
			json_add_str(out, "level", STR("top"));
		else
			level_write(out, "level", set->level);
		json_name(out, "slots");
		json_open(out, '[');
		for (int32_t j = 0; j < set->slot_count; j++)
			json_str(out, problem->slots[set->slots[j]].id);
		json_close(out, ']');
		json_close(out, '}');
	}
	json_close(out, ']');
	json_close(out, '}');
}

static void pairs_write(const struct rota_problem *problem, const struct rota_pair *pairs,
			int32_t count, struct str change, struct buf *out)
{
	for (int32_t i = 0; i < count; i++) {
		json_open(out, '{');
		json_add_str(out, "change", change);
		json_add_str(out, "slot", problem->slots[pairs[i].slot].id);
		json_add_str(out, "courier", problem->couriers[pairs[i].courier].id);
		json_close(out, '}');
	}
}

static void changes_write(const struct rota_problem *problem, const struct rota_answer *answer,
			  struct buf *out)
{
	json_name(out, "changes");
	json_open(out, '[');
	pairs_write(problem, answer->removed, answer->removed_count, STR("removed"), out);
	pairs_write(problem, answer->added, answer->added_count, STR("added"), out);
	json_close(out, ']');
}

void rota_answer_write(const struct rota_file *file, const struct rota_answer *answer,
		       struct buf *out)
{
	const struct rota_problem *problem = &file->problem;

	json_open(out, '{');
	json_add_str(out, "status", answer->optimal ? STR("optimal") : STR("gap"));
	json_add_int(out, "demand", answer->demand);
	json_add_int(out, "covered", answer->covered);
	json_add_str(out, "cost", answer->cost);
	json_add_str(out, "bound", answer->bound);
	json_name(out, "gap");
	json_raw(out, str_format(out->arena, "%.9g", answer->gap));
	assigned_write(problem, answer, out);
	missing_write(problem, answer, out);
	people_write(problem, answer, out);
	proof_write(problem, &answer->proof, out);
	if (answer->is_replanned)
		changes_write(problem, answer, out);
	json_close(out, '}');
	buf_add(out, STR("\n"));
}
