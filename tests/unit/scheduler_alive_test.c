/* tests/unit/scheduler_alive_test.c -- who is dead, and who only looks so; what becomes of what the
 * dead had in hand. */
#include "base/slot.h"
#include "tests/unit/scheduler_fixture.h"

#include "redis/beat.h"
#include "redis/deaths.h"

#define DELIVER_STREAM "eco:stream:deliver:interactive"

/* ---- the memory of beats ----------------------------------------------------------------- */

static void silence_is_counted_from_the_last_bump_seen(void **state)
{
	struct alive_watch watch = { 0 };

	(void)state;
	assert_int_equal(alive_note(&watch, STR("w"), 7, 1000), 0);
	assert_int_equal(alive_note(&watch, STR("w"), 7, 3000), 2000);
	assert_int_equal(alive_note(&watch, STR("w"), 8, 4000), 0);
	assert_int_equal(alive_note(&watch, STR("w"), -1, 9000), 5000); /* not listed */
	assert_int_equal(alive_note(&watch, STR("other"), -1, 9000), 0);
	/* a count that went back is a bump, too: Redis forgot it */
	assert_int_equal(alive_note(&watch, STR("w"), 1, 9500), 0);
	alive_forget(&watch);
}

static void who_is_not_named_any_more_is_forgotten(void **state)
{
	struct alive_watch watch = { 0 };

	(void)state;
	for (int i = 0; i < 40; i++) {
		char name[16];

		snprintf(name, sizeof(name), "w%d", i);
		assert_int_equal(alive_note(&watch, str_from_c(name), 1, 1000), 0);
	}
	alive_prune(&watch);
	assert_int_equal(watch.count, 40);
	assert_int_equal(alive_note(&watch, STR("w3"), 1, 2000), 1000);
	alive_prune(&watch);
	assert_int_equal(watch.count, 1);
	assert_int_equal(alive_note(&watch, STR("w4"), 1, 3000), 0);
	alive_forget(&watch);
}

/* ---- looking ----------------------------------------------------------------------------- */

static void beat(const char *incarnation, int count)
{
	struct arena *arena = &desk.work.arena;

	fixture_run(&desk.work.redis,
		    str_format(arena,
			       "HSET eco:beat:%s service workers slot worker-1 count %d at 1",
			       incarnation, count)
			    .data);
	fixture_run(&desk.work.redis, str_format(arena, "SADD eco:beats %s", incarnation).data);
}

/* As if so much of the scheduler's own clock had gone by since it saw them last. */
static void nothing_seen_for(int64_t ms)
{
	for (size_t i = 0; i < desk.a.alive.count; i++)
		desk.a.alive.items[i].changed_mono_ms -= ms;
}

static void look(void)
{
	assert_ok(chore_once(&desk.a, alive_look));
}

static bool is_alive(const char *incarnation)
{
	bool alive = false;

	assert_ok(workers_is_alive(desk.work.reader, str_from_c(incarnation), &alive));
	return alive;
}

static void hire(const char *incarnation, const char *slot)
{
	work_enlist(&desk.work, str_from_c(incarnation), slot);
	beat(incarnation, 1);
}

static void six_seconds_without_a_bump_are_death(void **state)
{
	(void)state;
	hire("w1", "worker-1");
	look();
	nothing_seen_for(BEAT_DEAD_MS - 500);
	look();
	assert_true(is_alive("w1"));
	nothing_seen_for(500);
	look();
	assert_false(is_alive("w1"));
	assert_int_equal(redis_int(&desk, "EXISTS eco:beat:w1"), 0);
	assert_int_equal(redis_int(&desk, "SCARD eco:beats"), 0);
}

static void a_bump_in_time_keeps_it_alive(void **state)
{
	(void)state;
	hire("w1", "worker-1");
	for (int count = 2; count < 6; count++) {
		look();
		nothing_seen_for(BEAT_DEAD_MS - 500);
		beat("w1", count);
	}
	look();
	assert_true(is_alive("w1"));
}

static void one_that_never_beat_dies_too(void **state)
{
	(void)state;
	work_enlist(&desk.work, STR("w1"), "worker-1");
	look();
	assert_true(is_alive("w1"));
	nothing_seen_for(BEAT_DEAD_MS);
	look();
	assert_false(is_alive("w1"));
}

static void a_flushed_redis_kills_nobody(void **state)
{
	(void)state;
	hire("w1", "worker-1");
	look();
	fixture_run(&desk.work.redis, "FLUSHALL");
	nothing_seen_for(BEAT_DEAD_MS);
	take_the_lead(&desk, &desk.a);
	look();
	assert_true(is_alive("w1"));
	/* its beat is back */
	beat("w1", 9);
	nothing_seen_for(BEAT_DEAD_MS - 500);
	look();
	assert_true(is_alive("w1"));
}

static void without_an_epoch_nobody_is_judged(void **state)
{
	(void)state;
	hire("w1", "worker-1");
	look();
	nothing_seen_for(BEAT_DEAD_MS);
	desk.a.epoch = 0; /* rebuild_check could not read it */
	assert_status(chore_once(&desk.a, alive_look), STATUS_EMPTY);
	assert_true(is_alive("w1"));
}

