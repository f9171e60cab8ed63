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
	pid_t pid;

	if (args_parse(&spec, argc, argv) != STATUS_OK)
		return CTL_USAGE;
	if (slot_holder(ctl->dir, "up", &ctl->arena, &pid) != STATUS_OK) {
		fprintf(stderr, "ecoctl: no `ecoctl up` runs in %s\n", ctl->dir);
		return CTL_FAILED;
	}
	if (kill(pid, SIGUSR1) != 0) {
		fprintf(stderr, "ecoctl: process %d can't be told: %s\n", (int)pid,
			strerror(errno));
		return CTL_FAILED;
	}
	printf("every process starts anew, one after the other\n");
	return CTL_OK;
}
