/* store/appeals.h -- appeals at rest: one row each, moved only along the edges of domain/appeal. */
#ifndef STORE_APPEALS_H
#define STORE_APPEALS_H

#include "base/arena.h"
#include "domain/appeal.h"
#include "domain/event.h"
#include "domain/lang.h"
#include "domain/message.h"

#include <stdbool.h>
#include <stdint.h>

struct db;

/* The row with what every list shows of it. Times and ids that are absent are 0. */
struct appeal {
	int64_t id, number;
	enum appeal_state state;
	struct str subject; /* STR_NONE: none */
	struct {
		int64_t id, telegram_id, bot_id;
		struct str name, username;
		enum lang lang;
		bool reachable;
	} customer;
	int64_t assignee_id;
	struct str assignee_name;
	int64_t previous_id; /* the closed one this follows */
	int64_t opened_at_ms, taken_at_ms, closing_at_ms,
		closed_at_ms; /* closing_at: the deadline */
	enum appeal_closer closed_by;
	int64_t generation; /* counts closings: a timer or button of an older one is void */
	int64_t last_activity_at_ms, waiting_since_ms;
	int64_t message_count;
	struct {
		int64_t id; /* 0: no message yet */
		enum message_author author;
		struct str text; /* the first 120 characters */
		int64_t created_at_ms;
	} last;
};

struct appeal_filter {
	uint32_t states;     /* bit 1 << state; 0: all */
	int64_t assignee_id; /* 0: any; -1: nobody's */
	int64_t customer_id; /* 0: any */
	int64_t before_activity_ms,
		before_id; /* the cursor: rows after this one in the order; 0, 0: from the start */
	int64_t limit;
};

struct appeal_counts {
	int64_t new_count, in_work, closing, mine; /* mine: assigned to the asker and not closed */
};

/* Opens a new appeal in `state` (new; or in_work for one that an employee begins) with event
 * appeal.opened. */
CHECKED enum status appeals_open(struct db *db, int64_t customer_id, enum appeal_state state,
				 int64_t assignee_id, int64_t previous_id, struct actor actor,
				 int64_t now_ms, int64_t *id_out);
/* NOT_FOUND also for deleted ones. */
CHECKED enum status appeals_get(struct db *db, int64_t id, struct arena *arena,
				struct appeal *appeal_out);
/* The customer's open appeal (not closed), or else their newest closed one; NOT_FOUND: none at all.
 */
CHECKED enum status appeals_current(struct db *db, int64_t customer_id, struct arena *arena,
				    struct appeal *appeal_out);
/* Newest activity first. */
CHECKED enum status appeals_list(struct db *db, const struct appeal_filter *filter,
				 struct arena *arena, struct appeal **appeals_out,
				 size_t *count_out);
CHECKED enum status appeals_count(struct db *db, int64_t asker_id,
				  struct appeal_counts *counts_out);

/* Moves along an edge (CONFLICT: there is none from its state, or somebody was faster), does what
 * belongs to it, all in this transaction, and records who did it: taken/answered/assigned:
 * assignee, taken_at; released: assignee gone; closed by the operator: generation + 1, closing_at =
 * now + close_after, timer task close_appeal; back to in_work from closing or closed: closing_at,
 * closed_at gone, the timer task deleted; deadline, solved: closed_at, closed_by. A closed one
 * keeps closing_at only if the timer closed it. *appeal is reloaded. */
struct appeal_move {
	enum appeal_event event;
	struct actor actor;
	int64_t assignee_id;	/* for taken, answered, assigned */
	int64_t close_after_ms; /* for closed by the operator */
	int64_t now_ms;
};
CHECKED enum status appeals_move(struct db *db, struct appeal *appeal,
				 const struct appeal_move *move, struct arena *arena);

CHECKED enum status appeals_set_subject(struct db *db, int64_t id, struct str subject,
					struct actor actor, int64_t now_ms);
/* Erases texts and versions, cancels its timer and undelivered messages, hides it from every
 * reader; row and number stand; event appeal.deleted. NOT_FOUND: already deleted. */
CHECKED enum status appeals_delete(struct db *db, int64_t id, struct actor actor, int64_t now_ms);

#endif
