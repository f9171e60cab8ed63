/* tests/unit/bots_fixture.h -- a desk for the intake tests: updates as Telegram writes them, what
 * the records say. */
#ifndef TESTS_BOTS_FIXTURE_H
#define TESTS_BOTS_FIXTURE_H

#include "base/clock.h"
#include "bots/batch.h"
#include "bots/requeued.h"
#include "domain/texts.h"
#include "store/bots.h"
#include "store/desk.h"
#include "store/employees.h"
#include "store/store.h"
#include "store/tasks.h"
#include "tests/unit/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BOT_ID INT64_C(7000000001)

enum { ANNA = 1001, NEXT_MINUTES_S = 600 };

struct desk {
	char dir[64];
	struct store *store;
	struct db *reader;
	struct arena arena;
	int64_t now_s;
};

/* ---- the place --------------------------------------------------------------------------- */

static int desk_make(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));
	struct store_options options = { .dir = desk->dir, .service = "test" };

	snprintf(desk->dir, sizeof(desk->dir), "/tmp/eco-intake-XXXXXX");
	*state = desk;
	desk->now_s = clock_wall_ms() / 1000;
	if (mkdtemp(desk->dir) == NULL || store_open(&options, &desk->store) != STATUS_OK)
		return -1;
	return store_reader_open(desk->store, &desk->reader) == STATUS_OK ? 0 : -1;
}

static int desk_remove(void **state)
{
	struct desk *desk = *state;

	store_reader_close(desk->reader);
	store_close(desk->store);
	folder_remove(desk->dir);
	arena_release(&desk->arena);
	free(desk);
	return 0;
}

/* ---- updates as Telegram writes them ----------------------------------------------------- */

static json_t *json_of(const char *text)
{
	json_error_t error;
	json_t *json = json_loads(text, 0, &error);

	if (json == NULL)
		fail_msg("bad JSON in the test: %s in %s", error.text, text);
	return json;
}

/* A message from Anna in her private chat; `content` is what it holds: "text":"hello". */
static struct str message(struct desk *desk, int64_t update_id, int64_t message_id,
			  const char *content)
{
	return str_format(&desk->arena,
			  "{\"update_id\":%lld,\"message\":{\"message_id\":%lld,\"date\":%lld,"
			  "\"from\":{\"id\":%d,\"is_bot\":false,\"first_name\":\"Anna\",\"last_"
			  "name\":\"Li\",\"language_code\":\"en\"},"
			  "\"chat\":{\"id\":%d,\"type\":\"private\"},%s}}",
			  (long long)update_id, (long long)message_id, (long long)desk->now_s, ANNA,
			  ANNA, content);
}

static struct str edit(struct desk *desk, int64_t update_id, int64_t message_id, const char *text)
{
	return str_format(&desk->arena,
			  "{\"update_id\":%lld,\"edited_message\":{\"message_id\":%lld,\"date\":%"
			  "lld,\"edit_date\":%lld,"
			  "\"from\":{\"id\":%d,\"first_name\":\"Anna\"},\"chat\":{\"id\":%d,"
			  "\"type\":\"private\"},\"text\":\"%s\"}}",
			  (long long)update_id, (long long)message_id, (long long)desk->now_s,
			  (long long)desk->now_s + 5, ANNA, ANNA, text);
}

static struct str press(struct desk *desk, int64_t update_id, const char *data)
{
	return str_format(&desk->arena,
			  "{\"update_id\":%lld,\"callback_query\":{\"id\":\"cb%lld\",\"from\":{"
			  "\"id\":%d,\"first_name\":\"Anna\"},"
			  "\"message\":{\"message_id\":900,\"date\":%lld,\"chat\":{\"id\":%d,"
			  "\"type\":\"private\"},\"text\":\"?\"},"
			  "\"data\":\"%s\"}}",
			  (long long)update_id, (long long)update_id, ANNA, (long long)desk->now_s,
			  ANNA, data);
}

static struct str member(struct desk *desk, int64_t update_id, const char *status)
{
	return str_format(&desk->arena,
			  "{\"update_id\":%lld,\"my_chat_member\":{\"chat\":{\"id\":%d,\"type\":"
			  "\"private\"},\"date\":%lld,"
			  "\"from\":{\"id\":%d,\"first_name\":\"Anna\"},\"new_chat_member\":{"
			  "\"status\":\"%s\"}}}",
			  (long long)update_id, ANNA, (long long)desk->now_s, ANNA, status);
}

/* Takes the batch in, and leaves it open for a look at its replies. */
static struct batch *take_through(struct desk *desk, const struct intake_table *table,
				  const struct str *updates, size_t count)
{
	struct batch *batch = ARENA_NEW(&desk->arena, struct batch);
	struct str list = STR("[");
	json_t *json;

	for (size_t i = 0; i < count; i++)
		list = str_format(&desk->arena, "%.*s%s%.*s", STR_ARG(list), i > 0 ? "," : "",
				  STR_ARG(updates[i]));
	json = json_of(str_format(&desk->arena, "%.*s]", STR_ARG(list)).data);
	assert_int_equal(batch_init(batch, table, BOT_ID, json), STATUS_OK);
	json_decref(json);
	assert_int_equal(store_run(desk->store, batch_run, batch), STATUS_OK);
	return batch;
}

