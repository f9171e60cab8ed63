/* base/slot.c -- places held by flock, with their holder written inside. */
#include "base/slot.h"

#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOTS_MAX = 1000, HOLDER_BYTES_MAX = 128 };

static enum status slot_failed(const char *path)
{
	log_error("slot.failed", LOG_C("path", path), LOG_C("reason", strerror(errno)));
	return STATUS_FAILED;
}

static enum status holder_write(int fd, const char *path, struct str incarnation)
{
	char text[HOLDER_BYTES_MAX];
	int len = snprintf(text, sizeof(text), "%d %.*s\n", (int)getpid(), STR_ARG(incarnation));

	if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len)
		return slot_failed(path);
	return STATUS_OK;
}

enum status slot_try(const char *dir, const char *name, struct str incarnation, struct arena *arena,
		     struct slot *slot_out)
{
	const char *folder = str_format(arena, "%s/slots", dir).data;
	const char *path = str_format(arena, "%s/%s.lock", folder, name).data;
	enum status status;
	int fd;

	*slot_out = (struct slot){ .fd = -1 };
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return slot_failed(folder);
	/* The file is never removed: two could else hold a lock of "the same" name. */
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return slot_failed(path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		status = errno == EWOULDBLOCK ? STATUS_BUSY : slot_failed(path);
	else
		status = holder_write(fd, path, incarnation);
	if (status == STATUS_OK)
		*slot_out = (struct slot){ fd, str_copy(arena, str_from_c(name)).data };
	else
		close(fd);
	return status;
}

enum status slot_take(const char *dir, const char *service, struct str incarnation,
		      struct arena *arena, struct slot *slot_out)
{
	enum status status = STATUS_BUSY;

	for (int n = 1; n <= SLOTS_MAX && status == STATUS_BUSY; n++)
		status = slot_try(dir, str_format(arena, "%s-%d", service, n).data, incarnation,
				  arena, slot_out);
	return status;
}

void slot_release(struct slot *slot)
{
	if (slot->fd >= 0)
		close(slot->fd);
	slot->fd = -1;
}

static enum status holder_read(int fd, struct arena *arena, struct slot_holder *holder_out)
{
	char text[HOLDER_BYTES_MAX];
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text));
	struct str head, rest;
	int64_t number;

	if (len <= 0)
		return STATUS_NOT_FOUND;
	rest = str_cut(str_trim((struct str){ text, (size_t)len }), ' ', &head);
	if (str_to_int(head, 1, INT32_MAX, &number) != STATUS_OK || rest.len == 0)
		return STATUS_NOT_FOUND;
	*holder_out = (struct slot_holder){ (pid_t)number, str_copy(arena, rest) };
	return STATUS_OK;
}

/* Does the file name `pid`, and with which incarnation? */
static enum status holder_match(int folder, const char *file, pid_t pid, struct arena *arena,
				struct str *incarnation_out)
{
	int fd = openat(folder, file, O_RDONLY | O_CLOEXEC);
	struct slot_holder holder = { 0 };
	enum status status = holder_read(fd, arena, &holder);

	if (fd >= 0)
		close(fd);
	if (status != STATUS_OK || holder.pid != pid)
		return STATUS_NOT_FOUND;
	*incarnation_out = holder.incarnation;
	return STATUS_OK;
}

enum status slot_look(const char *dir, const char *name, struct arena *arena,
		      struct slot_holder *holder_out)
{
	const char *path = str_format(arena, "%s/slots/%s.lock", dir, name).data;
	enum status status = STATUS_EMPTY;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return STATUS_NOT_FOUND;
	if (flock(fd, LOCK_SH | LOCK_NB) != 0)
		status = errno == EWOULDBLOCK ? holder_read(fd, arena, holder_out)
					      : slot_failed(path);
	close(fd);
	return status;
}

enum status slot_incarnation(const char *dir, pid_t pid, struct arena *arena,
			     struct str *incarnation_out)
{
	DIR *folder = opendir(str_format(arena, "%s/slots", dir).data);
	enum status status = STATUS_NOT_FOUND;
	struct dirent *entry;

	if (folder == NULL)
		return STATUS_NOT_FOUND;
	while (status != STATUS_OK && (entry = readdir(folder)) != NULL)
		status = holder_match(dirfd(folder), entry->d_name, pid, arena, incarnation_out);
	closedir(folder);
	return status;
}
