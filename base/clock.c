/* base/clock.c -- wall time with the test clock's offset, and monotonic time. */
#include "base/clock.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static _Atomic int64_t *offset_ms;

static int64_t clock_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clock_wall_ms(void)
{
	int64_t now_ms = clock_us(CLOCK_REALTIME) / 1000;

	return offset_ms == NULL ? now_ms
				 : now_ms + atomic_load_explicit(offset_ms, memory_order_relaxed);
}

int64_t clock_mono_ms(void)
{
	return clock_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_mono_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

enum status clock_map_offset(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *map = MAP_FAILED;

	if (fd < 0)
		return STATUS_FAILED;
	/* ftruncate to the same size keeps what another process wrote. */
	if (ftruncate(fd, sizeof(int64_t)) == 0)
		map = mmap(NULL, sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return STATUS_FAILED;
	offset_ms = map;
	return STATUS_OK;
}

bool clock_is_test(void)
{
	return offset_ms != NULL;
}
