/* bots/words.h -- a customer's message as the desk gets it; new messages and edits share it. */
#ifndef BOTS_WORDS_H
#define BOTS_WORDS_H

#include "bots/intake.h"
#include "domain/message.h"

/* The text; of anything else what it is and its caption: "[photo] see the wheel". */
struct str words_of(const struct update *update, struct arena *arena);
/* OK also for a message that the desk has already. */
CHECKED enum status words_tell_desk(struct intake *intake, const struct update *update,
				    enum message_kind kind);

#endif
