/* tests/unit/store_desk_test.c -- the desk's acts: a whole conversation, the ten minutes, buttons,
 * who may do what. */
#include "tests/unit/store_fixture.h"

#include "domain/texts.h"
#include "store/desk.h"
#include "store/events.h"
#include "store/tasks.h"

#define CLOSE_AFTER_MS INT64_C(600000)

struct scene {
	struct records *r;
	struct customer customer;
	int64_t anna, boris;
	int64_t telegram_message_id;
};

static struct scene scene_of(void **state)
{
	struct records *r = *state;
	struct scene scene = { .r = r, .customer = add_customer(r, 500, "Carl") };

	scene.anna = add_employee(r, "anna");
	scene.boris = add_employee(r, "boris");
	return scene;
}

static struct appeal wrote_at(struct scene *s, const char *text, int64_t date_s, int64_t now_ms)
{
	struct desk_words words = { ++s->telegram_message_id, date_s, MESSAGE_TEXT,
				    str_from_c(text) };
	struct appeal appeal;

	assert_ok(
		desk_customer_wrote(s->r->db, &s->customer, &words, now_ms, &s->r->arena, &appeal));
	return appeal;
}

static struct appeal wrote(struct scene *s, const char *text, int64_t now_ms)
{
	return wrote_at(s, text, now_ms / 1000, now_ms);
}

static struct appeal take(struct scene *s, int64_t appeal_id, int64_t employee_id, int64_t now_ms)
{
	struct appeal appeal;

	assert_ok(desk_take(s->r->db, appeal_id, employee_id, now_ms, &s->r->arena, &appeal));
	return appeal;
}

static int64_t answer(struct scene *s, int64_t appeal_id, int64_t employee_id, const char *text,
		      int64_t now_ms)
{
	int64_t id;

	assert_ok(desk_answer(s->r->db, appeal_id, employee_id, str_from_c(text), now_ms,
			      &s->r->arena, &id));
	return id;
}

static struct appeal closing(struct scene *s, int64_t appeal_id, int64_t employee_id,
			     int64_t now_ms)
{
	struct appeal appeal;

	assert_ok(desk_close(s->r->db, appeal_id, employee_id, CLOSE_AFTER_MS, now_ms, &s->r->arena,
			     &appeal));
	return appeal;
}

static struct appeal get(struct scene *s, int64_t appeal_id)
{
	struct appeal appeal;

	assert_ok(appeals_get(s->r->db, appeal_id, &s->r->arena, &appeal));
	return appeal;
}

/* The newest message of the appeal. */
static struct message newest(struct scene *s, int64_t appeal_id)
{
	struct message *list;
	size_t count;

	assert_ok(messages_list(s->r->db, appeal_id, 0, 1, &s->r->arena, &list, &count));
	assert_int_equal(count, 1);
	return list[0];
}

/* As the deliverer does: the newest message with buttons goes out. */
static int64_t send_closing(struct scene *s, int64_t appeal_id, int64_t now_ms)
{
	int64_t id = db_number(s->r->db, "SELECT MAX(id) FROM messages WHERE buttons <> 0");

	(void)appeal_id;
	assert_ok(messages_set_delivery(
		s->r->db, id, &(struct delivery_change){ .to = DELIVERY_SENDING }, now_ms));
	assert_ok(messages_set_delivery(
		s->r->db, id,
		&(struct delivery_change){ .to = DELIVERY_SENT, .telegram_message_id = 9000 + id },
		now_ms));
	return id;
}

static int64_t tasks_of(struct scene *s, enum task_type type)
{
	char sql[96];

	snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM tasks WHERE type = %d", (int)type);
	return db_number(s->r->db, sql);
}

static bool says(struct scene *s, int64_t appeal_id, enum text_key key)
{
	return str_eq(newest(s, appeal_id).text, text_of(key, LANG_EN));
}

