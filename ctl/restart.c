/* ctl/restart.c -- `ecoctl restart`: asks the `ecoctl up` of this place for a rolling restart. */
#include "ctl/command.h"

#include "base/slot.h"
#include "ctl/args.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

int restart_command(struct ctl *ctl, int argc, char **argv)
{
	const struct args_spec spec = { NULL, 0, NULL, 0 };
	struct slot_holder up;

	if (args_parse(&spec, argc, argv) != STATUS_OK)
		return CTL_USAGE;
	if (slot_look(ctl->dir, "up", &ctl->arena, &up) != STATUS_OK) {
		fprintf(stderr, "ecoctl: no `ecoctl up` runs in %s\n", ctl->dir);
		return CTL_FAILED;
	}
	if (kill(up.pid, SIGUSR1) != 0) {
		fprintf(stderr, "ecoctl: process %d can't be told: %s\n", (int)up.pid,
			strerror(errno));
		return CTL_FAILED;
	}
	printf("every process starts anew, one after the other\n");
	return CTL_OK;
}
