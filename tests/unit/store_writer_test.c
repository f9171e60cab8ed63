/* tests/unit/store_writer_test.c -- the writer: savepoints, batches, what ends a batch, answers and
 * publication. */
#include "tests/unit/slow.h"
#include "tests/unit/store_fixture.h"

#include "store/bots.h"
#include "store/changes.h"

/* ---- changes to play with ---------------------------------------------------------------- */

struct step {
	int64_t a;
	enum status inner;
	int64_t task_id;
	void *ref;
	int runs;
};

/* Notes update `a` and adds a task; then returns `inner`. */
static enum status note_then(struct db *db, void *arg)
{
	struct step *s = arg;
	struct task_new task = { .type = TASK_PURGE, .class = TASK_BULK, .payload = STR("{}") };
	enum status status = updates_note(db, BOT_ID, s->a, T0);

	s->runs++;
	if (status == STATUS_OK)
		status = tasks_add(db, &task, T0, &s->task_id);
	return status == STATUS_OK ? s->inner : status;
}

/* Says no before it writes. */
static enum status refuse(struct db *db, void *arg)
{
	struct step *s = arg;

	(void)db;
	s->runs++;
	return s->inner;
}

static int64_t notes(struct fixture *f)
{
	return db_number(f->reader, "SELECT COUNT(*) FROM updates");
}

/* Keeps the writer busy until it is let go, so that what is submitted meanwhile is one batch. */
struct gate {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool entered, open;
};

static enum status hold(struct db *db, void *arg)
{
	struct gate *gate = arg;

	(void)db;
	pthread_mutex_lock(&gate->mutex);
	gate->entered = true;
	pthread_cond_broadcast(&gate->cond);
	while (!gate->open)
		pthread_cond_wait(&gate->cond, &gate->mutex);
	pthread_mutex_unlock(&gate->mutex);
	return STATUS_OK;
}

static void gate_wait_entered(struct gate *gate)
{
	pthread_mutex_lock(&gate->mutex);
	while (!gate->entered)
		pthread_cond_wait(&gate->cond, &gate->mutex);
	pthread_mutex_unlock(&gate->mutex);
}

static void gate_let_go(struct gate *gate)
{
	pthread_mutex_lock(&gate->mutex);
	gate->open = true;
	pthread_cond_broadcast(&gate->cond);
	pthread_mutex_unlock(&gate->mutex);
}

/* A change whose answer is counted and kept. */
struct asked {
	struct change change;
	struct step step;
	struct tally *tally;
	enum status answer;
	int answers;
};

struct tally {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	int answered;
	int publishes_at_answer; /* of the fixture, when the last answer left */
	struct fixture *f;
};

static void answered(enum status status, void *arg)
{
	struct step *step = arg;
	struct asked *asked = step->ref;
	struct tally *tally = asked->tally;

	pthread_mutex_lock(&tally->mutex);
	asked->answer = status;
	asked->answers++;
	tally->answered++;
	pthread_mutex_lock(&tally->f->mutex);
	tally->publishes_at_answer = tally->f->publishes;
	pthread_mutex_unlock(&tally->f->mutex);
	pthread_cond_broadcast(&tally->cond);
	pthread_mutex_unlock(&tally->mutex);
}

static void wait_answered(struct tally *tally, int count)
{
	pthread_mutex_lock(&tally->mutex);
	while (tally->answered < count)
		pthread_cond_wait(&tally->cond, &tally->mutex);
	pthread_mutex_unlock(&tally->mutex);
}

static void ask(struct fixture *f, struct tally *tally, struct asked *asked, change_fn run,
		int64_t a, enum status inner)
{
	*asked = (struct asked){ .tally = tally };
	asked->step = (struct step){ .a = a, .inner = inner, .ref = asked };
	asked->change = (struct change){ .run = run, .done = answered, .arg = &asked->step };
	assert_ok(store_submit(f->store, &asked->change));
}

#define GATE                                                                                       \
	{                                                                                          \
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, false                  \
	}
#define TALLY(f)                                                                                   \
	{                                                                                          \
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, (f)                     \
	}

/* Holds the writer in a thread of its own; what is submitted meanwhile joins its batch. */
struct held {
	struct fixture *f;
	struct gate gate;
	pthread_t thread;
	enum status status;
};

static void *hold_writer(void *arg)
{
	struct held *held = arg;

	held->status = store_run(held->f->store, hold, &held->gate);
	return NULL;
}

static void held_begin(struct fixture *f, struct held *held)
{
	*held = (struct held){ .f = f, .gate = GATE };
	assert_int_equal(pthread_create(&held->thread, NULL, hold_writer, held), 0);
	gate_wait_entered(&held->gate);
}

