/* base/status.c -- names of the statuses. */
#include "base/status.h"

static const char *const names[] = {
	[STATUS_OK] = "ok",
	[STATUS_EMPTY] = "empty",
	[STATUS_NOT_FOUND] = "not_found",
	[STATUS_CONFLICT] = "conflict",
	[STATUS_DENIED] = "denied",
	[STATUS_BUSY] = "busy",
	[STATUS_BAD_INPUT] = "bad_input",
	[STATUS_FAILED] = "failed",
};

const char *status_name(enum status status)
{
	return names[status];
}
