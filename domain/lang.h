/* domain/lang.h -- the two languages people are spoken to in. */
#ifndef DOMAIN_LANG_H
#define DOMAIN_LANG_H

#include "base/str.h"

enum lang { LANG_RU, LANG_EN, LANGS };

const char *lang_name(enum lang lang); /* "ru", "en" */
/* From an IETF tag such as Telegram's language_code: Russian and its neighbours' speakers get
 * Russian, the rest, and nothing known, English. */
enum lang lang_from_tag(struct str tag);

#endif