static void held_end(struct held *held)
{
	gate_let_go(&held->gate);
	pthread_join(held->thread, NULL);
}

/* ---- what waits --------------------------------------------------------------------------- */

/* One half is run while the other half is answered. */
static void what_comes_while_a_batch_runs_makes_the_next_one(void **state)
{
	struct changes changes = { 0 };
	struct change first = { 0 }, second = { 0 };

	(void)state;
	changes_init(&changes);
	assert_ok(changes_add(&changes, &first));
	assert_true(changes_wait(&changes, 0));
	assert_ok(changes_add(&changes, &second));
	assert_ptr_equal(changes_next(&changes), &first);
	assert_null(changes_next(&changes));
	assert_true(changes_wait(&changes, 0));
	assert_ptr_equal(changes_next(&changes), &second);
	changes_release(&changes);
}

/* ---- what is undone ---------------------------------------------------------------------- */

/* Three in one batch, of which the one in the middle fails. */
static void ask_three(struct fixture *f, change_fn failing, struct asked asked[3])
{
	struct tally tally = TALLY(f);
	struct held held;

	held_begin(f, &held);
	ask(f, &tally, &asked[0], note_then, 1, STATUS_OK);
	ask(f, &tally, &asked[1], failing, 2, STATUS_CONFLICT);
	ask(f, &tally, &asked[2], note_then, 3, STATUS_OK);
	held_end(&held);
	wait_answered(&tally, 3);
	assert_ok(asked[0].answer);
	assert_status(asked[1].answer, STATUS_CONFLICT);
	assert_ok(asked[2].answer);
	assert_int_equal(asked[2].step.runs, 1);
	assert_int_equal(notes(f), 2);
}

static void a_failed_change_rolls_back_alone_with_what_it_wanted_told(void **state)
{
	struct fixture *f = *state;
	struct asked asked[3];

	ask_three(f, note_then, asked);
	assert_int_equal(db_number(f->reader, "SELECT COUNT(*) FROM tasks"), 2);
	fixture_close_store(f);
	assert_int_equal(f->told_count, 2);
	assert_true(fixture_was_told(f, asked[0].step.task_id));
	assert_true(fixture_was_told(f, asked[2].step.task_id));
}

static void who_refuses_before_writing_costs_the_batch_nothing(void **state)
{
	struct fixture *f = *state;
	struct asked asked[3];

	ask_three(f, refuse, asked);
	assert_int_equal(asked[0].step.runs, 1);
	assert_int_equal(store_counters(f->store).batches_repeated, 0);
}

static void who_fails_after_writing_has_the_batch_repeated_once(void **state)
{
	struct fixture *f = *state;
	struct asked asked[3];

	needs_speed(); /* a batch ends after 5 ms: these would be several */
	ask_three(f, note_then, asked);
	assert_int_equal(asked[0].step.runs, 2);
	assert_int_equal(store_counters(f->store).batches_repeated, 1);
	/* The next one is as quick as ever. */
	assert_ok(store_run(f->store, note_then, &(struct step){ .a = 9 }));
	assert_int_equal(store_counters(f->store).batches_repeated, 1);
	fixture_close_store(f);
	assert_int_equal(f->told_count, 3);
}

static enum status outer(struct db *db, void *arg)
{
	struct step *s = arg;
	struct step inner = { .a = s->a + 1, .inner = s->inner };
	enum status status = note_then(db, &(struct step){ .a = s->a });

	if (status == STATUS_OK)
		status = store_try(db, note_then, &inner, &s->inner);
	s->task_id = inner.task_id;
	return status;
}

static void a_change_within_a_change_rolls_back_alone(void **state)
{
	struct fixture *f = *state;
	struct step failing = { .a = 10, .inner = STATUS_BAD_INPUT }, fine = { .a = 20 };

	assert_ok(store_run(f->store, outer, &failing));
	assert_status(failing.inner, STATUS_BAD_INPUT);
	assert_int_equal(notes(f), 1);
	assert_int_equal(store_counters(f->store).batches_repeated, 1);
	assert_ok(store_run(f->store, outer, &fine));
	assert_ok(fine.inner);
	assert_int_equal(notes(f), 3);
	fixture_close_store(f);
	assert_int_equal(f->told_count, 3);
	assert_true(fixture_was_told(f, fine.task_id));
}

/* ---- batches ----------------------------------------------------------------------------- */

