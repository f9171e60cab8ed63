/* ctl/command.h -- what every command of ecoctl is given, and the commands, one file each. */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include "base/arena.h"
#include "base/config.h"

/* The exit codes of every command. CTL_REFUSED ends as 2, too, but has said why: no usage line. */
enum { CTL_OK = 0, CTL_FAILED = 1, CTL_USAGE = 2, CTL_REFUSED = 3 };

struct ctl {
	struct config config; /* the product's settings */
	struct arena arena;   /* as long as the process */
	const char *dir;      /* ECO_DIR */
	const char *bin_dir;  /* where ecoctl and its siblings are */
};

/* What must be there before a command runs. */
enum command_needs {
	NEEDS_NOTHING,
	NEEDS_SETTINGS,
	NEEDS_PLACE, /* ECO_DIR must be there */
	NEEDS_DIR,   /* ECO_DIR is made if it is missing */
};

struct command {
	const char *name; /* one or two words */
	enum command_needs needs;
	const char *args;
	const char *summary;
	/* `argv` begins after the name. Returns an exit code. */
	int (*run)(struct ctl *ctl, int argc, char **argv);
};

int up_command(struct ctl *ctl, int argc, char **argv);
int restart_command(struct ctl *ctl, int argc, char **argv);
int employee_add_command(struct ctl *ctl, int argc, char **argv);
int employee_list_command(struct ctl *ctl, int argc, char **argv);
int backup_command(struct ctl *ctl, int argc, char **argv);
int restore_command(struct ctl *ctl, int argc, char **argv);
int doctor_command(struct ctl *ctl, int argc, char **argv);
int redis_command_line(struct ctl *ctl, int argc, char **argv);
int redis_users_command(struct ctl *ctl, int argc, char **argv);
int queue_rebuild_command(struct ctl *ctl, int argc, char **argv);
int queue_command(struct ctl *ctl, int argc, char **argv);
int queue_dead_command(struct ctl *ctl, int argc, char **argv);
int queue_show_command(struct ctl *ctl, int argc, char **argv);
int queue_requeue_command(struct ctl *ctl, int argc, char **argv);
int queue_drop_command(struct ctl *ctl, int argc, char **argv);
int queue_pause_command(struct ctl *ctl, int argc, char **argv);
int queue_resume_command(struct ctl *ctl, int argc, char **argv);
int rota_plan_command(struct ctl *ctl, int argc, char **argv);
int rota_replan_command(struct ctl *ctl, int argc, char **argv);
int rota_check_command(struct ctl *ctl, int argc, char **argv);

#endif
