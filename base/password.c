/* base/password.c -- argon2id with explicit costs. */
#include "base/password.h"

#include "base/log.h"
#include "base/random.h"

#include <sodium.h>
#include <string.h>

enum { PASSES = 2, MEMORY_BYTES = 19 * 1024 * 1024 };

/* Of a random password that nobody kept: unknown names are compared with it. Costs as above. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$Z96UH2l5Hv4v93n5eOVfDQ"
			     "$Wb7f9CQNKkL+SCn8gmEI1YHOyPxlCZUtJrm8yFohCgI";

enum status password_hash(struct str password, struct arena *arena, struct str *hash_out)
{
	char hash[crypto_pwhash_STRBYTES];

	if (password.len < PASSWORD_BYTES_MIN || password.len > PASSWORD_BYTES_MAX)
		return STATUS_BAD_INPUT;
	if (sodium_init() < 0 ||
	    crypto_pwhash_str(hash, password.data, password.len, PASSES, MEMORY_BYTES) != 0) {
		log_error("password.failed", LOG_C("reason", "out of memory"));
		return STATUS_FAILED;
	}
	*hash_out = str_copy(arena, str_from_c(hash));
	return STATUS_OK;
}

/* libsodium wants the hash terminated and padded to its full size. */
static bool hash_to_c(struct str hash, char c_out[crypto_pwhash_STRBYTES])
{
	memset(c_out, 0, crypto_pwhash_STRBYTES);
	if (hash.len == 0 || hash.len >= crypto_pwhash_STRBYTES)
		return false;
	memcpy(c_out, hash.data, hash.len);
	return true;
}

enum status password_verify(struct str password, struct str hash)
{
	char c[crypto_pwhash_STRBYTES];
	bool known = hash_to_c(hash, c);

	if (sodium_init() < 0 || password.len > PASSWORD_BYTES_MAX)
		return STATUS_DENIED;
	if (!known)
		memcpy(c, nobody, sizeof(nobody));
	if (crypto_pwhash_str_verify(c, password.data, password.len) != 0 || !known)
		return STATUS_DENIED;
	return STATUS_OK;
}

bool password_is_outdated(struct str hash)
{
	char c[crypto_pwhash_STRBYTES];

	return !hash_to_c(hash, c) || crypto_pwhash_str_needs_rehash(c, PASSES, MEMORY_BYTES) != 0;
}

struct str password_random(struct arena *arena, size_t chars)
{
	static const char alphabet[] = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	char *text = arena_alloc(arena, chars + 1);

	for (size_t i = 0; i < chars; i++)
		text[i] = alphabet[random_below(sizeof(alphabet) - 1)];
	return (struct str){ text, chars };
}