/* The scheduler itself was stopped, or could not read. */
static void who_did_not_look_knows_nothing(void **state)
{
	(void)state;
	hire("w1", "worker-1");
	look();
	nothing_seen_for(BEAT_DEAD_MS);
	desk.a.alive.looked_mono_ms -= ALIVE_GAP_MS_MAX + 1;
	look();
	assert_true(is_alive("w1"));
	nothing_seen_for(BEAT_DEAD_MS);
	fixture_server_kill(&desk.work.redis);
	assert_status(chore_once(&desk.a, alive_look), STATUS_BUSY);
	assert_int_equal(desk.a.alive.count, 0);
	assert_true(is_alive("w1"));
}

static void a_reported_death_counts_at_once(void **state)
{
	(void)state;
	hire("w1", "worker-1");
	hire("w2", "worker-2");
	assert_ok(deaths_report(desk.work.redis.conn, STR("w1")));
	look();
	assert_false(is_alive("w1"));
	assert_true(is_alive("w2"));
	assert_int_equal(redis_int(&desk, "EXISTS eco:deaths"), 0);
}

static void whose_slot_another_holds_is_dead(void **state)
{
	(void)state;
	hire("w1", "worker-1");
	work_clock_move(10);
	hire("w2", "worker-1");
	look();
	assert_false(is_alive("w1"));
	assert_true(is_alive("w2"));
}

/* As the real ones do: first the slot, then the row. */
static struct slot hire_with_slot(const char *incarnation, const char *slot)
{
	struct slot taken;

	assert_ok(slot_try(desk.work.redis.dir, slot, str_from_c(incarnation), &desk.work.arena,
			   &taken));
	hire(incarnation, slot);
	return taken;
}

static void who_let_go_of_its_slot_is_dead_at_once(void **state)
{
	struct slot first = hire_with_slot("w1", "worker-1");
	struct slot second = hire_with_slot("w2", "worker-2");

	(void)state;
	look();
	assert_true(is_alive("w1"));
	slot_release(&first);
	look();
	assert_false(is_alive("w1"));
	assert_true(is_alive("w2"));
	slot_release(&second);
}

static void whose_slot_is_held_by_one_not_yet_enlisted_is_dead(void **state)
{
	struct slot taken = hire_with_slot("w1", "worker-1");

	(void)state;
	slot_release(&taken);
	assert_ok(slot_try(desk.work.redis.dir, "worker-1", STR("w2"), &desk.work.arena, &taken));
	look();
	assert_false(is_alive("w1"));
	slot_release(&taken);
}

static void the_old_leader_buries_nobody(void **state)
{
	(void)state;
	hire("w1", "worker-1");
	look();
	nothing_seen_for(BEAT_DEAD_MS);
	take_the_lead(&desk, &desk.b);
	desk.a.epoch = desk.a.alive.epoch = desk.b.epoch;
	assert_status(chore_once(&desk.a, alive_look), STATUS_DENIED);
	assert_true(is_alive("w1"));
	assert_int_equal(redis_int(&desk, "EXISTS eco:beat:w1"), 1);
}

/* ---- what they had in hand --------------------------------------------------------------- */

static enum status run_claim(struct db *db, void *arg)
{
	struct task task;

	return tasks_claim(db, *(int64_t *)arg, STR("w1"), clock_wall_ms(), &desk.work.arena,
			   &task);
}

/* Runs at w1, its entry acked. */
static void claim(int64_t task_id)
{
	assert_ok(store_run(desk.work.store, run_claim, &task_id));
}

static int64_t task_of(const char *dedup_key)
{
	return records_int(&desk,
			   str_format(&desk.work.arena,
				      "SELECT id FROM tasks WHERE dedup_key = '%s'", dedup_key)
				   .data);
}

static int64_t say(const struct work_chat *chat, const char *text, int64_t *task_id)
{
	int64_t id = work_say(&desk.work, chat, text, TASK_INTERACTIVE, BUTTONS_NONE);

	*task_id = task_of(str_format(&desk.work.arena, "deliver:%lld", (long long)id).data);
	return id;
}

static enum status run_sending(struct db *db, void *arg)
{
	struct delivery_change change = { .to = DELIVERY_SENDING };

	return messages_set_delivery(db, *(int64_t *)arg, &change, clock_wall_ms());
}

static void a_send_under_way_is_unknown_and_the_chat_goes_on(void **state)
{
	struct work_chat chat = work_chat_open(&desk.work, 42);
	int64_t first_task, second_task, first, second;

	(void)state;
	first = say(&chat, "first", &first_task);
	second = say(&chat, "second", &second_task);
	hire("w1", "worker-1");
	claim(first_task);
	assert_ok(store_run(desk.work.store, run_sending, &first));
	assert_int_equal(task_row_of(&desk, second_task).state, TASK_WAITING);
	assert_ok(deaths_report(desk.work.redis.conn, STR("w1")));
	look();
	assert_int_equal(work_delivery(&desk.work, first), DELIVERY_UNKNOWN);
	assert_true(work_message(&desk.work, first).delivery_reason.len > 0);
	assert_int_equal(work_delivery(&desk.work, second), DELIVERY_QUEUED);
	assert_int_equal(task_row_of(&desk, second_task).state, TASK_READY);
	assert_int_equal(work_tasks(&desk.work, TASK_STATES), 1);
}

