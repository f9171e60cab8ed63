/* domain/event.c -- the table of event kinds. */
#include "domain/event.h"

struct event_row {
	const char *name;
	bool live;
};

/* clang-format off */
static const struct event_row rows[EVENT_KINDS] = {
	[EVENT_APPEAL_OPENED]    = { "appeal.opened",    true },
	[EVENT_APPEAL_TAKEN]     = { "appeal.taken",     true },
	[EVENT_APPEAL_UPDATED]   = { "appeal.updated",   true },
	[EVENT_APPEAL_CLOSING]   = { "appeal.closing",   true },
	[EVENT_APPEAL_RETURNED]  = { "appeal.returned",  true },
	[EVENT_APPEAL_CLOSED]    = { "appeal.closed",    true },
	[EVENT_APPEAL_DELETED]   = { "appeal.deleted",   true },
	[EVENT_MESSAGE_ADDED]    = { "message.added",    true },
	[EVENT_MESSAGE_EDITED]   = { "message.edited",   true },
	[EVENT_MESSAGE_DELIVERY] = { "message.delivery", true },
	[EVENT_CUSTOMER_UPDATED] = { "customer.updated", true },
	[EVENT_EMPLOYEE_ADDED]   = { "employee.added",   false },
	[EVENT_SESSION_OPENED]   = { "session.opened",   false },
	[EVENT_SESSION_REVOKED]  = { "session.revoked",  false },
};
/* clang-format on */

static const char *const actor_names[ACTOR_KINDS] = { "system", "customer", "employee" };

const char *event_kind_name(enum event_kind kind)
{
	return rows[kind].name;
}

enum status event_kind_parse(struct str name, enum event_kind *kind_out)
{
	for (size_t i = 0; i < EVENT_KINDS; i++)
		if (str_eq_c(name, rows[i].name)) {
			*kind_out = (enum event_kind)i;
			return STATUS_OK;
		}
	return STATUS_BAD_INPUT;
}

bool event_kind_is_live(enum event_kind kind)
{
	return rows[kind].live;
}

const char *actor_kind_name(enum actor_kind kind)
{
	return actor_names[kind];
}
