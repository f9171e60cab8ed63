/* tests/unit/workers_runner_test.c -- order by key, whatever the number of workers; suspects,
 * zombies; hints that are told twice or lie; and tasks of one key that run on in one change. */
#include "tests/unit/workers_fixture.h"

#include "base/log.h"
#include "domain/payload.h"
#include "tests/unit/db_number.h"

#define DELIVER_STREAM "eco:stream:deliver:interactive"
#define CLOSE_STREAM "eco:stream:close_appeal:bulk"

static struct crew crew;

static int setup(void **state)
{
	(void)state;
	log_init("test", LOG_ERROR + 1);
	crew_open(&crew);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	crew_close(&crew);
	return 0;
}

static const char *text(const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	return str_copy(&crew.work.arena, str_from_c(line)).data;
}

static int64_t say(const struct work_chat *chat, const char *words)
{
	return work_say(&crew.work, chat, words, TASK_INTERACTIVE, BUTTONS_NONE);
}

static struct task deliver_task(int64_t message_id)
{
	struct task task = { 0 };
	struct task_notice *notices;
	struct task_scan scan = { .due_before_ms = INT64_MAX, .limit = 100 };
	size_t count;

	assert_int_equal(
		tasks_scan_ready(crew.work.reader, &scan, &crew.work.arena, &notices, &count),
		STATUS_OK);
	for (size_t i = 0; i < count && task.id == 0; i++) {
		assert_int_equal(
			tasks_get(crew.work.reader, notices[i].id, &crew.work.arena, &task),
			STATUS_OK);
		if (!str_eq_c(task.dedup_key, text("deliver:%lld", (long long)message_id)))
			task.id = 0;
	}
	assert_int_not_equal(task.id, 0);
	return task;
}

static enum appeal_state appeal_state(const struct work_chat *chat)
{
	struct appeal appeal;

	assert_int_equal(appeals_get(crew.work.reader, chat->appeal_id, &crew.work.arena, &appeal),
			 STATUS_OK);
	return appeal.state;
}

static int64_t pending(const char *stream)
{
	return fixture_run(&crew.work.redis, text("XPENDING %s workers", stream)).items[0].number;
}

static bool all_is_done(void)
{
	return work_tasks(&crew.work, TASK_STATES) == 0;
}

static bool is_in_stream(const char *stream, int64_t count)
{
	return fixture_int(&crew.work.redis, text("XLEN %s", stream)) == count;
}

/* ---- order ------------------------------------------------------------------------------- */

static int64_t number_in(const char *words)
{
	int64_t number = -1;

	assert_int_equal(str_to_int(str_from_c(words), 0, 1000, &number), STATUS_OK);
	return number;
}

static void a_chats_messages_keep_their_order_with_two_workers(void **state)
{
	enum { CHATS = 5, EACH = 30 };
	int64_t last[CHATS + 1];
	int by_second;

	(void)state;
	crew_join(&crew, 0);
	for (int64_t i = 0; i < CHATS; i++) {
		struct work_chat chat = work_chat_open(&crew.work, i + 1);

		last[i + 1] = -1;
		for (int number = 0; number < EACH; number++)
			say(&chat, text("%d", number));
	}
	crew_join(&crew, 1);
	CREW_UNTIL(&crew, all_is_done());
	assert_int_equal(crew.api.count, CHATS * EACH);
	for (int i = 0; i < crew.api.count; i++) {
		const struct fake_call *call = &crew.api.calls[i];

		assert_int_equal(number_in(call->text), last[call->chat_id] + 1);
		last[call->chat_id]++;
	}
	/* Both had a hand in it. */
	by_second = (int)fixture_run(&crew.work.redis, "XINFO CONSUMERS " DELIVER_STREAM " workers")
			    .count;
	assert_int_equal(by_second, 2);
}

static void a_failing_head_is_not_overtaken(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 1);

	(void)state;
	fake_say(&crew.api, 429,
		 "{\"ok\":false,\"error_code\":429,\"description\":\"slow\",\"parameters\":{"
		 "\"retry_after\":1}}");
	for (int i = 0; i < 5; i++)
		say(&chat, text("%d", i));
	crew_join(&crew, 0);
	crew_join(&crew, 1);
	CREW_UNTIL(&crew, all_is_done());
	assert_int_equal(crew.api.count, 6);
	for (int i = 1; i < crew.api.count; i++)
		assert_int_equal(number_in(crew.api.calls[i].text), i - 1);
}

/* ---- suspects ---------------------------------------------------------------------------- */

