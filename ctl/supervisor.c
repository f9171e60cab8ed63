/* ctl/supervisor.c -- the children's lives, from the first fork to the last wait. */
#include "ctl/supervisor_private.h"

#include "base/clock.h"
#include "base/log.h"
#include "ctl/log_files.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

/* ---- starting ---------------------------------------------------------------------------- */

static void ward_start(struct ward *ward)
{
	struct child *child = &ward->child;

	if (child_start(child, ward->supervisor->options.ctl->dir) == STATUS_OK)
		return;
	child->state = CHILD_PAUSING;
	loop_timer_set(child->timer, CHILD_PAUSE_MAX_MS);
}

/* Its pause is over; or it was asked to end for a restart, and does not. */
static void ward_timer(void *arg)
{
	struct ward *ward = arg;

	if (ward->child.state == CHILD_PAUSING)
		ward_start(ward);
	else if (ward->child.expected)
		child_signal(&ward->child, SIGKILL);
}

static void stage_zero_done(struct supervisor *supervisor)
{
	supervisor->others_started = true;
	for (size_t i = 0; i < supervisor->plan.count; i++)
		if (supervisor->plan.children[i].stage > 0)
			ward_start(&supervisor->wards[i]);
}

/* Are all up to this stage ready? Looks at those that were not. */
static bool stages_are_ready(struct supervisor *supervisor, int stage)
{
	bool all = true;

	for (size_t i = 0; i < supervisor->plan.count; i++) {
		struct child *child = &supervisor->wards[i].child;

		if (child->plan->stage > stage)
			continue;
		if (child->state == CHILD_RUNNING && !child->ready)
			child->ready = probe_look(supervisor->probe, child->plan->ready);
		all = all && child->state == CHILD_RUNNING && child->ready;
	}
	return all;
}

static void ready_look(void *arg)
{
	struct supervisor *supervisor = arg;

	if (!supervisor->others_started && stages_are_ready(supervisor, 0))
		stage_zero_done(supervisor);
	if (!supervisor->others_started || !stages_are_ready(supervisor, PLAN_STAGES))
		return;
	loop_timer_off(supervisor->ready_timer);
	supervisor->phase = PHASE_RUNNING;
	supervisor->options.ready(clock_mono_ms() - supervisor->began_mono_ms,
				  supervisor->options.arg);
}

/* ---- stopping ---------------------------------------------------------------------------- */

static size_t stage_signal(struct supervisor *supervisor, int signal)
{
	size_t running = 0;

	for (size_t i = 0; i < supervisor->plan.count; i++) {
		struct child *child = &supervisor->wards[i].child;

		if (child->plan->stage != supervisor->stage || child->state != CHILD_RUNNING)
			continue;
		running++;
		child_signal(child, signal);
	}
	return running;
}

/* Goes down to the next stage that has somebody in it. */
static void stage_descend(struct supervisor *supervisor)
{
	while (supervisor->stage >= 0 && stage_signal(supervisor, SIGTERM) == 0)
		supervisor->stage--;
	if (supervisor->stage >= 0)
		loop_timer_set(supervisor->kill_timer, STOP_STAGE_MS);
	else
		supervisor->options.stopped(supervisor->failed, supervisor->options.arg);
}

static void stage_overdue(void *arg)
{
	struct supervisor *supervisor = arg;

	supervisor_say("not stopped after %d s: killing what is left of it", STOP_STAGE_MS / 1000);
	stage_signal(supervisor, SIGKILL);
}

static bool stage_is_over(const struct supervisor *supervisor)
{
	for (size_t i = 0; i < supervisor->plan.count; i++)
		if (supervisor->plan.children[i].stage == supervisor->stage &&
		    supervisor->wards[i].child.state == CHILD_RUNNING)
			return false;
	return true;
}

static void kill_all(struct supervisor *supervisor)
{
	for (size_t i = 0; i < supervisor->plan.count; i++)
		child_signal(&supervisor->wards[i].child, SIGKILL);
}