static void what_waits_is_committed_in_batches_of_at_most_128(void **state)
{
	enum { CHANGES = 300 };
	struct fixture *f = *state;
	struct tally tally = TALLY(f);
	static struct asked asked[CHANGES];
	struct store_counters before;
	struct held held;

	held_begin(f, &held);
	before = store_counters(f->store);
	for (int i = 0; i < CHANGES; i++)
		ask(f, &tally, &asked[i], note_then, i, STATUS_OK);
	assert_int_equal(store_counters(f->store).queue_length, CHANGES);
	held_end(&held);
	wait_answered(&tally, CHANGES);
	assert_int_equal(notes(f), CHANGES);
	for (int i = 0; i < CHANGES; i++)
		assert_int_equal(asked[i].answers, 1);
	/* At least three batches; by time there may be more on a slow machine, but never one each.
	 */
	assert_in_range(store_counters(f->store).batches - before.batches, 3, CHANGES / 2);
}

static void a_full_queue_refuses(void **state)
{
	enum { QUEUE = 10000 };
	struct fixture *f = *state;
	struct tally tally = TALLY(f);
	struct asked *asked = calloc(QUEUE + 1, sizeof(*asked));
	struct held held;

	held_begin(f, &held);
	for (int i = 0; i < QUEUE; i++)
		ask(f, &tally, &asked[i], note_then, i, STATUS_CONFLICT);
	asked[QUEUE].change =
		(struct change){ .run = note_then, .done = answered, .arg = &asked[QUEUE].step };
	assert_status(store_submit(f->store, &asked[QUEUE].change), STATUS_BUSY);
	held_end(&held);
	wait_answered(&tally, QUEUE);
	assert_int_equal(asked[QUEUE].answers, 0);
	free(asked);
}

static void a_change_past_its_deadline_is_answered_busy_and_never_run(void **state)
{
	struct fixture *f = *state;
	struct tally tally = TALLY(f);
	struct asked late = { .tally = &tally }, fine;
	struct held held;

	held_begin(f, &held);
	late.step = (struct step){ .a = 1, .ref = &late };
	late.change = (struct change){ .run = note_then,
				       .done = answered,
				       .arg = &late.step,
				       .deadline_mono_ms = clock_mono_ms() - 1 };
	assert_ok(store_submit(f->store, &late.change));
	ask(f, &tally, &fine, note_then, 2, STATUS_OK);
	held_end(&held);
	wait_answered(&tally, 2);
	assert_status(late.answer, STATUS_BUSY);
	assert_ok(fine.answer);
	assert_int_equal(notes(f), 1);
}

/* ---- what ends a batch ------------------------------------------------------------------- */

/* The file may not grow any more: SQLITE_FULL, the real one. */
static enum status fill_disk(struct db *db, void *arg)
{
	struct step *s = arg;
	enum status status = STATUS_OK;

	if (sqlite3_exec(db->handle, "PRAGMA max_page_count = 1", NULL, NULL, NULL) != SQLITE_OK)
		return STATUS_FAILED;
	for (int i = 0; i < 10000 && status == STATUS_OK; i++)
		status = updates_note(db, BOT_ID, s->a + i, T0);
	sqlite3_exec(db->handle, "PRAGMA max_page_count = 4294967294", NULL, NULL, NULL);
	return status;
}

static void a_full_disk_ends_the_whole_batch_and_the_next_one_works(void **state)
{
	struct fixture *f = *state;
	struct tally tally = TALLY(f);
	struct asked asked[3], after;
	struct held held;

	needs_speed(); /* a batch ends after 5 ms: these would be several */
	held_begin(f, &held);
	ask(f, &tally, &asked[0], note_then, 1, STATUS_OK);
	ask(f, &tally, &asked[1], fill_disk, 1000, STATUS_OK);
	ask(f, &tally, &asked[2], note_then, 3, STATUS_OK);
	log_init("test", LOG_ERROR + 1);
	held_end(&held);
	wait_answered(&tally, 3);
	log_init("test", LOG_ERROR);
	assert_status(asked[0].answer, STATUS_BUSY);
	assert_status(asked[1].answer, STATUS_BUSY);
	/* It was behind the end of that batch, and went with the next. */
	assert_ok(asked[2].answer);
	assert_int_equal(notes(f), 1);
	assert_int_equal(store_counters(f->store).batches_failed, 1);
	ask(f, &tally, &after, note_then, 4, STATUS_OK);
	wait_answered(&tally, 4);
	assert_ok(after.answer);
	assert_int_equal(notes(f), 2);
	/* What the lost batch wanted told is not told: only the two that stand are. */
	fixture_close_store(f);
	assert_int_equal(f->told_count, 2);
}

/* As SQLite does by itself after some errors. */
static enum status roll_back_everything(struct db *db, void *arg)
{
	(void)arg;
	sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	return STATUS_OK;
}

