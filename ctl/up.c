/* ctl/up.c -- `ecoctl up`: everything on one machine, in the foreground. */
#include "ctl/command.h"

#include "base/log.h"
#include "base/random.h"
#include "base/slot.h"
#include "ctl/args.h"
#include "ctl/banner.h"
#include "ctl/supervisor.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { LINKS_LOOK_MS = 200, STOP_SIGNALS = 3 };

struct up {
	struct ctl *ctl;
	struct event_base *base;
	struct supervisor *supervisor;
	struct event *signals[STOP_SIGNALS], *restart;
	struct loop_timer *links_timer;
	bool password_was_there;
	int exit_code;
};

static void links_look(void *arg)
{
	struct up *up = arg;

	if (banner_print_links(up->ctl))
		loop_timer_off(up->links_timer);
}

static void all_ready(int64_t after_ms, void *arg)
{
	struct up *up = arg;

	banner_print(up->ctl, after_ms, !up->password_was_there);
	loop_timer_every(up->links_timer, LINKS_LOOK_MS);
}

static void all_stopped(bool failed, void *arg)
{
	struct up *up = arg;

	up->exit_code = failed ? CTL_FAILED : CTL_OK;
	supervisor_say("stopped");
	event_base_loopexit(up->base, NULL);
}

static void stop_asked(evutil_socket_t number, short what, void *arg)
{
	struct up *up = arg;

	(void)number, (void)what;
	supervisor_say("stopping (once more: at once)");
	supervisor_stop(up->supervisor);
}

static void restart_asked(evutil_socket_t number, short what, void *arg)
{
	struct up *up = arg;

	(void)number, (void)what;
	supervisor_say("starting everything anew, one after the other");
	supervisor_restart(up->supervisor);
}

static void signals_open(struct up *up)
{
	static const int numbers[STOP_SIGNALS] = { SIGTERM, SIGINT, SIGHUP };

	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < STOP_SIGNALS; i++) {
		up->signals[i] = evsignal_new(up->base, numbers[i], stop_asked, up);
		evsignal_add(up->signals[i], NULL);
	}
	up->restart = evsignal_new(up->base, SIGUSR1, restart_asked, up);
	evsignal_add(up->restart, NULL);
}

static int up_run(struct up *up, bool watch)
{
	const struct supervisor_options options = {
		.ctl = up->ctl,
		.base = up->base,
		.watch = watch,
		.ready = all_ready,
		.stopped = all_stopped,
		.arg = up,
	};

	if (supervisor_open(&options, &up->supervisor) != STATUS_OK)
		return CTL_FAILED;
	supervisor_say("starting EcoScooter Support in %s", up->ctl->dir);
	event_base_dispatch(up->base);
	return up->exit_code;
}

static void up_close(struct up *up)
{
	supervisor_close(up->supervisor);
	loop_timer_close(up->links_timer);
	for (size_t i = 0; i < STOP_SIGNALS; i++)
		event_free(up->signals[i]);
	event_free(up->restart);
	loop_close(up->base);
}

static int up_alone(struct ctl *ctl, bool watch)
{
	struct up up = { .ctl = ctl, .base = loop_open() };
	int code;

	up.password_was_there = access(banner_password_path(ctl), F_OK) == 0;
	unlink(banner_links_path(ctl));
	up.links_timer = loop_timer_open(up.base, links_look, &up);
	signals_open(&up);
	code = up_run(&up, watch);
	up_close(&up);
	return code;
}

int up_command(struct ctl *ctl, int argc, char **argv)
{
	bool watch = false;
	const struct args_option options[] = { { "--watch", NULL, &watch } };
	const struct args_spec spec = { options, 1, NULL, 0 };
	struct slot slot;
	enum status status;
	int code = CTL_FAILED;

	if (args_parse(&spec, argc, argv) != STATUS_OK)
		return CTL_USAGE;
	status = slot_try(ctl->dir, "up", random_hex(&ctl->arena, 16), &ctl->arena, &slot);
	if (status == STATUS_BUSY)
		fprintf(stderr,
			"ecoctl: another `ecoctl up` runs in %s already; stop that one first, or "
			"set another ECO_DIR\n",
			ctl->dir);
	if (status == STATUS_OK)
		code = up_alone(ctl, watch);
	slot_release(&slot);
	return code;
}
