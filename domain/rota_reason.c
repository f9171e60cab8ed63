/* domain/rota_reason.c -- the closed sets in plain words, Russian and English. */
#include "domain/rota_core.h"

#include "base/buf.h"

enum noun { NOUN_SHIFT, NOUN_COURIER, NOUN_THESE_COURIERS, NOUNS };
enum form { FORM_ONE, FORM_FEW, FORM_MANY, FORMS };

/* clang-format off */
static const char *const nouns[LANGS][NOUNS][FORMS] = {
	[LANG_RU] = {
		[NOUN_SHIFT]          = { "смена", "смены", "смен" },
		[NOUN_COURIER]        = { "курьер", "курьера", "курьеров" },
		/* "the shifts of these 31 couriers": who is spoken of, in the genitive */
		[NOUN_THESE_COURIERS] = { "этих %d курьера", "этих %d курьеров", "этих %d курьеров" },
	},
	[LANG_EN] = {
		[NOUN_SHIFT]          = { "shift", "shifts", "shifts" },
		[NOUN_COURIER]        = { "courier", "couriers", "couriers" },
		[NOUN_THESE_COURIERS] = { "this %d courier", "these %d couriers", "these %d couriers" },
	},
};

enum phrase {
	PHRASE_NOTHING_TO_TAKE, /* no slot of this period is open to him */
	PHRASE_NONE_NEEDED,     /* others have them all */
	PHRASE_YOU_HAVE,        /* %d, noun */
	PHRASE_TOO_FEW_PEOPLE,
	PHRASE_ALL_YOU_CAN,
	PHRASE_ONLY_YOU,
	PHRASE_ONLY_THESE,      /* these couriers; %d, noun; %d.%d each; */
	PHRASE_NOBODY_BELOW,    /* %d; %d */
	PHRASE_LEAST,           /* %d */
	PHRASE_LEVEL,           /* with history and weight */
	PHRASE_MOVED,           /* %+d */
	PHRASES,
};

static const char *const phrases[LANGS][PHRASES] = {
	[LANG_RU] = {
		[PHRASE_NOTHING_TO_TAKE] = "У вас нет смен: в этот период нет ни одной, которую вы можете взять.",
		[PHRASE_NONE_NEEDED]     = "У вас нет смен: все, которые вы могли бы взять, уже закрыты, и никому от передачи вам не стало бы ровнее.",
		[PHRASE_YOU_HAVE]        = "У вас %d %s.",
		[PHRASE_TOO_FEW_PEOPLE]  = " На ваши смены не хватает людей: все, кто может их взять, работают до своего предела.",
		[PHRASE_ALL_YOU_CAN]     = " Это всё, что допускают ваши дни и пределы.",
		[PHRASE_ONLY_YOU]        = " Передать их некому: остальные не могут их взять или в эти дни заняты до предела.",
		[PHRASE_ONLY_THESE]      = " Закрыть их можно только силами %s, включая вас; вместе на них приходится %d %s, в среднем %d,%d.",
		[PHRASE_NOBODY_BELOW]    = " Меньше %d ни у кого из них нет, поэтому у кого-то %d; из равных лишнюю берёт тот, кто раньше в списке.",
		[PHRASE_LEAST]           = " Меньше %d ни у кого из них нет: вы среди самых свободных.",
		[PHRASE_LEVEL]           = " С учётом прошлого и доли каждого, если отдать вашу смену любому из них, ровнее не станет.",
		[PHRASE_MOVED]           = " Из-за отдыха, закреплённого прошлого или различий в весе смен это %+d к самому ровному числу.",
	},
	[LANG_EN] = {
		[PHRASE_NOTHING_TO_TAKE] = "You have no shift: none in this period is open to you.",
		[PHRASE_NONE_NEEDED]     = "You have no shift: all that you could take are covered, and handing one to you would make nothing more even.",
		[PHRASE_YOU_HAVE]        = "You have %d %s.",
		[PHRASE_TOO_FEW_PEOPLE]  = " There are too few people for your slots: all who may take them work up to their limits.",
		[PHRASE_ALL_YOU_CAN]     = " That is all that your days and limits allow.",
		[PHRASE_ONLY_YOU]        = " There is nobody to hand them to: the others may not take them, or are at their limit on those days.",
		[PHRASE_ONLY_THESE]      = " They can be covered only by %s, you among them; together they owe %d %s, %d.%d each on average.",
		[PHRASE_NOBODY_BELOW]    = " None of them has fewer than %d, so somebody has %d; of equals, whoever is listed first.",
		[PHRASE_LEAST]           = " None of them has fewer than %d: you are among those with the least.",
		[PHRASE_LEVEL]           = " With everyone's past and share counted, handing one of yours to any of them would not be more even.",
		[PHRASE_MOVED]           = " Rest, the frozen past or unequal points make that %+d from the most even number.",
	},
};
/* clang-format on */

