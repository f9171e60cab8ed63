/* tests/unit/store_tasks_test.c -- tasks: order by key, dedup, fences, dead workers, suspects, what
 * the relay sees. */
#include "tests/unit/store_fixture.h"

#include "store/tasks.h"

#define WORKER STR("worker-1")
#define OTHER STR("worker-2")

static const struct outcome done = { .kind = OUTCOME_DONE };

static int64_t add(struct records *r, enum task_type type, const char *order_key,
		   const char *dedup_key, int64_t due_at_ms)
{
	struct task_new task = { .type = type,
				 .class = TASK_INTERACTIVE,
				 .payload = STR("{}"),
				 .order_key = str_from_c(order_key),
				 .dedup_key = str_from_c(dedup_key),
				 .due_at_ms = due_at_ms };
	int64_t id;

	assert_ok(tasks_add(r->db, &task, T0, &id));
	return id;
}

static int state_of(struct records *r, int64_t id)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT COALESCE((SELECT state FROM tasks WHERE id = %lld), -1)",
		 (long long)id);
	return (int)db_number(r->db, sql);
}

enum { GONE = -1 };

static int column_of(struct records *r, const char *column, int64_t id)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT COALESCE((SELECT %s FROM tasks WHERE id = %lld), -1)",
		 column, (long long)id);
	return (int)db_number(r->db, sql);
}

static void workers_begin(struct records *r)
{
	assert_ok(workers_add(r->db, WORKER, STR("workers"), STR("workers-1"), T0));
	assert_ok(workers_add(r->db, OTHER, STR("workers"), STR("workers-2"), T0));
}

static struct task claim(struct records *r, int64_t id)
{
	struct task task;

	assert_ok(tasks_claim(r->db, id, WORKER, T0, &r->arena, &task));
	return task;
}

static enum task_state finish(struct records *r, int64_t id, int attempt, enum outcome_kind kind,
			      int64_t retry_at_ms)
{
	struct fence fence = { id, WORKER, attempt };
	struct outcome outcome = { kind, retry_at_ms, STR("because") };
	enum task_state state;

	assert_ok(tasks_finish(r->db, &fence, &outcome, T0, &state));
	return state;
}

/* ---- adding ------------------------------------------------------------------------------ */

static void a_ready_task_is_told_if_it_is_due_within_a_minute(void **state)
{
	struct records *r = *state;
	int64_t now = add(r, TASK_PURGE, NULL, NULL, 0);
	int64_t soon = add(r, TASK_PURGE, NULL, NULL, T0 + 60000);
	int64_t later = add(r, TASK_PURGE, NULL, NULL, T0 + 60001);
	int64_t local = add(r, TASK_BOT_UPDATE, NULL, NULL, 0);

	assert_int_equal(times_told(r->db, now), 1);
	assert_int_equal(times_told(r->db, soon), 1);
	assert_int_equal(times_told(r->db, later), 0);
	assert_int_equal(times_told(r->db, local), 0);
}

static void an_equal_dedup_key_that_is_queued_swallows_the_new_one(void **state)
{
	struct records *r = *state;
	int64_t first = add(r, TASK_DELIVER, "k", "d", 0);
	int64_t waiting = add(r, TASK_DELIVER, "k", "e", 0);

	assert_int_equal(add(r, TASK_DELIVER, "k", "d", 0), first);
	assert_int_equal(add(r, TASK_DELIVER, "k", "e", 0), waiting);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM tasks"), 2);
	assert_int_equal(times_told(r->db, first), 1);
}

static void a_running_or_dead_row_does_not_swallow_a_new_request(void **state)
{
	struct records *r = *state;
	int64_t first, second, third;

	workers_begin(r);
	first = add(r, TASK_DELIVER, NULL, "d", 0);
	claim(r, first);
	second = add(r, TASK_DELIVER, NULL, "d", 0);
	assert_int_not_equal(second, first);
	assert_int_equal(state_of(r, second), TASK_READY);
	claim(r, second);
	assert_int_equal(finish(r, second, 0, OUTCOME_BURY, 0), TASK_DEAD);
	third = add(r, TASK_DELIVER, NULL, "d", 0);
	assert_int_equal(state_of(r, third), TASK_READY);
}

