/* tests/unit/api_token_test.c -- access tokens: what we sign passes, and every trap of the library
 * and of the format is shut. */
#include "api/auth.h"
#include "base/buf.h"

#include <jwt.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { NOW_S = 1764000000 };

static struct arena arena;
static const struct signing_key key = { { "0123abcd", 8 },
					{ "0123456789abcdef0123456789abcdef", 32 },
					0 };
static const struct signing_key other_key = { { "ffff0000", 8 },
					      { "fedcba9876543210fedcba9876543210", 32 },
					      0 };
static const struct token_claims claims = {
	.employee_id = 7,
	.session_id = 9,
	.role = ROLE_OPERATOR,
	.scopes = 1u << SCOPE_APPEALS_READ,
	.issued_at_s = NOW_S,
	.expires_at_s = NOW_S + TOKEN_LIFETIME_S,
};

static struct str sign(void)
{
	struct str token;

	assert_int_equal(token_sign(&key, &claims, &arena, &token), STATUS_OK);
	return token;
}

static const char *verdict_at(struct str token, int64_t now_s)
{
	struct token_claims got;
	const char *reason = NULL;
	enum status status = token_verify(token, &key, now_s, &arena, &got, &reason);

	assert_int_equal(status, reason == NULL ? STATUS_OK : STATUS_DENIED);
	return reason;
}

static const char *verdict(struct str token)
{
	return verdict_at(token, NOW_S + 1);
}

/* ---- tokens of one's own making ---------------------------------------------------------- */

static struct str encoded(struct str bytes)
{
	size_t size =
		sodium_base64_encoded_len(bytes.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *text = arena_alloc(&arena, size);

	sodium_bin2base64(text, size, (const unsigned char *)bytes.data, bytes.len,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return str_from_c(text);
}

/* Signed by HMAC-SHA256 with `secret`, whatever header and payload say. */
static struct str forge(const char *header, const char *payload, struct str secret)
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state state;
	struct str body = str_format(&arena, "%.*s.%.*s", STR_ARG(encoded(str_from_c(header))),
				     STR_ARG(encoded(str_from_c(payload))));

	crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret.data, secret.len);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.data, body.len);
	crypto_auth_hmacsha256_final(&state, mac);
	return str_format(&arena, "%.*s.%.*s", STR_ARG(body),
			  STR_ARG(encoded((struct str){ (const char *)mac, sizeof(mac) })));
}

#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"0123abcd\"}"
#define PAYLOAD_WITH(iss, aud, sub, sid, iat, nbf, exp, role)                                      \
	"{\"iss\":" iss ",\"aud\":" aud ",\"sub\":" sub ",\"sid\":" sid ",\"iat\":" iat            \
	",\"nbf\":" nbf ",\"exp\":" exp ",\"role\":" role ",\"scope\":\"appeals:read\"}"
#define ISS "\"ecoscooter-support\""
#define AUD "\"ecoscooter-api\""
#define SUB "\"7\""
#define IAT "1764000000"
#define EXP "1764000900"
#define ROLE "\"operator\""
#define PAYLOAD PAYLOAD_WITH(ISS, AUD, SUB, "9", IAT, IAT, EXP, ROLE)

static struct str forged(const char *payload)
{
	return forge(HEADER, payload, key.secret);
}

/* ---- tests ------------------------------------------------------------------------------- */

static void a_signed_token_says_what_was_signed(void **state)
{
	struct token_claims got;
	const char *reason;

	(void)state;
	assert_int_equal(token_verify(sign(), &key, NOW_S + 1, &arena, &got, &reason), STATUS_OK);
	assert_int_equal(got.employee_id, 7);
	assert_int_equal(got.session_id, 9);
	assert_int_equal(got.role, ROLE_OPERATOR);
	assert_int_equal(got.scopes, 1u << SCOPE_APPEALS_READ);
	assert_int_equal(got.expires_at_s, NOW_S + TOKEN_LIFETIME_S);
	assert_null(
		verdict(forged(PAYLOAD))); /* so the forgeries below fail for their reason only */
}

static void expired_is_refused_to_the_second(void **state)
{
	(void)state;
	assert_null(verdict_at(sign(), NOW_S + TOKEN_LIFETIME_S - 1));
	assert_string_equal(verdict_at(sign(), NOW_S + TOKEN_LIFETIME_S), "the token is expired");
}

static void not_yet_valid_is_refused(void **state)
{
	(void)state;
	assert_null(verdict_at(sign(), NOW_S - TOKEN_LEEWAY_S));
	assert_string_equal(verdict_at(sign(), NOW_S - TOKEN_LEEWAY_S - 1),
			    "the token is not valid yet");
	assert_string_equal(
		verdict(forged(PAYLOAD_WITH(ISS, AUD, SUB, "9", IAT, "1764000100", EXP, ROLE))),
		"the token is not valid yet");
	assert_string_equal(
		verdict(forged(PAYLOAD_WITH(ISS, AUD, SUB, "9", "1764000100", IAT, EXP, ROLE))),
		"the token is not valid yet");
}