/* A worker read them and died. */
static void become_suspects(const char *stream, int count)
{
	struct redis_value value;
	int64_t moved;

	WORK_UNTIL(&crew.work, is_in_stream(stream, count));
	value = fixture_run(
		&crew.work.redis,
		text("XREADGROUP GROUP workers worker-9 COUNT 100 STREAMS %s >", stream));
	assert_int_equal(value.items[0].items[1].count, count);
	assert_int_equal(
		queue_take_over(crew.work.redis.conn, STR("worker-9"), FIXTURE_GENERATION, &moved),
		STATUS_OK);
	assert_int_equal(moved, count);
}

static void a_suspects_crash_is_committed_before_it_runs(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 1);
	int64_t id = say(&chat, "hello"), task_id = deliver_task(id).id;
	struct task task;

	(void)state;
	become_suspects(DELIVER_STREAM, 1);
	fake_say(&crew.api, 0, NULL);
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, crew.api.count == 1);
	assert_int_equal(tasks_get(crew.work.reader, task_id, &crew.work.arena, &task), STATUS_OK);
	assert_int_equal(task.state, TASK_RUNNING);
	assert_int_equal(task.crashes, 1);
	CREW_UNTIL(&crew, work_delivery(&crew.work, id) == DELIVERY_UNKNOWN);
}

static enum status run_crashes(struct db *db, void *arg)
{
	const struct task *task = arg;

	for (int i = 0; i < task_rows[task->type].crashes_max; i++)
		if (tasks_suspect(db, task->id, clock_wall_ms()) != STATUS_OK)
			return STATUS_FAILED;
	return STATUS_OK;
}

static void past_the_limit_it_is_buried_and_others_go_on(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 1);
	int64_t poison = say(&chat, "poison"), next = say(&chat, "next");
	struct task task = deliver_task(poison);

	(void)state;
	become_suspects(DELIVER_STREAM, 1);
	assert_int_equal(store_run(crew.work.store, run_crashes, &task), STATUS_OK);
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, work_delivery(&crew.work, next) == DELIVERY_SENT);
	assert_int_equal(work_delivery(&crew.work, poison), DELIVERY_FAILED);
	assert_true(work_message(&crew.work, poison).delivery_reason.len > 0);
	assert_int_equal(fake_sent(&crew.api, "poison"), 0);
	assert_int_equal(work_tasks(&crew.work, TASK_DEAD), 1);
	CREW_UNTIL(&crew, is_in_stream("eco:dead:deliver:interactive", 1));
	CREW_UNTIL(&crew, pending(DELIVER_STREAM) == 0);
}

/* Only what runs alone can be blamed: each crash count and each run is a batch of its own. */
static void suspects_run_one_by_one(void **state)
{
	enum { SUSPECTS = 10 };
	struct work_chat chats[SUSPECTS];
	uint64_t batches;

	(void)state;
	for (int i = 0; i < SUSPECTS; i++) {
		chats[i] = work_chat_open(&crew.work, i + 1);
		crew_closing(&crew, &chats[i], 0);
	}
	become_suspects("eco:stream:close_appeal:interactive", SUSPECTS);
	batches = store_counters(crew.work.store).batches;
	crew_join(&crew, 0);
	for (int i = 0; i < SUSPECTS; i++)
		CREW_UNTIL(&crew, appeal_state(&chats[i]) == APPEAL_CLOSED);
	assert_true(store_counters(crew.work.store).batches - batches >= 2 * SUSPECTS);
}

/* ---- zombies ----------------------------------------------------------------------------- */

struct burial {
	struct str incarnation;
	size_t unknown;
};

static enum status run_bury(struct db *db, void *arg)
{
	struct burial *burial = arg;
	struct delivery_change doubt = { .to = DELIVERY_UNKNOWN, .reason = STR("it died") };
	struct outcome done = { .kind = OUTCOME_DONE };
	struct task *tasks;
	int64_t now_ms = clock_wall_ms(), message_id;
	enum status status = workers_bury(db, burial->incarnation, now_ms, &crew.work.arena, &tasks,
					  &burial->unknown);

	for (size_t i = 0; i < burial->unknown && status == STATUS_OK; i++) {
		struct fence fence = { tasks[i].id, burial->incarnation, tasks[i].attempt };

		status = payload_int(tasks[i].payload, "message_id", &message_id);
		if (status == STATUS_OK)
			status = messages_set_delivery(db, message_id, &doubt, now_ms);
		if (status == STATUS_OK)
			status = tasks_finish(db, &fence, &done, now_ms, NULL);
	}
	return status;
}

