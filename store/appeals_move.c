/* store/appeals_move.c -- one step of an appeal along the edges of domain/appeal, with all that
 * belongs to it. */
#include "store/appeals.h"

#include "base/buf.h"
#include "store/appeals_private.h"
#include "store/db.h"
#include "store/tasks.h"

#include <assert.h>

static bool is_assigning(enum appeal_event event)
{
	return event == APPEAL_OPERATOR_TOOK || event == APPEAL_OPERATOR_ANSWERED ||
	       event == APPEAL_OPERATOR_ASSIGNED;
}

/* *next is the row as it will be. */
static void apply(struct appeal *next, enum appeal_state to, const struct appeal_move *move)
{
	next->state = to;
	next->last_activity_at_ms = move->now_ms;
	if (to == APPEAL_IN_WORK) {
		next->closing_at_ms = next->closed_at_ms = 0;
		next->closed_by = APPEAL_CLOSER_NONE;
	}
	if (to == APPEAL_IN_WORK && is_assigning(move->event)) {
		assert(move->assignee_id != 0);
		next->assignee_id = move->assignee_id;
		next->taken_at_ms = next->taken_at_ms != 0 ? next->taken_at_ms : move->now_ms;
	}
	if (to == APPEAL_NEW)
		next->assignee_id = 0;
	if (to == APPEAL_CLOSING) {
		next->generation++;
		next->closing_at_ms = move->now_ms + move->close_after_ms;
		next->waiting_since_ms = 0;
	}
	if (to == APPEAL_CLOSED) {
		next->closed_at_ms = move->now_ms;
		next->closed_by = move->event == APPEAL_DEADLINE_PASSED ? APPEAL_CLOSER_TIMER
									: APPEAL_CLOSER_CUSTOMER;
		next->closing_at_ms = move->event == APPEAL_DEADLINE_PASSED ? next->closing_at_ms
									    : 0;
	}
}

static enum status save(struct db *db, enum appeal_state from, const struct appeal *next)
{
	int64_t changed = 0;
	enum status status = SQL_RUN(
		db, SQL_appeals_move, &changed, V_INT(next->id), V_INT(from), V_INT(next->state),
		V_INT_OR_NULL(next->assignee_id), V_INT_OR_NULL(next->taken_at_ms),
		V_INT_OR_NULL(next->closing_at_ms), V_INT_OR_NULL(next->closed_at_ms),
		V_INT(next->closed_by), V_INT(next->generation),
		V_INT_OR_NULL(next->waiting_since_ms), V_INT(next->last_activity_at_ms));

	return status == STATUS_OK && changed == 0 ? STATUS_CONFLICT : status;
}

/* A timer has no order key: at its time it moves the appeal, and what that says to the chat is
 * queued in order. */
static enum status set_timer(struct db *db, const struct appeal *appeal, int64_t now_ms)
{
	struct arena *arena = db_scratch(db);
	struct task_new task = {
		.type = TASK_CLOSE_APPEAL,
		.class = TASK_INTERACTIVE,
		.payload = str_format(arena, "{\"appeal_id\":%lld,\"generation\":%lld}",
				      (long long)appeal->id, (long long)appeal->generation),
		.dedup_key = appeal_timer_key(arena, appeal->id, appeal->generation),
		.due_at_ms = appeal->closing_at_ms,
	};
	int64_t id;

	return tasks_add(db, &task, now_ms, &id);
}

static enum status change_timer(struct db *db, const struct appeal *was, const struct appeal *next,
				int64_t now_ms)
{
	if (next->state == APPEAL_CLOSING)
		return set_timer(db, next, now_ms);
	if (was->state == APPEAL_CLOSING)
		return tasks_cancel(db, appeal_timer_key(db_scratch(db), was->id, was->generation),
				    now_ms);
	return STATUS_OK;
}

static enum event_kind event_of(enum appeal_state from, enum appeal_state to)
{
	if (to == APPEAL_CLOSING)
		return EVENT_APPEAL_CLOSING;
	if (to == APPEAL_CLOSED)
		return EVENT_APPEAL_CLOSED;
	if (from == APPEAL_CLOSING || from == APPEAL_CLOSED)
		return EVENT_APPEAL_RETURNED;
	return from == APPEAL_NEW && to == APPEAL_IN_WORK ? EVENT_APPEAL_TAKEN
							  : EVENT_APPEAL_UPDATED;
}

static struct str event_data(struct db *db, const struct appeal *was, const struct appeal *next)
{
	struct buf buf = buf_in(db_scratch(db));

	json_open(&buf, '{');
	json_add_str(&buf, "from", str_from_c(appeal_state_name(was->state)));
	json_add_str(&buf, "to", str_from_c(appeal_state_name(next->state)));
	if (next->assignee_id != was->assignee_id)
		json_add_int(&buf, "assignee_id", next->assignee_id);
	if (next->state == APPEAL_CLOSING)
		json_add_int(&buf, "closing_at", next->closing_at_ms);
	if (next->state == APPEAL_CLOSED)
		json_add_str(&buf, "closed_by", str_from_c(appeal_closer_name(next->closed_by)));
	json_close(&buf, '}');
	return buf_str(&buf);
}

enum status appeals_move(struct db *db, struct appeal *appeal, const struct appeal_move *move,
			 struct arena *arena)
{
	struct appeal next = *appeal;
	enum appeal_state to;
	enum status status = appeal_next(appeal->state, move->event, &to);

	if (status != STATUS_OK)
		return status;
	/* A step on the spot is told by its message alone, unless the appeal changes hands. */
	if (to == appeal->state && !(to == APPEAL_IN_WORK && is_assigning(move->event) &&
				     move->assignee_id != appeal->assignee_id))
		return STATUS_OK;
	apply(&next, to, move);
	status = save(db, appeal->state, &next);
	if (status == STATUS_OK)
		status = change_timer(db, appeal, &next, move->now_ms);
	if (status == STATUS_OK)
		status = appeal_note(db, event_of(appeal->state, to), move->actor, appeal->id,
				     event_data(db, appeal, &next), move->now_ms);
	return status == STATUS_OK ? appeals_get(db, appeal->id, arena, appeal) : status;
}