static int64_t texts_beginning(struct scene *s, const char *words)
{
	char sql[160];

	snprintf(sql, sizeof(sql),
		 "SELECT COUNT(*) FROM messages WHERE author = 2 AND text LIKE '%%%s%%'", words);
	return db_number(s->r->db, sql);
}

static struct event_row last_event(struct scene *s, int64_t appeal_id, enum event_kind kind)
{
	struct event_row *rows, found = { .seq = 0 };
	size_t count;

	assert_ok(events_of_appeal(s->r->db, appeal_id, 1000, &s->r->arena, &rows, &count));
	for (size_t i = 0; i < count; i++)
		if (rows[i].kind == kind)
			found = rows[i];
	return found;
}

/* ---- the conversation -------------------------------------------------------------------- */

static void the_first_message_opens_an_appeal_and_is_confirmed_with_its_number(void **state)
{
	struct scene s = scene_of(state);
	struct appeal appeal = wrote(&s, "The scooter won't stop", T0);

	assert_int_equal(appeal.state, APPEAL_NEW);
	assert_int_equal(appeal.number, 1);
	assert_int_equal(appeal.previous_id, 0);
	assert_int_equal(appeal.waiting_since_ms, T0);
	assert_int_equal(appeal.message_count, 2);
	assert_int_equal(appeal.last.author, AUTHOR_CUSTOMER);
	assert_str(appeal.last.text, "The scooter won't stop");
	assert_true(str_eq(newest(&s, appeal.id).text,
			   text_with(TEXT_RECEIVED, LANG_EN, STR("1"), &s.r->arena)));
	assert_int_equal(tasks_of(&s, TASK_DELIVER), 1);
	assert_int_equal(last_event(&s, appeal.id, EVENT_APPEAL_OPENED).actor.kind, ACTOR_CUSTOMER);
}

static void more_messages_go_on_in_the_open_appeal(void **state)
{
	struct scene s = scene_of(state);
	struct appeal first = wrote(&s, "one", T0), second = wrote(&s, "two", T0 + 5000);

	assert_int_equal(second.id, first.id);
	assert_int_equal(second.message_count, 3);
	assert_int_equal(second.waiting_since_ms, T0);
	assert_int_equal(second.last_activity_at_ms, T0 + 5000);
	assert_int_equal(texts_beginning(&s, "registered"), 1);
}

static void the_whole_conversation_ends_closed_by_the_timer(void **state)
{
	struct scene s = scene_of(state);
	struct appeal appeal = wrote(&s, "help", T0);
	int64_t id = appeal.id;

	appeal = take(&s, id, s.anna, T0 + 1000);
	assert_int_equal(appeal.state, APPEAL_IN_WORK);
	assert_int_equal(appeal.assignee_id, s.anna);
	assert_str(appeal.assignee_name, "anna");
	assert_int_equal(appeal.taken_at_ms, T0 + 1000);
	answer(&s, id, s.anna, "Hold the brake", T0 + 2000);
	appeal = get(&s, id);
	assert_int_equal(appeal.waiting_since_ms, 0);
	assert_int_equal(appeal.last.author, AUTHOR_EMPLOYEE);
	appeal = closing(&s, id, s.anna, T0 + 3000);
	assert_int_equal(appeal.state, APPEAL_CLOSING);
	assert_int_equal(appeal.closing_at_ms, T0 + 3000 + CLOSE_AFTER_MS);
	assert_int_equal(appeal.generation, 1);
	assert_int_equal(newest(&s, id).buttons, BUTTONS_CLOSING);
	assert_int_equal(tasks_of(&s, TASK_CLOSE_APPEAL), 1);
	send_closing(&s, id, T0 + 4000);
	assert_ok(desk_deadline(s.r->db, id, 1, appeal.closing_at_ms, &s.r->arena));
	appeal = get(&s, id);
	assert_int_equal(appeal.state, APPEAL_CLOSED);
	assert_int_equal(appeal.closed_by, APPEAL_CLOSER_TIMER);
	assert_int_equal(appeal.closed_at_ms, T0 + 3000 + CLOSE_AFTER_MS);
	assert_true(says(&s, id, TEXT_CLOSED_TIMER));
	assert_int_equal(tasks_of(&s, TASK_EDIT_MARKUP), 1);
	assert_int_equal(tasks_of(&s, TASK_CLOSE_APPEAL), 0);
	assert_int_equal(last_event(&s, id, EVENT_APPEAL_CLOSED).actor.kind, ACTOR_SYSTEM);
}