static void a_retry_gives_way_to_the_row_that_is_queued_under_its_dedup_key_by_now(void **state)
{
	struct records *r = *state;
	int64_t first, second;

	workers_begin(r);
	first = add(r, TASK_DELIVER, "k", "d", 0);
	claim(r, first);
	second = add(r, TASK_DELIVER, "k", "d", 0);
	assert_int_equal(state_of(r, second), TASK_WAITING);
	assert_int_equal(finish(r, first, 0, OUTCOME_RETRY, 0), TASK_STATES);
	assert_int_equal(state_of(r, first), GONE);
	assert_int_equal(state_of(r, second), TASK_READY);
	assert_int_equal(times_told(r->db, second), 1);
}

static void ids_never_come_back(void **state)
{
	struct records *r = *state;
	int64_t first = add(r, TASK_PURGE, NULL, "d", 0);

	assert_ok(tasks_cancel(r->db, STR("d"), T0));
	assert_int_equal(state_of(r, first), GONE);
	assert_true(add(r, TASK_PURGE, NULL, "d", 0) > first);
}

/* ---- order by key ------------------------------------------------------------------------ */

struct queue {
	int64_t head, second, third, other;
};

static struct queue queue_of(struct records *r)
{
	struct queue q;

	workers_begin(r);
	q.head = add(r, TASK_DELIVER, "chat:1", "a", 0);
	q.second = add(r, TASK_DELIVER, "chat:1", "b", 0);
	q.third = add(r, TASK_DELIVER, "chat:1", "c", 0);
	q.other = add(r, TASK_DELIVER, "chat:2", "x", 0);
	assert_int_equal(state_of(r, q.head), TASK_READY);
	assert_int_equal(state_of(r, q.second), TASK_WAITING);
	assert_int_equal(state_of(r, q.third), TASK_WAITING);
	assert_int_equal(state_of(r, q.other), TASK_READY);
	assert_int_equal(times_told(r->db, q.second), 0);
	return q;
}

static void assert_second_is_next(struct records *r, const struct queue *q)
{
	assert_int_equal(state_of(r, q->second), TASK_READY);
	assert_int_equal(state_of(r, q->third), TASK_WAITING);
	assert_int_equal(times_told(r->db, q->second), 1);
	assert_int_equal(times_told(r->db, q->third), 0);
}

static void a_waiting_row_can_be_neither_claimed_nor_taken(void **state)
{
	struct records *r = *state;
	struct queue q = queue_of(r);
	struct task task;

	assert_status(tasks_claim(r->db, q.second, WORKER, T0, &r->arena, &task), STATUS_EMPTY);
	assert_status(tasks_take(r->db, q.second, WORKER, T0, &r->arena, &task), STATUS_EMPTY);
}

static void a_done_head_makes_the_oldest_waiting_row_ready(void **state)
{
	struct records *r = *state;
	struct queue q = queue_of(r);

	claim(r, q.head);
	assert_int_equal(state_of(r, q.second), TASK_WAITING);
	assert_int_equal(finish(r, q.head, 0, OUTCOME_DONE, 0), TASK_STATES);
	assert_int_equal(state_of(r, q.head), GONE);
	assert_second_is_next(r, &q);
}

static void a_head_of_unknown_outcome_goes_and_the_next_is_ready(void **state)
{
	struct records *r = *state;
	struct queue q = queue_of(r);

	claim(r, q.head);
	assert_int_equal(finish(r, q.head, 0, OUTCOME_UNKNOWN, 0), TASK_STATES);
	assert_int_equal(state_of(r, q.head), GONE);
	assert_second_is_next(r, &q);
}

static void a_buried_head_stays_dead_and_never_blocks(void **state)
{
	struct records *r = *state;
	struct queue q = queue_of(r);

	claim(r, q.head);
	assert_int_equal(finish(r, q.head, 0, OUTCOME_BURY, 0), TASK_DEAD);
	assert_int_equal(state_of(r, q.head), TASK_DEAD);
	assert_second_is_next(r, &q);
}

static void a_retry_or_a_wait_keeps_the_head(void **state)
{
	struct records *r = *state;
	struct queue q = queue_of(r);
	struct task task;

	claim(r, q.head);
	assert_int_equal(finish(r, q.head, 0, OUTCOME_RETRY, T0 + 5000), TASK_READY);
	assert_int_equal(state_of(r, q.second), TASK_WAITING);
	assert_int_equal(column_of(r, "attempt", q.head), 1);
	assert_int_equal(times_told(r->db, q.head), 2);
	/* Not before its time. */
	assert_status(tasks_claim(r->db, q.head, WORKER, T0 + 4999, &r->arena, &task),
		      STATUS_EMPTY);
	assert_ok(tasks_claim(r->db, q.head, WORKER, T0 + 5000, &r->arena, &task));
	assert_int_equal(task.attempt, 1);
	assert_int_equal(finish(r, q.head, 1, OUTCOME_WAIT, T0 + 9000), TASK_READY);
	assert_int_equal(column_of(r, "attempt", q.head), 1);
	assert_int_equal(state_of(r, q.second), TASK_WAITING);
}

