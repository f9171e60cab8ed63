/* tests/unit/store_appeals_test.c -- appeals at rest: every edge, lists and their indexes, counts,
 * deletion. */
#include "tests/unit/store_fixture.h"

#include "store/appeals.h"
#include "store/desk.h"
#include "store/events.h"
#include "store/messages.h"
#include "store/tasks.h"

static const struct actor nobody = { ACTOR_SYSTEM, 0 };

static int64_t open_in(struct records *r, int64_t customer_id, enum appeal_state state,
		       int64_t assignee_id, int64_t now_ms)
{
	int64_t id;

	assert_ok(appeals_open(r->db, customer_id, APPEAL_NEW, 0, 0, nobody, now_ms, &id));
	if (state != APPEAL_NEW) {
		char sql[200];

		snprintf(sql, sizeof(sql),
			 "UPDATE appeals SET state = %d, assignee_id = %lld WHERE id = %lld",
			 (int)state, (long long)assignee_id, (long long)id);
		db_exec(r->db, sql);
	}
	return id;
}

static struct appeal get(struct records *r, int64_t id)
{
	struct appeal appeal;

	assert_ok(appeals_get(r->db, id, &r->arena, &appeal));
	return appeal;
}

/* ---- moving ------------------------------------------------------------------------------ */

static void every_pair_of_state_and_event_does_what_the_table_says(void **state)
{
	struct records *r = *state;
	int64_t employee = add_employee(r, "anna"), telegram_id = 1;

	for (int from = 0; from < APPEAL_STATES; from++)
		for (int event = 0; event < APPEAL_EVENTS; event++) {
			struct customer customer = add_customer(r, telegram_id++, "c");
			int64_t id = open_in(r, customer.id, (enum appeal_state)from,
					     from == APPEAL_NEW ? 0 : employee, T0);
			struct appeal_move move = { (enum appeal_event)event, nobody, employee,
						    600000, T0 + 1 };
			struct appeal appeal = get(r, id);
			enum appeal_state to;
			enum status expected =
				appeal_next((enum appeal_state)from, (enum appeal_event)event, &to);

			if (from == APPEAL_NEW)
				db_exec(r->db,
					"UPDATE appeals SET assignee_id = NULL WHERE state = 0");
			assert_status(appeals_move(r->db, &appeal, &move, &r->arena), expected);
			assert_int_equal(get(r, id).state,
					 expected == STATUS_OK ? to : (enum appeal_state)from);
			assert_int_equal(appeal.state, get(r, id).state);
		}
}

static void a_move_from_a_state_it_has_left_is_a_conflict(void **state)
{
	struct records *r = *state;
	int64_t employee = add_employee(r, "anna");
	int64_t id = open_in(r, add_customer(r, 1, "c").id, APPEAL_NEW, 0, T0);
	struct appeal_move take = { APPEAL_OPERATOR_TOOK, nobody, employee, 0, T0 };
	struct appeal_move release = { APPEAL_OPERATOR_RELEASED, nobody, 0, 0, T0 };
	struct appeal first = get(r, id), stale = first;

	assert_ok(appeals_move(r->db, &first, &take, &r->arena));
	assert_status(appeals_move(r->db, &stale, &take, &r->arena), STATUS_CONFLICT);
	assert_ok(appeals_move(r->db, &first, &release, &r->arena));
	assert_int_equal(first.assignee_id, 0);
}

static int64_t timers(struct records *r, const char *dedup_key)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM tasks WHERE type = 2 AND dedup_key = '%s'",
		 dedup_key);
	return db_number(r->db, sql);
}

