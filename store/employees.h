/* store/employees.h -- people who work here: their accounts, sessions and refresh tokens. */
#ifndef STORE_EMPLOYEES_H
#define STORE_EMPLOYEES_H

#include "base/arena.h"
#include "base/status.h"
#include "domain/event.h"
#include "domain/lang.h"
#include "domain/role.h"

#include <stdbool.h>
#include <stdint.h>

struct db;

struct employee {
	int64_t id;
	struct str login, name;
	enum role role;
	enum lang lang;
	struct str password_hash; /* argon2id, by libsodium */
	bool enabled;
	int64_t created_at_ms;
};

/* CONFLICT: the login is taken. */
CHECKED enum status employees_add(struct db *db, const struct employee *employee,
				  struct actor actor, int64_t now_ms, int64_t *id_out);
CHECKED enum status employees_get(struct db *db, int64_t id, struct arena *arena,
				  struct employee *employee_out);
CHECKED enum status employees_by_login(struct db *db, struct str login, struct arena *arena,
				       struct employee *employee_out);
CHECKED enum status employees_set_password_hash(struct db *db, int64_t id, struct str hash);
CHECKED enum status employees_is_any(struct db *db, bool *any_out);
/* By login, also the disabled; the first 1000. */
CHECKED enum status employees_list(struct db *db, struct arena *arena,
				   struct employee **employees_out, size_t *count_out);

/* ---- sessions: one per login; the family of refresh tokens hangs on it ------------------- */

struct session {
	int64_t id;
	int64_t employee_id;
	int64_t created_at_ms, expires_at_ms;
	bool revoked;
	enum role role; /* as it is now, with the employee enabled; a change makes older tokens void
			 */
	bool enabled;
	struct str employee_name, login;
	enum lang lang;
};

CHECKED enum status sessions_open(struct db *db, int64_t employee_id, int64_t now_ms,
				  int64_t lifetime_ms, int64_t *id_out);
CHECKED enum status sessions_get(struct db *db, int64_t id, struct arena *arena,
				 struct session *session_out);
/* Also revokes all its refresh tokens. OK when it was revoked already. */
CHECKED enum status sessions_revoke(struct db *db, int64_t id, struct actor actor, int64_t now_ms);

enum { REFRESH_GRACE_MS = 30000 };

/* Tokens are stored as their 32-byte hash in hexadecimal only. */
CHECKED enum status refresh_add(struct db *db, struct str hash, int64_t session_id, int64_t now_ms,
				int64_t lifetime_ms);
/* Uses one: OK with its session, and `successor` is stored as the next token. Used before: within
 * 30 s and while its successor is unused it rotates again; later the whole session is revoked:
 * DENIED (commit that!: the revocation must not be rolled back, so DENIED comes in *verdict_out and
 * the function returns OK). Unknown or expired: verdict NOT_FOUND. */
CHECKED enum status refresh_use(struct db *db, struct str hash, struct str successor,
				int64_t now_ms, int64_t lifetime_ms, int64_t *session_id_out,
				enum status *verdict_out);
/* The session a token belongs to; NOT_FOUND. */
CHECKED enum status refresh_session(struct db *db, struct str hash, int64_t *session_id_out);

#endif