/* As the scheduler does it. */
static size_t declare_dead(const struct crew_member *member)
{
	struct burial burial = { .incarnation = member->incarnation };

	assert_int_equal(store_run(crew.work.store, run_bury, &burial), STATUS_OK);
	return burial.unknown;
}

static void a_zombie_takes_and_claims_nothing(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 1);
	struct crew_member *zombie = crew_join(&crew, 0);
	int64_t id, moved;

	(void)state;
	assert_int_equal(declare_dead(zombie), 0);
	id = say(&chat, "hello");
	crew_closing(&crew, &chat, 0);
	CREW_UNTIL(&crew, zombie->died);
	CREW_UNTIL(&crew, pending(DELIVER_STREAM) == 1 &&
				  pending("eco:stream:close_appeal:interactive") == 1);
	assert_int_equal(crew.api.count, 0);
	assert_int_equal(work_tasks(&crew.work, TASK_READY), 2);
	assert_int_equal(work_tasks(&crew.work, TASK_RUNNING), 0);
	crew_stop(&crew, zombie);
	/* What it held, or gave back unbegun, runs elsewhere. */
	assert_int_equal(
		queue_take_over(crew.work.redis.conn, STR("worker-1"), FIXTURE_GENERATION, &moved),
		STATUS_OK);
	assert_in_range(moved, 1, 2);
	crew_join(&crew, 1);
	CREW_UNTIL(&crew, work_delivery(&crew.work, id) == DELIVERY_SENT &&
				  appeal_state(&chat) == APPEAL_CLOSED);
	assert_int_equal(fake_sent(&crew.api, "hello"), 1);
}

/* The window that remains: the call had left. Its answer comes too late to count. */
static void what_a_zombie_learns_is_refused(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 1);
	struct crew_member *zombie = crew_join(&crew, 0);
	int64_t id;

	(void)state;
	fake_say(&crew.api, 0, NULL);
	id = say(&chat, "hello");
	CREW_UNTIL(&crew, crew.api.count == 1);
	assert_int_equal(declare_dead(zombie), 1);
	assert_int_equal(work_delivery(&crew.work, id), DELIVERY_UNKNOWN);
	evhttp_send_reply(crew.api.silent[0], 200, "said", NULL);
	crew_stop(&crew, zombie); /* its errands end */
	assert_int_equal(work_delivery(&crew.work, id), DELIVERY_UNKNOWN);
	assert_int_equal(work_message(&crew.work, id).telegram_message_id, 0);
	assert_true(all_is_done());
	assert_int_equal(crew.api.count, 1);
}

/* ---- hints ------------------------------------------------------------------------------- */

static void hint(enum task_type type, int64_t task_id, const char *order_key)
{
	struct task_notice notice = { .id = task_id,
				      .type = type,
				      .class = TASK_BULK,
				      .order_key = str_from_c(order_key),
				      .payload = STR("{}") };

	assert_int_equal(queue_publish(crew.work.redis.conn, &notice, 1), STATUS_OK);
}

static void hints_told_twice_do_no_harm(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 1);
	int64_t id = say(&chat, "hello"), deliver = deliver_task(id).id, events;
	struct appeal appeal;

	(void)state;
	crew_closing(&crew, &chat, 0);
	for (int i = 0; i < 20; i++) {
		hint(TASK_DELIVER, deliver, i % 2 == 0 ? "" : "chat:1:1");
		hint(TASK_CLOSE_APPEAL, deliver + 1, "");
	}
	crew_join(&crew, 0);
	crew_join(&crew, 1);
	CREW_UNTIL(&crew, all_is_done() && appeal_state(&chat) == APPEAL_CLOSED);
	CREW_UNTIL(&crew, pending(DELIVER_STREAM) == 0 && pending(CLOSE_STREAM) == 0 &&
				  pending("eco:stream:deliver:bulk") == 0);
	assert_int_equal(fake_sent(&crew.api, "hello"), 1);
	assert_int_equal(crew.api.count, 2); /* and that it is closed */
	assert_int_equal(appeals_get(crew.work.reader, chat.appeal_id, &crew.work.arena, &appeal),
			 STATUS_OK);
	events = appeal.message_count;
	assert_int_equal(events, 2);
}