static void each_closing_has_a_generation_and_a_timer_that_goes_when_it_is_void(void **state)
{
	struct records *r = *state;
	int64_t employee = add_employee(r, "anna");
	int64_t id = open_in(r, add_customer(r, 1, "c").id, APPEAL_IN_WORK, employee, T0);
	struct appeal_move close = { APPEAL_OPERATOR_CLOSED, nobody, 0, 600000, T0 };
	struct appeal_move wrote = { APPEAL_CUSTOMER_WROTE, nobody, 0, 0, T0 };
	struct appeal_move solved = { APPEAL_CUSTOMER_SOLVED, nobody, 0, 0, T0 };
	struct appeal appeal = get(r, id);

	assert_int_equal(id, 1);
	assert_ok(appeals_move(r->db, &appeal, &close, &r->arena));
	assert_int_equal(timers(r, "close:1:1"), 1);
	assert_ok(appeals_move(r->db, &appeal, &wrote, &r->arena));
	assert_int_equal(timers(r, "close:1:1"), 0);
	assert_ok(appeals_move(r->db, &appeal, &close, &r->arena));
	assert_int_equal(appeal.generation, 2);
	assert_int_equal(timers(r, "close:1:2"), 1);
	assert_ok(appeals_move(r->db, &appeal, &solved, &r->arena));
	assert_int_equal(timers(r, "close:1:2"), 0);
	assert_int_equal(appeal.closed_by, APPEAL_CLOSER_CUSTOMER);
}

static void a_step_on_the_spot_leaves_no_event_unless_it_changes_hands(void **state)
{
	struct records *r = *state;
	int64_t anna = add_employee(r, "anna"), boris = add_employee(r, "boris"), before;
	int64_t id = open_in(r, add_customer(r, 1, "c").id, APPEAL_IN_WORK, anna, T0);
	struct appeal_move wrote = { APPEAL_CUSTOMER_WROTE, nobody, 0, 0, T0 };
	struct appeal_move assign = { APPEAL_OPERATOR_ASSIGNED, nobody, boris, 0, T0 };
	struct appeal appeal = get(r, id);

	before = db_number(r->db, "SELECT COUNT(*) FROM events");
	assert_ok(appeals_move(r->db, &appeal, &wrote, &r->arena));
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM events"), before);
	assert_ok(appeals_move(r->db, &appeal, &assign, &r->arena));
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM events"), before + 1);
	assert_int_equal(appeal.assignee_id, boris);
}

static void a_customer_has_at_most_one_open_appeal(void **state)
{
	struct records *r = *state;
	int64_t customer = add_customer(r, 1, "c").id, id;

	open_in(r, customer, APPEAL_NEW, 0, T0);
	assert_status(appeals_open(r->db, customer, APPEAL_NEW, 0, 0, nobody, T0, &id),
		      STATUS_CONFLICT);
}

static void the_current_appeal_is_the_open_one_or_else_the_newest_closed(void **state)
{
	struct records *r = *state;
	int64_t anna = add_employee(r, "anna"), customer = add_customer(r, 1, "c").id, first,
		second, third;
	struct appeal appeal;

	assert_status(appeals_current(r->db, customer, &r->arena, &appeal), STATUS_NOT_FOUND);
	first = open_in(r, customer, APPEAL_CLOSED, anna, T0);
	second = open_in(r, customer, APPEAL_CLOSED, anna, T0 + 1);
	assert_ok(appeals_current(r->db, customer, &r->arena, &appeal));
	assert_int_equal(appeal.id, second);
	third = open_in(r, customer, APPEAL_NEW, 0, T0 + 2);
	assert_ok(appeals_current(r->db, customer, &r->arena, &appeal));
	assert_int_equal(appeal.id, third);
	assert_true(first < second);
}

/* ---- lists ------------------------------------------------------------------------------- */

static size_t list(struct records *r, struct appeal_filter filter, struct appeal **list_out)
{
	size_t count;

	filter.limit = filter.limit != 0 ? filter.limit : 100;
	assert_ok(appeals_list(r->db, &filter, &r->arena, list_out, &count));
	return count;
}

/* 40 appeals over all states, two operators, ten customers of four each, with ties in time. */
static void fill(struct records *r, int64_t anna, int64_t boris)
{
	for (int i = 0; i < 40; i++) {
		enum appeal_state state = i % 4 == 0 && i < 30 ? APPEAL_CLOSED
							       : (enum appeal_state)(i % 3);
		struct customer customer = add_customer(r, 100 + i, "c");

		open_in(r, customer.id, state,
			state == APPEAL_NEW ? 0
			: i % 2		    ? anna
					    : boris,
			T0 + i / 3);
		if (state == APPEAL_NEW)
			db_exec(r->db, "UPDATE appeals SET assignee_id = NULL WHERE state = 0");
	}
}

