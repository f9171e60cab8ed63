/* store/meta.h -- single numbers and secrets of the records: epochs, generations, signing keys. */
#ifndef STORE_META_H
#define STORE_META_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <stdint.h>

struct db;

enum meta_key {
	META_RECORDS_EPOCH,	   /* bumped when a backup is restored; part of every SSE id */
	META_QUEUE_EPOCH,	   /* the epoch that Redis must carry, too */
	META_SCHEDULER_GENERATION, /* fences a scheduler that lost its lease */
	META_APPEAL_NUMBER,	   /* the last number given */
	META_KEYS,
};

CHECKED enum status meta_get(struct db *db, enum meta_key key, int64_t *value_out);
/* Adds one and returns the new value. */
CHECKED enum status meta_next(struct db *db, enum meta_key key, int64_t *value_out);
/* CONFLICT when the value is no longer `was`. */
CHECKED enum status meta_swap(struct db *db, enum meta_key key, int64_t was, int64_t now);

struct signing_key {
	struct str kid;	   /* hexadecimal */
	struct str secret; /* 32 raw bytes */
	int64_t created_at_ms;
};
/* The newest key; made by the first who asks (on the writer). */
CHECKED enum status signing_key_ensure(struct db *db, int64_t now_ms, struct arena *arena,
				       struct signing_key *key_out);
CHECKED enum status signing_key_newest(struct db *db, struct arena *arena,
				       struct signing_key *key_out);
CHECKED enum status signing_key_by_kid(struct db *db, struct str kid, struct arena *arena,
				       struct signing_key *key_out);

#endif
