/* api/token.c -- libjwt with its traps closed: it verifies nothing without a key, checks no time,
 * and takes the algorithm from the token. */
#include "api/token.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <jwt.h>
#include <sodium.h>
#include <stdlib.h>

enum { SECRET_BYTES = 32 };

scope_set token_scopes(enum role role)
{
	return role_scopes(role) & ~(scope_set)(1u << SCOPE_PUBLIC | 1u << SCOPE_SIGNED_IN);
}

/* ---- signing ----------------------------------------------------------------------------- */

static int add_grants(jwt_t *jwt, const struct token_claims *claims, struct arena *arena)
{
	struct str scopes = scope_set_format(claims->scopes, arena);
	int bad = jwt_add_grant(jwt, "iss", TOKEN_ISSUER);

	bad |= jwt_add_grant(jwt, "aud", TOKEN_AUDIENCE);
	bad |= jwt_add_grant(jwt, "sub",
			     str_format(arena, "%lld", (long long)claims->employee_id).data);
	bad |= jwt_add_grant_int(jwt, "sid", (long)claims->session_id);
	bad |= jwt_add_grant_int(jwt, "iat", (long)claims->issued_at_s);
	bad |= jwt_add_grant_int(jwt, "nbf", (long)claims->issued_at_s);
	bad |= jwt_add_grant_int(jwt, "exp", (long)claims->expires_at_s);
	bad |= jwt_add_grant(jwt, "role", role_name(claims->role));
	bad |= jwt_add_grant(jwt, "scope", str_to_c(arena, scopes));
	return bad;
}

enum status token_sign(const struct signing_key *key, const struct token_claims *claims,
		       struct arena *arena, struct str *token_out)
{
	jwt_t *jwt = NULL;
	char *text = NULL;
	int bad;

	assert(key->secret.data != NULL && key->secret.len >= SECRET_BYTES);
	if (jwt_new(&jwt) != 0)
		return STATUS_FAILED;
	bad = jwt_set_alg(jwt, JWT_ALG_HS256, (const unsigned char *)key->secret.data,
			  (int)key->secret.len);
	bad |= jwt_add_header(jwt, "kid", str_to_c(arena, key->kid));
	bad |= add_grants(jwt, claims, arena);
	if (bad == 0)
		text = jwt_encode_str(jwt);
	jwt_free(jwt);
	if (text == NULL)
		return STATUS_FAILED;
	*token_out = str_copy(arena, str_from_c(text));
	free(text);
	return STATUS_OK;
}

/* ---- checking ---------------------------------------------------------------------------- */

static bool is_token_text(struct str token)
{
	size_t dots = 0;

	for (size_t i = 0; i < token.len; i++) {
		char c = token.data[i];

		if (c == '.')
			dots++;
		else if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			   (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return dots == 2 && token.len <= TOKEN_BYTES_MAX;
}

static json_t *header_parse(struct str token, struct arena *arena)
{
	struct str encoded;
	size_t bytes;
	unsigned char *decoded;

	if (!is_token_text(token))
		return NULL;
	str_cut(token, '.', &encoded);
	decoded = arena_alloc(arena, encoded.len + 1);
	if (sodium_base642bin(decoded, encoded.len + 1, encoded.data, encoded.len, NULL, &bytes,
			      NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
		return NULL;
	return json_loadb((const char *)decoded, bytes, JSON_REJECT_DUPLICATES, NULL);
}

static bool is_kid(struct str kid)
{
	for (size_t i = 0; i < kid.len; i++)
		if (!((kid.data[i] >= '0' && kid.data[i] <= '9') ||
		      (kid.data[i] >= 'a' && kid.data[i] <= 'f')))
			return false;
	return kid.len > 0 && kid.len <= TOKEN_KID_MAX;
}

enum status token_kid(struct str token, struct arena *arena, struct str *kid_out)
{
	json_t *header = header_parse(token, arena);
	struct str algorithm, kid;
	enum status status = STATUS_BAD_INPUT;

	algorithm = str_from_c(json_string_value(json_object_get(header, "alg")));
	kid = str_from_c(json_string_value(json_object_get(header, "kid")));
	if (str_eq_c(algorithm, "HS256") && is_kid(kid) &&
	    json_object_get(header, "crit") == NULL) {
		*kid_out = str_copy(arena, kid);
		status = STATUS_OK;
	}
	json_decref(header);
	return status;
}

/* libjwt gives 0 for a claim of another type. */
static bool claim_int(jwt_t *jwt, const char *name, int64_t *value_out)
{
	errno = 0;
	*value_out = jwt_get_grant_int(jwt, name);
	return errno == 0 && *value_out > 0;
}

static const char *check_times(jwt_t *jwt, int64_t now_s, struct token_claims *claims)
{
	int64_t not_before_s;

	if (!claim_int(jwt, "exp", &claims->expires_at_s) ||
	    !claim_int(jwt, "nbf", &not_before_s) || !claim_int(jwt, "iat", &claims->issued_at_s))
		return "exp, nbf and iat are needed";
	if (now_s >= claims->expires_at_s)
		return "the token is expired";
	if (now_s + TOKEN_LEEWAY_S < not_before_s || now_s + TOKEN_LEEWAY_S < claims->issued_at_s)
		return "the token is not valid yet";
	return NULL;
}

static const char *check_identity(jwt_t *jwt, struct token_claims *claims)
{
	struct str subject = str_from_c(jwt_get_grant(jwt, "sub"));

	if (!str_eq_c(str_from_c(jwt_get_grant(jwt, "iss")), TOKEN_ISSUER))
		return "another issuer";
	if (!str_eq_c(str_from_c(jwt_get_grant(jwt, "aud")), TOKEN_AUDIENCE))
		return "another audience";
	if (str_to_int(subject, 1, INT64_MAX, &claims->employee_id) != STATUS_OK ||
	    !claim_int(jwt, "sid", &claims->session_id))
		return "sub and sid are needed";
	if (role_parse(str_from_c(jwt_get_grant(jwt, "role")), &claims->role) != STATUS_OK)
		return "an unknown role";
	claims->scopes = scope_set_parse(str_from_c(jwt_get_grant(jwt, "scope")));
	return NULL;
}

static const char *check_claims(jwt_t *jwt, int64_t now_s, struct token_claims *claims)
{
	const char *fault;

	if (jwt_get_alg(jwt) != JWT_ALG_HS256)
		return "another algorithm";
	fault = check_identity(jwt, claims);
	return fault != NULL ? fault : check_times(jwt, now_s, claims);
}

enum status token_verify(struct str token, const struct signing_key *key, int64_t now_s,
			 struct arena *arena, struct token_claims *claims_out,
			 const char **reason_out)
{
	struct str kid;
	jwt_t *jwt = NULL;

	/* Without a key libjwt would believe anything. */
	assert(key->secret.data != NULL && key->secret.len >= SECRET_BYTES);
	*reason_out = "not a token of ours";
	if (token_kid(token, arena, &kid) != STATUS_OK || !str_eq(kid, key->kid))
		return STATUS_DENIED;
	if (jwt_decode(&jwt, str_to_c(arena, token), (const unsigned char *)key->secret.data,
		       (int)key->secret.len) != 0) {
		*reason_out = "the signature does not fit";
		return STATUS_DENIED;
	}
	*reason_out = check_claims(jwt, now_s, claims_out);
	jwt_free(jwt);
	return *reason_out == NULL ? STATUS_OK : STATUS_DENIED;
}
