/* api/auth.c -- a few keys, and a small table of tokens that were verified lately. */
#include "api/auth.h"

#include "base/log.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
	KEYS_MAX = 8,
	SLOTS = 1024, /* of the table of verified tokens; a newer one replaces what is in its slot
		       */
	DIGEST_BYTES = 32,
};

struct slot {
	unsigned char digest[DIGEST_BYTES]; /* keyed hash of the whole token */
	struct token_claims claims;	    /* expires_at_s 0: empty */
};

struct auth {
	struct arena arena;
	struct signing_key keys[KEYS_MAX]; /* the first signs */
	size_t key_count, key_next;
	unsigned char salt[crypto_generichash_KEYBYTES];
	struct slot slots[SLOTS];
};

static struct signing_key key_copy(struct auth *auth, const struct signing_key *key)
{
	return (struct signing_key){
		.kid = str_copy(&auth->arena, key->kid),
		.secret = str_copy(&auth->arena, key->secret),
		.created_at_ms = key->created_at_ms,
	};
}

enum status auth_open(const struct signing_key *newest, struct auth **auth_out)
{
	struct auth *auth = calloc(1, sizeof(*auth));

	if (auth == NULL || sodium_init() < 0) {
		free(auth);
		return STATUS_FAILED;
	}
	crypto_generichash_keygen(auth->salt);
	auth->keys[0] = key_copy(auth, newest);
	auth->key_count = 1;
	auth->key_next = 1;
	*auth_out = auth;
	return STATUS_OK;
}

void auth_close(struct auth *auth)
{
	if (auth == NULL)
		return;
	arena_release(&auth->arena);
	free(auth);
}

const struct signing_key *auth_signing_key(const struct auth *auth)
{
	return &auth->keys[0];
}

static const struct signing_key *key_of(const struct auth *auth, struct str kid)
{
	for (size_t i = 0; i < auth->key_count; i++)
		if (str_eq(auth->keys[i].kid, kid))
			return &auth->keys[i];
	return NULL;
}

void auth_learn(struct auth *auth, const struct signing_key *key)
{
	if (key_of(auth, key->kid) != NULL)
		return;
	auth->keys[auth->key_next] = key_copy(auth, key);
	if (auth->key_count < KEYS_MAX)
		auth->key_count++;
	auth->key_next = auth->key_next + 1 < KEYS_MAX ? auth->key_next + 1 : 1;
	log_info("auth.key_learnt", LOG_STR("kid", key->kid));
}

static struct slot *slot_of(struct auth *auth, struct str token,
			    unsigned char digest_out[DIGEST_BYTES])
{
	uint32_t index;

	crypto_generichash(digest_out, DIGEST_BYTES, (const unsigned char *)token.data, token.len,
			   auth->salt, sizeof(auth->salt));
	memcpy(&index, digest_out, sizeof(index));
	return &auth->slots[index % SLOTS];
}

static bool slot_holds(const struct slot *slot, const unsigned char digest[DIGEST_BYTES],
		       int64_t now_s)
{
	return now_s < slot->claims.expires_at_s &&
	       now_s + TOKEN_LEEWAY_S >= slot->claims.issued_at_s &&
	       sodium_memcmp(slot->digest, digest, DIGEST_BYTES) == 0;
}

static bool bearer_token(struct str header, struct str *token_out)
{
	struct str scheme, token = str_cut(header, ' ', &scheme);

	if (!str_eq_nocase(scheme, STR("Bearer")))
		return false;
	*token_out = str_trim(token);
	return true;
}

enum status auth_check(struct auth *auth, struct str header, int64_t now_ms, struct arena *arena,
		       struct token_claims *claims_out, struct str *kid_out,
		       const char **reason_out)
{
	unsigned char digest[DIGEST_BYTES];
	const struct signing_key *key;
	struct slot *slot;
	struct str token;
	enum status status;

	if (header.len == 0 || !bearer_token(header, &token))
		return STATUS_EMPTY;
	*reason_out = "not a token of ours";
	if (token.len == 0 || token.len > TOKEN_BYTES_MAX)
		return STATUS_DENIED;
	slot = slot_of(auth, token, digest);
	if (slot_holds(slot, digest, now_ms / 1000)) {
		*claims_out = slot->claims;
		return STATUS_OK;
	}
	if (token_kid(token, arena, kid_out) != STATUS_OK)
		return STATUS_DENIED;
	key = key_of(auth, *kid_out);
	if (key == NULL) {
		*reason_out = "signed by an unknown key";
		return STATUS_NOT_FOUND;
	}
	status = token_verify(token, key, now_ms / 1000, arena, claims_out, reason_out);
	if (status == STATUS_OK) {
		memcpy(slot->digest, digest, sizeof(digest));
		slot->claims = *claims_out;
	}
	return status;
}

enum status auth_check_session(struct db *db, const struct token_claims *claims, int64_t now_ms,
			       struct arena *arena, struct session *session_out)
{
	enum status status = sessions_get(db, claims->session_id, arena, session_out);

	if (status == STATUS_NOT_FOUND)
		return STATUS_DENIED;
	if (status != STATUS_OK)
		return status;
	if (session_out->employee_id != claims->employee_id || session_out->revoked ||
	    !session_out->enabled || session_out->role != claims->role ||
	    session_out->expires_at_ms <= now_ms)
		return STATUS_DENIED;
	return STATUS_OK;
}