static void the_timer_task_names_appeal_and_generation_and_is_due_at_the_deadline(void **state)
{
	struct scene s = scene_of(state);
	int64_t id = wrote(&s, "help", T0).id;

	take(&s, id, s.anna, T0);
	closing(&s, id, s.anna, T0);
	assert_int_equal(db_number(s.r->db, "SELECT due_at FROM tasks WHERE type = 2"),
			 T0 + CLOSE_AFTER_MS);
	assert_int_equal(db_number(s.r->db, "SELECT payload = '{\"appeal_id\":1,\"generation\":1}' "
					    "AND dedup_key = 'close:1:1' "
					    "AND order_key IS NULL FROM tasks WHERE type = 2"),
			 1);
}

static void deliveries_go_in_the_order_of_their_chat_and_say_what_they_are(void **state)
{
	struct scene s = scene_of(state);

	wrote(&s, "help", T0);
	assert_int_equal(db_number(s.r->db,
				   "SELECT order_key = 'chat:77:500' AND dedup_key = 'deliver:2' "
				   "AND payload = "
				   "'{\"message_id\":2,\"appeal_id\":1}' AND class = 0 FROM tasks"),
			 1);
}

/* ---- taking and answering ---------------------------------------------------------------- */

static void the_customer_hears_once_that_an_operator_took_it(void **state)
{
	struct scene s = scene_of(state);
	struct appeal appeal = wrote(&s, "help", T0);

	take(&s, appeal.id, s.anna, T0);
	take(&s, appeal.id, s.anna, T0);
	assert_ok(desk_release(s.r->db, appeal.id, s.anna, T0, &s.r->arena, &appeal));
	assert_int_equal(appeal.state, APPEAL_NEW);
	assert_int_equal(appeal.assignee_id, 0);
	take(&s, appeal.id, s.boris, T0);
	assert_int_equal(texts_beginning(&s, "has joined"), 1);
	assert_int_equal(texts_beginning(&s, "anna has joined"), 1);
}

static void answering_a_new_appeal_takes_it_and_says_so_first(void **state)
{
	struct scene s = scene_of(state);
	int64_t id = wrote(&s, "help", T0).id;
	int64_t message_id = answer(&s, id, s.anna, "Hello", T0 + 1);
	struct message *list;
	size_t count;

	assert_int_equal(get(&s, id).state, APPEAL_IN_WORK);
	assert_int_equal(get(&s, id).assignee_id, s.anna);
	assert_ok(messages_list(s.r->db, id, 0, 10, &s.r->arena, &list, &count));
	assert_int_equal(count, 4);
	assert_int_equal(list[0].id, message_id);
	assert_str(list[0].author_name, "anna");
	assert_int_equal(list[0].delivery, DELIVERY_QUEUED);
	assert_int_equal(list[1].author, AUTHOR_BOT);
	assert_int_equal(list[3].author, AUTHOR_CUSTOMER);
	assert_str(list[3].author_name, "Carl");
	assert_int_equal(last_event(&s, id, EVENT_APPEAL_TAKEN).actor.id, s.anna);
}

