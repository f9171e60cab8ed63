/* redis/users.c -- password files, the aclfile, and the address by the settings. */
#include "redis/users.h"

#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PASSWORD_RANDOM_BYTES = 24, PASSWORD_BYTES_MAX = 256 };

static enum status failed(const char *path)
{
	fprintf(stderr, "redis users: %s: %s\n", path, strerror(errno));
	return STATUS_FAILED;
}

static const char *password_path(const char *dir, enum redis_user user, struct arena *arena)
{
	return str_format(arena, "%s/%s", dir, redis_user_name(user)).data;
}

/* NOT_FOUND: no such file, or an empty one. */
static enum status password_read(const char *path, struct arena *arena, struct str *password_out)
{
	char text[PASSWORD_BYTES_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text));

	if (fd >= 0)
		close(fd);
	if (fd < 0 && errno != ENOENT)
		return failed(path);
	*password_out = str_copy(arena, str_trim((struct str){ text, len > 0 ? (size_t)len : 0 }));
	explicit_bzero(text, sizeof(text));
	return password_out->len > 0 ? STATUS_OK : STATUS_NOT_FOUND;
}

/* Whole or not at all, and never readable for others. */
static enum status file_write(const char *path, struct str text, struct arena *arena)
{
	const char *fresh = str_format(arena, "%s.new-%d", path, (int)getpid()).data;
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool written = fd >= 0 && write(fd, text.data, text.len) == (ssize_t)text.len &&
		       fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	if (!written || rename(fresh, path) != 0) {
		enum status status = failed(path);

		unlink(fresh);
		return status;
	}
	return STATUS_OK;
}

static enum status password_ensure(const char *dir, enum redis_user user, struct arena *arena,
				   struct str *password_out)
{
	const char *path = password_path(dir, user, arena);
	enum status status = password_read(path, arena, password_out);

	if (status != STATUS_NOT_FOUND)
		return status;
	*password_out = random_hex(arena, PASSWORD_RANDOM_BYTES);
	return file_write(path, str_format(arena, "%.*s\n", STR_ARG(*password_out)), arena);
}

enum status redis_users_make(const char *dir, const char **aclfile_out, struct arena *arena)
{
	struct str passwords[REDIS_USERS];
	enum status status = STATUS_OK;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return failed(dir);
	for (size_t i = 0; i < REDIS_USERS && status == STATUS_OK; i++)
		status = password_ensure(dir, (enum redis_user)i, arena, &passwords[i]);
	*aclfile_out = str_format(arena, "%s/users.acl", dir).data;
	return status == STATUS_OK ? file_write(*aclfile_out, acl_file(passwords, arena), arena)
				   : status;
}

/* ---- the address ------------------------------------------------------------------------- */

static enum status address_sign(const struct config *config, enum redis_user user,
				struct arena *arena, struct redis_address *address)
{
	struct str folder = config_str(config, "ECO_REDIS_USERS");
	bool is_private = config_str(config, "ECO_REDIS_URL").len == 0;
	const char *dir =
		folder.len > 0
			? str_to_c(arena, folder)
			: str_format(arena, "%s/redis-users", config_c(config, "ECO_DIR")).data;
	enum status status;

	if (folder.len == 0 && !is_private)
		return STATUS_OK;
	status = password_read(password_path(dir, user, arena), arena, &address->password);
	if (status == STATUS_OK) {
		address->user = str_from_c(redis_user_name(user));
		return STATUS_OK;
	}
	address->password = STR_NONE;
	if (folder.len == 0 && status == STATUS_NOT_FOUND)
		return STATUS_OK;
	fprintf(stderr, "redis users: no password for %s in ECO_REDIS_USERS (%s)\n",
		redis_user_name(user), dir);
	return STATUS_BAD_INPUT;
}

enum status redis_address_get(const struct config *config, enum redis_user user,
			      struct arena *arena, struct redis_address *address_out)
{
	enum status status = redis_address_parse(config_str(config, "ECO_REDIS_URL"),
						 config_c(config, "ECO_DIR"), arena, address_out);

	if (status != STATUS_OK || address_out->password.data != NULL)
		return status;
	return address_sign(config, user, arena, address_out);
}