static void cancelling_the_head_makes_the_next_ready_and_cancelling_another_does_not(void **state)
{
	struct records *r = *state;
	struct queue q = queue_of(r);

	assert_ok(tasks_cancel(r->db, STR("c"), T0));
	assert_int_equal(state_of(r, q.third), GONE);
	assert_int_equal(state_of(r, q.second), TASK_WAITING);
	assert_ok(tasks_cancel(r->db, STR("a"), T0));
	assert_int_equal(state_of(r, q.second), TASK_READY);
	assert_int_equal(times_told(r->db, q.second), 1);
	assert_ok(tasks_cancel(r->db, STR("nothing"), T0));
}

static void cancelling_behind_a_running_head_releases_nothing(void **state)
{
	struct records *r = *state;
	struct queue q = queue_of(r);

	claim(r, q.head);
	assert_ok(tasks_cancel(r->db, STR("b"), T0));
	assert_int_equal(state_of(r, q.third), TASK_WAITING);
	assert_ok(tasks_cancel(r->db, STR("a"), T0)); /* it runs: no longer to be cancelled */
	assert_int_equal(state_of(r, q.head), TASK_RUNNING);
}

static void asking_again_after_a_burial_is_a_new_id_at_the_end_of_the_key(void **state)
{
	struct records *r = *state;
	struct queue q = queue_of(r);
	int64_t again;

	claim(r, q.head);
	finish(r, q.head, 0, OUTCOME_BURY, 0);
	again = add(r, TASK_DELIVER, "chat:1", "a", 0);
	assert_true(again > q.third);
	assert_int_equal(state_of(r, again), TASK_WAITING);
}

static void a_key_without_unfinished_rows_begins_anew(void **state)
{
	struct records *r = *state;
	struct queue q = queue_of(r);

	claim(r, q.other);
	finish(r, q.other, 0, OUTCOME_DONE, 0);
	assert_int_equal(state_of(r, add(r, TASK_DELIVER, "chat:2", "y", 0)), TASK_READY);
}

/* ---- taking: transactional --------------------------------------------------------------- */

static void a_taken_task_is_gone_with_its_change_and_its_next_is_ready(void **state)
{
	struct records *r = *state;
	struct queue q = queue_of(r);
	struct fence fence = { q.head, WORKER, 0 };
	struct task task;

	assert_ok(tasks_take(r->db, q.head, WORKER, T0, &r->arena, &task));
	assert_int_equal(task.id, q.head);
	assert_str(task.payload, "{}");
	assert_ok(tasks_finish(r->db, &fence, &done, T0, NULL));
	db_end_change(r->db);
	assert_int_equal(state_of(r, q.head), GONE);
	assert_second_is_next(r, &q);
	assert_status(tasks_take(r->db, q.head, WORKER, T0, &r->arena, &task), STATUS_EMPTY);
}

static void the_next_of_a_key_is_taken_in_place_of_a_done_one(void **state)
{
	struct records *r = *state;
	struct queue q = queue_of(r);
	struct task task;

	assert_ok(tasks_take(r->db, q.head, WORKER, T0, &r->arena, &task));
	assert_ok(tasks_take_next(r->db, T0, &r->arena, &task));
	assert_int_equal(task.id, q.second);
	assert_str(task.payload, "{}");
	assert_ok(tasks_take_next(r->db, T0, &r->arena, &task));
	assert_int_equal(task.id, q.third);
	assert_status(tasks_take_next(r->db, T0, &r->arena, &task), STATUS_EMPTY);
	db_end_change(r->db);
	assert_int_equal(state_of(r, q.third), GONE);
	assert_int_equal(times_told(r->db, q.second), 0);
	assert_int_equal(times_told(r->db, q.third), 0);
	assert_int_equal(state_of(r, q.other), TASK_READY);
}