static void what_may_be_repeated_is_ready_again_with_a_crash_counted(void **state)
{
	struct task_new edit = { .type = TASK_EDIT_MARKUP };
	int64_t id = work_task(&desk.work, edit);

	(void)state;
	hire("w1", "worker-1");
	claim(id);
	assert_ok(deaths_report(desk.work.redis.conn, STR("w1")));
	look();
	assert_int_equal(task_row_of(&desk, id).state, TASK_READY);
	assert_int_equal(task_row_of(&desk, id).crashes, 1);
	assert_int_equal(task_row_of(&desk, id).attempt, 0);
}

static void read_as(const char *slot, int count)
{
	struct redis_value value = fixture_run(
		&desk.work.redis,
		str_format(&desk.work.arena,
			   "XREADGROUP GROUP workers %s COUNT %d STREAMS " PURGE_STREAM " >", slot,
			   count)
			.data);

	assert_int_equal(value.items[0].items[1].count, count);
}

static void what_the_dead_had_read_goes_back_as_suspect(void **state)
{
	struct redis_value entries;

	(void)state;
	for (int i = 0; i < 3; i++)
		task_due(&desk, 0);
	work_clock_move(1500);
	assert_ok(chore_once(&desk.a, relay_run));
	hire("w1", "worker-1");
	hire("w2", "worker-2");
	read_as("worker-1", 2);
	read_as("worker-2", 1);
	assert_ok(deaths_report(desk.work.redis.conn, STR("w1")));
	look();
	assert_int_equal(told(&desk), 5); /* trimmed later */
	entries = fixture_run(&desk.work.redis, "XREVRANGE " PURGE_STREAM " + - COUNT 2");
	for (size_t i = 0; i < 2; i++) {
		const struct redis_value *fields = &entries.items[i].items[1];

		assert_true(str_eq_c(fields->items[fields->count - 2].text, "suspect"));
	}
	entries = fixture_run(&desk.work.redis, "XINFO CONSUMERS " PURGE_STREAM " workers");
	assert_int_equal(entries.count, 1);
	assert_true(str_eq_c(entries.items[0].items[1].text, "worker-2"));
	entries = fixture_run(&desk.work.redis, "XPENDING " PURGE_STREAM " workers");
	assert_int_equal(entries.items[0].number, 1);
}

/* The scheduler itself died between burial and take-over. */
static void a_take_over_that_was_interrupted_is_made_good(void **state)
{
	(void)state;
	task_due(&desk, 0);
	work_clock_move(1500);
	assert_ok(chore_once(&desk.a, relay_run));
	read_as("worker-9", 1);
	look();
	assert_int_equal(told(&desk), 2);
	assert_int_equal(
		fixture_run(&desk.work.redis, "XINFO CONSUMERS " PURGE_STREAM " workers").count, 0);
}

/* Its successor under the same slot reads them itself. */
static void the_successors_pending_entries_are_left_alone(void **state)
{
	(void)state;
	task_due(&desk, 0);
	work_clock_move(1500);
	assert_ok(chore_once(&desk.a, relay_run));
	hire("w1", "worker-1");
	read_as("worker-1", 1);
	work_clock_move(10);
	hire("w2", "worker-1");
	look();
	assert_false(is_alive("w1"));
	assert_int_equal(told(&desk), 1);
	assert_int_equal(
		fixture_run(&desk.work.redis, "XINFO CONSUMERS " PURGE_STREAM " workers").count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_leading, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_is_counted_from_the_last_bump_seen),
		cmocka_unit_test(who_is_not_named_any_more_is_forgotten),
		TEST(six_seconds_without_a_bump_are_death),
		TEST(a_bump_in_time_keeps_it_alive),
		TEST(one_that_never_beat_dies_too),
		TEST(a_flushed_redis_kills_nobody),
		TEST(without_an_epoch_nobody_is_judged),
		TEST(who_did_not_look_knows_nothing),
		TEST(a_reported_death_counts_at_once),
		TEST(whose_slot_another_holds_is_dead),
		TEST(who_let_go_of_its_slot_is_dead_at_once),
		TEST(whose_slot_is_held_by_one_not_yet_enlisted_is_dead),
		TEST(the_old_leader_buries_nobody),
		TEST(a_send_under_way_is_unknown_and_the_chat_goes_on),
		TEST(what_may_be_repeated_is_ready_again_with_a_crash_counted),
		TEST(what_the_dead_had_read_goes_back_as_suspect),
		TEST(a_take_over_that_was_interrupted_is_made_good),
		TEST(the_successors_pending_entries_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
