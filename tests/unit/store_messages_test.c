/* tests/unit/store_messages_test.c -- messages at rest: taking in once, versions, delivery, sending
 * again, events. */
#include "tests/unit/store_fixture.h"

#include "store/appeals.h"
#include "store/events.h"
#include "store/messages.h"
#include "store/tasks.h"

struct scene {
	struct records *r;
	struct customer customer;
	int64_t anna, appeal_id;
};

static struct scene scene_of(void **state)
{
	struct records *r = *state;
	struct scene s = { .r = r, .customer = add_customer(r, 500, "Carl") };

	s.anna = add_employee(r, "anna");
	assert_ok(appeals_open(r->db, s.customer.id, APPEAL_IN_WORK, s.anna, 0,
			       (struct actor){ ACTOR_EMPLOYEE, s.anna }, T0, &s.appeal_id));
	return s;
}

static enum status incoming(struct scene *s, int64_t telegram_message_id, const char *text,
			    int64_t *id_out)
{
	struct message_incoming message = { .appeal_id = s->appeal_id,
					    .customer_id = s->customer.id,
					    .bot_id = BOT_ID,
					    .chat_id = 500,
					    .telegram_message_id = telegram_message_id,
					    .text = str_from_c(text),
					    .date_ms = T0 };

	return messages_add_incoming(s->r->db, &message, T0 + 10, id_out);
}

static int64_t outgoing(struct scene *s, const char *text)
{
	struct message_outgoing message = { .appeal_id = s->appeal_id,
					    .author = AUTHOR_EMPLOYEE,
					    .employee_id = s->anna,
					    .text = str_from_c(text) };
	int64_t id;

	assert_ok(messages_add_outgoing(s->r->db, &message, T0, &id));
	return id;
}

static struct message get(struct scene *s, int64_t id)
{
	struct message message;

	assert_ok(messages_get(s->r->db, id, &s->r->arena, &message));
	return message;
}

static enum status set(struct scene *s, int64_t id, enum delivery to)
{
	struct delivery_change change = { .to = to };

	if (to == DELIVERY_FAILED || to == DELIVERY_UNKNOWN)
		change.reason = STR("why");
	if (to == DELIVERY_SENT)
		change.telegram_message_id = 42;
	return messages_set_delivery(s->r->db, id, &change, T0 + 5);
}

static void an_incoming_message_is_taken_in_once(void **state)
{
	struct scene s = scene_of(state);
	int64_t id, again;

	assert_ok(messages_check_new(s.r->db, BOT_ID, 500, 7));
	assert_ok(incoming(&s, 7, "hello", &id));
	assert_status(messages_check_new(s.r->db, BOT_ID, 500, 7), STATUS_CONFLICT);
	assert_status(incoming(&s, 7, "hello", &again), STATUS_CONFLICT);
	assert_int_equal(get(&s, id).delivery, DELIVERY_NONE);
	assert_int_equal(get(&s, id).created_at_ms, T0);
	assert_str(get(&s, id).author_name, "Carl");
}

static void an_edit_keeps_the_older_texts_oldest_first(void **state)
{
	struct scene s = scene_of(state);
	struct message message;
	int64_t id;

	assert_ok(incoming(&s, 7, "one", &id));
	assert_ok(
		messages_edit_incoming(s.r->db, BOT_ID, 500, 7, STR("two"), T0 + 1000, T0 + 1500));
	assert_ok(messages_edit_incoming(s.r->db, BOT_ID, 500, 7, STR("three"), T0 + 2000,
					 T0 + 2500));
	message = get(&s, id);
	assert_str(message.text, "three");
	assert_int_equal(message.edited_at_ms, T0 + 2000);
	assert_int_equal(message.version_count, 2);
	assert_str(message.versions[0].text, "one");
	assert_int_equal(message.versions[0].at_ms, T0);
	assert_str(message.versions[1].text, "two");
	assert_int_equal(message.versions[1].at_ms, T0 + 1000);
	assert_int_equal(
		db_number(s.r->db, "SELECT COUNT(*) FROM events WHERE kind = 8 AND actor_kind = 1"),
		2);
}

