/* ctl/plan.c -- the table of children. */
#include "ctl/plan.h"

#include "domain/settings.h"
#include "redis/users.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct child_row {
	const char *name;
	const char *program; /* beside ecoctl; NULL: Debian's redis-server */
	int stage;
	enum ready_kind ready;
	bool (*is_wanted)(const struct config *config); /* NULL: always */
	const char *count; /* the setting that says how many; NULL: one */
};

static bool redis_is_private(const struct config *config)
{
	return config_str(config, "ECO_REDIS_URL").len == 0;
}

/* clang-format off */
static const struct child_row child_rows[] = {
	/* name        program     stage ready          wanted                 how many */
	{ "redis",     NULL,         0, READY_REDIS,   redis_is_private,      NULL },
	{ "sandbox",   "sandbox",    0, READY_SANDBOX, settings_need_sandbox, NULL },
	{ "scheduler", "scheduler",  1, READY_AT_ONCE, NULL,                  NULL },
	{ "api",       "api",        2, READY_API,     NULL,                  NULL },
	{ "worker",    "workers",    2, READY_AT_ONCE, NULL,                  "ECO_WORKERS" },
	{ "bots",      "bots",       3, READY_AT_ONCE, NULL,                  NULL },
};
/* clang-format on */

static char *const *argv_of(struct ctl *ctl, const char *const *words, size_t count)
{
	char **argv = arena_array(&ctl->arena, count + 1, sizeof(*argv));

	for (size_t i = 0; i < count; i++)
		argv[i] = str_to_c(&ctl->arena, str_from_c(words[i]));
	return argv;
}

/* From where it was started, beside an installation's bin, or in the source tree of a build. */
static const char *redis_conf_find(struct ctl *ctl)
{
	const char *const places[] = {
		"redis/redis.conf",
		str_format(&ctl->arena, "%s/../redis/redis.conf", ctl->bin_dir).data,
		str_format(&ctl->arena, "%s/../../../redis/redis.conf", ctl->bin_dir).data,
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (access(places[i], R_OK) == 0)
			return places[i];
	fprintf(stderr, "ecoctl: redis/redis.conf is neither here nor beside %s\n", ctl->bin_dir);
	return NULL;
}

/* No port: the private Redis is reached through its socket alone. */
static enum status redis_plan(struct ctl *ctl, struct plan_child *child)
{
	const char *conf = redis_conf_find(ctl);
	char *dir = realpath(ctl->dir, NULL);
	const char *socket_path, *data, *users, *aclfile;

	if (conf == NULL || dir == NULL) {
		free(dir);
		return STATUS_FAILED;
	}
	socket_path = str_format(&ctl->arena, "%s/redis.sock", dir).data;
	data = str_format(&ctl->arena, "%s/redis", dir).data;
	users = str_format(&ctl->arena, "%s/redis-users", dir).data;
	free(dir);
	if (strlen(socket_path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
		fprintf(stderr, "ecoctl: ECO_DIR is too long for a socket: %s\n", socket_path);
		return STATUS_FAILED;
	}
	if (mkdir(data, 0700) != 0 && errno != EEXIST) {
		fprintf(stderr, "ecoctl: %s: %s\n", data, strerror(errno));
		return STATUS_FAILED;
	}
	if (redis_users_make(users, &aclfile, &ctl->arena) != STATUS_OK)
		return STATUS_FAILED;
	child->path = "redis-server";
	child->argv = argv_of(
		ctl,
		(const char *const[]){ "redis-server", conf, "--port", "0", "--unixsocket",
				       socket_path, "--unixsocketperm", "700", "--dir", data,
				       "--aclfile", aclfile, "--daemonize", "no", "--logfile", "" },
		16);
	return STATUS_OK;
}

static enum status child_plan(struct ctl *ctl, const struct child_row *row, const char *name,
			      struct plan_child *child)
{
	*child = (struct plan_child){ .name = name, .stage = row->stage, .ready = row->ready };
	if (row->program == NULL)
		return redis_plan(ctl, child);
	child->path = str_format(&ctl->arena, "%s/%s", ctl->bin_dir, row->program).data;
	child->argv = argv_of(ctl, &child->path, 1);
	return STATUS_OK;
}

enum status plan_make(struct ctl *ctl, struct plan *plan)
{
	enum status status = STATUS_OK;

	plan->count = 0;
	for (size_t i = 0; i < sizeof(child_rows) / sizeof(*child_rows); i++) {
		const struct child_row *row = &child_rows[i];
		int64_t count = row->count == NULL ? 1 : config_int(&ctl->config, row->count);

		if (row->is_wanted != NULL && !row->is_wanted(&ctl->config))
			continue;
		for (int64_t n = 1; n <= count && status == STATUS_OK; n++) {
			const char *name = row->count == NULL ? row->name
							      : str_format(&ctl->arena, "%s-%lld",
									   row->name, (long long)n)
									.data;

			assert(plan->count < PLAN_CHILDREN_MAX && row->stage < PLAN_STAGES);
			status = child_plan(ctl, row, name, &plan->children[plan->count++]);
		}
	}
	return status;
}