static enum form form_of(enum lang lang, int32_t number)
{
	int32_t tens = number % 100, ones = number % 10;

	if (lang == LANG_EN)
		return number == 1 ? FORM_ONE : FORM_MANY;
	if (ones == 1 && tens != 11)
		return FORM_ONE;
	return ones >= 2 && ones <= 4 && (tens < 12 || tens > 14) ? FORM_FEW : FORM_MANY;
}

static const char *noun_of(enum lang lang, enum noun noun, int32_t number)
{
	return nouns[lang][noun][form_of(lang, number)];
}

struct why {
	const struct rota_net *net;
	const struct rota_group *group;
	int32_t courier, load, core_load;
	struct buf *out;
	enum lang lang;
};

/* The phrases are const tables; each knows its arguments. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void group_say(const struct why *why)
{
	const struct rota_group *group = why->group;
	int32_t tenths = (int32_t)(((int64_t)group->load * 20 + group->couriers) /
				   (2 * (int64_t)group->couriers));
	char these[64];

	snprintf(these, sizeof(these), noun_of(why->lang, NOUN_THESE_COURIERS, group->couriers),
		 group->couriers);
	buf_format(why->out, phrases[why->lang][PHRASE_ONLY_THESE], these, group->load,
		   noun_of(why->lang, NOUN_SHIFT, group->load), tenths / 10, tenths % 10);
	if (group->weight != 0 && !group->history_differs && group->load_min < why->core_load)
		buf_format(why->out, phrases[why->lang][PHRASE_NOBODY_BELOW], group->load_min,
			   why->core_load);
	else if (group->weight != 0 && !group->history_differs)
		buf_format(why->out, phrases[why->lang][PHRASE_LEAST], group->load_min);
	else
		buf_add_c(why->out, phrases[why->lang][PHRASE_LEVEL]);
}

/* No day is left on which one more could be taken. */
static bool has_all(const struct rota_net *net, int32_t courier)
{
	for (uint32_t e = net->pairs.first[courier]; e < net->pairs.first[courier + 1]; e++)
		if (net->taken[e] == ROTA_FREE && rota_net_has_room(net, e))
			return false;
	return true;
}

static void courier_say(const struct why *why, bool is_full)
{
	const char *const *say = phrases[why->lang];

	if (why->load == 0 && why->core_load == 0) {
		bool has_pairs = why->net->pairs.first[why->courier] !=
				 why->net->pairs.first[why->courier + 1];

		buf_add_c(why->out, say[has_pairs ? PHRASE_NONE_NEEDED : PHRASE_NOTHING_TO_TAKE]);
		return;
	}
	buf_format(why->out, say[PHRASE_YOU_HAVE], why->load,
		   noun_of(why->lang, NOUN_SHIFT, why->load));
	if (why->load != why->core_load)
		buf_format(why->out, say[PHRASE_MOVED], why->load - why->core_load);
	if (why->group->is_top)
		buf_add_c(why->out, say[PHRASE_TOO_FEW_PEOPLE]);
	else if (is_full)
		buf_add_c(why->out, say[PHRASE_ALL_YOU_CAN]);
	if (why->group->is_top || why->core_load == 0)
		return;
	if (why->group->couriers <= 1)
		buf_add_c(why->out, say[PHRASE_ONLY_YOU]);
	else
		group_say(why);
}
#pragma GCC diagnostic pop

void rota_reasons_write(const struct rota_net *net, const struct rota_group *groups,
			const int32_t *core_load, struct arena *arena, struct rota_person *people)
{
	for (int32_t c = 0; c < net->problem->courier_count; c++)
		for (enum lang lang = 0; lang < LANGS; lang++) {
			struct buf out = buf_in(arena);
			const struct why why = {
				net, &groups[c], c, people[c].load, core_load[c], &out, lang,
			};

			courier_say(&why, has_all(net, c));
			people[c].reason[lang] = buf_str(&out);
		}
}