static void an_edit_to_the_same_text_or_an_outdated_one_changes_nothing(void **state)
{
	struct scene s = scene_of(state);
	int64_t id;

	assert_ok(incoming(&s, 7, "one", &id));
	assert_ok(messages_edit_incoming(s.r->db, BOT_ID, 500, 7, STR("one"), T0 + 1000, T0));
	assert_ok(messages_edit_incoming(s.r->db, BOT_ID, 500, 7, STR("two"), T0 + 2000, T0));
	assert_ok(messages_edit_incoming(s.r->db, BOT_ID, 500, 7, STR("older"), T0 + 1000, T0));
	assert_str(get(&s, id).text, "two");
	assert_int_equal(get(&s, id).version_count, 1);
	assert_status(messages_edit_incoming(s.r->db, BOT_ID, 500, 8, STR("x"), T0, T0),
		      STATUS_NOT_FOUND);
	assert_status(messages_edit_incoming(s.r->db, BOT_ID + 1, 500, 7, STR("x"), T0, T0),
		      STATUS_NOT_FOUND);
}

static void delivery_goes_along_its_table_only(void **state)
{
	struct scene s = scene_of(state);

	for (int from = DELIVERY_QUEUED; from < DELIVERY_STATES; from++)
		for (int to = DELIVERY_QUEUED; to < DELIVERY_STATES; to++) {
			int64_t id = outgoing(&s, "x");
			char sql[96];

			snprintf(sql, sizeof(sql),
				 "UPDATE messages SET delivery = %d WHERE id = %lld", from,
				 (long long)id);
			db_exec(s.r->db, sql);
			assert_status(set(&s, id, (enum delivery)to),
				      delivery_check((enum delivery)from, (enum delivery)to));
		}
	assert_status(set(&s, 99999, DELIVERY_SENDING), STATUS_NOT_FOUND);
}

static void a_sent_message_has_telegrams_id_and_its_time(void **state)
{
	struct scene s = scene_of(state);
	int64_t id = outgoing(&s, "x");

	assert_ok(set(&s, id, DELIVERY_SENDING));
	assert_ok(set(&s, id, DELIVERY_SENT));
	assert_int_equal(get(&s, id).telegram_message_id, 42);
	assert_int_equal(get(&s, id).delivered_at_ms, T0 + 5);
	assert_int_equal(db_number(s.r->db, "SELECT COUNT(*) FROM events WHERE kind = 9"), 2);
	assert_int_equal(db_number(s.r->db, "SELECT data = '{\"delivery\":\"sent\"}' FROM events "
					    "ORDER BY seq DESC LIMIT 1"),
			 1);
}

static void only_a_person_sends_again_and_only_what_failed_or_is_unknown(void **state)
{
	struct scene s = scene_of(state);
	struct actor anna = { ACTOR_EMPLOYEE, s.anna };
	int64_t id = outgoing(&s, "x"), first = db_number(s.r->db, "SELECT MAX(id) FROM tasks");

	assert_status(messages_send_again(s.r->db, id, anna, T0), STATUS_CONFLICT);
	assert_ok(set(&s, id, DELIVERY_SENDING));
	assert_status(messages_send_again(s.r->db, id, anna, T0), STATUS_CONFLICT);
	assert_ok(set(&s, id, DELIVERY_UNKNOWN));
	assert_str(get(&s, id).delivery_reason, "why");
	db_exec(s.r->db, "DELETE FROM tasks");
	assert_ok(messages_send_again(s.r->db, id, anna, T0));
	assert_int_equal(get(&s, id).delivery, DELIVERY_QUEUED);
	assert_null(get(&s, id).delivery_reason.data);
	assert_true(db_number(s.r->db, "SELECT id FROM tasks WHERE type = 0") > first);
	assert_int_equal(
		db_number(s.r->db, "SELECT actor_id FROM events ORDER BY seq DESC LIMIT 1"),
		s.anna);
	assert_status(messages_send_again(s.r->db, 99999, anna, T0), STATUS_NOT_FOUND);
}

static void pages_of_messages_go_from_new_to_old(void **state)
{
	struct scene s = scene_of(state);
	struct message *list;
	size_t count;
	int64_t ids[5];

	for (int i = 0; i < 5; i++)
		ids[i] = outgoing(&s, "x");
	assert_ok(messages_list(s.r->db, s.appeal_id, 0, 2, &s.r->arena, &list, &count));
	assert_int_equal(count, 2);
	assert_int_equal(list[0].id, ids[4]);
	assert_int_equal(list[1].id, ids[3]);
	assert_ok(messages_list(s.r->db, s.appeal_id, ids[3], 10, &s.r->arena, &list, &count));
	assert_int_equal(count, 3);
	assert_int_equal(list[2].id, ids[0]);
}

