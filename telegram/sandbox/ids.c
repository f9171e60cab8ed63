/* telegram/sandbox/ids.c -- a number in a file, moved up before it is used. */
#include "telegram/sandbox/ids.h"

#include "base/log.h"
#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int64_t number_read(int fd)
{
	char text[32];
	ssize_t bytes = read(fd, text, sizeof(text));
	int64_t number = 0;

	if (bytes <= 0 || str_to_int(str_trim((struct str){ text, (size_t)bytes }), 0, IDS_MAX,
				     &number) != STATUS_OK)
		number = (int64_t)(1 + random_below(200)) * IDS_BLOCK;
	return number;
}

static enum status number_write(int fd, int64_t number)
{
	char text[32];
	int length = snprintf(text, sizeof(text), "%" PRId64 "\n", number);

	if (pwrite(fd, text, (size_t)length, 0) != length || ftruncate(fd, length) != 0 ||
	    fdatasync(fd) != 0)
		return STATUS_FAILED;
	return STATUS_OK;
}

enum status ids_reserve(const char *path, int64_t *first_out)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	enum status status = STATUS_FAILED;

	if (fd >= 0) {
		int64_t number = number_read(fd);

		if (number + INT64_C(2) * IDS_BLOCK > IDS_MAX)
			number = IDS_BLOCK;
		*first_out = number + IDS_HEADROOM;
		status = number_write(fd, number + IDS_BLOCK);
		close(fd);
	}
	if (status != STATUS_OK)
		log_error("sandbox.ids", LOG_C("file", path), LOG_C("reason", strerror(errno)));
	return status;
}
