/* domain/appeal.h -- the life of an appeal: its states, what can happen to it, and where that
 * leads. */
#ifndef DOMAIN_APPEAL_H
#define DOMAIN_APPEAL_H

#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum appeal_state {
	APPEAL_NEW,	/* waits in the queue, nobody has it */
	APPEAL_IN_WORK, /* an operator has it */
	APPEAL_CLOSING, /* the operator closed it; the customer has until closing_at to come back */
	APPEAL_CLOSED,	/* over; the next message opens a new one, linked to this */
	APPEAL_STATES,
};

enum appeal_event {
	APPEAL_CUSTOMER_WROTE,
	APPEAL_CUSTOMER_WROTE_IN_TIME, /* it is closed by now, but Telegram dated the message before
					  the deadline */
	APPEAL_CUSTOMER_SOLVED,	       /* [Problem solved] */
	APPEAL_CUSTOMER_STILL_NEEDS,   /* [Still need help] */
	APPEAL_OPERATOR_TOOK,
	APPEAL_OPERATOR_ANSWERED,
	APPEAL_OPERATOR_CLOSED,
	APPEAL_OPERATOR_RELEASED, /* back to the queue */
	APPEAL_OPERATOR_ASSIGNED, /* handed to somebody */
	APPEAL_DEADLINE_PASSED,
	APPEAL_EVENTS,
};

/* Who ended it. */
enum appeal_closer {
	APPEAL_CLOSER_NONE,
	APPEAL_CLOSER_CUSTOMER,
	APPEAL_CLOSER_TIMER,
	APPEAL_CLOSER_EMPLOYEE,
	APPEAL_CLOSERS
};

/* One row of the table of what is allowed; what has no row is forbidden. */
struct appeal_edge {
	enum appeal_state from;
	enum appeal_event event;
	enum appeal_state to;
};

extern const struct appeal_edge appeal_edges[];
extern const size_t appeal_edge_count;

/* CONFLICT: that can't happen in this state. */
CHECKED enum status appeal_next(enum appeal_state from, enum appeal_event event,
				enum appeal_state *to_out);

/* Did a message that Telegram dated `date_s` (whole seconds) arrive before `deadline_ms`? */
bool appeal_in_time(int64_t date_s, int64_t deadline_ms);

const char *appeal_state_name(enum appeal_state state); /* "new", "in_work", "closing", "closed" */
CHECKED enum status appeal_state_parse(struct str name, enum appeal_state *state_out);
const char *appeal_closer_name(enum appeal_closer closer); /* NULL for NONE */

#endif