static void times_must_be_there_and_be_numbers(void **state)
{
	const char *const payloads[] = {
		PAYLOAD_WITH(ISS, AUD, SUB, "9", IAT, IAT, "\"1764000900\"", ROLE),
		PAYLOAD_WITH(ISS, AUD, SUB, "9", IAT, IAT, "null", ROLE),
		PAYLOAD_WITH(ISS, AUD, SUB, "9", IAT, IAT, "-1", ROLE),
		PAYLOAD_WITH(ISS, AUD, SUB, "9", IAT, IAT, "1764000900.5", ROLE),
		PAYLOAD_WITH(ISS, AUD, SUB, "9", IAT, "true", EXP, ROLE),
		PAYLOAD_WITH(ISS, AUD, SUB, "9", "[]", IAT, EXP, ROLE),
		"{\"iss\":" ISS ",\"aud\":" AUD ",\"sub\":" SUB ",\"sid\":9,\"role\":" ROLE "}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(payloads) / sizeof(*payloads); i++)
		assert_non_null(verdict(forged(payloads[i])));
}

static void issuer_audience_and_identity_must_be_ours(void **state)
{
	const char *const payloads[] = {
		PAYLOAD_WITH("\"somebody\"", AUD, SUB, "9", IAT, IAT, EXP, ROLE),
		PAYLOAD_WITH("null", AUD, SUB, "9", IAT, IAT, EXP, ROLE),
		PAYLOAD_WITH(ISS, "\"another-api\"", SUB, "9", IAT, IAT, EXP, ROLE),
		PAYLOAD_WITH(ISS, "[\"ecoscooter-api\"]", SUB, "9", IAT, IAT, EXP, ROLE),
		PAYLOAD_WITH(ISS, AUD, "7", "9", IAT, IAT, EXP, ROLE),
		PAYLOAD_WITH(ISS, AUD, "\"7x\"", "9", IAT, IAT, EXP, ROLE),
		PAYLOAD_WITH(ISS, AUD, "\"-7\"", "9", IAT, IAT, EXP, ROLE),
		PAYLOAD_WITH(ISS, AUD, SUB, "0", IAT, IAT, EXP, ROLE),
		PAYLOAD_WITH(ISS, AUD, SUB, "\"9\"", IAT, IAT, EXP, ROLE),
		PAYLOAD_WITH(ISS, AUD, SUB, "9", IAT, IAT, EXP, "\"emperor\""),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(payloads) / sizeof(*payloads); i++)
		assert_non_null(verdict(forged(payloads[i])));
}

static void other_algorithms_are_refused(void **state)
{
	const char *const headers[] = {
		"{\"alg\":\"none\",\"kid\":\"0123abcd\"}",
		"{\"alg\":\"None\",\"kid\":\"0123abcd\"}",
		"{\"alg\":\"HS384\",\"kid\":\"0123abcd\"}",
		"{\"alg\":\"HS512\",\"kid\":\"0123abcd\"}",
		"{\"alg\":\"RS256\",\"kid\":\"0123abcd\"}",
		"{\"alg\":\"hs256\",\"kid\":\"0123abcd\"}",
		"{\"alg\":[\"HS256\"],\"kid\":\"0123abcd\"}",
		"{\"kid\":\"0123abcd\"}",
		"{\"alg\":\"HS256\"}",
		"{\"alg\":\"HS256\",\"alg\":\"none\",\"kid\":\"0123abcd\"}",
		"{\"alg\":\"HS256\",\"kid\":\"0123abcd\",\"crit\":[\"x\"]}",
		"{\"alg\":\"HS256\",\"kid\":\"../../etc\"}",
		"{\"alg\":\"HS256\",\"kid\":\"\"}",
		"[]",
		"x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++)
		assert_string_equal(verdict(forge(headers[i], PAYLOAD, key.secret)),
				    "not a token of ours");
	/* The classic: no algorithm, no signature. */
	assert_non_null(
		verdict(str_format(&arena, "%.*s.%.*s.",
				   STR_ARG(encoded(STR("{\"alg\":\"none\",\"kid\":\"0123abcd\"}"))),
				   STR_ARG(encoded(STR(PAYLOAD))))));
}

/* Signed by another algorithm with the right key, as libjwt would accept it. */
static void a_real_hs512_signature_is_refused(void **state)
{
	jwt_t *jwt = NULL;
	char *text;

	(void)state;
	assert_int_equal(jwt_new(&jwt), 0);
	assert_int_equal(jwt_set_alg(jwt, JWT_ALG_HS512, (const unsigned char *)key.secret.data,
				     (int)key.secret.len),
			 0);
	assert_int_equal(jwt_add_header(jwt, "kid", "0123abcd"), 0);
	assert_int_equal(jwt_add_grants_json(jwt, PAYLOAD), 0);
	text = jwt_encode_str(jwt);
	assert_non_null(verdict(str_from_c(text)));
	free(text);
	jwt_free(jwt);
}

static void any_changed_byte_is_noticed(void **state)
{
	struct str token = sign();
	char *changed = str_to_c(&arena, token);

	(void)state;
	for (size_t i = 0; i < token.len; i++) {
		char was = changed[i];

		/* The last character's low bits carry nothing: another spelling of the same bytes,
		 * not another token. */
		changed[i] = was == 'A' ? 'Q' : 'A';
		if (i + 1 < token.len && verdict(str_from_c(changed)) == NULL)
			fail_msg("byte %zu changed, and nobody noticed", i);
		changed[i] = was;
	}
	assert_null(verdict(str_from_c(changed)));
}

static void parts_missing_or_added_are_refused(void **state)
{
	struct str token = sign(), head, rest = str_cut(token, '.', &head);

	(void)state;
	assert_non_null(verdict(STR("")));
	assert_non_null(verdict(STR("..")));
	assert_non_null(verdict(head));
	assert_non_null(verdict(rest));
	assert_non_null(verdict(str_format(&arena, "%.*s.x", STR_ARG(token))));
	assert_non_null(verdict(str_format(&arena, "%.*s=", STR_ARG(token))));
	assert_non_null(verdict(str_format(&arena, " %.*s", STR_ARG(token))));
	assert_non_null(verdict((struct str){ arena_alloc(&arena, 100000), 100000 }));
}

static void another_keys_token_is_refused(void **state)
{
	struct str token;

	(void)state;
	assert_int_equal(token_sign(&other_key, &claims, &arena, &token), STATUS_OK);
	assert_string_equal(verdict(token), "not a token of ours");
	/* The right kid over another key. */
	assert_string_equal(verdict(forge(HEADER, PAYLOAD, other_key.secret)),
			    "the signature does not fit");
}

/* ---- the table of verified tokens -------------------------------------------------------- */

static enum status check(struct auth *auth, const char *header, int64_t now_s,
			 struct token_claims *got, struct str *kid)
{
	const char *reason;

	return auth_check(auth, str_from_c(header), now_s * 1000, &arena, got, kid, &reason);
}

static const char *bearer(struct str token)
{
	return str_format(&arena, "Bearer %.*s", STR_ARG(token)).data;
}

static void headers_without_a_bearer_token_are_told_apart(void **state)
{
	struct auth *auth;
	struct token_claims got;
	struct str kid;

	(void)state;
	assert_int_equal(auth_open(&key, &auth), STATUS_OK);
	assert_int_equal(check(auth, "", NOW_S, &got, &kid), STATUS_EMPTY);
	assert_int_equal(check(auth, "Basic YTpi", NOW_S, &got, &kid), STATUS_EMPTY);
	assert_int_equal(check(auth, "Bearer", NOW_S, &got, &kid), STATUS_DENIED);
	assert_int_equal(check(auth, "Bearer ", NOW_S, &got, &kid), STATUS_DENIED);
	assert_int_equal(check(auth, "Bearer x", NOW_S, &got, &kid), STATUS_DENIED);
	assert_int_equal(check(auth, str_format(&arena, "bearer %.*s", STR_ARG(sign())).data, NOW_S,
			       &got, &kid),
			 STATUS_OK);
	auth_close(auth);
}

static void a_remembered_token_still_expires(void **state)
{
	struct auth *auth;
	struct token_claims got;
	struct str kid;
	const char *header = bearer(sign());

	(void)state;
	assert_int_equal(auth_open(&key, &auth), STATUS_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(check(auth, header, NOW_S + i, &got, &kid), STATUS_OK);
	assert_int_equal(got.employee_id, 7);
	assert_int_equal(check(auth, header, NOW_S + TOKEN_LIFETIME_S, &got, &kid), STATUS_DENIED);
	assert_int_equal(check(auth, header, NOW_S - 60, &got, &kid), STATUS_DENIED);
	auth_close(auth);
}

static void an_unknown_key_can_be_learnt(void **state)
{
	struct auth *auth;
	struct token_claims got;
	struct str token, kid;

	(void)state;
	assert_int_equal(auth_open(&key, &auth), STATUS_OK);
	assert_int_equal(token_sign(&other_key, &claims, &arena, &token), STATUS_OK);
	assert_int_equal(check(auth, bearer(token), NOW_S, &got, &kid), STATUS_NOT_FOUND);
	assert_true(str_eq_c(kid, "ffff0000"));
	auth_learn(auth, &other_key);
	assert_int_equal(check(auth, bearer(token), NOW_S, &got, &kid), STATUS_OK);
	assert_int_equal(check(auth, bearer(sign()), NOW_S, &got, &kid), STATUS_OK);
	auth_close(auth);
}

static int forget(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

#define plain(test) cmocka_unit_test_teardown(test, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		plain(a_signed_token_says_what_was_signed),
		plain(expired_is_refused_to_the_second),
		plain(not_yet_valid_is_refused),
		plain(times_must_be_there_and_be_numbers),
		plain(issuer_audience_and_identity_must_be_ours),
		plain(other_algorithms_are_refused),
		plain(a_real_hs512_signature_is_refused),
		plain(any_changed_byte_is_noticed),
		plain(parts_missing_or_added_are_refused),
		plain(another_keys_token_is_refused),
		plain(headers_without_a_bearer_token_are_told_apart),
		plain(a_remembered_token_still_expires),
		plain(an_unknown_key_can_be_learnt),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
