/* store/events.h -- what happened, in order: audit trail, chat timeline, feed of live updates. */
#ifndef STORE_EVENTS_H
#define STORE_EVENTS_H

#include "base/arena.h"
#include "domain/event.h"

#include <stdint.h>

struct db;

struct event_new {
	enum event_kind kind;
	struct actor actor;
	int64_t appeal_id, message_id, customer_id; /* 0: none */
	struct str data; /* JSON with what only this event knows; STR_NONE */
	int64_t at_ms;
};

struct event_row {
	int64_t seq;
	enum event_kind kind;
	struct actor actor;
	struct str
		actor_name; /* of the employee or customer as named now; STR_NONE for the system */
	int64_t appeal_id, message_id, customer_id;
	struct str data;
	int64_t at_ms;
};

/* Appends; the batch's publication tells of it. */
CHECKED enum status events_add(struct db *db, const struct event_new *event);
/* 0 when there is none yet. */
CHECKED enum status events_max_seq(struct db *db, int64_t *seq_out);
/* Up to `limit` rows with seq > after, ascending; EMPTY: none. */
CHECKED enum status events_after(struct db *db, int64_t after_seq, int64_t limit,
				 struct arena *arena, struct event_row **rows_out,
				 size_t *count_out);
/* Of one appeal, ascending. */
CHECKED enum status events_of_appeal(struct db *db, int64_t appeal_id, int64_t limit,
				     struct arena *arena, struct event_row **rows_out,
				     size_t *count_out);

#endif
