/* store/sessions.c -- logins, and the families of refresh tokens that keep them going. */
#include "store/employees.h"

#include "base/log.h"
#include "store/db.h"
#include "store/events.h"

static enum status note(struct db *db, enum event_kind kind, struct actor actor, int64_t session_id,
			int64_t now_ms)
{
	struct event_new event = { .kind = kind, .actor = actor, .at_ms = now_ms };

	event.data = str_format(db_scratch(db), "{\"session_id\":%lld}", (long long)session_id);
	return events_add(db, &event);
}

enum status sessions_open(struct db *db, int64_t employee_id, int64_t now_ms, int64_t lifetime_ms,
			  int64_t *id_out)
{
	enum status status = SQL_ONE_INT(db, SQL_sessions_open, id_out, V_INT(employee_id),
					 V_INT(now_ms), V_INT(now_ms + lifetime_ms));

	if (status == STATUS_OK)
		status = note(db, EVENT_SESSION_OPENED,
			      (struct actor){ ACTOR_EMPLOYEE, employee_id }, *id_out, now_ms);
	return status;
}

enum status sessions_get(struct db *db, int64_t id, struct arena *arena,
			 struct session *session_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_sessions_get, V_INT(id));
	bool found = sql_next(&rows);
	enum status status, role_status = STATUS_OK;

	if (found) {
		*session_out = (struct session){
			.id = sql_int(&rows, 0),
			.employee_id = sql_int(&rows, 1),
			.created_at_ms = sql_int(&rows, 2),
			.expires_at_ms = sql_int(&rows, 3),
			.revoked = !sql_is_null(&rows, 4),
			.enabled = sql_int(&rows, 6) != 0,
			.employee_name = sql_str(&rows, 7, arena),
			.login = sql_str(&rows, 8, arena),
			.lang = str_eq_c(sql_borrow(&rows, 9), lang_name(LANG_RU)) ? LANG_RU
										   : LANG_EN,
		};
		role_status = role_parse(sql_borrow(&rows, 5), &session_out->role);
	}
	status = sql_end(&rows);
	if (status == STATUS_OK && role_status != STATUS_OK)
		return STATUS_FAILED;
	return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status sessions_revoke(struct db *db, int64_t id, struct actor actor, int64_t now_ms)
{
	int64_t changed = 0;
	enum status status = SQL_RUN(db, SQL_sessions_revoke, &changed, V_INT(id), V_INT(now_ms));

	return status == STATUS_OK && changed > 0
		       ? note(db, EVENT_SESSION_REVOKED, actor, id, now_ms)
		       : status;
}

/* ---- refresh tokens: they count only as long as their session does ----------------------- */

static int64_t min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static enum status add(struct db *db, struct str hash, int64_t session_id, struct str parent,
		       int64_t expires_at_ms)
{
	return SQL_RUN(db, SQL_refresh_add, NULL, V_STR(hash), V_INT(session_id), V_STR(parent),
		       V_INT(expires_at_ms));
}

enum status refresh_add(struct db *db, struct str hash, int64_t session_id, int64_t now_ms,
			int64_t lifetime_ms)
{
	return add(db, hash, session_id, STR_NONE, now_ms + lifetime_ms);
}

struct token {
	int64_t session_id, expires_at_ms, used_at_ms, session_expires_at_ms;
	bool revoked, enabled, successor_used;
};

static enum status load(struct db *db, struct str hash, struct token *token_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_refresh_get, V_STR(hash));
	bool found = sql_next(&rows);
	enum status status;

	if (found)
		*token_out = (struct token){
			.session_id = sql_int(&rows, 0),
			.expires_at_ms = sql_int(&rows, 1),
			.used_at_ms = sql_int(&rows, 2),
			.session_expires_at_ms = sql_int(&rows, 3),
			.revoked = !sql_is_null(&rows, 4),
			.enabled = sql_int(&rows, 5) != 0,
			.successor_used = sql_int(&rows, 6) != 0,
		};
	status = sql_end(&rows);
	return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

static enum status judge(const struct token *token, int64_t now_ms)
{
	if (token->expires_at_ms <= now_ms || token->session_expires_at_ms <= now_ms)
		return STATUS_NOT_FOUND;
	if (token->revoked || !token->enabled)
		return STATUS_DENIED;
	if (token->used_at_ms == 0)
		return STATUS_OK;
	/* Two tabs, or a reply that got lost. */
	if (now_ms - token->used_at_ms <= REFRESH_GRACE_MS && !token->successor_used)
		return STATUS_OK;
	return STATUS_DENIED;
}

enum status refresh_use(struct db *db, struct str hash, struct str successor, int64_t now_ms,
			int64_t lifetime_ms, int64_t *session_id_out, enum status *verdict_out)
{
	struct token token;
	enum status status = load(db, hash, &token);

	*verdict_out = STATUS_NOT_FOUND;
	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	*session_id_out = token.session_id;
	*verdict_out = judge(&token, now_ms);
	if (*verdict_out == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (*verdict_out == STATUS_DENIED) {
		log_warn("session.refresh_denied", LOG_INT("session", token.session_id));
		return sessions_revoke(db, token.session_id, (struct actor){ ACTOR_SYSTEM, 0 },
				       now_ms);
	}
	status = SQL_RUN(db, SQL_refresh_mark_used, NULL, V_STR(hash), V_INT(now_ms));
	if (status == STATUS_OK)
		status = add(db, successor, token.session_id, hash,
			     min(now_ms + lifetime_ms, token.session_expires_at_ms));
	return status;
}

enum status refresh_session(struct db *db, struct str hash, int64_t *session_id_out)
{
	return SQL_ONE_INT(db, SQL_refresh_session, session_id_out, V_STR(hash));
}
