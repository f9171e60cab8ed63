/* ctl/restarts.c -- planned restarts: one after the other, each when the one before is ready. */
#include "ctl/supervisor_private.h"

#include <signal.h>

static void restart_begin(struct ward *ward)
{
	ward->restart = false;
	ward->supervisor->restarting = ward;
	ward->child.expected = true;
	child_signal(&ward->child, SIGTERM);
	loop_timer_set(ward->child.timer, STOP_STAGE_MS);
}

/* Asked to end (or dead of something else), not yet back, or not yet ready. */
static bool restart_is_under_way(struct supervisor *supervisor)
{
	struct child *child;

	if (supervisor->restarting == NULL)
		return false;
	child = &supervisor->restarting->child;
	if (child->state != CHILD_RUNNING || child->expected)
		return true;
	child->ready = probe_look(supervisor->probe, child->plan->ready);
	return !child->ready;
}

void restarts_next(void *arg)
{
	struct supervisor *supervisor = arg;

	if (restart_is_under_way(supervisor))
		return;
	supervisor->restarting = NULL;
	for (size_t i = 0; i < supervisor->plan.count; i++) {
		struct ward *ward = &supervisor->wards[i];

		if (ward->restart && ward->child.state == CHILD_RUNNING) {
			restart_begin(ward);
			return;
		}
	}
	loop_timer_off(supervisor->restart_timer);
}

static void restart_ask(struct ward *ward)
{
	ward->restart = true;
	loop_timer_every(ward->supervisor->restart_timer, READY_LOOK_MS);
}

void supervisor_restart(struct supervisor *supervisor)
{
	if (supervisor->phase != PHASE_RUNNING)
		return;
	for (size_t i = 0; i < supervisor->plan.count; i++)
		if (supervisor->plan.children[i].stage > 0)
			restart_ask(&supervisor->wards[i]);
}

void restarts_look_rebuilt(void *arg)
{
	struct supervisor *supervisor = arg;

	for (size_t i = 0; i < supervisor->plan.count; i++) {
		struct ward *ward = &supervisor->wards[i];

		if (!rebuilt_look(&ward->rebuilt, rebuilt_fingerprint(ward->child.plan->path)) ||
		    ward->child.state != CHILD_RUNNING)
			continue;
		supervisor_say("%s was rebuilt: starting it anew", ward->child.plan->name);
		restart_ask(ward);
	}
}