#define TAKE(desk, ...)                                                                            \
	take_through((desk), &intake_support, (const struct str[]){ __VA_ARGS__ },                 \
		     sizeof((const struct str[]){ __VA_ARGS__ }) / sizeof(struct str))

static void take(struct desk *desk, struct str update)
{
	batch_release(TAKE(desk, update));
}

/* The one thing that the bot says directly. */
static void assert_reply(struct batch *batch, enum reply_kind kind, struct str text)
{
	assert_int_equal(batch->replies.count, 1);
	assert_int_equal(batch->replies.items[0].kind, kind);
	assert_int_equal(batch->replies.items[0].chat_id, ANNA);
	assert_true(str_eq(batch->replies.items[0].text, text));
	batch_release(batch);
}

/* ---- what the records say ---------------------------------------------------------------- */

static struct customer anna(struct desk *desk)
{
	struct customer customer;

	assert_int_equal(store_read_begin(desk->reader), STATUS_OK);
	assert_int_equal(customers_find(desk->reader, BOT_ID, ANNA, &desk->arena, &customer),
			 STATUS_OK);
	store_read_end(desk->reader);
	return customer;
}

static enum status appeal_now(struct desk *desk, struct appeal *appeal_out)
{
	struct customer customer = anna(desk);
	enum status status;

	assert_int_equal(store_read_begin(desk->reader), STATUS_OK);
	status = appeals_current(desk->reader, customer.id, &desk->arena, appeal_out);
	store_read_end(desk->reader);
	return status;
}

/* Anna's own messages of an appeal, oldest first. */
static size_t words_of_anna(struct desk *desk, int64_t appeal_id, struct message *messages_out,
			    size_t max)
{
	struct message *messages;
	size_t count, kept = 0;

	assert_int_equal(store_read_begin(desk->reader), STATUS_OK);
	assert_int_equal(
		messages_list(desk->reader, appeal_id, 0, 100, &desk->arena, &messages, &count),
		STATUS_OK);
	store_read_end(desk->reader);
	for (size_t i = count; i-- > 0;)
		if (messages[i].author == AUTHOR_CUSTOMER && kept < max)
			messages_out[kept++] = messages[i];
	return kept;
}

static size_t words_count(struct desk *desk)
{
	struct appeal appeal;
	struct message messages[20];

	return appeal_now(desk, &appeal) == STATUS_OK ? words_of_anna(desk, appeal.id, messages, 20)
						      : 0;
}

static int64_t tasks_in(struct desk *desk, enum task_state state)
{
	struct task_count *counts;
	size_t count = 0;
	int64_t found = 0;
	enum status status;

	assert_int_equal(store_read_begin(desk->reader), STATUS_OK);
	status = tasks_count(desk->reader, &desk->arena, &counts, &count);
	store_read_end(desk->reader);
	assert_true(status == STATUS_OK || status == STATUS_EMPTY);
	for (size_t i = 0; i < count; i++)
		if (counts[i].type == TASK_BOT_UPDATE && counts[i].state == state)
			found += counts[i].count;
	return found;
}

static int64_t offset_now(struct desk *desk)
{
	int64_t offset = -1;

	assert_int_equal(store_read_begin(desk->reader), STATUS_OK);
	assert_int_equal(bots_offset(desk->reader, BOT_ID, &offset), STATUS_OK);
	store_read_end(desk->reader);
	return offset;
}

/* An operator has the appeal and asks to close it. */
static enum status operator_closes(struct db *db, void *arg)
{
	struct desk *desk = arg;
	const struct employee employee = { .login = STR("op"),
					   .name = STR("Olga"),
					   .role = ROLE_OPERATOR,
					   .password_hash = STR("x"),
					   .enabled = true };
	struct customer customer;
	struct appeal appeal;
	int64_t id, now_ms = clock_wall_ms();
	enum status status =
		employees_add(db, &employee, (struct actor){ ACTOR_SYSTEM, 0 }, now_ms, &id);

	if (status == STATUS_OK)
		status = customers_find(db, BOT_ID, ANNA, &desk->arena, &customer);
	if (status == STATUS_OK)
		status = appeals_current(db, customer.id, &desk->arena, &appeal);
	if (status == STATUS_OK)
		status = desk_take(db, appeal.id, id, now_ms, &desk->arena, &appeal);
	if (status == STATUS_OK)
		status = desk_close(db, appeal.id, id, NEXT_MINUTES_S * 1000, now_ms, &desk->arena,
				    &appeal);
	return status;
}

#endif