void supervisor_stop(struct supervisor *supervisor)
{
	if (supervisor->phase == PHASE_STOPPING) {
		kill_all(supervisor);
		return;
	}
	supervisor->phase = PHASE_STOPPING;
	supervisor->stage = PLAN_STAGES - 1;
	loop_timer_off(supervisor->ready_timer);
	loop_timer_off(supervisor->watch_timer);
	loop_timer_off(supervisor->restart_timer);
	for (size_t i = 0; i < supervisor->plan.count; i++) {
		struct child *child = &supervisor->wards[i].child;

		loop_timer_off(child->timer);
		child->expected = true;
		if (child->state == CHILD_PAUSING)
			child->state = CHILD_IDLE;
	}
	stage_descend(supervisor);
}

/* ---- deaths ------------------------------------------------------------------------------ */

static void give_up(struct supervisor *supervisor, const struct child *child)
{
	supervisor_say("%s does not start; giving up", child->plan->name);
	supervisor->failed = true;
	supervisor_stop(supervisor);
}

static void death_tell(struct supervisor *supervisor, const struct child *child, int wait_status,
		       int64_t pause_ms)
{
	struct arena arena = { 0 };
	struct str words = child_end_words(wait_status, &arena);
	struct str last =
		log_file_last_words(supervisor->options.ctl->dir, child->plan->name, &arena);

	supervisor_say("%s ended: %.*s; again in %.1f s", child->plan->name, STR_ARG(words),
		       (double)pause_ms / 1000);
	if (last.len > 0)
		supervisor_say("  it said: %.*s", STR_ARG(last));
	arena_release(&arena);
}

static void ward_died(struct ward *ward, int wait_status)
{
	struct supervisor *supervisor = ward->supervisor;
	struct child *child = &ward->child;
	bool expected = child->expected;
	int64_t pause_ms = child_note_death(child, clock_mono_ms());

	if (child->plan->ready == READY_API)
		probe_forget_api(supervisor->probe);
	if (supervisor->phase == PHASE_STOPPING) {
		if (stage_is_over(supervisor))
			stage_descend(supervisor);
		return;
	}
	if (!expected)
		death_tell(supervisor, child, wait_status, pause_ms);
	if (supervisor->phase == PHASE_STARTING && child->failures >= START_DEATHS_MAX) {
		give_up(supervisor, child);
		return;
	}
	child->state = CHILD_PAUSING;
	loop_timer_set(child->timer, pause_ms);
}

static struct ward *ward_of(struct supervisor *supervisor, pid_t pid)
{
	for (size_t i = 0; i < supervisor->plan.count; i++)
		if (supervisor->wards[i].child.state == CHILD_RUNNING &&
		    supervisor->wards[i].child.pid == pid)
			return &supervisor->wards[i];
	return NULL;
}

static void children_reap(evutil_socket_t number, short what, void *arg)
{
	struct supervisor *supervisor = arg;
	int wait_status;
	pid_t pid;

	(void)number, (void)what;
	while ((pid = waitpid(-1, &wait_status, WNOHANG)) > 0) {
		struct ward *ward = ward_of(supervisor, pid);
		bool violent = !WIFEXITED(wait_status) || WEXITSTATUS(wait_status) != 0;

		if (ward != NULL && violent)
			obituary_send(supervisor->obituary, pid);
		if (ward != NULL)
			ward_died(ward, wait_status);
	}
}

/* ---- watching ---------------------------------------------------------------------------- */

static void stall_check(struct supervisor *supervisor, enum lock_side side)
{
	struct lock_holder holder;
	struct ward *ward;

	if (lock_peek(supervisor->options.ctl->dir, side, &holder) != STATUS_OK ||
	    !stall_look(&supervisor->stalls[side == LOCK_SIDE_WRITE], &holder, clock_mono_ms()))
		return;
	ward = ward_of(supervisor, holder.pid);
	if (ward == NULL)
		return; /* not ours to kill, or dead already: then the kernel has freed the lock */
	supervisor_say("%s holds the write lock and stands still: killing it",
		       ward->child.plan->name);
	child_signal(&ward->child, SIGKILL);
}

