/* scheduler/scheduler.c -- the table of chores and the turn that runs them. */
#include "scheduler/scheduler.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "redis/queue.h"
#include "store/meta.h"

enum {
	REDIS_TIMEOUT_MS = 1000, /* under the lease */
	WALL_JUMP_MS = 500,	 /* more is no drift: somebody set the clock */
};

struct chore {
	const char *name;
	chore_fn run;
	int64_t period_ms;
	bool leads;   /* only the leader does it */
	bool by_wall; /* looks at wall time: at once when the clock jumped */
};

/* In the order in which they run when all are due. */
/* clang-format off */
static const struct chore chores[] = {
	/* name     function       period_ms        leader wall  */
	{ "lease",  leader_keep,   LEASE_RENEW_MS,  false, false },
	{ "epoch",  rebuild_check,     250,         true,  false },
	{ "due",    due_promote,   SCHEDULER_NAP_MS_MAX, true, true },
	{ "relay",  relay_run,         500,         true,  true  },
	{ "jobs",   jobs_run,         1000,         true,  true  },
	{ "alive",  alive_look,        500,         true,  false },
	{ "sweep",  sweep_run,       30000,         true,  false },
	{ "trim",   trim_run,         1000,         true,  false },
};
/* clang-format on */

enum { CHORES = sizeof(chores) / sizeof(*chores) };
_Static_assert(CHORES <= (int)CHORES_MAX, "a chore too many");

/* ---- changes under the leader's generation ----------------------------------------------- */

struct fenced {
	int64_t generation;
	change_fn run;
	void *arg;
};

static enum status fenced_run(struct db *db, void *arg)
{
	const struct fenced *fenced = arg;
	int64_t generation = 0;
	enum status status = meta_get(db, META_SCHEDULER_GENERATION, &generation);

	if (status == STATUS_OK && generation != fenced->generation)
		status = STATUS_DENIED;
	return status == STATUS_OK ? fenced->run(db, fenced->arg) : status;
}

enum status scheduler_write(struct scheduler *scheduler, change_fn run, void *arg)
{
	struct fenced fenced = { scheduler->leader.generation, run, arg };

	return store_run(scheduler->options.store, fenced_run, &fenced);
}

/* ---- the turn ---------------------------------------------------------------------------- */

static void chore_run(struct scheduler *scheduler, size_t i)
{
	const struct chore *chore = &chores[i];
	int64_t again_ms = chore->period_ms;
	enum status status;

	arena_reset(&scheduler->arena);
	status = chore->run(scheduler, &again_ms);
	scheduler->next_mono_ms[i] = clock_mono_ms() + again_ms;
	if (status == STATUS_DENIED)
		leader_resign(scheduler, "another one leads");
	else if (status != STATUS_OK && status != STATUS_EMPTY)
		log_debug("chore.not_done", LOG_C("chore", chore->name), LOG_STATUS(status));
}

static void jump_notice(struct scheduler *scheduler)
{
	int64_t offset_ms = clock_wall_ms() - clock_mono_ms(),
		jump_ms = offset_ms - scheduler->wall_offset_ms;

	scheduler->wall_offset_ms = offset_ms;
	if (jump_ms < WALL_JUMP_MS && jump_ms > -WALL_JUMP_MS)
		return;
	for (size_t i = 0; i < CHORES; i++)
		if (chores[i].by_wall)
			scheduler->next_mono_ms[i] = 0;
}

int64_t scheduler_turn(struct scheduler *scheduler)
{
	int64_t nap_ms = SCHEDULER_NAP_MS_MAX, left_ms;

	jump_notice(scheduler);
	for (size_t i = 0; i < CHORES; i++) {
		if (chores[i].leads && !scheduler->leader.leads)
			continue;
		if (scheduler->next_mono_ms[i] <= clock_mono_ms())
			chore_run(scheduler, i);
		left_ms = scheduler->next_mono_ms[i] - clock_mono_ms();
		if (left_ms < nap_ms)
			nap_ms = left_ms;
	}
	return nap_ms > 0 ? nap_ms : 0;
}

enum status scheduler_open(const struct scheduler_options *options, struct scheduler *scheduler)
{
	enum status status = jobs_check(options->jobs, options->job_count);

	*scheduler = (struct scheduler){ .options = *options };
	scheduler->wall_offset_ms = clock_wall_ms() - clock_mono_ms();
	if (status == STATUS_OK)
		status = store_reader_open(options->store, &scheduler->reader);
	if (status == STATUS_OK)
		status = redis_conn_open(options->redis, REDIS_TIMEOUT_MS, &scheduler->conn);
	return status;
}

void scheduler_close(struct scheduler *scheduler)
{
	if (scheduler->leader.leads && lease_drop(scheduler->conn, STR("scheduler"),
						  scheduler->options.incarnation) != STATUS_OK)
		log_info("leader.lease_left", LOG_INT("ends_after_ms", LEASE_MS));
	CRASH_POINT("leader.lease_dropped");
	alive_forget(&scheduler->alive);
	if (scheduler->conn != NULL)
		redis_conn_close(scheduler->conn);
	if (scheduler->reader != NULL)
		store_reader_close(scheduler->reader);
	arena_release(&scheduler->arena);
	*scheduler = (struct scheduler){ 0 };
}
