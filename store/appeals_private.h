/* store/appeals_private.h -- what appeals.c and appeals_move.c share. */
#ifndef STORE_APPEALS_PRIVATE_H
#define STORE_APPEALS_PRIVATE_H

#include "store/appeals.h"

/* An event about an appeal; data is JSON or STR_NONE. */
CHECKED enum status appeal_note(struct db *db, enum event_kind kind, struct actor actor,
				int64_t appeal_id, struct str data, int64_t now_ms);
/* Of the timer that closes an appeal. */
struct str appeal_timer_key(struct arena *arena, int64_t appeal_id, int64_t generation);

#endif
