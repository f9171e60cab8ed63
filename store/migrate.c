/* store/migrate.c -- runs the statements schema_<version>_* that the file has not seen yet. */
#include "store/migrate.h"

#include "base/crash.h"
#include "base/log.h"
#include "domain/appeal.h"
#include "domain/event.h"
#include "domain/message.h"
#include "store/db_private.h"

#include <stdio.h>

/* These numbers are in the records: an enum may only grow at its end. */
_Static_assert(APPEAL_NEW == 0 && APPEAL_IN_WORK == 1 && APPEAL_CLOSING == 2 && APPEAL_CLOSED == 3,
	       "stored");
_Static_assert(APPEAL_CLOSER_CUSTOMER == 1 && APPEAL_CLOSER_TIMER == 2 &&
		       APPEAL_CLOSER_EMPLOYEE == 3,
	       "stored");
_Static_assert(AUTHOR_CUSTOMER == 0 && AUTHOR_EMPLOYEE == 1 && AUTHOR_BOT == 2 &&
		       AUTHOR_SYSTEM == 3,
	       "stored");
_Static_assert(MESSAGE_TEXT == 0 && MESSAGE_UNSUPPORTED == 1 && BUTTONS_NONE == 0 &&
		       BUTTONS_CLOSING == 1,
	       "stored");
_Static_assert(DELIVERY_NONE == 0 && DELIVERY_QUEUED == 1 && DELIVERY_SENDING == 2 &&
		       DELIVERY_SENT == 3 && DELIVERY_FAILED == 4 && DELIVERY_UNKNOWN == 5,
	       "stored");
_Static_assert(TASK_DELIVER == 0 && TASK_EDIT_MARKUP == 1 && TASK_CLOSE_APPEAL == 2 &&
		       TASK_BOT_UPDATE == 3 && TASK_PURGE == 4,
	       "stored");
_Static_assert(TASK_WAITING == 0 && TASK_READY == 1 && TASK_RUNNING == 2 && TASK_DEAD == 3,
	       "stored");
_Static_assert(TASK_INTERACTIVE == 0 && TASK_BULK == 1, "stored");
_Static_assert(ACTOR_SYSTEM == 0 && ACTOR_CUSTOMER == 1 && ACTOR_EMPLOYEE == 2, "stored");
_Static_assert(EVENT_APPEAL_OPENED == 0 && EVENT_APPEAL_TAKEN == 1 && EVENT_APPEAL_UPDATED == 2 &&
		       EVENT_APPEAL_CLOSING == 3 && EVENT_APPEAL_RETURNED == 4 &&
		       EVENT_APPEAL_CLOSED == 5 && EVENT_APPEAL_DELETED == 6 &&
		       EVENT_MESSAGE_ADDED == 7 && EVENT_MESSAGE_EDITED == 8 &&
		       EVENT_MESSAGE_DELIVERY == 9 && EVENT_CUSTOMER_UPDATED == 10 &&
		       EVENT_EMPLOYEE_ADDED == 11 && EVENT_SESSION_OPENED == 12 &&
		       EVENT_SESSION_REVOKED == 13,
	       "stored");

static enum status pragma_get(struct db *db, const char *sql, int *value_out)
{
	int code = db_ask_int(db, sql, value_out);

	return code == SQLITE_ROW ? STATUS_OK : db_failed(db, code, sql);
}

static enum status exec(struct db *db, const char *sql, const char *what)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? STATUS_OK : db_failed(db, code, what);
}

/* clang-format off */
const struct migration migrations[SCHEMA_VERSION + 1] = {
	[1] = { .oldest = 1 },
	[2] = { .oldest = 1 }, /* a table kept by triggers */
	[3] = { .oldest = 1 }, /* indexes */
};
/* clang-format on */

static enum status run_statements(struct db *db, int version)
{
	enum status status = STATUS_OK;
	char prefix[32];

	snprintf(prefix, sizeof(prefix), "schema_%d_", version);
	for (size_t id = 0; id < SQL_COUNT && status == STATUS_OK; id++)
		if (str_starts(str_from_c(sql_name((enum sql_id)id)), str_from_c(prefix)))
			status = exec(db, sql_text((enum sql_id)id), sql_name((enum sql_id)id));
	return status;
}

static enum status write_numbers(struct db *db, int version, int oldest)
{
	char sql[320];

	snprintf(sql, sizeof(sql),
		 "PRAGMA user_version = %d; PRAGMA application_id = %d;"
		 "INSERT INTO meta (key, value) VALUES ('schema_oldest', %d)"
		 " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
		 version, SCHEMA_APPLICATION_ID, oldest);
	return exec(db, sql, "migrate");
}

static enum status run_version(struct db *db, const struct migration *migration, int version)
{
	enum status status = exec(db, "BEGIN IMMEDIATE", "migrate");

	if (status == STATUS_OK)
		status = migration->sql != NULL ? exec(db, migration->sql, "migrate")
						: run_statements(db, version);
	if (status == STATUS_OK)
		status = write_numbers(db, version, migration->oldest);
	CRASH_POINT("migrate.before_commit");
	if (status == STATUS_OK)
		status = exec(db, "COMMIT", "migrate");
	CRASH_POINT("migrate.after_commit");
	if (status != STATUS_OK)
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	else
		log_info("records.migrated", LOG_INT("version", version));
	return status == STATUS_OK ? STATUS_OK : STATUS_FAILED;
}

/* Noted since version 3; before that, every version was for its own programs. */
static enum status oldest_get(struct db *db, int version, int *oldest_out)
{
	static const char sql[] =
		"SELECT COALESCE((SELECT value FROM meta WHERE key = "
		"'schema_oldest'), (SELECT user_version FROM pragma_user_version))";

	*oldest_out = version;
	return version == 0 ? STATUS_OK : pragma_get(db, sql, oldest_out);
}

enum status migrate_check(struct db *db, int known, int *version_out, int *oldest_out)
{
	int application = 0;

	if (pragma_get(db, "PRAGMA user_version", version_out) != STATUS_OK ||
	    pragma_get(db, "PRAGMA application_id", &application) != STATUS_OK)
		return STATUS_FAILED;
	if (application != 0 && application != SCHEMA_APPLICATION_ID) {
		log_error("records.foreign", LOG_INT("application_id", application));
		return STATUS_FAILED;
	}
	if (oldest_get(db, *version_out, oldest_out) != STATUS_OK)
		return STATUS_FAILED;
	return *version_out > known && *oldest_out > known ? STATUS_CONFLICT : STATUS_OK;
}

enum status migrate_along(struct db *db, const struct migration *table, int known)
{
	int version = 0, oldest = 0;
	enum status status = migrate_check(db, known, &version, &oldest);

	if (status == STATUS_CONFLICT) {
		log_error("records.newer", LOG_INT("version", version), LOG_INT("known", known),
			  LOG_INT("oldest_program", oldest));
		return STATUS_FAILED;
	}
	if (status == STATUS_OK && version > known)
		log_info("records.newer_but_compatible", LOG_INT("version", version),
			 LOG_INT("known", known));
	while (status == STATUS_OK && version < known) {
		version++;
		status = run_version(db, &table[version], version);
	}
	return status == STATUS_OK ? STATUS_OK : STATUS_FAILED;
}

enum status migrate_run(struct db *db)
{
	return migrate_along(db, migrations, SCHEMA_VERSION);
}
