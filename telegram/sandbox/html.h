/* telegram/sandbox/html.h -- parse_mode HTML: marked-up text becomes plain text and entities. */
#ifndef TELEGRAM_SANDBOX_HTML_H
#define TELEGRAM_SANDBOX_HTML_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <jansson.h>

/* Offsets and lengths of entities are UTF-16 units. BAD_INPUT: *error_out, in the arena, in the
 * real server's words. *entities_out is a new reference to an array, or NULL when there are none.
 */
CHECKED enum status html_parse(struct str text, struct arena *arena, struct str *plain_out,
			       json_t **entities_out, const char **error_out);

/* Trims white space at both ends as Telegram does, and moves, cuts or drops the entities with it.
 * *entities may become NULL. */
struct str text_trim(struct str text, json_t **entities);

/* The bot_command entities of what a user typed: "/start", "/help@name"; NULL: none. */
json_t *text_commands(struct str text);

#endif
