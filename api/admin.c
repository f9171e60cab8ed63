/* api/admin.c -- makes the first employee, once. */
#include "api/admin.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/password.h"
#include "store/employees.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PASSWORD_CHARS = 20 };

struct first {
	struct service *service;
	struct str password, hash;
	bool made;
};

static enum status write_synced(int fd, struct str text)
{
	return write(fd, text.data, text.len) == (ssize_t)text.len && fsync(fd) == 0
		       ? STATUS_OK
		       : STATUS_FAILED;
}

/* Appears whole or not at all, and before the account is committed: no account without its
 * password. */
static enum status password_keep(struct service *service, struct str password)
{
	const char *path = service_path(service, "admin-password");
	const char *draft = service_path(service, "admin-password.new");
	struct str line = str_format(&service->arena, "%.*s\n", STR_ARG(password));
	int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	enum status status;

	if (fd < 0)
		goto failed;
	status = write_synced(fd, line);
	if (close(fd) != 0 || status != STATUS_OK || rename(draft, path) != 0)
		goto failed;
	return STATUS_OK;
failed:
	log_error("admin.failed", LOG_C("file", path), LOG_C("reason", strerror(errno)));
	return STATUS_FAILED;
}

/* Under the write lock: a second process finds the first one's admin. */
static enum status make(struct db *db, void *arg)
{
	struct first *first = arg;
	int64_t now_ms = clock_wall_ms(), id = 0;
	const struct employee admin = {
		.login = STR("admin"),
		.name = STR("Admin"),
		.role = ROLE_ADMIN,
		.lang = LANG_RU,
		.password_hash = first->hash,
		.enabled = true,
		.created_at_ms = now_ms,
	};
	bool any = false;
	enum status status = employees_is_any(db, &any);

	first->made = false;
	if (status != STATUS_OK || any)
		return status;
	status = password_keep(first->service, first->password);
	CRASH_POINT("admin.password_kept");
	if (status == STATUS_OK)
		status = employees_add(db, &admin, (struct actor){ ACTOR_SYSTEM, 0 }, now_ms, &id);
	first->made = status == STATUS_OK;
	return status;
}

static enum status somebody_works_here(struct store *store, bool *any_out)
{
	struct db *db;
	enum status status = store_reader_open(store, &db);

	if (status != STATUS_OK)
		return status;
	status = store_read_begin(db);
	if (status == STATUS_OK) {
		status = employees_is_any(db, any_out);
		store_read_end(db);
	}
	store_reader_close(db);
	return status;
}

enum status admin_ensure(struct service *service, struct store *store)
{
	struct first first = { .service = service };
	bool any = false;
	enum status status = somebody_works_here(store, &any);

	if (status != STATUS_OK || any)
		return status;
	first.password = password_random(&service->arena, PASSWORD_CHARS);
	status = password_hash(first.password, &service->arena, &first.hash);
	if (status == STATUS_OK)
		status = store_run(store, make, &first);
	if (status == STATUS_OK && first.made) {
		/* On a terminal a person reads it; anything else is a log. */
		if (isatty(STDOUT_FILENO))
			printf("Sign in as admin with the password %.*s (kept in %s)\n",
			       STR_ARG(first.password), service_path(service, "admin-password"));
		else
			printf("Sign in as admin; the password is in %s\n",
			       service_path(service, "admin-password"));
		fflush(stdout);
	}
	return status;
}
