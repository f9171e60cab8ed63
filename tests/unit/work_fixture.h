/* tests/unit/work_fixture.h -- records and a private Redis in one folder, for tests of workers and
 * scheduler; what they need of a desk is made here. */
#ifndef TESTS_WORK_FIXTURE_H
#define TESTS_WORK_FIXTURE_H

#include "tests/unit/redis_fixture.h"

#include "base/loop.h"
#include "base/random.h"
#include "redis/publisher.h"
#include "redis/queue.h"
#include "store/appeals.h"
#include "store/customers.h"
#include "store/messages.h"
#include "store/meta.h"
#include "store/store.h"
#include "store/tasks.h"

#include <event2/event.h>
#include <event2/thread.h>

enum { FIXTURE_BOT = 7000000001 & 0x7fffffff, FIXTURE_GENERATION = 1 };

struct work_fixture {
	struct redis_fixture redis;
	struct event_base *base;
	struct redis_link *link;
	struct publisher *publisher; /* NULL: nothing is published but by hand */
	struct store *store;
	struct db *reader;
	struct arena arena;
};

/* Moves the wall clock of this process. One mapping for all tests: time only goes on. */
static inline void work_clock_move(int64_t ms)
{
	static char path[] = "/tmp/eco-clock-XXXXXX";
	static int fd = -1;
	static int64_t offset_ms;

	if (fd < 0) {
		fd = mkstemp(path);
		assert_true(fd >= 0);
		assert_int_equal(clock_map_offset(path), STATUS_OK);
		unlink(path);
	}
	offset_ms += ms;
	assert_int_equal(pwrite(fd, &offset_ms, sizeof(offset_ms), 0), sizeof(offset_ms));
}

static inline void work_open(struct work_fixture *work, bool publishes)
{
	struct store_options options = { .service = "test" };

	*work = (struct work_fixture){ 0 };
	work_clock_move(0); /* before there are threads */
	evthread_use_pthreads();
	fixture_open(&work->redis);
	work->base = loop_open();
	assert_int_equal(redis_link_open(work->base, &work->redis.address, &work->link), STATUS_OK);
	if (publishes) {
		assert_int_equal(publisher_open(work->base, work->link, &work->publisher),
				 STATUS_OK);
		options.hooks = (struct store_hooks){ publisher_send, publisher_confirmed,
						      work->publisher };
	}
	options.dir = work->redis.dir;
	assert_int_equal(store_open(&options, &work->store), STATUS_OK);
	assert_int_equal(store_reader_open(work->store, &work->reader), STATUS_OK);
}

static inline void work_close(struct work_fixture *work)
{
	store_reader_close(work->reader);
	store_close(work->store);
	if (work->publisher != NULL)
		publisher_close(work->publisher);
	redis_link_close(work->link);
	loop_close(work->base);
	fixture_close(&work->redis);
	arena_release(&work->arena);
}

/* The loop and, while waiting, whatever became due. */
static inline void work_turn(struct work_fixture *work)
{
	event_base_loop(work->base, EVLOOP_NONBLOCK);
	fixture_nap();
}

#define WORK_UNTIL(work, condition) FIXTURE_UNTIL(condition, work_turn(work))

/* An epoch as the scheduler makes it. */
static inline void work_epoch(struct work_fixture *work)
{
	int64_t number = 0;

	assert_int_equal(meta_get(work->reader, META_QUEUE_EPOCH, &number), STATUS_OK);
	assert_int_equal(queue_rebuild_begin(work->redis.conn, number, FIXTURE_GENERATION),
			 STATUS_OK);
	assert_int_equal(queue_rebuild_end(work->redis.conn, number), STATUS_OK);
}

/* ---- a desk in small --------------------------------------------------------------------- */

struct work_chat {
	int64_t bot_id, telegram_id, customer_id, appeal_id;
	struct arena *arena;
};

static inline enum status work_run_chat(struct db *db, void *arg)
{
	struct work_chat *chat = arg;
	struct customer_seen seen = { chat->bot_id, chat->telegram_id, STR("Anna"), STR_NONE,
				      STR("en") };
	struct actor actor = { ACTOR_SYSTEM, 0 };
	struct customer customer;
	enum status status = customers_see(db, &seen, clock_wall_ms(), chat->arena, &customer);

	if (status != STATUS_OK)
		return status;
	chat->customer_id = customer.id;
	return appeals_open(db, customer.id, APPEAL_NEW, 0, 0, actor, clock_wall_ms(),
			    &chat->appeal_id);
}

static inline struct work_chat work_chat_open(struct work_fixture *work, int64_t telegram_id)
{
	struct work_chat chat = { .bot_id = FIXTURE_BOT,
				  .telegram_id = telegram_id,
				  .arena = &work->arena };

	assert_int_equal(store_run(work->store, work_run_chat, &chat), STATUS_OK);
	return chat;
}

struct work_say {
	struct message_outgoing message;
	int64_t id;
};

static inline enum status work_run_say(struct db *db, void *arg)
{
	struct work_say *say = arg;

	return messages_add_outgoing(db, &say->message, clock_wall_ms(), &say->id);
}

/* An outgoing message and its task; returns its id. */
static inline int64_t work_say(struct work_fixture *work, const struct work_chat *chat,
			       const char *text, enum task_class class,
			       enum message_buttons buttons)
{
	struct work_say say = { .message = { .appeal_id = chat->appeal_id,
					     .author = AUTHOR_BOT,
					     .text = str_from_c(text),
					     .class = class,
					     .buttons = buttons } };

	assert_int_equal(store_run(work->store, work_run_say, &say), STATUS_OK);
	return say.id;
}

static inline struct message work_message(struct work_fixture *work, int64_t id)
{
	struct message message;

	assert_int_equal(messages_get(work->reader, id, &work->arena, &message), STATUS_OK);
	return message;
}

static inline enum delivery work_delivery(struct work_fixture *work, int64_t id)
{
	return work_message(work, id).delivery;
}

struct work_task {
	struct task_new task;
	int64_t id;
};

static inline enum status work_run_task(struct db *db, void *arg)
{
	struct work_task *add = arg;

	return tasks_add(db, &add->task, clock_wall_ms(), &add->id);
}

static inline int64_t work_task(struct work_fixture *work, struct task_new task)
{
	struct work_task add = { .task = task };

	if (add.task.payload.data == NULL)
		add.task.payload = STR("{}");
	assert_int_equal(store_run(work->store, work_run_task, &add), STATUS_OK);
	return add.id;
}

/* Rows of a state; TASK_STATES: of any. */
static inline int64_t work_tasks(struct work_fixture *work, enum task_state state)
{
	struct task_count *counts;
	size_t count;
	int64_t sum = 0;

	assert_int_equal(tasks_count(work->reader, &work->arena, &counts, &count), STATUS_OK);
	for (size_t i = 0; i < count; i++)
		if (state == TASK_STATES || counts[i].state == state)
			sum += counts[i].count;
	return sum;
}

struct work_enlist {
	struct str incarnation, slot;
};

static inline enum status work_run_enlist(struct db *db, void *arg)
{
	const struct work_enlist *enlist = arg;

	return workers_add(db, enlist->incarnation, STR("workers"), enlist->slot, clock_wall_ms());
}

static inline void work_enlist(struct work_fixture *work, struct str incarnation, const char *slot)
{
	struct work_enlist enlist = { incarnation, str_from_c(slot) };

	assert_int_equal(store_run(work->store, work_run_enlist, &enlist), STATUS_OK);
}

#endif
