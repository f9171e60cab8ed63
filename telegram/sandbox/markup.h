/* telegram/sandbox/markup.h -- reply_markup, checked as the real server checks it. */
#ifndef TELEGRAM_SANDBOX_MARKUP_H
#define TELEGRAM_SANDBOX_MARKUP_H

#include "base/status.h"
#include "base/str.h"

#include <jansson.h>

struct markup {
	json_t *inline_keyboard; /* {"inline_keyboard": [[...]]}; NULL: none, or an empty one */
	json_t *reply; /* a reply keyboard, its removal or a forced reply, as given; NULL: none */
};

/* `text` STR_NONE or empty: no markup. BAD_INPUT: *error_out, static, says why. Release in any
 * case. */
CHECKED enum status markup_parse(struct str text, struct markup *markup_out,
				 const char **error_out);
void markup_release(struct markup *markup);

#endif
