/* store/bots.h -- what a bot has taken in: update ids and the offset, per bot id. */
#ifndef STORE_BOTS_H
#define STORE_BOTS_H

#include "base/status.h"
#include "base/str.h"

#include <stdint.h>

struct db;

enum { UPDATES_KEPT_MS = 48 * 3600 * 1000 };

/* 0 when nothing was taken yet. */
CHECKED enum status bots_offset(struct db *db, int64_t bot_id, int64_t *offset_out);
/* Follows the latest batch, even downwards. */
CHECKED enum status bots_set_offset(struct db *db, int64_t bot_id, int64_t offset, int64_t now_ms);
/* Notes an update id. CONFLICT: seen within 48 h, a duplicate; an older one counts as new. */
CHECKED enum status updates_note(struct db *db, int64_t bot_id, int64_t update_id, int64_t now_ms);

#endif