/* Written by hand, by an older version, by nobody knows whom: acked, and that is all. */
static void hints_that_lie_do_no_harm(void **state)
{
	static const char *const odd[] = {
		"task 99999 type deliver",
		"task abc type deliver",
		"task -1 type deliver",
		"task 9223372036854775808 type deliver",
		"hello world",
		"task 1 type nonsense class nonsense key nonsense",
		"key chat:1:1 task 0",
		"suspect 1 task 1234 key chat:x:y",
		"task 77777 suspect 1",
	};
	struct work_chat chat = work_chat_open(&crew.work, 1);
	int64_t id, deliver;

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		fixture_run(&crew.work.redis, text("XADD " DELIVER_STREAM " * %s", odd[i]));
		fixture_run(&crew.work.redis, text("XADD " CLOSE_STREAM " * %s", odd[i]));
		fixture_run(&crew.work.redis, text("XADD eco:stream:purge:bulk * %s", odd[i]));
	}
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, pending(DELIVER_STREAM) == 0 && pending(CLOSE_STREAM) == 0);
	id = say(&chat, "hello");
	CREW_UNTIL(&crew, work_delivery(&crew.work, id) == DELIVERY_SENT && all_is_done());
	assert_int_equal(crew.api.count, 1);
	/* each was read, and is settled */
	for (deliver = 0; deliver < 3; deliver++) {
		static const char *const streams[] = { DELIVER_STREAM, CLOSE_STREAM,
						       "eco:stream:purge:bulk" };

		CREW_UNTIL(&crew, pending(streams[deliver]) == 0);
		assert_int_equal(queue_trim(crew.work.redis.conn, FIXTURE_GENERATION), STATUS_OK);
		CREW_UNTIL(&crew,
			   queue_trim(crew.work.redis.conn, FIXTURE_GENERATION) == STATUS_OK &&
				   is_in_stream(streams[deliver], 0));
	}
}

static void a_hint_of_another_type_moves_nothing(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 1);
	int64_t id, deliver;

	(void)state;
	fixture_run(&crew.work.redis, "SADD eco:paused deliver");
	id = say(&chat, "hello");
	deliver = deliver_task(id).id;
	hint(TASK_CLOSE_APPEAL, deliver, "");
	hint(TASK_PURGE, deliver, "");
	hint(TASK_EDIT_MARKUP, deliver, "chat:1:1");
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, queue_trim(crew.work.redis.conn, FIXTURE_GENERATION) == STATUS_OK &&
				  is_in_stream(CLOSE_STREAM, 0) &&
				  is_in_stream("eco:stream:purge:bulk", 0) &&
				  is_in_stream("eco:stream:edit_markup:bulk", 0));
	assert_int_equal(deliver_task(id).state, TASK_READY);
	assert_int_equal(deliver_task(id).attempt, 0);
	assert_int_equal(crew.api.count, 0);
	fixture_run(&crew.work.redis, "SREM eco:paused deliver");
	CREW_UNTIL(&crew, work_delivery(&crew.work, id) == DELIVERY_SENT);
}

static void a_hint_before_its_time_or_its_turn_moves_nothing(void **state)
{
	struct work_chat chat = work_chat_open(&crew.work, 1);
	int64_t first, second, first_task;

	(void)state;
	fixture_run(&crew.work.redis, "SADD eco:paused deliver");
	crew_closing(&crew, &chat, 600000);
	first = say(&chat, "first");
	second = say(&chat, "second");
	first_task = deliver_task(first).id;
	hint(TASK_CLOSE_APPEAL, first_task - 1, "");	/* in ten minutes */
	hint(TASK_DELIVER, first_task + 1, "chat:1:1"); /* waits behind the first */
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, queue_trim(crew.work.redis.conn, FIXTURE_GENERATION) == STATUS_OK &&
				  is_in_stream(CLOSE_STREAM, 0));
	assert_int_equal(appeal_state(&chat), APPEAL_CLOSING);
	fixture_run(&crew.work.redis, "SREM eco:paused deliver");
	CREW_UNTIL(&crew, work_delivery(&crew.work, second) == DELIVERY_SENT);
	assert_string_equal(crew.api.calls[0].text, "first");
	assert_string_equal(crew.api.calls[1].text, "second");
	assert_int_equal(crew.api.count, 2);
	assert_int_equal(appeal_state(&chat), APPEAL_CLOSING);
}

/* ---- one key in one change ---------------------------------------------------------------- */

#define VOID_STREAM "eco:stream:close_appeal:interactive"

/* Timers of appeals that never were, on one key; the payload of number `bad` is none. */
struct keyed {
	int count, bad;
};

