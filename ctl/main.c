/* ctl/main.c -- ecoctl, for operations people: its commands in one table. */
#include "ctl/command.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/version.h"
#include "domain/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int help_command(struct ctl *ctl, int argc, char **argv);
static int config_command(struct ctl *ctl, int argc, char **argv);
static int version_command(struct ctl *ctl, int argc, char **argv);

/* A longer name stands before the one that it begins with. */
/* clang-format off */
static const struct command commands[] = {
	{ "up",            NEEDS_DIR,      "[--watch]",
	  "run everything on this machine, restart what dies, stop in order; --watch: restart also what was rebuilt", up_command },
	{ "restart",       NEEDS_PLACE,    "",
	  "have `ecoctl up` start every process anew, one after the other: no request fails, no message waits", restart_command },
	{ "employee add",  NEEDS_DIR,      "LOGIN --role operator|lead|dispatcher|warehouse|admin [--name NAME] [--language ru|en] [--generate]",
	  "add an employee; the password is asked for, or read from standard input, or made up (--generate)", employee_add_command },
	{ "employee list", NEEDS_DIR,      "",
	  "who works here", employee_list_command },
	{ "queue dead",    NEEDS_PLACE,    "",
	  "the tasks that were given up, newest first", queue_dead_command },
	{ "queue show",    NEEDS_PLACE,    "ID",
	  "all that is known of one task", queue_show_command },
	{ "queue requeue", NEEDS_PLACE,    "ID",
	  "queue a dead task again, under a new number", queue_requeue_command },
	{ "queue drop",    NEEDS_PLACE,    "ID",
	  "forget a dead task", queue_drop_command },
	{ "queue pause",   NEEDS_PLACE,    "TYPE",
	  "let the workers leave this type alone", queue_pause_command },
	{ "queue resume",  NEEDS_PLACE,    "TYPE",
	  "let the workers run it again", queue_resume_command },
	{ "queue rebuild", NEEDS_PLACE,    "",
	  "let the scheduler fill Redis anew from the records", queue_rebuild_command },
	{ "queue",         NEEDS_PLACE,    "[--json]",
	  "how much work there is, by type and class", queue_command },
	{ "redis",         NEEDS_PLACE,    "[COMMAND...]",
	  "redis-cli as the user `ops`, who reads everything and changes nothing", redis_command_line },
	{ "redis-users",   NEEDS_DIR,      "",
	  "make the users of a Redis of your own: passwords and users.acl, in ECO_REDIS_USERS", redis_users_command },
	{ "backup",        NEEDS_PLACE,    "FILE",
	  "copy the records of this moment into FILE, while everything runs", backup_command },
	{ "restore",       NEEDS_DIR,      "FILE",
	  "make FILE the records, with everything stopped; the old ones are kept aside", restore_command },
	{ "doctor",        NEEDS_SETTINGS, "",
	  "look at settings, disk, records, Redis, clocks and Telegram; says what to do; 1: something is broken", doctor_command },
	{ "rota plan",     NEEDS_NOTHING,  "[--timing] < IN.json > OUT.json",
	  "the most even rota there is for these slots and couriers, with its proof (docs/rota.md)", rota_plan_command },
	{ "rota replan",   NEEDS_NOTHING,  "--from-day N --prefer changes|evenness [--timing] PREVIOUS.json < IN.json > OUT.json",
	  "go on from an earlier rota: what it has before day N stays", rota_replan_command },
	{ "rota check",    NEEDS_NOTHING,  "[--from-day N [--previous PREVIOUS.json]] [--timing] IN.json OUT.json",
	  "confirm a rota from the problem alone: every rule, the cover, the cost, the bound", rota_check_command },
	{ "config",        NEEDS_SETTINGS, "",
	  "print the settings in force", config_command },
	{ "version",       NEEDS_NOTHING,  "",
	  "print the version", version_command },
	{ "help",          NEEDS_NOTHING,  "",
	  "print this", help_command },
};
/* clang-format on */

enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

static void usage(FILE *out)
{
	fprintf(out, "ecoctl runs EcoScooter Support, keeps its accounts and looks after it.\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "\n  ecoctl %s %s\n      %s\n", commands[i].name, commands[i].args,
			commands[i].summary);
	fprintf(out, "\nSettings come from the environment and from eco.conf in ECO_DIR; `ecoctl "
		     "config` lists them.\n");
}

static int help_command(struct ctl *ctl, int argc, char **argv)
{
	(void)ctl, (void)argc, (void)argv;
	usage(stdout);
	return CTL_OK;
}

