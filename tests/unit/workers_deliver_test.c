/* tests/unit/workers_deliver_test.c -- each answer of Telegram, as message, task and customer show
 * it afterwards. */
#include "tests/unit/workers_fixture.h"

#include "store/lock.h"

static struct crew crew;

static int setup(void **state)
{
	(void)state;
	crew_open(&crew);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	crew_close(&crew);
	return 0;
}

static int64_t say(const struct work_chat *chat, const char *text)
{
	return work_say(&crew.work, chat, text, TASK_INTERACTIVE, BUTTONS_NONE);
}

static enum delivery delivery(int64_t message_id)
{
	return work_delivery(&crew.work, message_id);
}

static struct str reason(int64_t message_id)
{
	return work_message(&crew.work, message_id).delivery_reason;
}

static bool is_reachable(const struct work_chat *chat)
{
	struct customer customer;

	assert_int_equal(
		customers_get(crew.work.reader, chat->customer_id, &crew.work.arena, &customer),
		STATUS_OK);
	return customer.reachable;
}

static bool tasks_are_gone(void)
{
	return work_tasks(&crew.work, TASK_STATES) == 0;
}

static void a_message_is_sent_once_and_keeps_telegrams_id(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 42);
	int64_t id = say(&chat, "hello");

	(void)state;
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, delivery(id) == DELIVERY_SENT && tasks_are_gone());
	assert_int_equal(crew.api.count, 1);
	assert_string_equal(crew.api.calls[0].method, "sendMessage");
	assert_int_equal(crew.api.calls[0].chat_id, 42);
	assert_int_equal(work_message(&crew.work, id).telegram_message_id, 1001);
}

/* The buttons are shown only as long as they mean something: the appeal must be closing. */
static void the_closing_message_carries_two_buttons_and_loses_them_by_a_task(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 42);
	struct task_new drop = { .type = TASK_EDIT_MARKUP };
	char expected[64];
	int64_t id;

	(void)state;
	crew_closing(&crew, &chat, 600000);
	id = work_say(&crew.work, &chat, "solved?", TASK_INTERACTIVE, BUTTONS_CLOSING);
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, delivery(id) == DELIVERY_SENT);
	assert_int_equal(crew.api.calls[0].buttons, 2);
	snprintf(expected, sizeof(expected), "solved:%lld:1", (long long)chat.appeal_id);
	assert_string_equal(crew.api.calls[0].first_data, expected);
	drop.payload = str_format(&crew.work.arena, "{\"message_id\":%lld}", (long long)id);
	fake_say(&crew.api, 500, "{\"ok\":false,\"error_code\":500,\"description\":\"Internal\"}");
	work_task(&crew.work, drop);
	CREW_UNTIL(&crew, work_tasks(&crew.work, TASK_STATES) == 1); /* the appeal's timer */
	assert_int_equal(crew.api.count, 3);			     /* repeated: it does no harm */
	assert_string_equal(crew.api.calls[2].method, "editMessageReplyMarkup");
	assert_int_equal(crew.api.calls[2].message_id, 1001);
	assert_int_equal(crew.api.calls[2].buttons, 0);
}

static void what_surely_was_not_sent_is_tried_again(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 42);
	int64_t id = say(&chat, "hello");
	char url[64];

	(void)state;
	/* Nobody listens there. */
	snprintf(url, sizeof(url), "%s", crew.api.url);
	snprintf(crew.api.url, sizeof(crew.api.url), "http://127.0.0.1:1");
	crew_join(&crew, 0);
	CREW_UNTIL(&crew,
		   work_tasks(&crew.work, TASK_READY) == 1 && delivery(id) == DELIVERY_QUEUED &&
			   work_message(&crew.work, id).delivered_at_ms == 0 &&
			   fixture_int(&crew.work.redis, "ZCARD eco:delayed:deliver:interactive") ==
				   1);
	snprintf(crew.api.url, sizeof(crew.api.url), "%s", url);
	crew_stop(&crew, &crew.members[0]);
	crew_join(&crew, 1);
	CREW_UNTIL(&crew, delivery(id) == DELIVERY_SENT);
	assert_int_equal(crew.api.count, 1);
}

#define TOO_MANY(seconds)                                                                          \
	"{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests: retry "             \
	"after " seconds "\",\"parameters\":{\"retry_after\":" seconds "}}"

static void a_429_puts_the_chat_off_and_keeps_its_order(void **state)
{
	struct work_chat slow = work_chat_open(&crew.work, 1),
			 quick = work_chat_open(&crew.work, 2);
	int64_t first = say(&slow, "first"), second = say(&slow, "second"), other;

	(void)state;
	work_clock_move(0);
	fake_say(&crew.api, 429, TOO_MANY("55"));
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, crew.api.count == 1);
	other = say(&quick, "other");
	CREW_UNTIL(&crew, delivery(other) == DELIVERY_SENT && delivery(first) == DELIVERY_QUEUED);
	assert_int_equal(delivery(second), DELIVERY_QUEUED);
	assert_int_equal(crew.api.count, 2);
	work_clock_move(56000);
	CREW_UNTIL(&crew, delivery(second) == DELIVERY_SENT);
	assert_int_equal(delivery(first), DELIVERY_SENT);
	assert_string_equal(crew.api.calls[2].text, "first");
	assert_string_equal(crew.api.calls[3].text, "second");
}

