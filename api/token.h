/* api/token.h -- access tokens: JWT signed by HS256 and nothing else, every claim checked. Pure
 * functions, any thread. */
#ifndef API_TOKEN_H
#define API_TOKEN_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"
#include "domain/role.h"
#include "store/meta.h"

#include <stdint.h>

enum {
	TOKEN_LIFETIME_S = 900,
	TOKEN_LEEWAY_S = 5, /* for nbf and iat: clocks of several machines */
	TOKEN_BYTES_MAX = 4096,
	TOKEN_KID_MAX = 64,
};

#define TOKEN_ISSUER "ecoscooter-support"
#define TOKEN_AUDIENCE "ecoscooter-api"

/* What a token says of its bearer. */
struct token_claims {
	int64_t employee_id, session_id;
	enum role role;
	scope_set scopes;
	int64_t issued_at_s, expires_at_s;
};

/* Signs; expires_at_s is issued_at_s + TOKEN_LIFETIME_S, the scopes are the role's. In the arena.
 */
CHECKED enum status token_sign(const struct signing_key *key, const struct token_claims *claims,
			       struct arena *arena, struct str *token_out);
/* The key id of a token whose header is in order (alg HS256, no critical extensions). Nothing is
 * verified yet. BAD_INPUT. */
CHECKED enum status token_kid(struct str token, struct arena *arena, struct str *kid_out);
/* Signature by `key`, algorithm, issuer, audience, times. DENIED says why in *reason_out, a
 * constant. */
CHECKED enum status token_verify(struct str token, const struct signing_key *key, int64_t now_s,
				 struct arena *arena, struct token_claims *claims_out,
				 const char **reason_out);

/* Scopes worth telling: without "public" and "signed_in". */
scope_set token_scopes(enum role role);

#endif
