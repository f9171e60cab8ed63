/* ctl/child.c -- the life of a child process. */
#include "ctl/child.h"

#include "base/clock.h"
#include "base/str.h"
#include "ctl/log_files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int64_t child_pause_ms(int failures)
{
	int64_t pause_ms = CHILD_PAUSE_MIN_MS;

	for (int i = 1; i < failures && pause_ms < CHILD_PAUSE_MAX_MS; i++)
		pause_ms *= 2;
	return pause_ms < CHILD_PAUSE_MAX_MS ? pause_ms : CHILD_PAUSE_MAX_MS;
}

/* Between fork and exec a signal must not reach our own handlers; what we changed for ourselves
 * must not be inherited. */
static void signals_block(sigset_t *was_out)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, was_out);
}

static void signals_reset(void)
{
	static const int changed[] = { SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD };
	sigset_t none;

	for (size_t i = 0; i < sizeof(changed) / sizeof(*changed); i++)
		signal(changed[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child. SIGKILL when we die: an orphan that lingers would fight with the next start over
 * sockets and locks, and a killed process loses nothing that was accepted. */
static _Noreturn void child_exec(const struct plan_child *plan, pid_t parent, int log)
{
	int empty = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setpgid(0, 0);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(127);
	signals_reset();
	dup2(empty, STDIN_FILENO);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	/* Without them it opens its own, or says why it can't. */
	if (plan->sockets != NULL && http_listen_hand_over(plan->sockets) != STATUS_OK)
		dprintf(STDERR_FILENO, "%s: the sockets can't be handed over\n", plan->path);
	execvp(plan->path, plan->argv);
	dprintf(STDERR_FILENO, "%s: %s\n", plan->path, strerror(errno));
	_exit(127);
}

enum status child_start(struct child *child, const char *dir)
{
	int log = log_file_open(dir, child->plan->name);
	pid_t parent = getpid(), pid;
	sigset_t was;

	if (log < 0)
		return STATUS_FAILED;
	signals_block(&was);
	pid = fork();
	if (pid == 0)
		child_exec(child->plan, parent, log);
	sigprocmask(SIG_SETMASK, &was, NULL);
	close(log);
	if (pid < 0) {
		fprintf(stderr, "ecoctl: can't start %s: %s\n", child->plan->name, strerror(errno));
		return STATUS_FAILED;
	}
	child->pid = pid;
	child->state = CHILD_RUNNING;
	child->started_mono_ms = clock_mono_ms();
	child->ready = child->expected = false;
	return STATUS_OK;
}

int64_t child_note_death(struct child *child, int64_t now_mono_ms)
{
	bool was_steady = now_mono_ms - child->started_mono_ms >= CHILD_STEADY_MS;

	child->pid = 0;
	child->state = CHILD_IDLE;
	if (child->expected) {
		child->failures = 0;
		return 0;
	}
	child->failures = was_steady ? 1 : child->failures + 1;
	return child_pause_ms(child->failures);
}

void child_signal(const struct child *child, int signal)
{
	if (child->state == CHILD_RUNNING)
		kill(child->pid, signal);
}

struct str child_end_words(int wait_status, struct arena *arena)
{
	if (WIFSIGNALED(wait_status))
		return str_format(arena, "signal %d (%s)", WTERMSIG(wait_status),
				  strsignal(WTERMSIG(wait_status)));
	return str_format(arena, "exit code %d", WEXITSTATUS(wait_status));
}