static void a_transaction_that_sqlite_ended_by_itself_is_answered_busy_by_all(void **state)
{
	struct fixture *f = *state;
	struct tally tally = TALLY(f);
	struct asked asked[2];
	struct held held;

	needs_speed(); /* a batch ends after 5 ms: these would be several */
	held_begin(f, &held);
	ask(f, &tally, &asked[0], note_then, 1, STATUS_OK);
	ask(f, &tally, &asked[1], roll_back_everything, 0, STATUS_OK);
	log_init("test", LOG_ERROR + 1);
	held_end(&held);
	wait_answered(&tally, 2);
	log_init("test", LOG_ERROR);
	assert_status(asked[0].answer, STATUS_BUSY);
	assert_status(asked[1].answer, STATUS_BUSY);
	assert_int_equal(notes(f), 0);
	ask(f, &tally, &asked[0], note_then, 1, STATUS_OK);
	wait_answered(&tally, 3);
	assert_ok(asked[0].answer);
}

static int refuse_commit(void *arg)
{
	(void)arg;
	return 1;
}

static enum status spoil_commit(struct db *db, void *arg)
{
	struct step *s = arg;

	sqlite3_commit_hook(db->handle, s->a != 0 ? refuse_commit : NULL, NULL);
	return STATUS_OK;
}

static void a_failed_commit_is_answered_failed_by_all_and_tells_nothing(void **state)
{
	struct fixture *f = *state;
	struct tally tally = TALLY(f);
	struct asked asked[3];
	struct held held;

	needs_speed(); /* a batch ends after 5 ms: these would be several */
	held_begin(f, &held);
	ask(f, &tally, &asked[0], note_then, 1, STATUS_OK);
	ask(f, &tally, &asked[1], note_then, 2, STATUS_CONFLICT);
	ask(f, &tally, &asked[2], spoil_commit, 1, STATUS_OK);
	log_init("test", LOG_ERROR + 1);
	held_end(&held);
	wait_answered(&tally, 3);
	for (int i = 0; i < 3; i++)
		assert_status(asked[i].answer, STATUS_FAILED);
	assert_int_equal(notes(f), 0);
	assert_int_equal(f->told_count, 0);
	/* A hook that refuses turns even an empty COMMIT of the repairing change down, after it has
	 * run. */
	ask(f, &tally, &asked[0], spoil_commit, 0, STATUS_OK);
	wait_answered(&tally, 4);
	log_init("test", LOG_ERROR);
	ask(f, &tally, &asked[1], note_then, 1, STATUS_OK);
	wait_answered(&tally, 5);
	assert_ok(asked[1].answer);
	assert_int_equal(notes(f), 1);
}

/* ---- after COMMIT ------------------------------------------------------------------------ */

static void answers_leave_before_the_publication_is_made(void **state)
{
	struct fixture *f = *state;
	struct tally tally = TALLY(f);
	struct asked asked;

	ask(f, &tally, &asked, note_then, 1, STATUS_OK);
	wait_answered(&tally, 1);
	assert_int_equal(tally.publishes_at_answer, 0);
	fixture_close_store(f);
	assert_int_equal(f->publishes, 1);
	assert_true(fixture_was_told(f, asked.step.task_id));
}

static void a_batch_without_tasks_or_events_is_not_published(void **state)
{
	struct fixture *f = *state;
	struct gate gate = GATE;

	gate.open = true;
	assert_ok(store_run(f->store, hold, &gate));
	fixture_close_store(f);
	assert_int_equal(f->publishes, 0);
}

static void closing_runs_what_waits_and_takes_nothing_more(void **state)
{
	struct fixture *f = *state;
	struct tally tally = TALLY(f);
	struct asked asked[50];

	for (int i = 0; i < 50; i++)
		ask(f, &tally, &asked[i], note_then, i, STATUS_OK);
	fixture_close_store(f);
	assert_int_equal(tally.answered, 50);
	assert_int_equal(notes(f), 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_while_a_batch_runs_makes_the_next_one),
		with_store(a_failed_change_rolls_back_alone_with_what_it_wanted_told),
		with_store(who_refuses_before_writing_costs_the_batch_nothing),
		with_store(who_fails_after_writing_has_the_batch_repeated_once),
		with_store(a_change_within_a_change_rolls_back_alone),
		with_store(what_waits_is_committed_in_batches_of_at_most_128),
		with_store(a_full_queue_refuses),
		with_store(a_change_past_its_deadline_is_answered_busy_and_never_run),
		with_store(a_full_disk_ends_the_whole_batch_and_the_next_one_works),
		with_store(a_transaction_that_sqlite_ended_by_itself_is_answered_busy_by_all),
		with_store(a_failed_commit_is_answered_failed_by_all_and_tells_nothing),
		with_store(answers_leave_before_the_publication_is_made),
		with_store(a_batch_without_tasks_or_events_is_not_published),
		with_store(closing_runs_what_waits_and_takes_nothing_more),
	};

	return cmocka_run_group_tests_name("store_writer", tests, NULL, NULL);
}