static void a_next_of_another_type_or_of_later_is_made_ready_instead(void **state)
{
	struct records *r = *state;
	int64_t first, other_type, later;
	struct task task;

	workers_begin(r);
	first = add(r, TASK_CLOSE_APPEAL, "key", NULL, 0);
	other_type = add(r, TASK_DELIVER, "key", NULL, 0);
	later = add(r, TASK_DELIVER, "key", NULL, T0 + 1000);
	assert_ok(tasks_take(r->db, first, WORKER, T0, &r->arena, &task));
	assert_status(tasks_take_next(r->db, T0, &r->arena, &task), STATUS_EMPTY);
	assert_int_equal(state_of(r, other_type), TASK_READY);
	assert_int_equal(state_of(r, later), TASK_WAITING);
	assert_int_equal(times_told(r->db, other_type), 1);
	assert_ok(tasks_take(r->db, other_type, WORKER, T0, &r->arena, &task));
	assert_status(tasks_take_next(r->db, T0, &r->arena, &task), STATUS_EMPTY);
	assert_int_equal(state_of(r, later), TASK_READY);
	assert_int_equal(times_told(r->db, later), 1);
}

static void a_taken_task_may_come_to_a_retry_in_the_same_change(void **state)
{
	struct records *r = *state;
	struct task task;
	int64_t id;

	workers_begin(r);
	id = add(r, TASK_CLOSE_APPEAL, NULL, "close:1:1", 0);
	assert_ok(tasks_take(r->db, id, WORKER, T0, &r->arena, &task));
	assert_int_equal(finish(r, id, 0, OUTCOME_RETRY, T0 + 1000), TASK_READY);
	db_end_change(r->db);
	assert_int_equal(state_of(r, id), TASK_READY);
	assert_int_equal(column_of(r, "attempt", id), 1);
	assert_int_equal(times_told(r->db, id), 2);
}

struct failing {
	struct records *r;
	int64_t id;
};

static enum status take_and_fail(struct db *db, void *arg)
{
	struct failing *failing = arg;
	struct task task;

	assert_ok(tasks_take(db, failing->id, WORKER, T0, &failing->r->arena, &task));
	return STATUS_FAILED;
}

static void a_transactional_task_whose_change_failed_stands_and_is_retried_or_buried_by_its_fence(
	void **state)
{
	struct records *r = *state;
	struct failing failing = { .r = r };
	enum status verdict;

	workers_begin(r);
	failing.id = add(r, TASK_CLOSE_APPEAL, NULL, NULL, 0);
	assert_ok(store_try(r->db, take_and_fail, &failing, &verdict));
	assert_status(verdict, STATUS_FAILED);
	assert_int_equal(state_of(r, failing.id), TASK_READY);
	assert_int_equal(finish(r, failing.id, 0, OUTCOME_RETRY, T0), TASK_READY);
	assert_int_equal(column_of(r, "attempt", failing.id), 1);
	assert_int_equal(finish(r, failing.id, 1, OUTCOME_BURY, 0), TASK_DEAD);
}

static void a_task_is_neither_taken_nor_claimed_before_its_time(void **state)
{
	struct records *r = *state;
	struct task task;
	int64_t id;

	workers_begin(r);
	id = add(r, TASK_CLOSE_APPEAL, NULL, NULL, T0 + 600000);
	assert_status(tasks_take(r->db, id, WORKER, T0 + 599999, &r->arena, &task), STATUS_EMPTY);
	assert_status(tasks_claim(r->db, id, WORKER, T0 + 599999, &r->arena, &task), STATUS_EMPTY);
	assert_ok(tasks_claim(r->db, id, WORKER, T0 + 600000, &r->arena, &task));
}

/* ---- attempts ---------------------------------------------------------------------------- */

static void the_last_attempt_allowed_buries(void **state)
{
	struct records *r = *state;
	struct task task;
	int64_t id, now = T0;
	int max = task_rows[TASK_EDIT_MARKUP].attempts_max;

	workers_begin(r);
	id = add(r, TASK_EDIT_MARKUP, NULL, NULL, 0);
	for (int attempt = 0; attempt < max; attempt++) {
		struct fence fence = { id, WORKER, attempt };
		struct outcome retry = { OUTCOME_RETRY, now, STR("no") };
		enum task_state after;

		assert_ok(tasks_claim(r->db, id, WORKER, now, &r->arena, &task));
		assert_ok(tasks_finish(r->db, &fence, &retry, now, &after));
		assert_int_equal(after, attempt + 1 < max ? TASK_READY : TASK_DEAD);
	}
	assert_int_equal(state_of(r, id), TASK_DEAD);
}

