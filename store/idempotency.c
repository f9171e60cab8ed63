/* store/idempotency.c -- kept answers. */
#include "store/idempotency.h"

#include "store/db.h"

enum status idempotency_find(struct db *db, const struct idempotency_key *key, int64_t now_ms,
			     struct arena *arena, struct idempotency_answer *answer_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_idempotency_find, V_INT(key->actor_id),
					V_STR(key->route), V_STR(key->key),
					V_INT(now_ms - IDEMPOTENCY_KEPT_MS));
	enum status found = STATUS_NOT_FOUND, status;

	if (sql_next(&rows)) {
		found = str_eq(sql_borrow(&rows, 0), key->body_hash) ? STATUS_OK : STATUS_CONFLICT;
		*answer_out = (struct idempotency_answer){ (int)sql_int(&rows, 1),
							   sql_str(&rows, 2, arena),
							   sql_str(&rows, 3, arena) };
	}
	status = sql_end(&rows);
	return status == STATUS_OK ? found : status;
}

enum status idempotency_keep(struct db *db, const struct idempotency_key *key,
			     const struct idempotency_answer *answer, int64_t now_ms)
{
	return SQL_RUN(db, SQL_idempotency_keep, NULL, V_INT(key->actor_id), V_STR(key->route),
		       V_STR(key->key), V_STR(key->body_hash), V_INT(answer->status),
		       V_STR(answer->body), V_STR(answer->location), V_INT(now_ms));
}