static void pages_follow_each_other_without_gap_or_repetition_newest_first(void **state)
{
	struct records *r = *state;
	struct appeal_filter filter = { .limit = 7 };
	struct appeal *page, last = { .id = 0 };
	size_t count, seen = 0;

	fill(r, add_employee(r, "anna"), add_employee(r, "boris"));
	while ((count = list(r, filter, &page)) > 0) {
		for (size_t i = 0; i < count; i++) {
			if (seen++ > 0)
				assert_true(
					page[i].last_activity_at_ms < last.last_activity_at_ms ||
					(page[i].last_activity_at_ms == last.last_activity_at_ms &&
					 page[i].id < last.id));
			last = page[i];
		}
		filter.before_activity_ms = last.last_activity_at_ms;
		filter.before_id = last.id;
	}
	assert_int_equal(seen, 40);
}

static void filters_by_state_assignee_and_customer_agree_with_the_rows(void **state)
{
	struct records *r = *state;
	int64_t anna = add_employee(r, "anna"), boris = add_employee(r, "boris");
	struct appeal *page;
	char sql[200];

	fill(r, anna, boris);
	for (uint32_t states = 1; states < 16; states++)
		for (int64_t assignee = -1; assignee <= 2; assignee++) {
			int64_t id = assignee <= 0 ? assignee : assignee == 1 ? anna : boris;
			struct appeal_filter filter = { .states = states, .assignee_id = id };

			snprintf(sql, sizeof(sql),
				 "SELECT COUNT(*) FROM appeals WHERE (1 << state) & %u AND (%lld = "
				 "0 OR COALESCE(assignee_id, -1) = "
				 "%lld)",
				 states, (long long)id, (long long)id);
			assert_int_equal(list(r, filter, &page), db_number(r->db, sql));
			filter.customer_id = 3;
			snprintf(sql, sizeof(sql),
				 "SELECT COUNT(*) FROM appeals WHERE (1 << state) & %u AND (%lld = "
				 "0 OR COALESCE(assignee_id, -1) = "
				 "%lld) AND customer_id = 3",
				 states, (long long)id, (long long)id);
			assert_int_equal(list(r, filter, &page), db_number(r->db, sql));
		}
}

static int64_t rows_where(struct records *r, const char *condition, int64_t id)
{
	return db_number(
		r->db,
		str_format(&r->arena,
			   "SELECT COUNT(*) FROM appeals WHERE deleted_at IS NULL AND %s%lld",
			   condition, (long long)id)
			.data);
}

static void assert_counts_agree(struct records *r, int64_t asker)
{
	struct appeal_counts counts;

	assert_ok(appeals_count(r->db, asker, &counts));
	assert_int_equal(counts.new_count, rows_where(r, "state = ", APPEAL_NEW));
	assert_int_equal(counts.in_work, rows_where(r, "state = ", APPEAL_IN_WORK));
	assert_int_equal(counts.closing, rows_where(r, "state = ", APPEAL_CLOSING));
	assert_int_equal(counts.mine, rows_where(r, "state < 3 AND assignee_id = ", asker));
}

static void counts_agree_with_the_rows_whatever_happens_to_them(void **state)
{
	struct records *r = *state;
	int64_t anna = add_employee(r, "anna"), boris = add_employee(r, "boris");
	struct actor actor = { ACTOR_EMPLOYEE, anna };
	struct appeal_filter open = { .states = 7, .limit = 100 };
	struct appeal *page;
	size_t count;

	fill(r, anna, boris);
	assert_counts_agree(r, anna);
	assert_counts_agree(r, boris);
	assert_ok(appeals_list(r->db, &open, &r->arena, &page, &count));
	assert_true(count > 5);
	for (size_t i = 0; i < count; i++) {
		if (i % 2 == 0)
			assert_ok(appeals_delete(r->db, page[i].id, actor, T0));
		else if (page[i].state == APPEAL_IN_WORK)
			assert_ok(desk_assign(r->db, page[i].id, anna,
					      page[i].assignee_id == anna ? boris : anna, T0,
					      &r->arena, &page[i]));
		assert_counts_agree(r, anna);
		assert_counts_agree(r, boris);
	}
}

