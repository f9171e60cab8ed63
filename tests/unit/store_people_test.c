/* tests/unit/store_people_test.c -- tasks as people handle them, and the records as an outsider
 * looks at them. */
#include "tests/unit/store_fixture.h"

#include "domain/payload.h"
#include "store/appeals.h"
#include "store/look.h"
#include "store/messages.h"
#include "store/migrate.h"
#include "store/tasks_people.h"

#include <fcntl.h>

/* A message of an employee whose delivery was given up. */
static int64_t dead_delivery(struct records *r, int64_t *message_id_out)
{
	struct customer customer = add_customer(r, 500, "Carl");
	int64_t anna = add_employee(r, "anna"), appeal_id, dead_id;
	struct message_outgoing message = { .author = AUTHOR_EMPLOYEE,
					    .employee_id = anna,
					    .text = STR("Hello") };
	struct delivery_change failed = { .to = DELIVERY_FAILED, .reason = STR("given up") };

	assert_ok(appeals_open(r->db, customer.id, APPEAL_IN_WORK, anna, 0,
			       (struct actor){ ACTOR_EMPLOYEE, anna }, T0, &appeal_id));
	message.appeal_id = appeal_id;
	assert_ok(messages_add_outgoing(r->db, &message, T0, message_id_out));
	assert_ok(messages_set_delivery(r->db, *message_id_out, &failed, T0));
	dead_id = db_number(r->db, "SELECT id FROM tasks");
	db_exec(r->db, "UPDATE tasks SET state = 3");
	return dead_id;
}

static void a_requeued_delivery_queues_its_message_again(void **state)
{
	struct records *r = *state;
	int64_t message_id, dead_id = dead_delivery(r, &message_id), new_id, payload_id;
	struct message message;
	struct task task;

	assert_ok(tasks_requeue(r->db, dead_id, T0 + 5, &new_id));
	assert_true(new_id > dead_id);
	assert_status(tasks_get(r->db, dead_id, &r->arena, &task), STATUS_NOT_FOUND);
	assert_ok(tasks_get(r->db, new_id, &r->arena, &task));
	assert_int_equal(task.state, TASK_READY);
	assert_int_equal(task.attempt, 0);
	assert_ok(payload_int(task.payload, "message_id", &payload_id));
	assert_int_equal(payload_id, message_id);
	assert_ok(messages_get(r->db, message_id, &r->arena, &message));
	assert_int_equal(message.delivery, DELIVERY_QUEUED);
}

static void a_delivery_whose_message_was_sent_since_stays_dead(void **state)
{
	struct records *r = *state;
	int64_t message_id, dead_id = dead_delivery(r, &message_id), new_id;
	struct task task;

	db_exec(r->db, "UPDATE messages SET delivery = 3");
	assert_status(tasks_requeue(r->db, dead_id, T0 + 5, &new_id), STATUS_CONFLICT);
	assert_ok(tasks_get(r->db, dead_id, &r->arena, &task));
	assert_int_equal(task.state, TASK_DEAD);
}

static void other_tasks_come_back_behind_their_order_key(void **state)
{
	struct records *r = *state;
	struct task_new keyed = { .type = TASK_EDIT_MARKUP,
				  .payload = STR("{\"message_id\":1}"),
				  .order_key = STR("chat:1:2") };
	int64_t dead_id, head_id, new_id;
	struct task task;

	assert_ok(tasks_add_dead(r->db, &keyed, STR("five errors"), T0));
	dead_id = db_number(r->db, "SELECT id FROM tasks");
	assert_ok(tasks_add(r->db, &keyed, T0, &head_id));
	assert_ok(tasks_requeue(r->db, dead_id, T0 + 5, &new_id));
	assert_ok(tasks_get(r->db, new_id, &r->arena, &task));
	assert_int_equal(task.state, TASK_WAITING);
	assert_status(tasks_requeue(r->db, head_id, T0 + 5, &new_id), STATUS_CONFLICT);
	assert_status(tasks_drop(r->db, head_id), STATUS_CONFLICT);
	assert_status(tasks_drop(r->db, dead_id), STATUS_NOT_FOUND);
}