static void the_excerpt_is_the_first_120_characters_of_the_last_word_of_a_person(void **state)
{
	struct scene s = scene_of(state);
	struct message_outgoing bot = { .appeal_id = s.appeal_id,
					.author = AUTHOR_BOT,
					.text = STR("automatic") };
	char text[2 * 150 + 1] = "";
	struct appeal appeal;
	int64_t id;

	for (int i = 0; i < 150; i++)
		memcpy(text + 2 * i, "ж", 3);
	outgoing(&s, text);
	assert_ok(messages_add_outgoing(s.r->db, &bot, T0 + 1, &id));
	assert_ok(appeals_get(s.r->db, s.appeal_id, &s.r->arena, &appeal));
	assert_int_equal(appeal.last.author, AUTHOR_EMPLOYEE);
	assert_int_equal(str_chars(appeal.last.text), 120);
	assert_true(str_is_utf8(appeal.last.text));
	assert_int_equal(appeal.message_count, 2);
	assert_int_equal(appeal.last_activity_at_ms, T0 + 1);
}

static void waiting_begins_with_the_first_unanswered_word_and_ends_with_an_answer(void **state)
{
	struct scene s = scene_of(state);
	struct message_outgoing bot = { .appeal_id = s.appeal_id,
					.author = AUTHOR_BOT,
					.text = STR("automatic") };
	struct appeal appeal;
	int64_t id;

	assert_ok(incoming(&s, 1, "a", &id));
	assert_ok(incoming(&s, 2, "b", &id));
	assert_ok(messages_add_outgoing(s.r->db, &bot, T0 + 1, &id));
	assert_ok(appeals_get(s.r->db, s.appeal_id, &s.r->arena, &appeal));
	assert_int_equal(appeal.waiting_since_ms, T0);
	outgoing(&s, "answer");
	assert_ok(appeals_get(s.r->db, s.appeal_id, &s.r->arena, &appeal));
	assert_int_equal(appeal.waiting_since_ms, 0);
}

static void events_come_in_order_with_the_names_of_their_actors(void **state)
{
	struct scene s = scene_of(state);
	struct event_row *rows;
	size_t count;
	int64_t id, max;

	assert_ok(events_max_seq(s.r->db, &max));
	assert_ok(incoming(&s, 1, "a", &id));
	outgoing(&s, "b");
	assert_ok(events_after(s.r->db, max, 10, &s.r->arena, &rows, &count));
	assert_int_equal(count, 2);
	assert_int_equal(rows[0].seq, max + 1);
	assert_int_equal(rows[0].kind, EVENT_MESSAGE_ADDED);
	assert_str(rows[0].actor_name, "Carl");
	assert_int_equal(rows[0].message_id, id);
	assert_str(rows[1].actor_name, "anna");
	assert_int_equal(rows[1].appeal_id, s.appeal_id);
	assert_int_equal(outbox_batch(&s.r->db->outbox).event_seq, max + 2);
	assert_status(events_after(s.r->db, max + 2, 10, &s.r->arena, &rows, &count), STATUS_EMPTY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_records(an_incoming_message_is_taken_in_once),
		with_records(an_edit_keeps_the_older_texts_oldest_first),
		with_records(an_edit_to_the_same_text_or_an_outdated_one_changes_nothing),
		with_records(delivery_goes_along_its_table_only),
		with_records(a_sent_message_has_telegrams_id_and_its_time),
		with_records(only_a_person_sends_again_and_only_what_failed_or_is_unknown),
		with_records(pages_of_messages_go_from_new_to_old),
		with_records(the_excerpt_is_the_first_120_characters_of_the_last_word_of_a_person),
		with_records(waiting_begins_with_the_first_unanswered_word_and_ends_with_an_answer),
		with_records(events_come_in_order_with_the_names_of_their_actors),
	};

	return cmocka_run_group_tests_name("store_messages", tests, NULL, NULL);
}
