/* ctl/redis.c -- `ecoctl redis` and `ecoctl redis-users`: people at Redis, without a password on a
 * command line. */
#include "ctl/command.h"

#include "ctl/args.h"
#include "redis/users.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OWN_WORDS_MAX = 10 };

/* Where to, and as whom; the password goes by the environment, which only this user can read. */
static size_t words_make(struct ctl *ctl, const struct redis_address *address, char **words)
{
	struct arena *arena = &ctl->arena;
	size_t count = 0;

	words[count++] = str_to_c(arena, STR("redis-cli"));
	if (address->path.data != NULL) {
		words[count++] = str_to_c(arena, STR("-s"));
		words[count++] = str_to_c(arena, address->path);
	} else {
		words[count++] = str_to_c(arena, STR("-h"));
		words[count++] = str_to_c(arena, address->host);
		words[count++] = str_to_c(arena, STR("-p"));
		words[count++] = str_to_c(arena, str_format(arena, "%d", address->port));
	}
	words[count++] = str_to_c(arena, STR("-n"));
	words[count++] = str_to_c(arena, str_format(arena, "%d", address->database));
	if (address->user.data != NULL) {
		words[count++] = str_to_c(arena, STR("--user"));
		words[count++] = str_to_c(arena, address->user);
	}
	return count;
}

int redis_command_line(struct ctl *ctl, int argc, char **argv)
{
	char **words = arena_array(&ctl->arena, OWN_WORDS_MAX + (size_t)argc + 1, sizeof(*words));
	struct redis_address address;
	size_t count;

	if (redis_address_get(&ctl->config, REDIS_USER_OPS, &ctl->arena, &address) != STATUS_OK)
		return CTL_FAILED;
	count = words_make(ctl, &address, words);
	for (int i = 0; i < argc; i++)
		words[count++] = argv[i];
	words[count] = NULL;
	if (address.password.data != NULL &&
	    setenv("REDISCLI_AUTH", str_to_c(&ctl->arena, address.password), 1) != 0)
		return CTL_FAILED;
	execvp(words[0], words);
	fprintf(stderr, "ecoctl: redis-cli: %s\n", strerror(errno));
	return CTL_FAILED;
}

int redis_users_command(struct ctl *ctl, int argc, char **argv)
{
	const struct args_spec spec = { 0 };
	const char *dir = config_c(&ctl->config, "ECO_REDIS_USERS"), *aclfile;

	if (args_parse(&spec, argc, argv) != STATUS_OK)
		return CTL_USAGE;
	if (*dir == '\0')
		dir = str_format(&ctl->arena, "%s/redis-users", ctl->dir).data;
	if (redis_users_make(dir, &aclfile, &ctl->arena) != STATUS_OK)
		return CTL_FAILED;
	printf("redis-server --aclfile %s\n", aclfile);
	return CTL_OK;
}