static void a_retry_without_a_time_follows_the_backoff(void **state)
{
	struct records *r = *state;
	int64_t id, pause_ms;

	workers_begin(r);
	id = add(r, TASK_DELIVER, NULL, NULL, 0);
	claim(r, id);
	finish(r, id, 0, OUTCOME_RETRY, 0);
	pause_ms = db_number(r->db, "SELECT due_at FROM tasks") - T0;
	assert_in_range(pause_ms, 800, 1200);
}

/* ---- fences ------------------------------------------------------------------------------ */

static void the_wrong_worker_or_attempt_changes_nothing(void **state)
{
	struct records *r = *state;
	struct fence wrong_worker, wrong_attempt, nobody;
	struct outcome retry = { OUTCOME_RETRY, 0, STR("no") };
	int64_t id;

	workers_begin(r);
	id = add(r, TASK_DELIVER, NULL, NULL, 0);
	wrong_worker = (struct fence){ id, OTHER, 0 };
	wrong_attempt = (struct fence){ id, WORKER, 1 };
	nobody = (struct fence){ id + 1, WORKER, 0 };
	/* An external task must be claimed first. */
	assert_status(tasks_finish(r->db, &(struct fence){ id, WORKER, 0 }, &retry, T0, NULL),
		      STATUS_CONFLICT);
	claim(r, id);
	assert_status(tasks_finish(r->db, &wrong_worker, &done, T0, NULL), STATUS_CONFLICT);
	assert_status(tasks_finish(r->db, &wrong_worker, &retry, T0, NULL), STATUS_CONFLICT);
	assert_status(tasks_finish(r->db, &wrong_attempt, &done, T0, NULL), STATUS_CONFLICT);
	assert_status(tasks_finish(r->db, &wrong_attempt, &retry, T0, NULL), STATUS_CONFLICT);
	assert_status(tasks_finish(r->db, &nobody, &done, T0, NULL), STATUS_CONFLICT);
	assert_int_equal(state_of(r, id), TASK_RUNNING);
	assert_int_equal(column_of(r, "attempt", id), 0);
}

static void a_dead_or_unknown_worker_gets_nothing(void **state)
{
	struct records *r = *state;
	struct task task, *unknown;
	size_t count;
	int64_t id;

	workers_begin(r);
	id = add(r, TASK_CLOSE_APPEAL, NULL, NULL, 0);
	assert_status(tasks_take(r->db, id, STR("stranger"), T0, &r->arena, &task), STATUS_DENIED);
	assert_ok(tasks_claim(r->db, add(r, TASK_PURGE, NULL, NULL, 0), WORKER, T0, &r->arena,
			      &task));
	assert_ok(workers_bury(r->db, WORKER, T0, &r->arena, &unknown, &count));
	assert_status(tasks_take(r->db, id, WORKER, T0, &r->arena, &task), STATUS_DENIED);
	assert_status(tasks_claim(r->db, id, WORKER, T0, &r->arena, &task), STATUS_DENIED);
	assert_status(tasks_finish(r->db, &(struct fence){ id, WORKER, 0 },
				   &(struct outcome){ .kind = OUTCOME_RETRY }, T0, NULL),
		      STATUS_CONFLICT);
	assert_ok(tasks_take(r->db, id, OTHER, T0, &r->arena, &task));
}

/* ---- deaths ------------------------------------------------------------------------------ */

static void the_tasks_of_a_dead_worker_go_by_their_type(void **state)
{
	struct records *r = *state;
	struct task *unknown;
	size_t count;
	int64_t deliver, markup, next;
	bool alive;

	workers_begin(r);
	deliver = add(r, TASK_DELIVER, "chat:1", NULL, 0);
	next = add(r, TASK_DELIVER, "chat:1", NULL, 0);
	markup = add(r, TASK_EDIT_MARKUP, NULL, NULL, 0);
	claim(r, deliver);
	claim(r, markup);
	assert_ok(workers_bury(r->db, WORKER, T0, &r->arena, &unknown, &count));
	assert_ok(workers_is_alive(r->db, WORKER, &alive));
	assert_false(alive);
	assert_int_equal(state_of(r, markup), TASK_READY);
	assert_int_equal(column_of(r, "crashes", markup), 1);
	assert_int_equal(column_of(r, "attempt", markup), 0);
	assert_int_equal(times_told(r->db, markup), 2);
	/* A delivery may have happened: the caller decides, under the dead worker's fence. */
	assert_int_equal(count, 1);
	assert_int_equal(unknown[0].id, deliver);
	assert_int_equal(finish(r, deliver, 0, OUTCOME_UNKNOWN, 0), TASK_STATES);
	assert_int_equal(state_of(r, next), TASK_READY);
	assert_ok(workers_bury(r->db, WORKER, T0, &r->arena, &unknown, &count));
	assert_int_equal(count, 0);
}

