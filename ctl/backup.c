/* ctl/backup.c -- `ecoctl backup FILE` and `ecoctl restore FILE`. */
#include "store/backup.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/slot.h"
#include "ctl/args.h"
#include "ctl/command.h"
#include "ctl/reach.h"
#include "ctl/words.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The word FILE; NULL: said on stderr. */
static const char *file_read(int argc, char **argv)
{
	const char *file = NULL;
	const struct args_spec spec = { NULL, 0, &file, 1 };

	return args_parse(&spec, argc, argv) == STATUS_OK ? file : NULL;
}

static void facts_print(const struct backup_report *report, struct arena *arena)
{
	printf("%s: %lld appeals, %lld messages, up to %s\n", words_bytes(report->bytes, arena),
	       (long long)report->appeals, (long long)report->messages,
	       words_time(report->last_event_at_ms, arena));
}

/* ---- backup ------------------------------------------------------------------------------ */

static const char *unfinished; /* for the signal handler */

static void interrupted(int number)
{
	unlink(unfinished);
	_exit(128 + number);
}

static void backup_refusal_say(struct ctl *ctl, const char *file, enum status status,
			       const struct backup_report *report)
{
	if (status == STATUS_CONFLICT && report->look.version == report->look.known_version)
		fprintf(stderr, "ecoctl: %s is there already; backups are never overwritten\n",
			file);
	else if (status == STATUS_FAILED)
		fprintf(stderr, "ecoctl: no backup was made: %.*s\n", STR_ARG(report->trouble));
	else
		fprintf(stderr, "ecoctl: no backup was made: %s\n",
			reach_words(status, &report->look, ctl->dir, &ctl->arena));
}

int backup_command(struct ctl *ctl, int argc, char **argv)
{
	const char *file = file_read(argc, argv);
	int64_t began_ms = clock_mono_ms();
	struct backup_report report;
	enum status status;

	if (file == NULL)
		return CTL_USAGE;
	unfinished = backup_unfinished_path(file, &ctl->arena);
	signal(SIGINT, interrupted);
	signal(SIGTERM, interrupted);
	signal(SIGHUP, interrupted);
	status = backup_write(ctl->dir, file, &ctl->arena, &report);
	if (status != STATUS_OK) {
		backup_refusal_say(ctl, file, status, &report);
		return CTL_FAILED;
	}
	printf("%s is a backup, verified, after %s\n", file,
	       words_duration(clock_mono_ms() - began_ms, &ctl->arena));
	facts_print(&report, &ctl->arena);
	return CTL_OK;
}

/* ---- restore ----------------------------------------------------------------------------- */

/* "api"; in the arena. */
static const char *process_name(pid_t pid, struct arena *arena)
{
	char name[32] = "";
	int fd = open(str_format(arena, "/proc/%d/comm", (int)pid).data, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? 0 : read(fd, name, sizeof(name));

	if (fd >= 0)
		close(fd);
	return len <= 0 ? "another process"
			: str_to_c(arena, str_trim((struct str){ name, (size_t)len }));
}

static void restore_refusal_say(struct ctl *ctl, const char *file, enum status status,
				const struct backup_report *report)
{
	struct arena *arena = &ctl->arena;

	if (status == STATUS_DENIED)
		fprintf(stderr, "ecoctl: %s (pid %d) has the records open; stop everything first\n",
			process_name(report->user, arena), (int)report->user);
	else if (status == STATUS_NOT_FOUND)
		fprintf(stderr, "ecoctl: there is no file %s\n", file);
	else if (status == STATUS_CONFLICT)
		fprintf(stderr,
			"ecoctl: %s has tables of version %d, this ecoctl knows %d: use a newer "
			"one\n",
			file, report->look.version, report->look.known_version);
	else if (status == STATUS_BUSY)
		fprintf(stderr, "ecoctl: %s; stop everything first\n",
			reach_words(status, &report->look, ctl->dir, arena));
	else
		fprintf(stderr, "ecoctl: %s can't be restored: %.*s\n", file,
			STR_ARG(report->trouble));
	fprintf(stderr, "ecoctl: nothing was changed\n");
}

static void restored_say(struct ctl *ctl, const char *file, const struct backup_report *report)
{
	printf("%s is restored\n", file);
	facts_print(report, &ctl->arena);
	if (report->aside != NULL)
		printf("the old records are kept as %s\n", report->aside);
	if (report->old_unread)
		printf("they could not be read, so new numbers begin a million higher\n");
	if (report->doubtful > 0)
		printf("%lld messages that waited to be sent are shown as not confirmed: operators "
		       "send them again if need be\n",
		       (long long)report->doubtful);
	printf("start everything: Redis is rebuilt by itself, dashboards load anew\n");
}

/* Holds the place of `ecoctl up`, so that none starts meanwhile. */
static int restore_alone(struct ctl *ctl, const char *file)
{
	struct backup_report report;
	enum status status = backup_restore(ctl->dir, file, clock_wall_ms(), &ctl->arena, &report);

	if (status != STATUS_OK) {
		restore_refusal_say(ctl, file, status, &report);
		return CTL_FAILED;
	}
	restored_say(ctl, file, &report);
	return CTL_OK;
}

int restore_command(struct ctl *ctl, int argc, char **argv)
{
	const char *file = file_read(argc, argv);
	int code = CTL_FAILED;
	struct slot slot;
	enum status status;

	if (file == NULL)
		return CTL_USAGE;
	status = slot_try(ctl->dir, "up", random_hex(&ctl->arena, 16), &ctl->arena, &slot);
	if (status == STATUS_BUSY)
		fprintf(stderr, "ecoctl: `ecoctl up` runs in %s; stop it first\n", ctl->dir);
	if (status == STATUS_OK)
		code = restore_alone(ctl, file);
	slot_release(&slot);
	return code;
}