static int config_command(struct ctl *ctl, int argc, char **argv)
{
	(void)argc, (void)argv;
	config_print(&ctl->config);
	return CTL_OK;
}

static int version_command(struct ctl *ctl, int argc, char **argv)
{
	(void)ctl, (void)argc, (void)argv;
	printf("%s\n", ECO_VERSION);
	return CTL_OK;
}

/* How many words of argv the name takes; 0: it is another command. */
static int name_words(const char *name, int argc, char **argv)
{
	struct str rest = str_from_c(name), word;
	int words = 0;

	while (rest.data != NULL) {
		rest = str_cut(rest, ' ', &word);
		if (words >= argc || !str_eq_c(word, argv[words]))
			return 0;
		words++;
	}
	return words;
}

static const char *environment_or(const char *name, const char *fallback)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : fallback;
}

static enum status bin_dir_find(struct ctl *ctl)
{
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (len <= 0)
		return STATUS_FAILED;
	path[len] = '\0';
	slash = strrchr(path, '/');
	ctl->bin_dir = str_copy(&ctl->arena, (struct str){ path, (size_t)(slash - path) }).data;
	return STATUS_OK;
}

static enum status settings_open(struct ctl *ctl)
{
	const char *file =
		str_format(&ctl->arena, "%s/eco.conf", environment_or("ECO_DIR", "var")).data;
	enum log_level level = LOG_INFO;
	enum status status = config_load(&ctl->config, settings_rows, settings_count, "ECO_",
					 environment_or("ECO_CONFIG", file), &ctl->arena);

	if (status == STATUS_OK)
		status = log_level_from_name(config_str(&ctl->config, "ECO_LOG_LEVEL"), &level);
	ctl->dir = status == STATUS_OK ? config_c(&ctl->config, "ECO_DIR") : NULL;
	/* A person watches: only what went wrong. */
	log_init("ecoctl", level < LOG_WARN ? LOG_WARN : level);
	return status;
}

static enum status dir_open(struct ctl *ctl, bool make)
{
	if ((make ? mkdir(ctl->dir, 0700) != 0 && errno != EEXIST : access(ctl->dir, X_OK) != 0)) {
		fprintf(stderr, "ecoctl: ECO_DIR %s: %s\n", ctl->dir, strerror(errno));
		return STATUS_FAILED;
	}
	if (config_int(&ctl->config, "ECO_TEST") == 0)
		return STATUS_OK;
	if (crash_arm(config_c(&ctl->config, "ECO_CRASH"), ctl->dir, "ecoctl") != STATUS_OK)
		return STATUS_BAD_INPUT;
	return clock_map_offset(str_format(&ctl->arena, "%s/clock", ctl->dir).data);
}

static enum status ctl_open(struct ctl *ctl, enum command_needs needs)
{
	enum status status = bin_dir_find(ctl);

	if (status == STATUS_OK && needs >= NEEDS_SETTINGS)
		status = settings_open(ctl);
	if (status == STATUS_OK && needs >= NEEDS_PLACE)
		status = dir_open(ctl, needs == NEEDS_DIR);
	return status;
}

static int command_run(const struct command *command, int argc, char **argv)
{
	struct ctl ctl = { 0 };
	enum status status = ctl_open(&ctl, command->needs);
	int code = status == STATUS_FAILED ? CTL_FAILED : CTL_USAGE;

	if (status == STATUS_OK)
		code = command->run(&ctl, argc, argv);
	if (code == CTL_USAGE && status == STATUS_OK)
		fprintf(stderr, "usage: ecoctl %s %s\n", command->name, command->args);
	arena_release(&ctl.arena);
	return code == CTL_REFUSED ? CTL_USAGE : code;
}

int main(int argc, char **argv)
{
	bool is_help = argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);

	for (size_t i = 0; i < COMMANDS; i++) {
		int words = name_words(commands[i].name, argc - 1, argv + 1);

		if (words > 0)
			return command_run(&commands[i], argc - 1 - words, argv + 1 + words);
	}
	if (argc > 1 && strcmp(argv[1], "--crash-points") == 0) {
		crash_print();
		return CTL_OK;
	}
	if (argc > 1 && !is_help)
		fprintf(stderr, "ecoctl: no such command: %s%s%s\n\n", argv[1], argc > 2 ? " " : "",
			argc > 2 ? argv[2] : "");
	usage(is_help ? stdout : stderr);
	return is_help ? CTL_OK : CTL_USAGE;
}
