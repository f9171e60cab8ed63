/* tests/unit/sandbox_updates_test.c -- the queue of updates: ids, offsets, kinds, age; and faults,
 * the call log, first ids. */
#include "telegram/sandbox/calls.h"
#include "telegram/sandbox/faults.h"
#include "telegram/sandbox/ids.h"
#include "telegram/sandbox/updates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { FIRST = 5000000, NOW_S = 1700000000 };

static struct updates updates;

static int begin(void **state)
{
	(void)state;
	updates_init(&updates, FIRST);
	return 0;
}

static int end(void **state)
{
	(void)state;
	updates_release(&updates);
	return 0;
}

static int64_t add(const char *kind)
{
	int64_t id;

	assert_int_equal(updates_add(&updates, kind, json_object(), NOW_S, &id), STATUS_OK);
	return id;
}

/* Takes and compares: the ids, each relative to FIRST, as "0 1 2". */
static void assert_taken_at(int64_t offset, size_t limit, int64_t now_s, const char *wanted)
{
	char found[256] = "", *text;
	size_t at = 0, i;
	json_t *json, *row;

	updates_take(&updates, offset, limit, now_s, &text);
	json = text != NULL ? json_loads(text, 0, NULL) : json_array();
	assert_non_null(json);
	json_array_foreach(json, i, row) at +=
		(size_t)snprintf(found + at, sizeof(found) - at, "%s%lld", i > 0 ? " " : "",
				 json_integer_value(json_object_get(row, "update_id")) - FIRST);
	assert_string_equal(found, wanted);
	json_decref(json);
	free(text);
}

static void assert_taken(int64_t offset, const char *wanted)
{
	assert_taken_at(offset, 100, NOW_S, wanted);
}

static void ids_count_up_and_an_offset_confirms_what_is_below(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		assert_true(add("message") == FIRST + i);
	assert_taken(0, "0 1 2 3");
	assert_taken(0, "0 1 2 3");
	assert_taken(FIRST + 2, "2 3");
	assert_taken(0, "2 3");
	assert_taken(FIRST + 4, "");
	assert_taken(0, "");
}

static void a_negative_offset_keeps_the_last_and_forgets_the_rest(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		add("message");
	assert_taken(-2, "3 4");
	assert_taken(0, "3 4");
	assert_taken(-100, "3 4");
}

static void the_limit_cuts_but_does_not_confirm(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		add("message");
	assert_taken_at(0, 2, NOW_S, "0 1");
	assert_taken_at(FIRST + 2, 2, NOW_S, "2");
}

static void an_offset_far_beyond_the_tail_is_ignored(void **state)
{
	(void)state;
	add("message");
	assert_taken(FIRST + 1 + UPDATES_OFFSET_SLACK + 1, "0");
	assert_taken(FIRST + 1 + UPDATES_OFFSET_SLACK, "");
}

static void a_jump_down_waits_for_an_empty_queue(void **state)
{
	int64_t id;

	(void)state;
	add("message");
	assert_int_equal(updates_jump_down(&updates), STATUS_OK);
	assert_true(add("message") == FIRST + 1);
	assert_taken(FIRST + 2, "");
	id = add("message");
	assert_true(id == FIRST - UPDATES_JUMP);
	/* The old offset lies far beyond the new tail now. */
	assert_taken(FIRST + 2, "-100000");
	assert_taken(id + 1, "");
}

static void jumps_end_before_ids_would_end(void **state)
{
	(void)state;
	for (int i = 1; i < FIRST / UPDATES_JUMP; i++)
		assert_int_equal(updates_jump_down(&updates), STATUS_OK);
	assert_int_equal(updates_jump_down(&updates), STATUS_CONFLICT);
}

static void updates_are_kept_for_a_day(void **state)
{
	(void)state;
	add("message");
	assert_taken_at(0, 100, NOW_S + UPDATES_KEPT_S, "0");
	assert_taken_at(0, 100, NOW_S + UPDATES_KEPT_S + 1, "");
}

static void kinds_that_are_not_wanted_are_not_made(void **state)
{
	int64_t id;

	(void)state;
	assert_int_equal(updates_add(&updates, "chat_member", json_object(), NOW_S, &id),
			 STATUS_EMPTY);
	updates_allow(&updates, STR("[\"callback_query\",\"CHAT_MEMBER\",\"unheard_of\"]"));
	add("chat_member");
	assert_int_equal(updates_add(&updates, "message", json_object(), NOW_S, &id), STATUS_EMPTY);
	updates_allow(&updates, STR("{}"));
	updates_allow(&updates, STR("nonsense"));
	updates_allow(&updates, STR_NONE);
	assert_int_equal(updates_add(&updates, "message", json_object(), NOW_S, &id), STATUS_EMPTY);
	updates_allow(&updates, STR("[]"));
	add("message");
	assert_taken(0, "0 1");
}

static void one_answer_stops_at_four_mebibytes(void **state)
{
	char *big = malloc((3 << 20) + 1);
	int64_t id;

	(void)state;
	assert_non_null(big);
	memset(big, 'x', 3 << 20);
	big[3 << 20] = '\0';
	for (int i = 0; i < 2; i++)
		assert_int_equal(updates_add(&updates, "message", json_pack("{s:s}", "text", big),
					     NOW_S, &id),
				 STATUS_OK);
	free(big);
	assert_taken(0, "0");
	assert_taken(FIRST + 1, "1");
}

/* ---- faults
 * ---------------------------------------------------------------------------------------- */