static void another_operators_appeal_can_be_neither_taken_nor_answered_nor_closed(void **state)
{
	struct scene s = scene_of(state);
	int64_t id = wrote(&s, "help", T0).id, ignored;
	struct appeal appeal;

	take(&s, id, s.anna, T0);
	assert_status(desk_take(s.r->db, id, s.boris, T0, &s.r->arena, &appeal), STATUS_CONFLICT);
	assert_status(desk_answer(s.r->db, id, s.boris, STR("me"), T0, &s.r->arena, &ignored),
		      STATUS_CONFLICT);
	assert_status(desk_close(s.r->db, id, s.boris, 1, T0, &s.r->arena, &appeal),
		      STATUS_CONFLICT);
	assert_status(desk_release(s.r->db, id, s.boris, T0, &s.r->arena, &appeal),
		      STATUS_CONFLICT);
	closing(&s, id, s.anna, T0);
	assert_status(desk_take(s.r->db, id, s.boris, T0, &s.r->arena, &appeal), STATUS_CONFLICT);
	assert_status(desk_take(s.r->db, 999, s.boris, T0, &s.r->arena, &appeal), STATUS_NOT_FOUND);
}

static void a_new_or_closed_appeal_can_not_be_closed_or_released(void **state)
{
	struct scene s = scene_of(state);
	int64_t id = wrote(&s, "help", T0).id, ignored;
	struct appeal appeal;

	assert_status(desk_close(s.r->db, id, s.anna, 1, T0, &s.r->arena, &appeal),
		      STATUS_CONFLICT);
	assert_status(desk_release(s.r->db, id, s.anna, T0, &s.r->arena, &appeal), STATUS_CONFLICT);
	take(&s, id, s.anna, T0);
	closing(&s, id, s.anna, T0);
	assert_status(desk_close(s.r->db, id, s.anna, 1, T0, &s.r->arena, &appeal),
		      STATUS_CONFLICT);
	assert_ok(desk_deadline(s.r->db, id, 1, T0 + CLOSE_AFTER_MS, &s.r->arena));
	assert_status(desk_take(s.r->db, id, s.anna, T0, &s.r->arena, &appeal), STATUS_CONFLICT);
	assert_status(desk_answer(s.r->db, id, s.anna, STR("late"), T0, &s.r->arena, &ignored),
		      STATUS_CONFLICT);
}

static void assigning_hands_over_from_the_queue_and_from_another_operator(void **state)
{
	struct scene s = scene_of(state);
	int64_t id = wrote(&s, "help", T0).id;
	struct appeal appeal;

	assert_ok(desk_assign(s.r->db, id, s.anna, s.boris, T0, &s.r->arena, &appeal));
	assert_int_equal(appeal.assignee_id, s.boris);
	assert_int_equal(appeal.state, APPEAL_IN_WORK);
	assert_int_equal(texts_beginning(&s, "boris has joined"), 1);
	assert_ok(desk_assign(s.r->db, id, s.boris, s.anna, T0, &s.r->arena, &appeal));
	assert_int_equal(appeal.assignee_id, s.anna);
	assert_int_equal(texts_beginning(&s, "has joined"), 1);
	assert_str(last_event(&s, id, EVENT_APPEAL_UPDATED).actor_name, "boris");
	assert_status(desk_assign(s.r->db, id, s.anna, 999, T0, &s.r->arena, &appeal),
		      STATUS_BAD_INPUT);
	db_exec(s.r->db, "UPDATE employees SET enabled = 0 WHERE login = 'boris'");
	assert_status(desk_assign(s.r->db, id, s.anna, s.boris, T0, &s.r->arena, &appeal),
		      STATUS_BAD_INPUT);
}

static void an_answer_while_closing_goes_out_and_the_countdown_stands(void **state)
{
	struct scene s = scene_of(state);
	int64_t id = wrote(&s, "help", T0).id, deadline;

	take(&s, id, s.anna, T0);
	deadline = closing(&s, id, s.anna, T0).closing_at_ms;
	answer(&s, id, s.anna, "One more thing", T0 + 1000);
	assert_int_equal(get(&s, id).state, APPEAL_CLOSING);
	assert_int_equal(get(&s, id).closing_at_ms, deadline);
	assert_int_equal(tasks_of(&s, TASK_CLOSE_APPEAL), 1);
}

