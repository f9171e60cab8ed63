/* tests/unit/store_backup_test.c -- copies of the records and their way back, in one process.
 * (Whole desks: tests/e2e/ctl_backup.test.mjs.) */
#include "tests/unit/store_fixture.h"

#include "store/appeals.h"
#include "store/backup.h"
#include "store/meta.h"
#include "store/migrate.h"

#include <fcntl.h>
#include <sys/stat.h>

struct place {
	char dir[64], file[128], live[128];
	struct arena arena;
	struct backup_report report;
};

static struct place *place_of(struct records *r)
{
	struct place *place = ARENA_NEW(&r->arena, struct place);

	snprintf(place->dir, sizeof(place->dir), "%s", r->dir);
	snprintf(place->file, sizeof(place->file), "%s/copy.db", r->dir);
	snprintf(place->live, sizeof(place->live), "%s/eco.db", r->dir);
	return place;
}

/* As services that stopped: restore asks whether other processes have the records open, so that a
 * connection of this one would not be seen. */
static void records_shut(struct records *r)
{
	db_exec(r->db, "COMMIT");
	db_close(r->db);
	r->db = NULL;
	lock_drop(r->lock);
}

static void records_reopen(struct records *r, struct place *place)
{
	assert_ok(lock_take(r->lock, LOCK_TIMEOUT_MS));
	assert_ok(db_open(place->live, true, &r->db));
	db_exec(r->db, "BEGIN IMMEDIATE");
}

static int64_t meta(struct records *r, enum meta_key key)
{
	int64_t value;

	assert_ok(meta_get(r->db, key, &value));
	return value;
}

static void what_came_after_the_copy_is_gone_but_its_numbers_do_not_come_back(void **state)
{
	struct records *r = *state;
	struct place *place = place_of(r);
	struct task_new task = { .type = TASK_PURGE, .payload = STR("{}") };
	int64_t first, second, third, number, epoch, queue, generation;

	add_employee(r, "anna");
	assert_ok(tasks_add(r->db, &task, T0, &first));
	records_shut(r);
	assert_ok(backup_write(place->dir, place->file, &r->arena, &place->report));

	records_reopen(r, place);
	add_employee(r, "boris");
	assert_ok(tasks_add(r->db, &task, T0, &second));
	assert_ok(meta_next(r->db, META_APPEAL_NUMBER, &number));
	assert_ok(meta_next(r->db, META_SCHEDULER_GENERATION, &generation));
	assert_ok(meta_next(r->db, META_QUEUE_EPOCH, &queue));
	epoch = meta(r, META_RECORDS_EPOCH);
	records_shut(r);
	assert_ok(backup_restore(place->dir, place->file, T0, &r->arena, &place->report));
	assert_non_null(place->report.aside);
	assert_false(place->report.old_unread);

	records_reopen(r, place);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM employees"), 1);
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM tasks"), 1);
	assert_ok(tasks_add(r->db, &task, T0, &third));
	assert_true(third > second);
	assert_true(meta(r, META_RECORDS_EPOCH) > epoch);
	assert_true(meta(r, META_QUEUE_EPOCH) > queue);
	assert_true(meta(r, META_SCHEDULER_GENERATION) > generation);
	assert_true(meta(r, META_APPEAL_NUMBER) >= number);
}

/* A new machine: nobody knows what was given since. */
static void without_old_records_the_numbers_go_on_with_a_gap(void **state)
{
	struct records *r = *state;
	struct place *place = place_of(r);
	struct task_new task = { .type = TASK_PURGE, .payload = STR("{}") };
	int64_t first, second, epoch;
	struct stat log;

	assert_ok(tasks_add(r->db, &task, T0, &first));
	epoch = meta(r, META_RECORDS_EPOCH);
	records_shut(r);
	assert_ok(backup_write(place->dir, place->file, &r->arena, &place->report));
	/* Its log alone is left: nothing that may stand beside the new file. */
	assert_int_equal(unlink(place->live), 0);
	assert_int_equal(stat(str_format(&r->arena, "%s-wal", place->live).data, &log), 0);
	assert_true(log.st_size > 0);
	assert_ok(backup_restore(place->dir, place->file, clock_wall_ms(), &r->arena,
				 &place->report));
	assert_null(place->report.aside);

	records_reopen(r, place);
	assert_ok(tasks_add(r->db, &task, T0, &second));
	assert_true(second > first + 100000);
	assert_true(meta(r, META_RECORDS_EPOCH) > epoch);
}

static void a_copy_of_an_older_version_is_brought_up_to_date(void **state)
{
	struct records *r = *state;
	struct place *place = place_of(r);
	struct customer carl = add_customer(r, 500, "Carl");
	int64_t anna = add_employee(r, "anna"), appeal_id;

	assert_ok(appeals_open(r->db, carl.id, APPEAL_IN_WORK, anna, 0,
			       (struct actor){ ACTOR_EMPLOYEE, anna }, T0, &appeal_id));
	/* As version 1 left it. */
	db_exec(r->db, "DROP TRIGGER open_counts_opened; DROP TRIGGER open_counts_left;"
		       "DROP TRIGGER open_counts_entered; DROP TABLE open_counts;"
		       "DROP INDEX tasks_published;"
		       "PRAGMA user_version = 1; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
	db_close(r->db);
	r->db = NULL;
	lock_drop(r->lock);
	assert_int_equal(rename(place->live, place->file), 0);
	assert_ok(backup_restore(place->dir, place->file, T0, &r->arena, &place->report));

	records_reopen(r, place);
	assert_int_equal(db_number(r->db, "PRAGMA user_version"), SCHEMA_VERSION);
	assert_int_equal(db_number(r->db, "SELECT SUM(appeals) FROM open_counts"), 1);
}

static void a_copy_of_a_newer_version_is_refused(void **state)
{
	struct records *r = *state;
	struct place *place = place_of(r);

	records_shut(r);
	assert_ok(backup_write(place->dir, place->file, &r->arena, &place->report));
	assert_int_equal(rename(place->file, place->live), 0);
	records_reopen(r, place);
	db_exec(r->db, "COMMIT; PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)");
	db_close(r->db);
	r->db = NULL;
	lock_drop(r->lock);
	assert_int_equal(rename(place->live, place->file), 0);
	assert_status(backup_restore(place->dir, place->file, T0, &r->arena, &place->report),
		      STATUS_CONFLICT);
	assert_int_equal(place->report.look.version, 99);
	assert_int_equal(access(place->live, F_OK), -1);
}

static void who_keeps_the_lock_keeps_a_restore_out(void **state)
{
	struct records *r = *state;
	struct place *place = place_of(r);

	records_shut(r);
	assert_ok(backup_write(place->dir, place->file, &r->arena, &place->report));
	assert_ok(lock_take(r->lock, LOCK_TIMEOUT_MS));
	assert_status(backup_restore(place->dir, place->file, T0, &r->arena, &place->report),
		      STATUS_BUSY);
	assert_string_equal(place->report.look.holder.service, "test");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_records(what_came_after_the_copy_is_gone_but_its_numbers_do_not_come_back),
		with_records(without_old_records_the_numbers_go_on_with_a_gap),
		with_records(a_copy_of_an_older_version_is_brought_up_to_date),
		with_records(a_copy_of_a_newer_version_is_refused),
		with_records(who_keeps_the_lock_keeps_a_restore_out),
	};

	return cmocka_run_group_tests_name("store_backup", tests, NULL, NULL);
}