static void a_task_whose_workers_keep_dying_is_buried(void **state)
{
	struct records *r = *state;
	int max = task_rows[TASK_EDIT_MARKUP].crashes_max;
	struct task task, *unknown;
	size_t count;
	int64_t id = add(r, TASK_EDIT_MARKUP, NULL, NULL, 0);

	for (int death = 1; death <= max + 1; death++) {
		struct str worker = str_format(&r->arena, "w%d", death);

		assert_ok(workers_add(r->db, worker, STR("workers"), STR("s"), T0));
		assert_ok(tasks_claim(r->db, id, worker, T0, &r->arena, &task));
		assert_ok(workers_bury(r->db, worker, T0, &r->arena, &unknown, &count));
		assert_int_equal(state_of(r, id), death <= max ? TASK_READY : TASK_DEAD);
	}
}

static void a_suspect_runs_alone_until_its_limit_and_is_buried_past_it(void **state)
{
	struct records *r = *state;
	int max = task_rows[TASK_CLOSE_APPEAL].crashes_max;
	int64_t id = add(r, TASK_CLOSE_APPEAL, "k", NULL, 0),
		next = add(r, TASK_CLOSE_APPEAL, "k", NULL, 0);

	for (int run = 1; run <= max; run++) {
		assert_ok(tasks_suspect(r->db, id, T0));
		assert_int_equal(column_of(r, "crashes", id), run);
	}
	assert_status(tasks_suspect(r->db, id, T0), STATUS_EMPTY);
	assert_int_equal(state_of(r, id), TASK_DEAD);
	assert_int_equal(state_of(r, next), TASK_READY);
	assert_status(tasks_suspect(r->db, id, T0), STATUS_EMPTY);
}

static void a_worker_that_leaves_must_have_finished(void **state)
{
	struct records *r = *state;
	struct worker_row *alive;
	size_t count;
	int64_t id;

	workers_begin(r);
	id = add(r, TASK_DELIVER, NULL, NULL, 0);
	claim(r, id);
	assert_status(workers_leave(r->db, WORKER, T0), STATUS_CONFLICT);
	finish(r, id, 0, OUTCOME_DONE, 0);
	assert_ok(workers_leave(r->db, WORKER, T0));
	assert_ok(workers_list_alive(r->db, &r->arena, &alive, &count));
	assert_int_equal(count, 1);
	assert_str(alive[0].incarnation, "worker-2");
	assert_str(alive[0].slot, "workers-2");
}

/* ---- relay, sweep, clock ----------------------------------------------------------------- */

static size_t scan(struct records *r, struct task_scan scan, struct task_notice **notices_out)
{
	size_t count;

	scan.limit = 100;
	assert_ok(tasks_scan_ready(r->db, &scan, &r->arena, notices_out, &count));
	return count;
}

static void the_relay_sees_what_is_ready_due_and_untold_for_a_second(void **state)
{
	struct records *r = *state;
	struct task_scan unpublished = { .what = SCAN_UNPUBLISHED,
					 .due_before_ms = T0 + 2000,
					 .ready_before_ms = T0 + 1000 };
	struct task_notice *notices;
	int64_t first = add(r, TASK_DELIVER, "k", NULL, 0),
		waiting = add(r, TASK_DELIVER, "k", NULL, 0);
	int64_t second = add(r, TASK_PURGE, NULL, NULL, 0);

	add(r, TASK_PURGE, NULL, NULL, T0 + 2001);
	add(r, TASK_BOT_UPDATE, NULL, NULL, 0);
	workers_begin(r);
	assert_int_equal(scan(r, unpublished, &notices), 2);
	assert_int_equal(notices[0].id, first);
	assert_int_equal(notices[1].id, second);
	assert_str(notices[0].order_key, "k");
	unpublished.ready_before_ms = T0;
	assert_int_equal(scan(r, unpublished, &notices), 0);
	unpublished.ready_before_ms = T0 + 1000;
	assert_ok(tasks_mark_published(r->db, (int64_t[]){ first }, 1, T0 + 500));
	assert_int_equal(scan(r, unpublished, &notices), 1);
	unpublished.after_id = second;
	assert_int_equal(scan(r, unpublished, &notices), 0);
	/* A row that becomes ready later is young again, whenever it was added. */
	unpublished.after_id = 0;
	claim(r, first);
	assert_ok(tasks_finish(r->db, &(struct fence){ first, WORKER, 0 }, &done, T0 + 1500, NULL));
	assert_int_equal(state_of(r, waiting), TASK_READY);
	assert_int_equal(scan(r, unpublished, &notices), 1);
	unpublished.ready_before_ms = T0 + 1501;
	assert_int_equal(scan(r, unpublished, &notices), 2);
}

