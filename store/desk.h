/* store/desk.h -- the desk's acts, each one transaction: the appeal moved, the messages it brings,
 * the tasks that follow. What api, bots and workers do to an appeal, they do through here. */
#ifndef STORE_DESK_H
#define STORE_DESK_H

#include "base/arena.h"
#include "domain/event.h"
#include "store/appeals.h"
#include "store/customers.h"
#include "store/messages.h"

#include <stdint.h>

struct db;

/* All load or reload *appeal_out as it is afterwards. */

/* ---- the customer ------------------------------------------------------------------------ */

struct desk_words {
	int64_t telegram_message_id, date_s;
	enum message_kind kind;
	struct str text; /* of an unsupported one: what it was, "[sticker]" */
};
/* Continues the open appeal (a closing one returns to the same operator); brings a closed one back
 * when the message was in time; or else opens a new one, linked to the last, and confirms it by
 * TEXT_RECEIVED. An unsupported one is recorded and answered by TEXT_UNSUPPORTED. CONFLICT: this
 * message is there already. */
CHECKED enum status desk_customer_wrote(struct db *db, const struct customer *customer,
					const struct desk_words *words, int64_t now_ms,
					struct arena *arena, struct appeal *appeal_out);
/* The buttons of the closing message. CONFLICT: outdated (another generation, or no longer
 * closing); say TEXT_TOO_LATE. Pressing twice what has been done is OK without a change. NOT_FOUND:
 * no such appeal of this customer. */
CHECKED enum status desk_solved(struct db *db, const struct customer *customer, int64_t appeal_id,
				int64_t generation, int64_t now_ms, struct arena *arena);
CHECKED enum status desk_still_needs(struct db *db, const struct customer *customer,
				     int64_t appeal_id, int64_t generation, int64_t now_ms,
				     struct arena *arena);

/* ---- the operator ------------------------------------------------------------------------ */

/* CONFLICT everywhere: the state forbids it, or another operator has it. NOT_FOUND: no such appeal.
 */
CHECKED enum status desk_take(struct db *db, int64_t appeal_id, int64_t employee_id, int64_t now_ms,
			      struct arena *arena, struct appeal *appeal_out);
CHECKED enum status desk_answer(struct db *db, int64_t appeal_id, int64_t employee_id,
				struct str text, int64_t now_ms, struct arena *arena,
				int64_t *message_id_out);
/* The closing message carries the two buttons and says how long there is. */
CHECKED enum status desk_close(struct db *db, int64_t appeal_id, int64_t employee_id,
			       int64_t close_after_ms, int64_t now_ms, struct arena *arena,
			       struct appeal *appeal_out);
CHECKED enum status desk_release(struct db *db, int64_t appeal_id, int64_t employee_id,
				 int64_t now_ms, struct arena *arena, struct appeal *appeal_out);
/* To somebody else (or oneself), also away from another operator. BAD_INPUT: no such enabled
 * employee. */
CHECKED enum status desk_assign(struct db *db, int64_t appeal_id, int64_t employee_id,
				int64_t assignee_id, int64_t now_ms, struct arena *arena,
				struct appeal *appeal_out);
/* An operator writes first. NOT_FOUND: no such customer; CONFLICT: they have an open appeal
 * (*appeal_out is it). */
CHECKED enum status desk_begin(struct db *db, int64_t customer_id, int64_t employee_id,
			       struct str text, int64_t now_ms, struct arena *arena,
			       struct appeal *appeal_out);

/* ---- the clock --------------------------------------------------------------------------- */

/* The ten minutes are over: closes and says so (TEXT_CLOSED_TIMER). EMPTY: void by now (another
 * generation or state). */
CHECKED enum status desk_deadline(struct db *db, int64_t appeal_id, int64_t generation,
				  int64_t now_ms, struct arena *arena);

#endif
