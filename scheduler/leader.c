/* scheduler/leader.c -- taking, keeping and losing the lead. */
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "redis/queue.h"
#include "scheduler/scheduler.h"
#include "store/meta.h"

static enum status generation_next(struct db *db, void *arg)
{
	return meta_next(db, META_SCHEDULER_GENERATION, arg);
}

static enum status lead_begin(struct scheduler *scheduler)
{
	struct leader *leader = &scheduler->leader;
	enum status status =
		store_run(scheduler->options.store, generation_next, &leader->generation);

	CRASH_POINT("leader.generation_recorded");
	if (status == STATUS_OK)
		status = queue_generation_set(scheduler->conn, leader->generation);
	CRASH_POINT("leader.generation_told");
	if (status != STATUS_OK)
		return status;
	leader->leads = true;
	log_info("leader.took_over", LOG_INT("generation", leader->generation));
	return STATUS_OK;
}

void leader_resign(struct scheduler *scheduler, const char *reason)
{
	if (!scheduler->leader.leads)
		return;
	log_warn("leader.stands_by", LOG_C("reason", reason),
		 LOG_INT("generation", scheduler->leader.generation));
	scheduler->leader.leads = false;
	alive_forget(&scheduler->alive);
	jobs_forget(&scheduler->jobs);
	scheduler->sweep.kind = 0;
	scheduler->sweep.after_id = 0;
}

/* A lease that could not be renewed may have gone to another by now. */
static void lease_lost(struct scheduler *scheduler, enum status status)
{
	if (status == STATUS_CONFLICT || status == STATUS_DENIED)
		leader_resign(scheduler, "another one leads");
	else if (clock_mono_ms() - scheduler->leader.renewed_mono_ms >= LEASE_MS)
		leader_resign(scheduler, "the lease could not be renewed");
}

enum status leader_keep(struct scheduler *scheduler, int64_t *again_ms_out)
{
	int64_t now_ms = clock_mono_ms();
	enum status status = lease_take(scheduler->conn, STR("scheduler"),
					scheduler->options.incarnation, LEASE_MS);

	CRASH_POINT("leader.lease_taken");
	if (status == STATUS_OK) {
		scheduler->leader.renewed_mono_ms = now_ms;
		/* Told again and again: a flushed Redis has forgotten it. */
		status = scheduler->leader.leads
				 ? queue_generation_set(scheduler->conn,
							scheduler->leader.generation)
				 : lead_begin(scheduler);
	}
	if (status != STATUS_OK)
		lease_lost(scheduler, status);
	if (!scheduler->leader.leads)
		*again_ms_out = LEASE_STANDBY_MS;
	return status == STATUS_CONFLICT ? STATUS_EMPTY : status;
}