static void taking_back_a_closing_appeal_returns_it_and_voids_timer_and_buttons(void **state)
{
	struct scene s = scene_of(state);
	int64_t id = wrote(&s, "help", T0).id;
	struct appeal appeal;

	take(&s, id, s.anna, T0);
	closing(&s, id, s.anna, T0);
	send_closing(&s, id, T0);
	appeal = take(&s, id, s.anna, T0 + 1000);
	assert_int_equal(appeal.state, APPEAL_IN_WORK);
	assert_int_equal(appeal.closing_at_ms, 0);
	assert_int_equal(tasks_of(&s, TASK_CLOSE_APPEAL), 0);
	assert_int_equal(tasks_of(&s, TASK_EDIT_MARKUP), 1);
	assert_int_equal(last_event(&s, id, EVENT_APPEAL_RETURNED).actor.id, s.anna);
}

static void beginning_an_appeal_needs_a_known_customer_without_an_open_one(void **state)
{
	struct scene s = scene_of(state);
	struct appeal appeal, open;

	assert_status(desk_begin(s.r->db, 999, s.anna, STR("hi"), T0, &s.r->arena, &appeal),
		      STATUS_NOT_FOUND);
	assert_ok(desk_begin(s.r->db, s.customer.id, s.anna, STR("hi"), T0, &s.r->arena, &appeal));
	assert_int_equal(appeal.state, APPEAL_IN_WORK);
	assert_int_equal(appeal.assignee_id, s.anna);
	assert_int_equal(appeal.message_count, 1);
	assert_int_equal(last_event(&s, appeal.id, EVENT_APPEAL_OPENED).actor.id, s.anna);
	assert_status(
		desk_begin(s.r->db, s.customer.id, s.boris, STR("hi"), T0, &s.r->arena, &open),
		STATUS_CONFLICT);
	assert_int_equal(open.id, appeal.id);
}

/* ---- the ten minutes --------------------------------------------------------------------- */

static int64_t closed_by_timer(struct scene *s, int64_t *deadline_out)
{
	int64_t id = wrote(s, "help", T0).id;

	take(s, id, s->anna, T0);
	*deadline_out = closing(s, id, s->anna, T0).closing_at_ms;
	assert_ok(desk_deadline(s->r->db, id, 1, *deadline_out, &s->r->arena));
	return id;
}

static void a_message_while_closing_returns_it_to_the_same_operator(void **state)
{
	struct scene s = scene_of(state);
	int64_t id = wrote(&s, "help", T0).id;
	struct appeal appeal;

	take(&s, id, s.anna, T0);
	closing(&s, id, s.anna, T0);
	send_closing(&s, id, T0);
	appeal = wrote(&s, "not yet", T0 + 60000);
	assert_int_equal(appeal.id, id);
	assert_int_equal(appeal.state, APPEAL_IN_WORK);
	assert_int_equal(appeal.assignee_id, s.anna);
	assert_int_equal(appeal.waiting_since_ms, T0 + 60000);
	assert_int_equal(tasks_of(&s, TASK_CLOSE_APPEAL), 0);
	assert_int_equal(tasks_of(&s, TASK_EDIT_MARKUP), 1);
	assert_status(desk_deadline(s.r->db, id, 1, T0 + CLOSE_AFTER_MS, &s.r->arena),
		      STATUS_EMPTY);
	assert_int_equal(last_event(&s, id, EVENT_APPEAL_RETURNED).actor.kind, ACTOR_CUSTOMER);
}

