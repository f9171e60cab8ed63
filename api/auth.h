/* api/auth.h -- who asks: bearer tokens with the keys of the records, verified ones remembered; and
 * whether their session still stands. */
#ifndef API_AUTH_H
#define API_AUTH_H

#include "api/token.h"
#include "store/employees.h"

struct auth;
struct db;

/* Known keys and verified tokens of this process. `newest` signs; copied. Loop's thread only, but
 * for auth_signing_key. */
CHECKED enum status auth_open(const struct signing_key *newest, struct auth **auth_out);
void auth_close(struct auth *auth); /* NULL is fine */

/* What an Authorization header comes to. OK: claims. DENIED: reason, a constant. NOT_FOUND: in
 * order so far, but signed by a key that is not known here (kid_out): look it up, auth_learn it,
 * check again. EMPTY: no bearer token there. */
CHECKED enum status auth_check(struct auth *auth, struct str header, int64_t now_ms,
			       struct arena *arena, struct token_claims *claims_out,
			       struct str *kid_out, const char **reason_out);
void auth_learn(struct auth *auth, const struct signing_key *key);
/* Any thread. */
const struct signing_key *auth_signing_key(const struct auth *auth);

/* Does the session of these claims still stand, with the same role? In a lane, on its connection.
 * DENIED: no. */
CHECKED enum status auth_check_session(struct db *db, const struct token_claims *claims,
				       int64_t now_ms, struct arena *arena,
				       struct session *session_out);

#endif