static void the_sweep_sees_what_was_told_too_long_ago(void **state)
{
	struct records *r = *state;
	struct task_scan old = { .what = SCAN_PUBLISHED,
				 .type = TASK_PURGE,
				 .due_before_ms = T0,
				 .published_before_ms = T0 + 5000 };
	struct task_notice *notices;
	int64_t told = add(r, TASK_PURGE, NULL, NULL, 0);

	add(r, TASK_PURGE, NULL, NULL, 0);
	add(r, TASK_BOT_UPDATE, NULL, NULL, 0);
	assert_ok(tasks_mark_published(r->db, (int64_t[]){ told }, 1, T0 + 4999));
	assert_int_equal(scan(r, old, &notices), 1);
	assert_int_equal(notices[0].id, told);
	assert_ok(tasks_mark_published(r->db, (int64_t[]){ told }, 1, T0 + 5000));
	assert_int_equal(scan(r, old, &notices), 0);
}

static void the_rebuild_sees_all_that_is_ready_but_local_types(void **state)
{
	struct records *r = *state;
	struct task_scan all = { .due_before_ms = T0 };
	struct task_notice *notices;
	int64_t told = add(r, TASK_PURGE, NULL, NULL, 0), fresh = add(r, TASK_PURGE, NULL, NULL, 0);

	add(r, TASK_BOT_UPDATE, NULL, NULL, 0);
	assert_ok(tasks_mark_published(r->db, (int64_t[]){ told }, 1, T0));
	assert_int_equal(scan(r, all, &notices), 2);
	all.after_id = told;
	assert_int_equal(scan(r, all, &notices), 1);
	assert_int_equal(notices[0].id, fresh);
}

static void a_retried_task_is_untold_again(void **state)
{
	struct records *r = *state;
	struct task_scan unpublished = { .what = SCAN_UNPUBLISHED,
					 .due_before_ms = T0,
					 .ready_before_ms = T0 + 1 };
	struct task_notice *notices;
	int64_t id = add(r, TASK_DELIVER, NULL, NULL, 0);

	workers_begin(r);
	assert_ok(tasks_mark_published(r->db, &id, 1, T0));
	claim(r, id);
	finish(r, id, 0, OUTCOME_RETRY, T0);
	assert_int_equal(scan(r, unpublished, &notices), 1);
}

static void the_clock_sees_the_next_due_time(void **state)
{
	struct records *r = *state;
	int64_t due;

	add(r, TASK_PURGE, NULL, NULL, 0);
	assert_status(tasks_next_due(r->db, T0, &due), STATUS_EMPTY);
	add(r, TASK_PURGE, NULL, NULL, T0 + 9000);
	add(r, TASK_PURGE, NULL, NULL, T0 + 7000);
	assert_ok(tasks_next_due(r->db, T0, &due));
	assert_int_equal(due, T0 + 7000);
	assert_ok(tasks_next_due(r->db, T0 + 7000, &due));
	assert_int_equal(due, T0 + 9000);
	assert_status(tasks_next_due(r->db, T0 + 9000, &due), STATUS_EMPTY);
}

/* ---- local and dead ---------------------------------------------------------------------- */

