/* scheduler/alive.c -- who died, what becomes of the calls they had under way, and who runs the
 * rest. */
#include "scheduler/alive.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/slot.h"
#include "domain/payload.h"
#include "redis/beat.h"
#include "redis/deaths.h"
#include "redis/queue.h"
#include "scheduler/scheduler.h"
#include "store/messages.h"
#include "store/tasks.h"

/* ---- burial ------------------------------------------------------------------------------ */

struct burial {
	struct str incarnation;
	struct arena *arena;
	size_t unknown; /* calls of which nobody will ever know */
};

/* A message that was being sent: it may have arrived. One that was erased meanwhile needs nothing.
 */
static enum status message_doubt(struct db *db, const struct task *task, int64_t now_ms)
{
	struct delivery_change change = { .to = DELIVERY_UNKNOWN,
					  .reason = STR("the sender died while sending") };
	int64_t message_id = 0;
	enum status status = payload_int(task->payload, "message_id", &message_id);

	if (status == STATUS_OK)
		status = messages_set_delivery(db, message_id, &change, now_ms);
	return status == STATUS_FAILED || status == STATUS_BUSY ? status : STATUS_OK;
}

static enum status task_resolve(struct db *db, const struct task *task, struct str incarnation,
				int64_t now_ms)
{
	struct fence fence = { task->id, incarnation, task->attempt };
	struct outcome outcome = { .kind = OUTCOME_DONE };
	enum status status = STATUS_OK;

	if (task->type == TASK_DELIVER)
		status = message_doubt(db, task, now_ms);
	return status == STATUS_OK ? tasks_finish(db, &fence, &outcome, now_ms, NULL) : status;
}

static enum status bury(struct db *db, void *arg)
{
	struct burial *burial = arg;
	struct task *tasks;
	size_t count = 0;
	int64_t now_ms = clock_wall_ms();
	enum status status =
		workers_bury(db, burial->incarnation, now_ms, burial->arena, &tasks, &count);

	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = task_resolve(db, &tasks[i], burial->incarnation, now_ms);
	burial->unknown = count;
	return status;
}

static enum status worker_bury(struct scheduler *scheduler, const struct worker_row *row,
			       const char *how)
{
	struct burial burial = { .incarnation = row->incarnation, .arena = &scheduler->arena };
	enum status status = scheduler_write(scheduler, bury, &burial);

	log_warn("worker.dead", LOG_STR("incarnation", row->incarnation),
		 LOG_STR("slot", row->slot), LOG_C("how", how), LOG_INT("unknown", burial.unknown),
		 LOG_STATUS(status));
	CRASH_POINT("alive.buried");
	if (status == STATUS_OK)
		status = beats_drop(scheduler->conn, row->incarnation);
	CRASH_POINT("alive.beat_dropped");
	return status;
}

/* ---- one look ---------------------------------------------------------------------------- */

struct look {
	struct beat *beats;
	struct worker_row *rows;
	struct str *deaths, *slots;
	size_t beat_count, row_count, death_count, slot_count;
	int64_t now_mono_ms;
};

static int64_t beat_count_of(const struct look *look, struct str incarnation)
{
	for (size_t i = 0; i < look->beat_count; i++)
		if (str_eq(look->beats[i].incarnation, incarnation))
			return look->beats[i].count;
	return -1;
}

static const struct worker_row *row_of(const struct look *look, struct str incarnation)
{
	for (size_t i = 0; i < look->row_count; i++)
		if (str_eq(look->rows[i].incarnation, incarnation))
			return &look->rows[i];
	return NULL;
}

/* A slot is a file lock: whoever holds it now has outlived the one before. Rows are in order of
 * their start. */
static bool is_replaced(const struct look *look, size_t at)
{
	for (size_t i = at + 1; i < look->row_count; i++)
		if (str_eq(look->rows[i].slot, look->rows[at].slot))
			return true;
	return false;
}

static bool is_reported(const struct look *look, struct str incarnation)
{
	for (size_t i = 0; i < look->death_count; i++)
		if (str_eq(look->deaths[i], incarnation))
			return true;
	return false;
}

/* The kernel frees a slot in the moment its holder dies. All who open the records run on one host;
 * whose slot is not to be seen here is judged by its beats alone. */
static const char *slot_says(struct scheduler *scheduler, const struct worker_row *row)
{
	struct arena *arena = &scheduler->arena;
	struct slot_holder holder;

	switch (slot_look(scheduler->options.dir, str_to_c(arena, row->slot), arena, &holder)) {
	case STATUS_OK:
		return str_eq(holder.incarnation, row->incarnation) ? NULL
								    : "another holds its slot";
	case STATUS_EMPTY:
		return "it let go of its slot";
	case STATUS_NOT_FOUND:
	case STATUS_CONFLICT:
	case STATUS_DENIED:
	case STATUS_BUSY:
	case STATUS_BAD_INPUT:
	case STATUS_FAILED:
		break;
	}
	return NULL;
}