static void a_fault_hits_its_method_and_user_as_often_as_told(void **state)
{
	struct faults faults = { 0 };
	struct fault fault = { .kind = FAULT_BLOCKED,
			       .method = "sendMessage",
			       .user = 7,
			       .count = 2 },
		     hit;

	(void)state;
	assert_int_equal(faults_add(&faults, &fault), STATUS_OK);
	assert_int_equal(faults_take(&faults, "sendMessage", 8, &hit), STATUS_EMPTY);
	assert_int_equal(faults_take(&faults, "editMessageText", 7, &hit), STATUS_EMPTY);
	assert_int_equal(faults_take(&faults, "sendmessage", 7, &hit), STATUS_OK);
	assert_int_equal(faults_take(&faults, "sendMessage", 7, &hit), STATUS_OK);
	assert_int_equal(hit.kind, FAULT_BLOCKED);
	assert_int_equal(faults_take(&faults, "sendMessage", 7, &hit), STATUS_EMPTY);
	assert_int_equal(faults.count, 0);
}

static void a_fault_of_any_method_spares_polls(void **state)
{
	struct faults faults = { 0 };
	struct fault fault = { .kind = FAULT_DELAY, .method = "*", .count = 1 }, hit;

	(void)state;
	assert_int_equal(faults_add(&faults, &fault), STATUS_OK);
	assert_int_equal(faults_take(&faults, "getUpdates", 0, &hit), STATUS_EMPTY);
	assert_int_equal(faults_take(&faults, "getMe", 0, &hit), STATUS_OK);
}

static void faults_come_in_the_order_armed_and_have_a_limit(void **state)
{
	struct faults faults = { 0 };
	struct fault hit;

	(void)state;
	for (int i = 0; i < FAULTS_MAX; i++) {
		struct fault fault = {
			.kind = FAULT_DELAY, .method = "*", .count = 1, .delay_ms = i
		};

		assert_int_equal(faults_add(&faults, &fault), STATUS_OK);
	}
	hit = faults.rows[0];
	assert_int_equal(faults_add(&faults, &hit), STATUS_BUSY);
	for (int i = 0; i < FAULTS_MAX; i++) {
		assert_int_equal(faults_take(&faults, "getMe", 0, &hit), STATUS_OK);
		assert_int_equal(hit.delay_ms, i);
	}
}

static void every_kind_of_fault_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (enum fault_kind kind = FAULT_NONE + 1; kind < FAULT_KINDS; kind++) {
		enum fault_kind found = FAULT_NONE;

		assert_non_null(fault_kind_name(kind));
		assert_int_equal(fault_kind_from_name(str_from_c(fault_kind_name(kind)), &found),
				 STATUS_OK);
		assert_int_equal(found, kind);
	}
	assert_int_equal(fault_kind_from_name(STR("none"), &(enum fault_kind){ FAULT_NONE }),
			 STATUS_NOT_FOUND);
}

/* ---- the log, first ids
 * ---------------------------------------------------------------------------- */

static struct call_log log_;

static void the_log_numbers_calls_and_forgets_the_oldest(void **state)
{
	json_t *rows;

	(void)state;
	for (int i = 0; i < CALLS_MAX + 10; i++)
		call_log_add(&log_, json_object());
	assert_int_equal(call_log_last(&log_), CALLS_MAX + 10);
	rows = call_log_after(&log_, 0, CALLS_MAX);
	assert_int_equal(json_array_size(rows), CALLS_MAX);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(rows, 0), "number")),
			 11);
	json_decref(rows);
	rows = call_log_after(&log_, CALLS_MAX + 7, 2);
	assert_int_equal(json_array_size(rows), 2);
	json_decref(rows);
	call_log_release(&log_);
}

static void numbering_never_starts_at_the_same_place_twice(void **state)
{
	char path[] = "/tmp/eco-ids-XXXXXX";
	int fd = mkstemp(path);
	int64_t first, second;
	FILE *file;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(ids_reserve(path, &first), STATUS_OK);
	assert_int_equal(ids_reserve(path, &second), STATUS_OK);
	assert_true(second == first + IDS_BLOCK && first > IDS_HEADROOM);
	file = fopen(path, "we");
	assert_non_null(file);
	fprintf(file, "%d\n", IDS_MAX - 1);
	fclose(file);
	assert_int_equal(ids_reserve(path, &first), STATUS_OK);
	assert_true(first == IDS_BLOCK + IDS_HEADROOM);
	unlink(path);
	assert_int_equal(ids_reserve("/nowhere/at/all", &first), STATUS_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ids_count_up_and_an_offset_confirms_what_is_below,
						begin, end),
		cmocka_unit_test_setup_teardown(
			a_negative_offset_keeps_the_last_and_forgets_the_rest, begin, end),
		cmocka_unit_test_setup_teardown(the_limit_cuts_but_does_not_confirm, begin, end),
		cmocka_unit_test_setup_teardown(an_offset_far_beyond_the_tail_is_ignored, begin,
						end),
		cmocka_unit_test_setup_teardown(a_jump_down_waits_for_an_empty_queue, begin, end),
		cmocka_unit_test_setup_teardown(jumps_end_before_ids_would_end, begin, end),
		cmocka_unit_test_setup_teardown(updates_are_kept_for_a_day, begin, end),
		cmocka_unit_test_setup_teardown(kinds_that_are_not_wanted_are_not_made, begin, end),
		cmocka_unit_test_setup_teardown(one_answer_stops_at_four_mebibytes, begin, end),
		cmocka_unit_test(a_fault_hits_its_method_and_user_as_often_as_told),
		cmocka_unit_test(a_fault_of_any_method_spares_polls),
		cmocka_unit_test(faults_come_in_the_order_armed_and_have_a_limit),
		cmocka_unit_test(every_kind_of_fault_has_a_name_of_its_own),
		cmocka_unit_test(the_log_numbers_calls_and_forgets_the_oldest),
		cmocka_unit_test(numbering_never_starts_at_the_same_place_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