/* As a file of version 1 has it. */
static void counts_of_older_records_are_made_when_they_are_opened(void **state)
{
	struct records *r = *state;
	int64_t anna = add_employee(r, "anna"), boris = add_employee(r, "boris");

	fill(r, anna, boris);
	db_exec(r->db, "DELETE FROM open_counts");
	db_exec(r->db, sql_text(SQL_schema_2_open_counts_rows));
	assert_counts_agree(r, anna);
}

/* The plan of a named statement, its lines joined. */
static const char *plan_of(struct records *r, enum sql_id id)
{
	const char *sql = str_format(&r->arena, "EXPLAIN QUERY PLAN %s", sql_text(id)).data;
	struct str plan = STR("");
	sqlite3_stmt *stmt;

	assert_int_equal(sqlite3_prepare_v2(r->db->handle, sql, -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		plan = str_format(&r->arena, "%.*s%s; ", STR_ARG(plan),
				  (const char *)sqlite3_column_text(stmt, 3));
	sqlite3_finalize(stmt);
	return plan.data;
}

/* A constant row is no table. */
static bool scans_a_table(const char *plan)
{
	const char *at = strstr(plan, "SCAN ");

	while (at != NULL && strncmp(at, "SCAN CONSTANT", 13) == 0)
		at = strstr(at + 1, "SCAN ");
	return at != NULL;
}

static void nothing_that_is_asked_often_scans_or_sorts_a_table(void **state)
{
	/* clang-format off */
	static const struct { enum sql_id id; const char *index; bool may_sort; } rows[] = {
		{ SQL_appeals_list,            "appeals_by_state",     false },
		{ SQL_appeals_list_assignee,   "appeals_by_assignee",  false },
		{ SQL_appeals_list_nobody,     "appeals_by_assignee",  false },
		{ SQL_appeals_list_customer,   "appeals_by_customer",  true },
		{ SQL_appeals_current_open,    "appeals_open",         false },
		{ SQL_appeals_current_closed,  "appeals_by_customer",  false },
		{ SQL_appeals_count,           "PRIMARY KEY",          false },
		{ SQL_appeals_count_mine,      "PRIMARY KEY",          false },
		{ SQL_appeals_get,             "PRIMARY KEY",          false },
		{ SQL_messages_list,           "messages_by_appeal",   false },
		{ SQL_messages_is_known,       "messages_incoming",    false },
		{ SQL_messages_find_incoming,  "messages_incoming",    false },
		{ SQL_messages_last_with_buttons, "messages_buttons",  false },
		{ SQL_messages_versions,       "message_versions_of",  false },
		{ SQL_events_after,            "PRIMARY KEY",          false },
		{ SQL_events_of_appeal,        "events_of_appeal",     false },
		{ SQL_tasks_has_unfinished,    "tasks_order",          false },
		{ SQL_tasks_head,              "tasks_order",          false },
		{ SQL_tasks_by_dedup,          "tasks_dedup",          false },
		{ SQL_tasks_cancel,            "tasks_dedup",          false },
		{ SQL_tasks_runnable,          "PRIMARY KEY",          false },
		{ SQL_tasks_scan_unpublished,  "tasks_unpublished",    false },
		{ SQL_tasks_scan_untold_timers, "tasks_due",           false },
		{ SQL_tasks_scan_published,    "tasks_published",      true },
		{ SQL_tasks_next_due,          "tasks_due",            false },
		{ SQL_tasks_local,             "tasks_local",          false },
		{ SQL_tasks_running_of,        "tasks_running",        false },
		{ SQL_purge_updates,           "updates_age",          false },
		{ SQL_purge_idempotency,       "idempotency_age",      false },
		{ SQL_purge_refresh_tokens,    "refresh_tokens_expiry", false },
		{ SQL_purge_sessions,          "sessions_expiry",      false },
		{ SQL_refresh_get,             "PRIMARY KEY",          false },
	};
	/* clang-format on */
	struct records *r = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *plan = plan_of(r, rows[i].id);

		if (strstr(plan, rows[i].index) == NULL || scans_a_table(plan) ||
		    (!rows[i].may_sort && strstr(plan, "TEMP B-TREE") != NULL))
			fail_msg("%s: %s", sql_name(rows[i].id), plan);
	}
}

/* ---- deletion ---------------------------------------------------------------------------- */

static void a_deleted_appeal_is_hidden_its_words_are_gone_and_its_number_stands(void **state)
{
	struct records *r = *state;
	int64_t anna = add_employee(r, "anna"), id, message_id, last_event;
	struct customer customer = add_customer(r, 1, "c");
	struct message_outgoing outgoing = { .author = AUTHOR_BOT, .text = STR("secret answer") };
	struct message_incoming incoming = { .customer_id = customer.id,
					     .bot_id = BOT_ID,
					     .chat_id = 1,
					     .telegram_message_id = 5,
					     .text = STR("secret"),
					     .date_ms = T0 };
	struct appeal_move close = { APPEAL_OPERATOR_CLOSED, nobody, 0, 600000, T0 };
	struct appeal appeal, *page;
	struct message message, *messages;
	size_t count;

	id = incoming.appeal_id = outgoing.appeal_id =
		open_in(r, customer.id, APPEAL_IN_WORK, anna, T0);
	assert_ok(messages_add_incoming(r->db, &incoming, T0, &message_id));
	assert_ok(messages_edit_incoming(r->db, BOT_ID, 1, 5, STR("secret two"), T0 + 1, T0 + 1));
	assert_ok(messages_add_outgoing(r->db, &outgoing, T0, &message_id));
	appeal = get(r, id);
	assert_ok(appeals_move(r->db, &appeal, &close, &r->arena));
	assert_ok(appeals_set_subject(r->db, id, STR("secret subject"), nobody, T0));

	assert_ok(appeals_delete(r->db, id, (struct actor){ ACTOR_EMPLOYEE, anna }, T0 + 2));
	assert_status(appeals_get(r->db, id, &r->arena, &appeal), STATUS_NOT_FOUND);
	assert_status(appeals_current(r->db, customer.id, &r->arena, &appeal), STATUS_NOT_FOUND);
	assert_status(messages_get(r->db, message_id, &r->arena, &message), STATUS_NOT_FOUND);
	assert_ok(messages_list(r->db, id, 0, 10, &r->arena, &messages, &count));
	assert_int_equal(count, 0);
	assert_int_equal(list(r, (struct appeal_filter){ .states = 0 }, &page), 0);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM messages WHERE text <> ''"), 0);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM message_versions"), 0);
	assert_int_equal(
		db_number(r->db,
			  "SELECT COUNT(*) FROM appeals WHERE subject IS NULL AND number = 1"),
		1);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM tasks"), 0);
	last_event = db_number(r->db, "SELECT MAX(seq) FROM events");
	assert_int_equal(db_number(r->db, "SELECT kind FROM events ORDER BY seq DESC LIMIT 1"),
			 EVENT_APPEAL_DELETED);
	assert_status(appeals_delete(r->db, id, nobody, T0), STATUS_NOT_FOUND);
	assert_status(appeals_set_subject(r->db, id, STR("x"), nobody, T0), STATUS_NOT_FOUND);
	assert_int_equal(db_number(r->db, "SELECT MAX(seq) FROM events"), last_event);
	/* The customer may come again; the next number is the next one. */
	id = open_in(r, customer.id, APPEAL_NEW, 0, T0 + 3);
	assert_int_equal(get(r, id).number, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_records(every_pair_of_state_and_event_does_what_the_table_says),
		with_records(a_move_from_a_state_it_has_left_is_a_conflict),
		with_records(each_closing_has_a_generation_and_a_timer_that_goes_when_it_is_void),
		with_records(a_step_on_the_spot_leaves_no_event_unless_it_changes_hands),
		with_records(a_customer_has_at_most_one_open_appeal),
		with_records(the_current_appeal_is_the_open_one_or_else_the_newest_closed),
		with_records(pages_follow_each_other_without_gap_or_repetition_newest_first),
		with_records(filters_by_state_assignee_and_customer_agree_with_the_rows),
		with_records(counts_agree_with_the_rows_whatever_happens_to_them),
		with_records(counts_of_older_records_are_made_when_they_are_opened),
		with_records(nothing_that_is_asked_often_scans_or_sorts_a_table),
		with_records(a_deleted_appeal_is_hidden_its_words_are_gone_and_its_number_stands),
	};

	return cmocka_run_group_tests_name("store_appeals", tests, NULL, NULL);
}
