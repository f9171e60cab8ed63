/* tests/unit/domain_appeal_test.c -- every state and event pair of an appeal's life. */
#include "domain/appeal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { NO = -1 };

/* clang-format off */
/* The whole table, written a second time from the rules: rows are states, columns events. */
static const int expected[APPEAL_STATES][APPEAL_EVENTS] = {
	[APPEAL_NEW] = {
		[APPEAL_CUSTOMER_WROTE]         = APPEAL_NEW,
		[APPEAL_CUSTOMER_WROTE_IN_TIME] = NO,
		[APPEAL_CUSTOMER_SOLVED]        = NO,
		[APPEAL_CUSTOMER_STILL_NEEDS]   = NO,
		[APPEAL_OPERATOR_TOOK]          = APPEAL_IN_WORK,
		[APPEAL_OPERATOR_ANSWERED]      = APPEAL_IN_WORK,
		[APPEAL_OPERATOR_CLOSED]        = NO,
		[APPEAL_OPERATOR_RELEASED]      = NO,
		[APPEAL_OPERATOR_ASSIGNED]      = APPEAL_IN_WORK,
		[APPEAL_DEADLINE_PASSED]        = NO,
	},
	[APPEAL_IN_WORK] = {
		[APPEAL_CUSTOMER_WROTE]         = APPEAL_IN_WORK,
		[APPEAL_CUSTOMER_WROTE_IN_TIME] = NO,
		[APPEAL_CUSTOMER_SOLVED]        = NO,
		[APPEAL_CUSTOMER_STILL_NEEDS]   = NO,
		[APPEAL_OPERATOR_TOOK]          = APPEAL_IN_WORK,
		[APPEAL_OPERATOR_ANSWERED]      = APPEAL_IN_WORK,
		[APPEAL_OPERATOR_CLOSED]        = APPEAL_CLOSING,
		[APPEAL_OPERATOR_RELEASED]      = APPEAL_NEW,
		[APPEAL_OPERATOR_ASSIGNED]      = APPEAL_IN_WORK,
		[APPEAL_DEADLINE_PASSED]        = NO,
	},
	[APPEAL_CLOSING] = {
		[APPEAL_CUSTOMER_WROTE]         = APPEAL_IN_WORK,
		[APPEAL_CUSTOMER_WROTE_IN_TIME] = NO,
		[APPEAL_CUSTOMER_SOLVED]        = APPEAL_CLOSED,
		[APPEAL_CUSTOMER_STILL_NEEDS]   = APPEAL_IN_WORK,
		[APPEAL_OPERATOR_TOOK]          = APPEAL_IN_WORK,
		[APPEAL_OPERATOR_ANSWERED]      = APPEAL_CLOSING,
		[APPEAL_OPERATOR_CLOSED]        = NO,
		[APPEAL_OPERATOR_RELEASED]      = NO,
		[APPEAL_OPERATOR_ASSIGNED]      = NO,
		[APPEAL_DEADLINE_PASSED]        = APPEAL_CLOSED,
	},
	[APPEAL_CLOSED] = {
		[APPEAL_CUSTOMER_WROTE]         = NO,
		[APPEAL_CUSTOMER_WROTE_IN_TIME] = APPEAL_IN_WORK,
		[APPEAL_CUSTOMER_SOLVED]        = NO,
		[APPEAL_CUSTOMER_STILL_NEEDS]   = NO,
		[APPEAL_OPERATOR_TOOK]          = NO,
		[APPEAL_OPERATOR_ANSWERED]      = NO,
		[APPEAL_OPERATOR_CLOSED]        = NO,
		[APPEAL_OPERATOR_RELEASED]      = NO,
		[APPEAL_OPERATOR_ASSIGNED]      = NO,
		[APPEAL_DEADLINE_PASSED]        = NO,
	},
};
/* clang-format on */

static void every_pair_of_state_and_event_goes_where_the_rules_say(void **unused)
{
	(void)unused;
	for (int state = 0; state < APPEAL_STATES; state++)
		for (int event = 0; event < APPEAL_EVENTS; event++) {
			enum appeal_state to = APPEAL_STATES;
			enum status status = appeal_next((enum appeal_state)state,
							 (enum appeal_event)event, &to);

			if (expected[state][event] == NO) {
				assert_int_equal(status, STATUS_CONFLICT);
				assert_int_equal(to, APPEAL_STATES);
			} else {
				assert_int_equal(status, STATUS_OK);
				assert_int_equal(to, expected[state][event]);
			}
		}
}

static void no_edge_stands_twice(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < appeal_edge_count; i++)
		for (size_t j = i + 1; j < appeal_edge_count; j++)
			assert_false(appeal_edges[i].from == appeal_edges[j].from &&
				     appeal_edges[i].event == appeal_edges[j].event);
}

static void in_time_is_judged_in_whole_seconds(void **unused)
{
	(void)unused;
	assert_true(appeal_in_time(999, 1000400));
	assert_true(appeal_in_time(1000, 1000400));
	assert_true(appeal_in_time(1000, 1000000));
	assert_false(appeal_in_time(1001, 1000999));
}

static void state_names_are_read_back(void **unused)
{
	enum appeal_state state;

	(void)unused;
	for (int i = 0; i < APPEAL_STATES; i++) {
		const char *name = appeal_state_name((enum appeal_state)i);

		assert_int_equal(appeal_state_parse(str_from_c(name), &state), STATUS_OK);
		assert_int_equal(state, i);
	}
	assert_int_equal(appeal_state_parse(STR("open"), &state), STATUS_BAD_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_of_state_and_event_goes_where_the_rules_say),
		cmocka_unit_test(no_edge_stands_twice),
		cmocka_unit_test(in_time_is_judged_in_whole_seconds),
		cmocka_unit_test(state_names_are_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
