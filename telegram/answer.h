/* telegram/answer.h -- what an HTTP result of a Bot API call means: can it have had its effect? */
#ifndef TELEGRAM_ANSWER_H
#define TELEGRAM_ANSWER_H

#include "base/http/client.h"
#include "telegram/bot_api.h"

enum answer_kind {
	ANSWER_SEND,  /* a second call would be a second message: doubt is BOT_UNKNOWN */
	ANSWER_EDIT,  /* may be repeated; "not modified" and "not found" are as good as done */
	ANSWER_OTHER, /* may be repeated */
};

/* Fills answer_out from result. The JSON it borrows from is handed over in json_out (NULL: none);
 * the caller releases it with json_decref after use. */
void answer_classify(const struct http_result *result, enum answer_kind kind,
		     struct bot_answer *answer_out, json_t **json_out);

#endif
