/* domain/event.h -- what can have happened: kinds of the rows in `events`, and who did it. */
#ifndef DOMAIN_EVENT_H
#define DOMAIN_EVENT_H

#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>

enum event_kind {
	EVENT_APPEAL_OPENED,
	EVENT_APPEAL_TAKEN,
	EVENT_APPEAL_UPDATED,
	EVENT_APPEAL_CLOSING,
	EVENT_APPEAL_RETURNED,
	EVENT_APPEAL_CLOSED,
	EVENT_APPEAL_DELETED,
	EVENT_MESSAGE_ADDED,
	EVENT_MESSAGE_EDITED,
	EVENT_MESSAGE_DELIVERY,
	EVENT_CUSTOMER_UPDATED,
	EVENT_EMPLOYEE_ADDED,
	EVENT_SESSION_OPENED,
	EVENT_SESSION_REVOKED,
	EVENT_KINDS,
};

enum actor_kind { ACTOR_SYSTEM, ACTOR_CUSTOMER, ACTOR_EMPLOYEE, ACTOR_KINDS };

struct actor {
	enum actor_kind kind;
	int64_t id; /* of the customer or employee, 0 for the system */
};

const char *event_kind_name(enum event_kind kind); /* "appeal.opened", ... */
CHECKED enum status event_kind_parse(struct str name, enum event_kind *kind_out);
/* Is it shown to dashboards? The rest is audit only. */
bool event_kind_is_live(enum event_kind kind);
const char *actor_kind_name(enum actor_kind kind); /* "system", "customer", "employee" */

#endif
