/* workers/close_appeal.c -- the minutes in which the customer could come back are over. */
#include "domain/payload.h"
#include "store/desk.h"
#include "workers/handlers.h"

enum status close_appeal_run(const struct work *work, struct outcome *outcome_out)
{
	int64_t appeal_id = 0, generation = 0;
	enum status status = payload_int(work->task->payload, "appeal_id", &appeal_id);

	(void)outcome_out;
	if (status == STATUS_OK)
		status = payload_int(work->task->payload, "generation", &generation);
	if (status == STATUS_OK)
		status = desk_deadline(work->db, appeal_id, generation, work->now_ms, work->arena);
	/* A deleted appeal needs no closing. */
	return status == STATUS_NOT_FOUND ? STATUS_EMPTY : status;
}
