/* tests/unit/store_jobs_test.c -- ticks that run once, and the purge: what is old goes, what is
 * still of use stays. */
#include "tests/unit/store_fixture.h"

#include "store/bots.h"
#include "store/idempotency.h"
#include "store/jobs.h"
#include "store/meta.h"
#include "store/tasks.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

/* ---- ticks ------------------------------------------------------------------------------- */

static int64_t generation(struct records *r)
{
	int64_t value;

	assert_ok(meta_get(r->db, META_SCHEDULER_GENERATION, &value));
	return value;
}

static void a_tick_runs_once(void **state)
{
	struct records *r = *state;
	int64_t last;

	assert_ok(jobs_last_tick(r->db, STR("purge"), &last));
	assert_int_equal(last, 0);
	assert_ok(jobs_note_tick(r->db, STR("purge"), T0, generation(r), T0 + 5));
	assert_status(jobs_note_tick(r->db, STR("purge"), T0, generation(r), T0 + 6),
		      STATUS_CONFLICT);
	assert_ok(jobs_note_tick(r->db, STR("report"), T0, generation(r), T0 + 7));
	assert_ok(jobs_note_tick(r->db, STR("purge"), T0 + HOUR_MS, generation(r), T0 + HOUR_MS));
	assert_ok(jobs_last_tick(r->db, STR("purge"), &last));
	assert_int_equal(last, T0 + HOUR_MS);
	assert_ok(jobs_last_tick(r->db, STR("report"), &last));
	assert_int_equal(last, T0);
}

static void a_scheduler_that_lost_its_lease_notes_no_tick(void **state)
{
	struct records *r = *state;
	int64_t was = generation(r), now, last;

	assert_ok(meta_next(r->db, META_SCHEDULER_GENERATION, &now));
	assert_int_equal(now, was + 1);
	assert_status(jobs_note_tick(r->db, STR("purge"), T0, was, T0), STATUS_DENIED);
	assert_ok(jobs_last_tick(r->db, STR("purge"), &last));
	assert_int_equal(last, 0);
	assert_ok(jobs_note_tick(r->db, STR("purge"), T0, now, T0));
}

/* ---- the purge --------------------------------------------------------------------------- */

static bool purge(struct records *r, int64_t now_ms, int64_t limit)
{
	bool more;

	assert_ok(jobs_purge(r->db, now_ms, limit, &more));
	return more;
}

static void update_ids_go_after_48_hours(void **state)
{
	struct records *r = *state;

	assert_ok(updates_note(r->db, BOT_ID, 1, T0));
	assert_ok(updates_note(r->db, BOT_ID, 2, T0 + 1));
	assert_false(purge(r, T0 + 48 * HOUR_MS, 100));
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM updates"), 2);
	assert_false(purge(r, T0 + 48 * HOUR_MS + 1, 100));
	assert_int_equal(db_number(r->db, "SELECT update_id FROM updates"), 2);
}

static void answers_under_a_key_go_after_a_day(void **state)
{
	struct records *r = *state;
	struct idempotency_key key = { 1, STR("POST /x"), STR("k"), STR("h") };
	struct idempotency_answer answer = { 201, STR("{}"), STR_NONE };

	assert_ok(idempotency_keep(r->db, &key, &answer, T0));
	purge(r, T0 + DAY_MS, 100);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM idempotency"), 1);
	purge(r, T0 + DAY_MS + 1, 100);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM idempotency"), 0);
}

/* A session is what its tokens hang on: it goes after the last of them. */
static void sessions_go_after_their_tokens(void **state)
{
	struct records *r = *state;
	int64_t employee = add_employee(r, "olga"), ends, lives;

	assert_ok(sessions_open(r->db, employee, T0, HOUR_MS, &ends));
	assert_ok(refresh_add(r->db, STR("long"), ends, T0, 2 * HOUR_MS));
	assert_ok(sessions_open(r->db, employee, T0, DAY_MS, &lives));
	assert_ok(refresh_add(r->db, STR("short"), lives, T0, HOUR_MS));

	purge(r, T0 + HOUR_MS + 1, 100);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM refresh_tokens"), 1);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM sessions"), 2);
	purge(r, T0 + 2 * HOUR_MS + 1, 100);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM refresh_tokens"), 0);
	assert_int_equal(db_number(r->db, "SELECT id FROM sessions"), lives);
	/* An id stands in access tokens: it never comes back. */
	purge(r, T0 + DAY_MS + 1, 100);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM sessions"), 0);
	assert_ok(sessions_open(r->db, employee, T0, HOUR_MS, &ends));
	assert_int_equal(ends, lives + 1);
}

static void the_newest_tick_of_a_job_stays_however_old(void **state)
{
	struct records *r = *state;
	int64_t last;

	for (int i = 0; i < 3; i++)
		assert_ok(jobs_note_tick(r->db, STR("yearly"), T0 + i, generation(r), T0 + i));
	purge(r, T0 + 365 * DAY_MS, 100);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM ticks"), 1);
	assert_ok(jobs_last_tick(r->db, STR("yearly"), &last));
	assert_int_equal(last, T0 + 2);
}

/* One at work stays; so does a dead one whose sends are yet to be resolved. */
static void workers_go_a_day_after_their_end(void **state)
{
	static const char *const names[] = { "at-work", "left", "died", "died-sending" };
	struct task_new send = { .type = TASK_DELIVER,
				 .class = TASK_INTERACTIVE,
				 .payload = STR("{}") };
	struct records *r = *state;
	struct task task, *unknown;
	size_t count;
	int64_t id;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_ok(workers_add(r->db, str_from_c(names[i]), STR("workers"), STR("w"), T0));
	assert_ok(tasks_add(r->db, &send, T0, &id));
	assert_ok(tasks_claim(r->db, id, STR("died-sending"), T0, &r->arena, &task));
	assert_ok(workers_leave(r->db, STR("left"), T0));
	assert_ok(workers_bury(r->db, STR("died"), T0, &r->arena, &unknown, &count));
	assert_ok(workers_bury(r->db, STR("died-sending"), T0, &r->arena, &unknown, &count));
	assert_int_equal(count, 1);
	purge(r, T0 + DAY_MS, 100);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM workers"), 4);
	purge(r, T0 + DAY_MS + 1, 100);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM workers WHERE incarnation IN "
					  "('at-work', 'died-sending')"),
			 2);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM workers"), 2);
}

static void a_purge_takes_a_part_and_says_that_there_is_more(void **state)
{
	struct records *r = *state;

	for (int i = 0; i < 5; i++)
		assert_ok(updates_note(r->db, BOT_ID, i, T0));
	assert_true(purge(r, T0 + 3 * DAY_MS, 2));
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM updates"), 3);
	assert_true(purge(r, T0 + 3 * DAY_MS, 2));
	assert_false(purge(r, T0 + 3 * DAY_MS, 2));
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM updates"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_records(a_tick_runs_once),
		with_records(a_scheduler_that_lost_its_lease_notes_no_tick),
		with_records(update_ids_go_after_48_hours),
		with_records(answers_under_a_key_go_after_a_day),
		with_records(sessions_go_after_their_tokens),
		with_records(the_newest_tick_of_a_job_stays_however_old),
		with_records(workers_go_a_day_after_their_end),
		with_records(a_purge_takes_a_part_and_says_that_there_is_more),
	};

	return cmocka_run_group_tests_name("store_jobs", tests, NULL, NULL);
}
