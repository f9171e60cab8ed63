/* store/customers.c -- customers at rest. */
#include "store/customers.h"

#include "store/db.h"
#include "store/events.h"

static enum lang lang_load(struct str name)
{
	return str_eq_c(name, lang_name(LANG_RU)) ? LANG_RU : LANG_EN;
}

static enum status load(struct sql_rows *rows, struct arena *arena, struct customer *customer_out)
{
	bool found = sql_next(rows);
	enum status status;

	if (found)
		*customer_out = (struct customer){
			.id = sql_int(rows, 0),
			.bot_id = sql_int(rows, 1),
			.telegram_id = sql_int(rows, 2),
			.name = sql_str(rows, 3, arena),
			.username = sql_str(rows, 4, arena),
			.lang = lang_load(sql_borrow(rows, 5)),
			.reachable = sql_int(rows, 6) != 0,
			.created_at_ms = sql_int(rows, 7),
		};
	status = sql_end(rows);
	return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status customers_get(struct db *db, int64_t id, struct arena *arena,
			  struct customer *customer_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_customers_get, V_INT(id));

	return load(&rows, arena, customer_out);
}

enum status customers_find(struct db *db, int64_t bot_id, int64_t telegram_id, struct arena *arena,
			   struct customer *customer_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_customers_find, V_INT(bot_id), V_INT(telegram_id));

	return load(&rows, arena, customer_out);
}

static enum status note_update(struct db *db, int64_t id, int64_t now_ms)
{
	struct event_new event = { .kind = EVENT_CUSTOMER_UPDATED,
				   .actor = { ACTOR_CUSTOMER, id },
				   .customer_id = id,
				   .at_ms = now_ms };

	return events_add(db, &event);
}

static enum status add(struct db *db, const struct customer_seen *seen, int64_t now_ms,
		       int64_t *id_out)
{
	const char *lang = lang_name(lang_from_tag(seen->language_code));

	return SQL_ONE_INT(db, SQL_customers_add, id_out, V_INT(seen->bot_id),
			   V_INT(seen->telegram_id), V_STR(seen->name), V_STR(seen->username),
			   V_C(lang), V_INT(now_ms));
}

enum status customers_see(struct db *db, const struct customer_seen *seen, int64_t now_ms,
			  struct arena *arena, struct customer *customer_out)
{
	enum status status =
		customers_find(db, seen->bot_id, seen->telegram_id, arena, customer_out);
	int64_t id;

	if (status == STATUS_NOT_FOUND) {
		status = add(db, seen, now_ms, &id);
		return status == STATUS_OK ? customers_get(db, id, arena, customer_out) : status;
	}
	if (status != STATUS_OK)
		return status;
	if (customer_out->reachable && str_eq(seen->name, customer_out->name) &&
	    str_eq(seen->username, customer_out->username))
		return STATUS_OK;
	status = SQL_RUN(db, SQL_customers_update, NULL, V_INT(customer_out->id), V_STR(seen->name),
			 V_STR(seen->username));
	if (status == STATUS_OK)
		status = note_update(db, customer_out->id, now_ms);
	customer_out->name = str_copy(arena, seen->name);
	customer_out->username = str_copy(arena, seen->username);
	customer_out->reachable = true;
	return status;
}

enum status customers_set_reachable(struct db *db, int64_t id, bool reachable, int64_t now_ms)
{
	int64_t changed = 0;
	enum status status =
		SQL_RUN(db, SQL_customers_set_reachable, &changed, V_INT(id), V_INT(reachable));

	return status == STATUS_OK && changed > 0 ? note_update(db, id, now_ms) : status;
}
