/* store/idempotency.h -- answers kept for 24 h under (actor, route, key), so that a repeated POST
 * has one effect. */
#ifndef STORE_IDEMPOTENCY_H
#define STORE_IDEMPOTENCY_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <stdint.h>

struct db;

enum { IDEMPOTENCY_KEPT_MS = 24 * 3600 * 1000 };

struct idempotency_key {
	int64_t actor_id;
	struct str route; /* method and path as called */
	struct str key;
	struct str body_hash;
};

struct idempotency_answer {
	int status;
	struct str body, location; /* STR_NONE: none */
};

/* OK: answered before with the same body. CONFLICT: with another body. NOT_FOUND: new. */
CHECKED enum status idempotency_find(struct db *db, const struct idempotency_key *key,
				     int64_t now_ms, struct arena *arena,
				     struct idempotency_answer *answer_out);
CHECKED enum status idempotency_keep(struct db *db, const struct idempotency_key *key,
				     const struct idempotency_answer *answer, int64_t now_ms);

#endif
