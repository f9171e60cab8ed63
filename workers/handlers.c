/* workers/handlers.c -- the table of handlers, checked against the table of task types. */
#include "workers/handlers.h"

#include "base/log.h"

/* clang-format off */
const struct handler handlers[TASK_TYPES] = {
	/*                       run                 begin                end                lost */
	[TASK_DELIVER]      = { NULL,               deliver_begin,       deliver_end,       deliver_lost },
	[TASK_EDIT_MARKUP]  = { NULL,               edit_markup_begin,   edit_markup_end,   NULL },
	[TASK_CLOSE_APPEAL] = { close_appeal_run,   NULL,                NULL,              NULL },
	[TASK_PURGE]        = { purge_run,          NULL,                NULL,              NULL },
};
/* clang-format on */

enum status handlers_check(void)
{
	for (size_t i = 0; i < TASK_TYPES; i++) {
		const struct handler *handler = &handlers[i];
		enum task_kind kind = task_rows[i].kind;

		if ((handler->run != NULL) == (kind == TASK_TRANSACTIONAL) &&
		    (handler->begin != NULL) == (kind == TASK_EXTERNAL) &&
		    (handler->end != NULL) == (kind == TASK_EXTERNAL))
			continue;
		log_error("handlers.unfit", LOG_C("task", task_rows[i].name));
		return STATUS_FAILED;
	}
	return STATUS_OK;
}

struct outcome outcome_of_status(enum status status)
{
	struct outcome outcome = { .reason = str_from_c(status_name(status)) };

	switch (status) {
	case STATUS_OK:
	case STATUS_EMPTY:
		outcome.kind = OUTCOME_DONE;
		break;
	case STATUS_CONFLICT:
	case STATUS_BUSY:
	case STATUS_FAILED:
		outcome.kind = OUTCOME_RETRY;
		break;
	case STATUS_NOT_FOUND:
	case STATUS_DENIED:
	case STATUS_BAD_INPUT:
		outcome.kind = OUTCOME_BURY;
		break;
	}
	return outcome;
}
