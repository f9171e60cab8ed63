/* tests/unit/workers_fixture.h -- workers as main.c makes them, several in one process, with a Bot
 * API that does as it is told. */
#ifndef TESTS_WORKERS_FIXTURE_H
#define TESTS_WORKERS_FIXTURE_H

#include "tests/unit/fake_api.h"
#include "tests/unit/work_fixture.h"

#include "store/employees.h"
#include "workers/runner.h"

enum { CREW_MAX = 3 };

struct crew_member {
	struct work_fixture *work;
	struct str incarnation;
	struct beat_sender *beat;
	struct budget *budget;
	struct commits *commits;
	struct senders senders;
	struct runner *runner;
	bool died, stopped;
};

struct crew {
	struct work_fixture work;
	struct fake_api api;
	struct crew_member members[CREW_MAX];
	int64_t bot_per_s, chat_per_s;
	int calls_max;
	int64_t olga_id;
};

static inline void crew_died(void *arg)
{
	((struct crew_member *)arg)->died = true;
}

static inline void crew_stopped(void *arg)
{
	((struct crew_member *)arg)->stopped = true;
}

/* Records, Redis with its epoch, the Bot API; nobody works yet. */
static inline void crew_open(struct crew *crew)
{
	*crew = (struct crew){ .bot_per_s = 1000, .chat_per_s = 1000, .calls_max = 16 };
	work_open(&crew->work, true);
	fake_open(&crew->api, crew->work.base);
	WORK_UNTIL(&crew->work, redis_link_is_up(crew->work.link));
	work_epoch(&crew->work);
}

static inline void crew_senders(struct crew *crew, struct crew_member *member)
{
	struct bot_api_options options = { .base = crew->work.base,
					   .api = crew->api.url,
					   .calls_max = crew->calls_max };
	struct sender *sender = &member->senders.items[0];

	options.token = str_format(&crew->work.arena, "%lld:test", (long long)FIXTURE_BOT).data;
	sender->bot_id = FIXTURE_BOT;
	assert_int_equal(bot_api_open(&options, &sender->api), STATUS_OK);
}

static inline struct crew_member *crew_join(struct crew *crew, int number)
{
	struct crew_member *member = &crew->members[number];
	struct work_fixture *work = &crew->work;
	const char *slot = str_format(&work->arena, "worker-%d", number + 1).data;
	struct budget_options budget = { work->base, work->link, crew->bot_per_s,
					 crew->chat_per_s };
	struct runner_options options;

	*member = (struct crew_member){ .work = work, .incarnation = random_hex(&work->arena, 16) };
	work_enlist(work, member->incarnation, slot);
	assert_int_equal(beat_open(work->base, work->link, member->incarnation, STR("workers"),
				   str_from_c(slot), &member->beat),
			 STATUS_OK);
	assert_int_equal(budget_open(&budget, &member->budget), STATUS_OK);
	assert_int_equal(commits_open(work->base, work->store, &member->commits), STATUS_OK);
	crew_senders(crew, member);
	WORK_UNTIL(work, beat_is_fresh(member->beat));
	options = (struct runner_options){ .base = work->base,
					   .commits = member->commits,
					   .redis = &work->redis.address,
					   .link = work->link,
					   .beat = member->beat,
					   .senders = &member->senders,
					   .budget = member->budget,
					   .incarnation = member->incarnation,
					   .slot = slot,
					   .calls_max = crew->calls_max,
					   .died = crew_died,
					   .arg = member };
	assert_int_equal(runner_open(&options, &member->runner), STATUS_OK);
	return member;
}

struct crew_close {
	const struct work_chat *chat;
	int64_t employee_id, close_after_ms;
};

static inline enum status crew_run_hire(struct db *db, void *arg)
{
	struct crew_close *close = arg;
	const struct employee olga = { .login = STR("olga"),
				       .name = STR("Olga"),
				       .password_hash = STR("none"),
				       .enabled = true };
	struct actor actor = { ACTOR_SYSTEM, 0 };

	return employees_add(db, &olga, actor, clock_wall_ms(), &close->employee_id);
}

static inline enum status crew_run_closing(struct db *db, void *arg)
{
	const struct crew_close *close = arg;
	struct appeal_move move = { .event = APPEAL_OPERATOR_TOOK,
				    .assignee_id = close->employee_id,
				    .now_ms = clock_wall_ms(),
				    .close_after_ms = close->close_after_ms };
	struct appeal appeal;
	enum status status = appeals_get(db, close->chat->appeal_id, close->chat->arena, &appeal);

	if (status == STATUS_OK)
		status = appeals_move(db, &appeal, &move, close->chat->arena);
	move.event = APPEAL_OPERATOR_CLOSED;
	return status == STATUS_OK ? appeals_move(db, &appeal, &move, close->chat->arena) : status;
}

/* Taken and closed by Olga, who is hired by the first call; its timer is a task `close_appeal`. */
static inline void crew_closing(struct crew *crew, const struct work_chat *chat,
				int64_t close_after_ms)
{
	struct crew_close close = { chat, crew->olga_id, close_after_ms };

	if (close.employee_id == 0)
		assert_int_equal(store_run(crew->work.store, crew_run_hire, &close), STATUS_OK);
	crew->olga_id = close.employee_id;
	assert_int_equal(store_run(crew->work.store, crew_run_closing, &close), STATUS_OK);
}

/* An orderly end of one. Its beat goes on: nobody looks at it here. */
static inline void crew_stop(struct crew *crew, struct crew_member *member)
{
	if (member->runner == NULL || member->stopped)
		return;
	runner_stop(member->runner, crew_stopped, member);
	WORK_UNTIL(&crew->work, member->stopped);
	WORK_UNTIL(&crew->work, runner_unsettled(member->runner) == 0);
}

static inline void crew_close(struct crew *crew)
{
	struct work_fixture *work = &crew->work;

	for (int i = 0; i < CREW_MAX; i++)
		crew_stop(crew, &crew->members[i]);
	store_reader_close(work->reader);
	store_close(work->store);
	for (int i = 0; i < CREW_MAX; i++) {
		runner_close(crew->members[i].runner);
		commits_close(crew->members[i].commits);
		senders_close(&crew->members[i].senders);
		beat_close(crew->members[i].beat);
	}
	publisher_close(work->publisher);
	redis_link_close(work->link);
	for (int i = 0; i < CREW_MAX; i++)
		budget_close(crew->members[i].budget);
	fake_close(&crew->api);
	loop_close(work->base);
	fixture_close(&work->redis);
	arena_release(&work->arena);
}

/* The loop, and the scheduler's part: what is due goes to the streams. */
static inline void crew_turn(struct crew *crew)
{
	int64_t moved, next_due_ms;

	assert_int_equal(
		queue_promote(crew->work.redis.conn, clock_wall_ms(), 100, &moved, &next_due_ms),
		STATUS_OK);
	work_turn(&crew->work);
}

#define CREW_UNTIL(crew, condition) FIXTURE_UNTIL(condition, crew_turn(crew))

#endif
