/* store/employees.c -- accounts of the people who work here. */
#include "store/employees.h"

#include "base/log.h"
#include "store/db.h"
#include "store/events.h"

enum { EMPLOYEES_MAX = 1000 }; /* that one list shows */

/* Logins are compared without case: phones begin every word with a capital. */
static struct str login_key(struct arena *arena, struct str login)
{
	char *key = str_to_c(arena, login);

	for (size_t i = 0; i < login.len; i++)
		if (key[i] >= 'A' && key[i] <= 'Z')
			key[i] = (char)(key[i] - 'A' + 'a');
	return (struct str){ key, login.len };
}

enum status employees_add(struct db *db, const struct employee *employee, struct actor actor,
			  int64_t now_ms, int64_t *id_out)
{
	struct str login = login_key(db_scratch(db), employee->login);
	struct event_new event = { .kind = EVENT_EMPLOYEE_ADDED, .actor = actor, .at_ms = now_ms };
	enum status status = SQL_ONE_INT(
		db, SQL_employees_add, id_out, V_STR(login), V_STR(employee->name),
		V_C(role_name(employee->role)), V_C(lang_name(employee->lang)),
		V_STR(employee->password_hash), V_INT(employee->enabled), V_INT(now_ms));

	if (status != STATUS_OK)
		return status;
	event.data = str_format(db_scratch(db), "{\"employee_id\":%lld,\"role\":\"%s\"}",
				(long long)*id_out, role_name(employee->role));
	return events_add(db, &event);
}

static enum status row_read(struct sql_rows *rows, struct arena *arena,
			    struct employee *employee_out)
{
	*employee_out = (struct employee){
		.id = sql_int(rows, 0),
		.login = sql_str(rows, 1, arena),
		.name = sql_str(rows, 2, arena),
		.lang = str_eq_c(sql_borrow(rows, 4), lang_name(LANG_RU)) ? LANG_RU : LANG_EN,
		.password_hash = sql_str(rows, 5, arena),
		.enabled = sql_int(rows, 6) != 0,
		.created_at_ms = sql_int(rows, 7),
	};
	if (role_parse(sql_borrow(rows, 3), &employee_out->role) == STATUS_OK)
		return STATUS_OK;
	log_error("employee.unknown_role", LOG_INT("employee", employee_out->id));
	return STATUS_FAILED;
}

static enum status load(struct sql_rows *rows, struct arena *arena, struct employee *employee_out)
{
	bool found = sql_next(rows);
	enum status row_status = found ? row_read(rows, arena, employee_out) : STATUS_NOT_FOUND;
	enum status status = sql_end(rows);

	return status == STATUS_OK ? row_status : status;
}

enum status employees_get(struct db *db, int64_t id, struct arena *arena,
			  struct employee *employee_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_employees_get, V_INT(id));

	return load(&rows, arena, employee_out);
}

enum status employees_by_login(struct db *db, struct str login, struct arena *arena,
			       struct employee *employee_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_employees_by_login, V_STR(login_key(arena, login)));

	return load(&rows, arena, employee_out);
}

enum status employees_set_password_hash(struct db *db, int64_t id, struct str hash)
{
	int64_t changed = 0;
	enum status status =
		SQL_RUN(db, SQL_employees_set_password_hash, &changed, V_INT(id), V_STR(hash));

	return status == STATUS_OK && changed == 0 ? STATUS_NOT_FOUND : status;
}

enum status employees_list(struct db *db, struct arena *arena, struct employee **employees_out,
			   size_t *count_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_employees_list, V_INT(EMPLOYEES_MAX));
	struct employee *list = arena_array(arena, EMPLOYEES_MAX, sizeof(*list));
	size_t count = 0;
	enum status row_status = STATUS_OK, status;

	while (row_status == STATUS_OK && count < EMPLOYEES_MAX && sql_next(&rows))
		row_status = row_read(&rows, arena, &list[count++]);
	*employees_out = list;
	*count_out = count;
	status = sql_end(&rows);
	return status == STATUS_OK ? row_status : status;
}

enum status employees_is_any(struct db *db, bool *any_out)
{
	int64_t one;
	enum status status = SQL_ONE_INT(db, SQL_employees_any, &one, V_NULL);

	*any_out = status == STATUS_OK;
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}