static enum status run_keyed(struct db *db, void *arg)
{
	const struct keyed *keyed = arg;
	enum status status = STATUS_OK;
	int64_t id;

	for (int i = 0; i < keyed->count && status == STATUS_OK; i++) {
		struct task_new task = { .type = TASK_CLOSE_APPEAL,
					 .class = TASK_INTERACTIVE,
					 .order_key = STR("key") };

		task.payload = i == keyed->bad ? STR("{}")
					       : STR("{\"appeal_id\":99999,\"generation\":1}");
		status = tasks_add(db, &task, clock_wall_ms(), &id);
	}
	return status;
}

static void add_keyed(int count, int bad)
{
	struct keyed keyed = { count, bad };

	assert_int_equal(store_run(crew.work.store, run_keyed, &keyed), STATUS_OK);
}

static void tasks_of_a_key_run_on_without_being_told_one_by_one(void **state)
{
	enum { COUNT = 100 };

	(void)state;
	add_keyed(COUNT, -1);
	crew_join(&crew, 0);
	crew_join(&crew, 1);
	CREW_UNTIL(&crew, all_is_done());
	CREW_UNTIL(&crew, pending(VOID_STREAM) == 0);
	assert_true(fixture_int(&crew.work.redis, "XLEN " VOID_STREAM) <= COUNT / 10);
}

/* Those before it are done, it is buried by itself, those behind it go on. */
static void one_that_fails_behind_others_fails_alone(void **state)
{
	(void)state;
	add_keyed(40, 20);
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, work_tasks(&crew.work, TASK_STATES) == 1);
	assert_int_equal(work_tasks(&crew.work, TASK_DEAD), 1);
	assert_int_equal(db_number(crew.work.reader, "SELECT payload = '{}' FROM tasks"), 1);
	CREW_UNTIL(&crew, pending(VOID_STREAM) == 0);
	CREW_UNTIL(&crew, is_in_stream("eco:dead:close_appeal:interactive", 1));
}

/* What runs in a suspect's change would be blamed on it. */
static void a_suspect_runs_without_those_behind_it(void **state)
{
	enum { TOLD = 1, SAID_AGAIN = 1, BEHIND = 1 };

	(void)state;
	add_keyed(2, -1);
	become_suspects(VOID_STREAM, 1);
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, all_is_done());
	CREW_UNTIL(&crew, pending(VOID_STREAM) == 0);
	assert_int_equal(fixture_int(&crew.work.redis, "XLEN " VOID_STREAM),
			 TOLD + SAID_AGAIN + BEHIND);
}

/* ---- an orderly end ---------------------------------------------------------------------- */

static void who_stops_leaves_nothing_behind(void **state)
{
	struct work_chat chats[10];

	(void)state;
	crew.bot_per_s = 2; /* most of them wait for their turn when it stops */
	for (int i = 0; i < 10; i++) {
		chats[i] = work_chat_open(&crew.work, i + 1);
		say(&chats[i], text("%d", i));
	}
	crew_join(&crew, 0);
	CREW_UNTIL(&crew, crew.api.count >= 1);
	crew_stop(&crew, &crew.members[0]);
	assert_int_equal(pending(DELIVER_STREAM), 0);
	assert_int_equal(work_tasks(&crew.work, TASK_RUNNING), 0);
	assert_true(work_tasks(&crew.work, TASK_READY) > 0);
	crew.bot_per_s = 1000;
	crew_join(&crew, 1);
	CREW_UNTIL(&crew, all_is_done());
	assert_int_equal(crew.api.count, 10);
	for (int i = 0; i < 10; i++)
		assert_int_equal(fake_sent(&crew.api, text("%d", i)), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_chats_messages_keep_their_order_with_two_workers),
		TEST(a_failing_head_is_not_overtaken),
		TEST(a_suspects_crash_is_committed_before_it_runs),
		TEST(past_the_limit_it_is_buried_and_others_go_on),
		TEST(suspects_run_one_by_one),
		TEST(a_zombie_takes_and_claims_nothing),
		TEST(what_a_zombie_learns_is_refused),
		TEST(hints_told_twice_do_no_harm),
		TEST(hints_that_lie_do_no_harm),
		TEST(a_hint_of_another_type_moves_nothing),
		TEST(a_hint_before_its_time_or_its_turn_moves_nothing),
		TEST(tasks_of_a_key_run_on_without_being_told_one_by_one),
		TEST(one_that_fails_behind_others_fails_alone),
		TEST(a_suspect_runs_without_those_behind_it),
		TEST(who_stops_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