static void an_older_closings_timer_does_nothing_to_a_newer_one(void **state)
{
	struct scene s = scene_of(state);
	int64_t id = wrote(&s, "help", T0).id;

	take(&s, id, s.anna, T0);
	closing(&s, id, s.anna, T0);
	take(&s, id, s.anna, T0);
	assert_int_equal(closing(&s, id, s.anna, T0 + 1000).generation, 2);
	assert_status(desk_deadline(s.r->db, id, 1, T0 + CLOSE_AFTER_MS, &s.r->arena),
		      STATUS_EMPTY);
	assert_int_equal(get(&s, id).state, APPEAL_CLOSING);
	assert_ok(desk_deadline(s.r->db, id, 2, T0 + 1000 + CLOSE_AFTER_MS, &s.r->arena));
	assert_status(desk_deadline(s.r->db, id, 2, T0 + 1000 + CLOSE_AFTER_MS, &s.r->arena),
		      STATUS_EMPTY);
	assert_status(desk_deadline(s.r->db, 999, 1, T0, &s.r->arena), STATUS_EMPTY);
}

static void a_message_dated_in_time_brings_a_closed_appeal_back(void **state)
{
	struct scene s = scene_of(state);
	int64_t deadline, id = closed_by_timer(&s, &deadline);
	struct appeal appeal = wrote_at(&s, "wait", deadline / 1000, deadline + 4000);

	assert_int_equal(appeal.id, id);
	assert_int_equal(appeal.state, APPEAL_IN_WORK);
	assert_int_equal(appeal.assignee_id, s.anna);
	assert_int_equal(appeal.closed_at_ms, 0);
	assert_int_equal(appeal.closed_by, APPEAL_CLOSER_NONE);
	assert_int_equal(last_event(&s, id, EVENT_APPEAL_RETURNED).actor.kind, ACTOR_CUSTOMER);
}

static void a_message_dated_later_opens_the_next_appeal_linked_to_it(void **state)
{
	struct scene s = scene_of(state);
	int64_t deadline, id = closed_by_timer(&s, &deadline);
	struct appeal appeal = wrote_at(&s, "again", deadline / 1000 + 1, deadline + 1000);

	assert_int_not_equal(appeal.id, id);
	assert_int_equal(appeal.previous_id, id);
	assert_int_equal(appeal.number, 2);
	assert_int_equal(appeal.state, APPEAL_NEW);
	assert_int_equal(appeal.assignee_id, 0);
	assert_int_equal(texts_beginning(&s, "registered"), 2);
}

/* ---- buttons ----------------------------------------------------------------------------- */

static void solved_closes_at_once_and_twice_is_once(void **state)
{
	struct scene s = scene_of(state);
	int64_t id = wrote(&s, "help", T0).id, count;
	struct appeal appeal;

	take(&s, id, s.anna, T0);
	closing(&s, id, s.anna, T0);
	send_closing(&s, id, T0);
	assert_ok(desk_solved(s.r->db, &s.customer, id, 1, T0 + 1000, &s.r->arena));
	appeal = get(&s, id);
	assert_int_equal(appeal.state, APPEAL_CLOSED);
	assert_int_equal(appeal.closed_by, APPEAL_CLOSER_CUSTOMER);
	assert_int_equal(appeal.closing_at_ms, 0);
	assert_int_equal(tasks_of(&s, TASK_CLOSE_APPEAL), 0);
	assert_int_equal(tasks_of(&s, TASK_EDIT_MARKUP), 1);
	assert_true(says(&s, id, TEXT_CLOSED_SOLVED));
	count = appeal.message_count;
	assert_ok(desk_solved(s.r->db, &s.customer, id, 1, T0 + 2000, &s.r->arena));
	assert_int_equal(get(&s, id).message_count, count);
	/* Solved is final: what is written now is a new matter, however it is dated. */
	assert_int_equal(wrote(&s, "and", T0 + 1000).previous_id, id);
}