/* Not from when it could be recorded, which may be late: on a full disk, behind a slow one. */
static void a_pause_counts_from_when_telegram_asked_for_it(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 1);
	int64_t id = say(&chat, "hello");
	struct lock *lock;

	(void)state;
	work_clock_move(0);
	assert_int_equal(lock_open(crew.work.redis.dir, STR("other"), STR("ff"), &lock), STATUS_OK);
	fake_say(&crew.api, 0, "");
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, crew.api.silent_count == 1);
	assert_int_equal(lock_take(lock, LOCK_TIMEOUT_MS), STATUS_OK);
	fake_reply(crew.api.silent[0], 429, TOO_MANY("3600"));
	CREW_UNTIL(&crew, lock_is_wanted(lock)); /* it has been heard, and is to be recorded */
	work_clock_move(3601000);
	lock_drop(lock);
	CREW_UNTIL(&crew, delivery(id) == DELIVERY_SENT);
	lock_close(lock);
}

static void a_blocked_bot_fails_what_is_queued_and_marks_the_customer(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 42);
	int64_t first = say(&chat, "first"), second = say(&chat, "second");

	(void)state;
	fake_say(&crew.api, 403,
		 "{\"ok\":false,\"error_code\":403,\"description\":\"Forbidden: bot was blocked by "
		 "the user\"}");
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, tasks_are_gone());
	assert_int_equal(delivery(first), DELIVERY_FAILED);
	assert_int_equal(delivery(second), DELIVERY_FAILED);
	assert_true(str_eq_c(reason(first), "Forbidden: bot was blocked by the user"));
	assert_false(is_reachable(&chat));
	assert_int_equal(crew.api.count, 1);
}

static void a_refusal_fails_with_telegrams_words(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 42);
	int64_t id = say(&chat, "hello"), next = say(&chat, "next");

	(void)state;
	fake_say(&crew.api, 400,
		 "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: message text is "
		 "empty\"}");
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, delivery(next) == DELIVERY_SENT);
	assert_int_equal(delivery(id), DELIVERY_FAILED);
	assert_true(str_eq_c(reason(id), "Bad Request: message text is empty"));
	assert_true(is_reachable(&chat));
}

static void a_lost_answer_is_unknown_and_not_sent_again(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 42);
	int64_t id = say(&chat, "hello"), next = say(&chat, "next");

	(void)state;
	fake_say(&crew.api, 0, NULL);
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, delivery(next) == DELIVERY_SENT && tasks_are_gone());
	assert_int_equal(delivery(id), DELIVERY_UNKNOWN);
	assert_true(reason(id).len > 0);
	assert_int_equal(fake_sent(&crew.api, "hello"), 1);
}

static void a_wrong_token_waits_for_a_person(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 42);
	int64_t id = say(&chat, "hello");

	(void)state;
	fake_say(&crew.api, 401,
		 "{\"ok\":false,\"error_code\":401,\"description\":\"Unauthorized\"}");
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, crew.api.count == 1 && delivery(id) == DELIVERY_QUEUED &&
				  work_tasks(&crew.work, TASK_READY) == 1);
	crew_turn(&crew);
	assert_int_equal(crew.api.count, 1);
}

static void a_message_of_a_bot_without_token_fails(void **state)
{
	struct work_chat chat = { .bot_id = FIXTURE_BOT + 1,
				  .telegram_id = 42,
				  .arena = &crew.work.arena };
	int64_t id;

	(void)state;
	assert_int_equal(store_run(crew.work.store, work_run_chat, &chat), STATUS_OK);
	id = say(&chat, "hello");
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, delivery(id) == DELIVERY_FAILED);
	assert_int_equal(crew.api.count, 0);
}

static void what_fails_too_often_is_buried_and_its_message_says_so(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 42);
	int64_t id = say(&chat, "hello");
	struct task_new broken = { .type = TASK_DELIVER, .payload = STR("{\"message\":1}") };

	(void)state;
	work_task(&crew.work, broken);
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, work_tasks(&crew.work, TASK_DEAD) == 1 && delivery(id) == DELIVERY_SENT);
	CREW_UNTIL(&crew, fixture_int(&crew.work.redis, "XLEN eco:dead:deliver:interactive") == 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_message_is_sent_once_and_keeps_telegrams_id),
		TEST(the_closing_message_carries_two_buttons_and_loses_them_by_a_task),
		TEST(what_surely_was_not_sent_is_tried_again),
		TEST(a_429_puts_the_chat_off_and_keeps_its_order),
		TEST(a_pause_counts_from_when_telegram_asked_for_it),
		TEST(a_blocked_bot_fails_what_is_queued_and_marks_the_customer),
		TEST(a_refusal_fails_with_telegrams_words),
		TEST(a_lost_answer_is_unknown_and_not_sent_again),
		TEST(a_wrong_token_waits_for_a_person),
		TEST(a_message_of_a_bot_without_token_fails),
		TEST(what_fails_too_often_is_buried_and_its_message_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
