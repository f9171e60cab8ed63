/* telegram/sandbox/updates.h -- the queue of updates of one bot, with the real server's rules of
 * ids and offsets. */
#ifndef TELEGRAM_SANDBOX_UPDATES_H
#define TELEGRAM_SANDBOX_UPDATES_H

#include "base/status.h"
#include "base/str.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	UPDATES_MAX = 100000,	    /* unconfirmed; then nothing new is taken */
	UPDATES_KEPT_S = 24 * 3600, /* from the date of the message or edit */
	UPDATES_BATCH_MAX = 100,
	UPDATES_ANSWER_BYTES_MAX = 4 << 20,
	UPDATES_OFFSET_SLACK = 10, /* an offset further beyond the tail is ignored */
	UPDATES_JUMP = 100000,	   /* one jump down */
};

struct queued {
	int64_t id, expires_s;
	char *json; /* the whole Update, compact */
};

/* Zeroed and inited; embedded in a bot. */
struct updates {
	struct queued *rows; /* rows[first .. first + count) by age */
	size_t first, count, size;
	int64_t next_id;
	int64_t lowest_id; /* that was ever used; jumps go below */
	int jumps;	   /* ordered, not made yet */
	uint32_t allowed;  /* bits of the kinds that are made, see updates_allow */
	char *last_batch;  /* the latest answer that was not empty: a JSON array; NULL: none yet */
};

void updates_init(struct updates *updates, int64_t first_id);
void updates_release(struct updates *updates);

/* Appends {"update_id", kind: body}; steals body. EMPTY: its kind is not wanted; BUSY: full.
 * *id_out: its id. */
CHECKED enum status updates_add(struct updates *updates, const char *kind, json_t *body,
				int64_t date_s, int64_t *id_out);
/* `text` as getUpdates gets it: a JSON array of kinds; [] means the default; what is no JSON array
 * changes nothing. */
void updates_allow(struct updates *updates, struct str text);
/* The kinds now made, as a new JSON array. */
json_t *updates_allowed(const struct updates *updates);

/* Confirms by `offset` and writes up to `limit` updates as a JSON array into *json_out (malloc;
 * NULL: none there). */
void updates_take(struct updates *updates, int64_t offset, size_t limit, int64_t now_s,
		  char **json_out);
/* Forgets all. */
void updates_clear(struct updates *updates);
/* As after a week of silence: the next update that finds the queue empty gets an id lower than any
 * before. CONFLICT: the room for jumps is used up. */
CHECKED enum status updates_jump_down(struct updates *updates);

#endif
