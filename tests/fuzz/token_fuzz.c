/* tests/fuzz/token_fuzz.c -- nothing passes as a token that is none of ours; and of what is signed
 * by our key, only what says all it must. The first byte: 0, a whole token as it would come; else
 * "header\nclaims", which is signed here. Build and run: `make fuzz`, or `make CC=clang SAN=fuzz
 * build/fuzz/token_fuzz && build/fuzz/token_fuzz tests/fuzz/corpus/token_fuzz`. */
#include "tests/fuzz/must.h"

#include "api/token.h"

#include <sodium.h>

#define NOW_S INT64_C(1764000000)

static const struct signing_key key = { .kid = { "abc123", 6 },
					.secret = { "0123456789abcdef0123456789abcdef", 32 } };

static struct str base64(struct arena *arena, const void *data, size_t size)
{
	size_t room = sodium_base64_encoded_len(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *text = arena_alloc(arena, room);

	sodium_bin2base64(text, room, data, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return str_from_c(text);
}

static struct str sign(struct arena *arena, struct str header, struct str claims)
{
	struct str head = base64(arena, header.data, header.len),
		   body = base64(arena, claims.data, claims.len),
		   text = str_format(arena, "%.*s.%.*s", STR_ARG(head), STR_ARG(body));
	unsigned char mac[crypto_auth_hmacsha256_BYTES];

	crypto_auth_hmacsha256(mac, (const unsigned char *)text.data, text.len,
			       (const unsigned char *)key.secret.data);
	return str_format(arena, "%.*s.%s", STR_ARG(text), base64(arena, mac, sizeof(mac)).data);
}

static void check(const struct token_claims *claims)
{
	must(claims->employee_id > 0 && claims->session_id > 0);
	must(claims->expires_at_s > NOW_S && claims->issued_at_s <= NOW_S + TOKEN_LEEWAY_S);
	must(claims->issued_at_s > 0 && (int)claims->role >= 0 && claims->role < ROLES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct token_claims claims;
	struct str kid, token, body;
	const char *reason = NULL;
	bool is_signed;

	if (size == 0)
		return 0;
	must(sodium_init() >= 0);
	is_signed = data[0] % 2 != 0;
	body = exact(data + 1, size - 1);
	token = body;
	if (is_signed) {
		struct str header, rest = str_cut(body, '\n', &header);

		token = sign(&arena, header, rest);
	}
	if (token_kid(token, &arena, &kid) == STATUS_OK)
		must(kid.len > 0 && kid.len <= TOKEN_KID_MAX);
	if (token_verify(token, &key, NOW_S, &arena, &claims, &reason) == STATUS_OK) {
		/* Nobody guesses a signature. */
		must(is_signed);
		check(&claims);
	} else {
		must(reason != NULL);
	}
	free((void *)(uintptr_t)body.data);
	arena_release(&arena);
	return 0;
}
