/* domain/appeal.c -- the table of an appeal's life and the few questions asked of it. */
#include "domain/appeal.h"

/* clang-format off */
const struct appeal_edge appeal_edges[] = {
	/* from            what happened                    then */
	{ APPEAL_NEW,      APPEAL_CUSTOMER_WROTE,           APPEAL_NEW },
	{ APPEAL_NEW,      APPEAL_OPERATOR_TOOK,            APPEAL_IN_WORK },
	{ APPEAL_NEW,      APPEAL_OPERATOR_ANSWERED,        APPEAL_IN_WORK },
	{ APPEAL_NEW,      APPEAL_OPERATOR_ASSIGNED,        APPEAL_IN_WORK },

	{ APPEAL_IN_WORK,  APPEAL_CUSTOMER_WROTE,           APPEAL_IN_WORK },
	{ APPEAL_IN_WORK,  APPEAL_OPERATOR_TOOK,            APPEAL_IN_WORK },
	{ APPEAL_IN_WORK,  APPEAL_OPERATOR_ANSWERED,        APPEAL_IN_WORK },
	{ APPEAL_IN_WORK,  APPEAL_OPERATOR_ASSIGNED,        APPEAL_IN_WORK },
	{ APPEAL_IN_WORK,  APPEAL_OPERATOR_RELEASED,        APPEAL_NEW },
	{ APPEAL_IN_WORK,  APPEAL_OPERATOR_CLOSED,          APPEAL_CLOSING },

	{ APPEAL_CLOSING,  APPEAL_CUSTOMER_WROTE,           APPEAL_IN_WORK },
	{ APPEAL_CLOSING,  APPEAL_CUSTOMER_STILL_NEEDS,     APPEAL_IN_WORK },
	{ APPEAL_CLOSING,  APPEAL_CUSTOMER_SOLVED,          APPEAL_CLOSED },
	{ APPEAL_CLOSING,  APPEAL_DEADLINE_PASSED,          APPEAL_CLOSED },
	{ APPEAL_CLOSING,  APPEAL_OPERATOR_TOOK,            APPEAL_IN_WORK },
	{ APPEAL_CLOSING,  APPEAL_OPERATOR_ANSWERED,        APPEAL_CLOSING },

	{ APPEAL_CLOSED,   APPEAL_CUSTOMER_WROTE_IN_TIME,   APPEAL_IN_WORK },
};
/* clang-format on */

const size_t appeal_edge_count = sizeof(appeal_edges) / sizeof(*appeal_edges);

static const char *const state_names[APPEAL_STATES] = { "new", "in_work", "closing", "closed" };
static const char *const closer_names[APPEAL_CLOSERS] = { NULL, "customer", "timer", "employee" };

enum status appeal_next(enum appeal_state from, enum appeal_event event, enum appeal_state *to_out)
{
	for (size_t i = 0; i < appeal_edge_count; i++)
		if (appeal_edges[i].from == from && appeal_edges[i].event == event) {
			*to_out = appeal_edges[i].to;
			return STATUS_OK;
		}
	return STATUS_CONFLICT;
}

bool appeal_in_time(int64_t date_s, int64_t deadline_ms)
{
	return date_s <= deadline_ms / 1000;
}

const char *appeal_state_name(enum appeal_state state)
{
	return state_names[state];
}

enum status appeal_state_parse(struct str name, enum appeal_state *state_out)
{
	for (size_t i = 0; i < APPEAL_STATES; i++)
		if (str_eq_c(name, state_names[i])) {
			*state_out = (enum appeal_state)i;
			return STATUS_OK;
		}
	return STATUS_BAD_INPUT;
}

const char *appeal_closer_name(enum appeal_closer closer)
{
	return closer_names[closer];
}