static void stalls_look(void *arg)
{
	stall_check(arg, LOCK_SIDE_GATE);
	stall_check(arg, LOCK_SIDE_WRITE);
}

/* ---- its own life ------------------------------------------------------------------------ */

static enum status wards_make(struct supervisor *supervisor)
{
	enum status status = plan_make(supervisor->options.ctl, &supervisor->plan);

	for (size_t i = 0; i < supervisor->plan.count && status == STATUS_OK; i++) {
		struct ward *ward = &supervisor->wards[i];

		ward->supervisor = supervisor;
		ward->child.plan = &supervisor->plan.children[i];
		ward->child.timer = loop_timer_open(supervisor->options.base, ward_timer, ward);
		status = log_file_rotate(supervisor->options.ctl->dir, ward->child.plan->name);
	}
	return status;
}

/* Who connects while the API is replaced waits in the backlog. If they can't be opened, the API
 * tries by itself, and says why not. */
static void sockets_make(struct supervisor *supervisor)
{
	const char *listen = config_c(&supervisor->options.ctl->config, "ECO_LISTEN");

	if (http_listen_open(listen, &supervisor->sockets) != STATUS_OK)
		return;
	for (size_t i = 0; i < supervisor->plan.count; i++)
		if (supervisor->plan.children[i].ready == READY_API)
			supervisor->plan.children[i].sockets = &supervisor->sockets;
}

static void timers_make(struct supervisor *supervisor)
{
	struct event_base *base = supervisor->options.base;

	supervisor->ready_timer = loop_timer_open(base, ready_look, supervisor);
	supervisor->stall_timer = loop_timer_open(base, stalls_look, supervisor);
	supervisor->watch_timer = loop_timer_open(base, restarts_look_rebuilt, supervisor);
	supervisor->kill_timer = loop_timer_open(base, stage_overdue, supervisor);
	supervisor->restart_timer = loop_timer_open(base, restarts_next, supervisor);
	loop_timer_every(supervisor->ready_timer, READY_LOOK_MS);
	loop_timer_every(supervisor->stall_timer, STALL_LOOK_MS);
	if (supervisor->options.watch)
		loop_timer_every(supervisor->watch_timer, REBUILT_LOOK_MS);
	supervisor->reaper = evsignal_new(base, SIGCHLD, children_reap, supervisor);
	evsignal_add(supervisor->reaper, NULL);
}

enum status supervisor_open(const struct supervisor_options *options,
			    struct supervisor **supervisor_out)
{
	struct supervisor *supervisor = calloc(1, sizeof(*supervisor));
	enum status status;

	if (supervisor == NULL)
		return STATUS_FAILED;
	supervisor->options = *options;
	supervisor->began_mono_ms = clock_mono_ms();
	status = wards_make(supervisor);
	if (status == STATUS_OK)
		status = probe_open(options->ctl, options->base, &supervisor->probe);
	if (status == STATUS_OK)
		status = obituary_open(options->ctl, &supervisor->obituary);
	if (status == STATUS_OK)
		sockets_make(supervisor);
	timers_make(supervisor);
	if (status != STATUS_OK) {
		supervisor_close(supervisor);
		return status;
	}
	for (size_t i = 0; i < supervisor->plan.count; i++)
		if (supervisor->plan.children[i].stage == 0)
			ward_start(&supervisor->wards[i]);
	*supervisor_out = supervisor;
	return STATUS_OK;
}

void supervisor_close(struct supervisor *supervisor)
{
	if (supervisor == NULL)
		return;
	for (size_t i = 0; i < supervisor->plan.count; i++)
		loop_timer_close(supervisor->wards[i].child.timer);
	loop_timer_close(supervisor->ready_timer);
	loop_timer_close(supervisor->stall_timer);
	loop_timer_close(supervisor->watch_timer);
	loop_timer_close(supervisor->kill_timer);
	loop_timer_close(supervisor->restart_timer);
	http_listen_close(&supervisor->sockets);
	if (supervisor->reaper != NULL)
		event_free(supervisor->reaper);
	obituary_close(supervisor->obituary);
	probe_close(supervisor->probe);
	free(supervisor);
}