static void still_need_help_returns_it_and_twice_is_once(void **state)
{
	struct scene s = scene_of(state);
	int64_t id = wrote(&s, "help", T0).id, count;

	take(&s, id, s.anna, T0);
	closing(&s, id, s.anna, T0);
	send_closing(&s, id, T0);
	assert_ok(desk_still_needs(s.r->db, &s.customer, id, 1, T0 + 1000, &s.r->arena));
	assert_int_equal(get(&s, id).state, APPEAL_IN_WORK);
	assert_int_equal(get(&s, id).assignee_id, s.anna);
	assert_true(says(&s, id, TEXT_RETURNED));
	assert_int_equal(tasks_of(&s, TASK_EDIT_MARKUP), 1);
	count = get(&s, id).message_count;
	assert_ok(desk_still_needs(s.r->db, &s.customer, id, 1, T0 + 1000, &s.r->arena));
	assert_int_equal(get(&s, id).message_count, count);
	/* The other button of the same message has been decided against. */
	assert_status(desk_solved(s.r->db, &s.customer, id, 1, T0 + 1000, &s.r->arena),
		      STATUS_CONFLICT);
}

static void outdated_buttons_are_refused(void **state)
{
	struct scene s = scene_of(state);
	int64_t deadline, id = closed_by_timer(&s, &deadline);
	struct customer stranger = add_customer(s.r, 501, "Dora");

	assert_status(desk_solved(s.r->db, &s.customer, id, 1, deadline, &s.r->arena),
		      STATUS_CONFLICT);
	assert_status(desk_still_needs(s.r->db, &s.customer, id, 1, deadline, &s.r->arena),
		      STATUS_CONFLICT);
	assert_status(desk_solved(s.r->db, &s.customer, id, 0, deadline, &s.r->arena),
		      STATUS_CONFLICT);
	assert_status(desk_solved(s.r->db, &stranger, id, 1, deadline, &s.r->arena),
		      STATUS_NOT_FOUND);
	assert_status(desk_still_needs(s.r->db, &s.customer, 999, 1, deadline, &s.r->arena),
		      STATUS_NOT_FOUND);
}

static void a_closing_message_that_comes_too_late_loses_its_buttons(void **state)
{
	struct scene s = scene_of(state);
	int64_t id = wrote(&s, "help", T0).id, message_id;
	struct message_address address;

	take(&s, id, s.anna, T0);
	closing(&s, id, s.anna, T0);
	message_id = newest(&s, id).id;
	assert_ok(messages_address(s.r->db, message_id, &s.r->arena, &address));
	assert_int_equal(address.buttons, BUTTONS_CLOSING);
	assert_int_equal(address.chat_id, 500);
	assert_int_equal(address.generation, 1);
	/* Not yet sent when the customer writes: it goes out without them. */
	assert_ok(messages_set_delivery(s.r->db, message_id,
					&(struct delivery_change){ .to = DELIVERY_SENDING }, T0));
	wrote(&s, "not yet", T0 + 1000);
	assert_int_equal(tasks_of(&s, TASK_EDIT_MARKUP), 0);
	assert_ok(messages_address(s.r->db, message_id, &s.r->arena, &address));
	assert_int_equal(address.buttons, BUTTONS_NONE);
	/* On its way meanwhile: they are taken off as soon as it has arrived. */
	assert_ok(messages_set_delivery(
		s.r->db, message_id,
		&(struct delivery_change){ .to = DELIVERY_SENT, .telegram_message_id = 1 }, T0));
	assert_int_equal(tasks_of(&s, TASK_EDIT_MARKUP), 1);
}

/* ---- what Telegram does ------------------------------------------------------------------ */

static void a_message_that_is_there_already_changes_nothing(void **state)
{
	struct scene s = scene_of(state);
	struct desk_words words = { 1, T0 / 1000, MESSAGE_TEXT, STR("help") };
	struct appeal appeal = wrote(&s, "help", T0), again;

	take(&s, appeal.id, s.anna, T0);
	closing(&s, appeal.id, s.anna, T0);
	assert_status(desk_customer_wrote(s.r->db, &s.customer, &words, T0, &s.r->arena, &again),
		      STATUS_CONFLICT);
	assert_int_equal(get(&s, appeal.id).state, APPEAL_CLOSING);
	assert_int_equal(db_number(s.r->db, "SELECT COUNT(*) FROM messages WHERE author = 0"), 1);
}

