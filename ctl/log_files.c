/* ctl/log_files.c -- the children's log files. */
#include "ctl/log_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAIL_BYTES = 4096 };

const char *log_file_path(const char *dir, const char *name, struct arena *arena)
{
	return str_format(arena, "%s/log/%s.log", dir, name).data;
}

static enum status failed(const char *path)
{
	fprintf(stderr, "ecoctl: %s: %s\n", path, strerror(errno));
	return STATUS_FAILED;
}

enum status log_file_rotate(const char *dir, const char *name)
{
	struct arena arena = { 0 };
	const char *folder = str_format(&arena, "%s/log", dir).data;
	const char *path = log_file_path(dir, name, &arena);
	enum status status = STATUS_OK;

	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		status = failed(folder);
	for (int n = LOG_FILES_KEPT - 1; n >= 0 && status == STATUS_OK; n--) {
		const char *from = n == 0 ? path : str_format(&arena, "%s.%d", path, n).data;

		if (rename(from, str_format(&arena, "%s.%d", path, n + 1).data) != 0 &&
		    errno != ENOENT)
			status = failed(from);
	}
	arena_release(&arena);
	return status;
}

int log_file_open(const char *dir, const char *name)
{
	struct arena arena = { 0 };
	const char *path = log_file_path(dir, name, &arena);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0)
		fprintf(stderr, "ecoctl: %s: %s\n", path, strerror(errno));
	arena_release(&arena);
	return fd;
}

/* An orderly end has the last word in a log, the reason stands before it. */
static struct str words_pick(struct str rest)
{
	struct str line = STR_NONE, error = STR_NONE;

	while (rest.len > 0) {
		rest = str_cut(rest, '\n', &line);
		if (memmem(line.data, line.len, "event=service.started", 21) != NULL)
			error = STR_NONE;
		else if (memmem(line.data, line.len, " level=error ", 13) != NULL)
			error = line;
	}
	return error.data != NULL ? error : line;
}

struct str log_file_last_words(const char *dir, const char *name, struct arena *arena)
{
	char bytes[TAIL_BYTES];
	int fd = open(log_file_path(dir, name, arena), O_RDONLY | O_CLOEXEC);
	off_t end = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	ssize_t len =
		fd < 0 ? 0
		       : pread(fd, bytes, sizeof(bytes), end > TAIL_BYTES ? end - TAIL_BYTES : 0);

	if (fd >= 0)
		close(fd);
	return str_copy(arena,
			words_pick(str_trim((struct str){ bytes, len > 0 ? (size_t)len : 0 })));
}