static void a_local_task_is_listed_to_its_process_and_retried_there(void **state)
{
	struct records *r = *state;
	struct outcome retry = { OUTCOME_RETRY, T0 + 1000, STR("no") };
	struct task *tasks;
	size_t count;
	int64_t id = add(r, TASK_BOT_UPDATE, NULL, NULL, 0);

	add(r, TASK_BOT_UPDATE, NULL, NULL, T0 + 5);
	assert_ok(tasks_ready_of_type(r->db, TASK_BOT_UPDATE, T0, 10, &r->arena, &tasks, &count));
	assert_int_equal(count, 1);
	assert_int_equal(tasks[0].id, id);
	assert_ok(tasks_finish(r->db, &(struct fence){ id, STR_NONE, 0 }, &retry, T0, NULL));
	assert_ok(tasks_ready_of_type(r->db, TASK_BOT_UPDATE, T0 + 1000, 10, &r->arena, &tasks,
				      &count));
	assert_int_equal(count, 2);
	assert_int_equal(tasks[1].attempt, 1);
	assert_ok(tasks_finish(r->db, &(struct fence){ id, STR_NONE, 1 }, &done, T0, NULL));
	assert_int_equal(state_of(r, id), GONE);
	assert_int_equal(outbox_batch(&r->db->outbox).count, 0);
}

static void a_row_dead_from_the_start_is_kept_and_counted(void **state)
{
	struct records *r = *state;
	struct task_new task = { .type = TASK_BOT_UPDATE,
				 .class = TASK_BULK,
				 .payload = STR("{\"update_id\":5}") };
	struct task_count *counts;
	size_t count;

	assert_ok(tasks_add_dead(r->db, &task, STR("its handler failed"), T0));
	assert_ok(tasks_count(r->db, &r->arena, &counts, &count));
	assert_int_equal(count, 1);
	assert_int_equal(counts[0].type, TASK_BOT_UPDATE);
	assert_int_equal(counts[0].state, TASK_DEAD);
	assert_int_equal(counts[0].count, 1);
	assert_int_equal(counts[0].oldest_at_ms, T0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_records(a_ready_task_is_told_if_it_is_due_within_a_minute),
		with_records(an_equal_dedup_key_that_is_queued_swallows_the_new_one),
		with_records(a_running_or_dead_row_does_not_swallow_a_new_request),
		with_records(
			a_retry_gives_way_to_the_row_that_is_queued_under_its_dedup_key_by_now),
		with_records(ids_never_come_back),
		with_records(a_waiting_row_can_be_neither_claimed_nor_taken),
		with_records(a_done_head_makes_the_oldest_waiting_row_ready),
		with_records(a_head_of_unknown_outcome_goes_and_the_next_is_ready),
		with_records(a_buried_head_stays_dead_and_never_blocks),
		with_records(a_retry_or_a_wait_keeps_the_head),
		with_records(
			cancelling_the_head_makes_the_next_ready_and_cancelling_another_does_not),
		with_records(cancelling_behind_a_running_head_releases_nothing),
		with_records(asking_again_after_a_burial_is_a_new_id_at_the_end_of_the_key),
		with_records(a_key_without_unfinished_rows_begins_anew),
		with_records(a_taken_task_is_gone_with_its_change_and_its_next_is_ready),
		with_records(the_next_of_a_key_is_taken_in_place_of_a_done_one),
		with_records(a_next_of_another_type_or_of_later_is_made_ready_instead),
		with_records(a_taken_task_may_come_to_a_retry_in_the_same_change),
		with_records(
			a_transactional_task_whose_change_failed_stands_and_is_retried_or_buried_by_its_fence),
		with_records(a_task_is_neither_taken_nor_claimed_before_its_time),
		with_records(the_last_attempt_allowed_buries),
		with_records(a_retry_without_a_time_follows_the_backoff),
		with_records(the_wrong_worker_or_attempt_changes_nothing),
		with_records(a_dead_or_unknown_worker_gets_nothing),
		with_records(the_tasks_of_a_dead_worker_go_by_their_type),
		with_records(a_task_whose_workers_keep_dying_is_buried),
		with_records(a_suspect_runs_alone_until_its_limit_and_is_buried_past_it),
		with_records(a_worker_that_leaves_must_have_finished),
		with_records(the_relay_sees_what_is_ready_due_and_untold_for_a_second),
		with_records(the_sweep_sees_what_was_told_too_long_ago),
		with_records(the_rebuild_sees_all_that_is_ready_but_local_types),
		with_records(a_retried_task_is_untold_again),
		with_records(the_clock_sees_the_next_due_time),
		with_records(a_local_task_is_listed_to_its_process_and_retried_there),
		with_records(a_row_dead_from_the_start_is_kept_and_counted),
	};

	return cmocka_run_group_tests_name("store_tasks", tests, NULL, NULL);
}