static void an_unsupported_message_is_kept_and_answered(void **state)
{
	struct scene s = scene_of(state);
	struct desk_words sticker = { 1, T0 / 1000, MESSAGE_UNSUPPORTED, STR("[sticker]") };
	struct appeal appeal;

	assert_ok(desk_customer_wrote(s.r->db, &s.customer, &sticker, T0, &s.r->arena, &appeal));
	assert_str(appeal.last.text, "[sticker]");
	assert_true(says(&s, appeal.id, TEXT_UNSUPPORTED));
	assert_int_equal(texts_beginning(&s, "registered"), 1);
}

static void nothing_is_sent_to_a_customer_who_can_not_be_reached_until_they_write(void **state)
{
	struct scene s = scene_of(state);
	int64_t id = wrote(&s, "help", T0).id, message_id, before;
	struct message message;

	take(&s, id, s.anna, T0);
	before = tasks_of(&s, TASK_DELIVER);
	assert_ok(customers_set_reachable(s.r->db, s.customer.id, false, T0));
	message_id = answer(&s, id, s.anna, "hello?", T0);
	assert_ok(messages_get(s.r->db, message_id, &s.r->arena, &message));
	assert_int_equal(message.delivery, DELIVERY_FAILED);
	assert_str(message.delivery_reason, "unreachable");
	assert_int_equal(tasks_of(&s, TASK_DELIVER), before);
	add_customer(s.r, 500, "Carl");
	message_id = answer(&s, id, s.anna, "hello!", T0);
	assert_ok(messages_get(s.r->db, message_id, &s.r->arena, &message));
	assert_int_equal(message.delivery, DELIVERY_QUEUED);
	assert_int_equal(tasks_of(&s, TASK_DELIVER), before + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_records(the_first_message_opens_an_appeal_and_is_confirmed_with_its_number),
		with_records(more_messages_go_on_in_the_open_appeal),
		with_records(the_whole_conversation_ends_closed_by_the_timer),
		with_records(the_timer_task_names_appeal_and_generation_and_is_due_at_the_deadline),
		with_records(deliveries_go_in_the_order_of_their_chat_and_say_what_they_are),
		with_records(the_customer_hears_once_that_an_operator_took_it),
		with_records(answering_a_new_appeal_takes_it_and_says_so_first),
		with_records(another_operators_appeal_can_be_neither_taken_nor_answered_nor_closed),
		with_records(a_new_or_closed_appeal_can_not_be_closed_or_released),
		with_records(assigning_hands_over_from_the_queue_and_from_another_operator),
		with_records(an_answer_while_closing_goes_out_and_the_countdown_stands),
		with_records(taking_back_a_closing_appeal_returns_it_and_voids_timer_and_buttons),
		with_records(beginning_an_appeal_needs_a_known_customer_without_an_open_one),
		with_records(a_message_while_closing_returns_it_to_the_same_operator),
		with_records(an_older_closings_timer_does_nothing_to_a_newer_one),
		with_records(a_message_dated_in_time_brings_a_closed_appeal_back),
		with_records(a_message_dated_later_opens_the_next_appeal_linked_to_it),
		with_records(solved_closes_at_once_and_twice_is_once),
		with_records(still_need_help_returns_it_and_twice_is_once),
		with_records(outdated_buttons_are_refused),
		with_records(a_closing_message_that_comes_too_late_loses_its_buttons),
		with_records(a_message_that_is_there_already_changes_nothing),
		with_records(an_unsupported_message_is_kept_and_answered),
		with_records(nothing_is_sent_to_a_customer_who_can_not_be_reached_until_they_write),
	};

	return cmocka_run_group_tests_name("store_desk", tests, NULL, NULL);
}