/* NULL: it lives, or may live. */
static const char *how_dead(struct scheduler *scheduler, const struct look *look, size_t at)
{
	struct str incarnation = look->rows[at].incarnation;
	int64_t silent_ms = alive_note(&scheduler->alive, incarnation,
				       beat_count_of(look, incarnation), look->now_mono_ms);

	if (is_reported(look, incarnation))
		return "its supervisor saw it end";
	if (is_replaced(look, at))
		return "another holds its slot";
	if (silent_ms >= BEAT_DEAD_MS)
		return "no beat";
	return slot_says(scheduler, &look->rows[at]);
}

static enum status look_begin(struct scheduler *scheduler, struct look *look)
{
	struct arena *arena = &scheduler->arena;
	enum status status = beats_list(scheduler->conn, arena, &look->beats, &look->beat_count);

	if (status == STATUS_OK)
		status = deaths_take(scheduler->conn, arena, &look->deaths, &look->death_count);
	if (look->death_count > 0)
		CRASH_POINT("alive.deaths_taken");
	if (status == STATUS_OK || status == STATUS_EMPTY)
		status = queue_slots(scheduler->conn, arena, &look->slots, &look->slot_count);
	/* After the slots: who reads from a stream has enlisted before. */
	if (status == STATUS_OK)
		status =
			workers_list_alive(scheduler->reader, arena, &look->rows, &look->row_count);
	look->now_mono_ms = clock_mono_ms();
	return status;
}

static enum status rows_look(struct scheduler *scheduler, const struct look *look)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < look->row_count && status == STATUS_OK; i++) {
		const char *how = how_dead(scheduler, look, i);

		if (how != NULL)
			status = worker_bury(scheduler, &look->rows[i], how);
		if (how != NULL && status == STATUS_OK)
			look->rows[i].slot = STR_NONE;
	}
	return status;
}

/* Beats that nobody answers for, of processes that are not in the records any more. */
static enum status beats_look(struct scheduler *scheduler, const struct look *look)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < look->beat_count && status == STATUS_OK; i++) {
		const struct beat *beat = &look->beats[i];

		if (row_of(look, beat->incarnation) == NULL &&
		    alive_note(&scheduler->alive, beat->incarnation, beat->count,
			       look->now_mono_ms) >= BEAT_DEAD_MS)
			status = beats_drop(scheduler->conn, beat->incarnation);
	}
	return status;
}

/* What is pending under the name of nobody who lives goes back to the streams; found anew each
 * time, so that a take-over that was interrupted is made good. */
static enum status slots_look(struct scheduler *scheduler, const struct look *look)
{
	enum status status = STATUS_OK;
	int64_t moved = 0;

	for (size_t i = 0; i < look->slot_count && status == STATUS_OK; i++) {
		bool is_held = false;

		for (size_t j = 0; j < look->row_count && !is_held; j++)
			is_held = str_eq(look->rows[j].slot, look->slots[i]);
		if (is_held)
			continue;
		status = queue_take_over(scheduler->conn, look->slots[i],
					 scheduler->leader.generation, &moved);
		CRASH_POINT("alive.taken_over");
		if (moved > 0 || status != STATUS_OK)
			log_warn("worker.taken_over", LOG_STR("slot", look->slots[i]),
				 LOG_INT("entries", moved), LOG_STATUS(status));
	}
	return status;
}

/* Silence counts only as long as this scheduler itself heard well. */
static bool knows_enough(struct scheduler *scheduler)
{
	struct alive_watch *watch = &scheduler->alive;
	int64_t now_ms = clock_mono_ms();

	if (scheduler->epoch == 0 || watch->epoch != scheduler->epoch ||
	    now_ms - watch->looked_mono_ms > ALIVE_GAP_MS_MAX)
		alive_forget(watch);
	watch->epoch = scheduler->epoch;
	watch->looked_mono_ms = now_ms;
	return scheduler->epoch != 0;
}

enum status alive_look(struct scheduler *scheduler, int64_t *again_ms_out)
{
	struct look look = { 0 };
	enum status status;

	(void)again_ms_out;
	if (!knows_enough(scheduler))
		return STATUS_EMPTY;
	status = look_begin(scheduler, &look);
	if (status != STATUS_OK) {
		alive_forget(&scheduler->alive);
		return status;
	}
	status = rows_look(scheduler, &look);
	if (status == STATUS_OK)
		status = beats_look(scheduler, &look);
	if (status == STATUS_OK)
		status = slots_look(scheduler, &look);
	alive_prune(&scheduler->alive);
	return status;
}
