/* domain/lang.c -- which language to speak. */
#include "domain/lang.h"

static const char *const names[LANGS] = { "ru", "en" };
/* Languages whose speakers mostly read Russian better than English. */
static const char *const to_russian[] = { "ru", "be", "kk", "ky", "uk", "tg", "uz", "hy", "az" };

const char *lang_name(enum lang lang)
{
	return names[lang];
}

enum lang lang_from_tag(struct str tag)
{
	struct str primary;

	str_cut(tag, '-', &primary);
	for (size_t i = 0; i < sizeof(to_russian) / sizeof(*to_russian); i++)
		if (str_eq_nocase(primary, str_from_c(to_russian[i])))
			return LANG_RU;
	return LANG_EN;
}
