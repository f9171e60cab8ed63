/* workers/close_appeal.c -- the minutes in which the customer could come back are over. */
#include "domain/payload.h"
#include "store/desk.h"
#include "workers/handlers.h"

enum status close_appeal_run(const struct work *work, struct outcome *outcome_out)
{
	enum { APPEAL_ID, GENERATION, NUMBERS };
	static const char *const names[NUMBERS] = { "appeal_id", "generation" };
	int64_t numbers[NUMBERS] = { 0 };
	enum status status = payload_ints(work->task->payload, names, NUMBERS, numbers);

	(void)outcome_out;
	if (status == STATUS_OK)
		status = desk_deadline(work->db, numbers[APPEAL_ID], numbers[GENERATION],
				       work->now_ms, work->arena);
	/* A deleted appeal needs no closing. */
	return status == STATUS_NOT_FOUND ? STATUS_EMPTY : status;
}