static void the_tally_counts_by_state_and_knows_what_is_late(void **state)
{
	struct records *r = *state;
	struct task_tally tallies[TASK_TYPES][TASK_CLASSES];
	struct task_new now = { .type = TASK_PURGE, .class = TASK_BULK, .payload = STR("{}") };
	struct task_new later = now, other = now;
	int64_t id;

	later.due_at_ms = T0 + 60000;
	other.class = TASK_INTERACTIVE;
	assert_ok(tasks_add(r->db, &now, T0, &id));
	assert_ok(tasks_add(r->db, &now, T0 + 100, &id));
	assert_ok(tasks_add(r->db, &later, T0, &id));
	assert_ok(tasks_add_dead(r->db, &other, STR("no"), T0));
	assert_ok(tasks_tally(r->db, T0 + 1000, tallies));
	assert_int_equal(tallies[TASK_PURGE][TASK_BULK].ready, 2);
	assert_int_equal(tallies[TASK_PURGE][TASK_BULK].later, 1);
	assert_int_equal(tallies[TASK_PURGE][TASK_BULK].dead, 0);
	assert_int_equal(tallies[TASK_PURGE][TASK_BULK].oldest_due_at_ms, T0);
	assert_int_equal(tallies[TASK_PURGE][TASK_INTERACTIVE].dead, 1);
	assert_int_equal(tallies[TASK_PURGE][TASK_INTERACTIVE].oldest_due_at_ms, 0);
	assert_int_equal(tallies[TASK_DELIVER][TASK_INTERACTIVE].ready, 0);
}

/* ---- looking at records ------------------------------------------------------------------ */

static void commit_and_close(struct records *r)
{
	db_exec(r->db, "COMMIT");
	db_close(r->db);
	r->db = NULL;
	lock_drop(r->lock);
}

static void a_look_reads_and_verifies_without_writing(void **state)
{
	struct records *r = *state;
	struct look look;
	struct str trouble;
	struct db *db;

	add_employee(r, "anna");
	commit_and_close(r);
	assert_ok(look_open(r->dir, &r->arena, &look, &db));
	assert_int_equal(look.version, SCHEMA_VERSION);
	assert_int_equal(db_number(db, "SELECT COUNT(*) FROM employees"), 1);
	assert_ok(look_verify(db, &r->arena, &trouble));
	assert_int_equal(sqlite3_exec(db->handle, "DELETE FROM employees", NULL, NULL, NULL),
			 SQLITE_READONLY);
	look_close(db);
}

static void a_look_says_who_keeps_the_lock(void **state)
{
	struct records *r = *state;
	struct look look;
	struct db *db;

	db_exec(r->db, "COMMIT");
	assert_status(look_open(r->dir, &r->arena, &look, &db), STATUS_BUSY);
	assert_string_equal(look.holder.service, "test");
	assert_int_equal(look.holder.pid, getpid());
}

static void a_look_refuses_other_versions_and_what_is_no_records(void **state)
{
	struct records *r = *state;
	struct look look;
	struct db *db;

	db_exec(r->db, "COMMIT; PRAGMA user_version = 99");
	db_close(r->db);
	r->db = NULL;
	lock_drop(r->lock);
	assert_status(look_open(r->dir, &r->arena, &look, &db), STATUS_CONFLICT);
	assert_int_equal(look.version, 99);
	assert_status(look_open("/tmp/eco-there-is-no-such-place", &r->arena, &look, &db),
		      STATUS_NOT_FOUND);
}

/* Zeros in the middle: a page that no b-tree may hold. */
static void a_damaged_page_is_found(void **state)
{
	struct records *r = *state;
	char path[128], zeros[4096] = { 0 };
	struct look look;
	struct str trouble;
	struct db *db;
	int64_t page;
	int fd;

	page = db_number(r->db, "SELECT rootpage FROM sqlite_schema WHERE name = 'events'");
	db_exec(r->db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
	db_close(r->db);
	r->db = NULL;
	lock_drop(r->lock);
	snprintf(path, sizeof(path), "%s/eco.db", r->dir);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(pwrite(fd, zeros, sizeof(zeros), (page - 1) * 4096), sizeof(zeros));
	close(fd);
	assert_ok(look_open(r->dir, &r->arena, &look, &db));
	assert_status(look_verify(db, &r->arena, &trouble), STATUS_CONFLICT);
	assert_true(str_starts(trouble, STR("damaged: ")));
	look_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_records(a_requeued_delivery_queues_its_message_again),
		with_records(a_delivery_whose_message_was_sent_since_stays_dead),
		with_records(other_tasks_come_back_behind_their_order_key),
		with_records(the_tally_counts_by_state_and_knows_what_is_late),
		with_records(a_look_reads_and_verifies_without_writing),
		with_records(a_look_says_who_keeps_the_lock),
		with_records(a_look_refuses_other_versions_and_what_is_no_records),
		with_records(a_damaged_page_is_found),
	};

	return cmocka_run_group_tests_name("store_people", tests, NULL, NULL);
}
