/* store/lock.c -- two flocks in turn, each with a line in a shared mapping that says who holds it.
 */
#include "store/lock.h"

#include "base/clock.h"
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
	RETRY_US = 100,
	PROGRESS_DIGITS = 20,
	PATH_BYTES_MAX = 4096,
	INCARNATION_BYTES_MAX = 32,
	SERVICE_BYTES_MAX = 16,
};

/* clang-format off */
#define LINE_FORMAT "held=0 pid=%010ld progress=00000000000000000000 incarnation=%-32.*s service=%-16.*s"
/* clang-format on */
enum { HELD_AT = 5, PID_AT = 11, PROGRESS_AT = 31, INCARNATION_AT = 64, SERVICE_AT = 105 };

static const char *const side_names[] = {
	[LOCK_SIDE_GATE] = "eco.gate", [LOCK_SIDE_WRITE] = "eco.lock"
};

struct side {
	int fd;
	volatile char *line; /* the mapped file */
};

struct lock {
	struct side gate, write;
	char line[LOCK_LINE_BYTES]; /* ours, as it stands in a file that we hold */
	uint64_t progress;
	pthread_t thread;
	pid_t pid;
	bool held;
};

static bool side_open(struct side *side, const char *dir, enum lock_side which)
{
	char path[PATH_BYTES_MAX];
	void *map;

	side->fd = -1;
	if (snprintf(path, sizeof(path), "%s/%s", dir, side_names[which]) >= (int)sizeof(path))
		return false;
	side->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	/* To the same size: what a holder wrote stays. */
	if (side->fd < 0 || ftruncate(side->fd, LOCK_LINE_BYTES) != 0)
		return false;
	map = mmap(NULL, LOCK_LINE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, side->fd, 0);
	if (map == MAP_FAILED)
		return false;
	side->line = map;
	return true;
}

static void side_close(struct side *side)
{
	if (side->line != NULL)
		munmap((void *)(uintptr_t)side->line, LOCK_LINE_BYTES);
	if (side->fd >= 0)
		close(side->fd);
}

enum status lock_open(const char *dir, struct str service, struct str incarnation,
		      struct lock **lock_out)
{
	struct lock *lock = calloc(1, sizeof(*lock));
	int length;

	if (lock == NULL)
		return STATUS_FAILED;
	incarnation.len = incarnation.len > INCARNATION_BYTES_MAX ? INCARNATION_BYTES_MAX
								  : incarnation.len;
	service.len = service.len > SERVICE_BYTES_MAX ? SERVICE_BYTES_MAX : service.len;
	lock->thread = pthread_self();
	lock->pid = getpid();
	lock->write.fd = -1;
	length = snprintf(lock->line, sizeof(lock->line), LINE_FORMAT, (long)lock->pid,
			  STR_ARG(incarnation), STR_ARG(service));
	assert(length > SERVICE_AT && length < LOCK_LINE_BYTES);
	memset(lock->line + length, ' ', sizeof(lock->line) - (size_t)length);
	lock->line[LOCK_LINE_BYTES - 1] = '\n';
	if (!side_open(&lock->gate, dir, LOCK_SIDE_GATE) ||
	    !side_open(&lock->write, dir, LOCK_SIDE_WRITE)) {
		log_error("lock.open_failed", LOG_C("dir", dir), LOG_INT("errno", errno));
		lock_close(lock);
		return STATUS_FAILED;
	}
	*lock_out = lock;
	return STATUS_OK;
}

void lock_close(struct lock *lock)
{
	if (lock == NULL)
		return;
	if (lock->held)
		lock_drop(lock);
	side_close(&lock->gate);
	side_close(&lock->write);
	free(lock);
}

static void pause_us(long us)
{
	struct timespec pause = { 0, us * 1000 };

	nanosleep(&pause, NULL);
}

static void write_progress(struct lock *lock, struct side *side)
{
	uint64_t rest = ++lock->progress;

	for (int i = PROGRESS_AT + PROGRESS_DIGITS - 1; i >= PROGRESS_AT; i--, rest /= 10) {
		char digit = (char)('0' + rest % 10);

		if (side->line[i] != digit)
			side->line[i] = digit;
	}
}

/* Each byte by itself: a reader may see the line half written, and looks again anyway. */
static enum status side_take(struct lock *lock, struct side *side, int64_t deadline_mono_ms)
{
	while (flock(side->fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR) {
			log_error("lock.flock_failed", LOG_INT("errno", errno));
			return STATUS_BUSY;
		}
		if (clock_mono_ms() >= deadline_mono_ms)
			return STATUS_BUSY;
		pause_us(RETRY_US);
	}
	for (int i = PID_AT; i < LOCK_LINE_BYTES; i++)
		if (i < PROGRESS_AT || i >= PROGRESS_AT + PROGRESS_DIGITS)
			side->line[i] = lock->line[i];
	for (int i = 0; i < PID_AT; i++)
		side->line[i] = lock->line[i];
	write_progress(lock, side);
	side->line[HELD_AT] = '1';
	return STATUS_OK;
}

static void side_drop(struct side *side)
{
	side->line[HELD_AT] = '0';
	flock(side->fd, LOCK_UN);
}

static void check_owner(const struct lock *lock)
{
	assert(pthread_equal(lock->thread, pthread_self()));
	assert(lock->pid == getpid());
}

enum status lock_take(struct lock *lock, int64_t timeout_ms)
{
	int64_t deadline_mono_ms = clock_mono_ms() + timeout_ms;
	enum status status;

	check_owner(lock);
	assert(!lock->held);
	if (side_take(lock, &lock->gate, deadline_mono_ms) != STATUS_OK)
		return STATUS_BUSY;
	status = side_take(lock, &lock->write, deadline_mono_ms);
	side_drop(&lock->gate);
	lock->held = status == STATUS_OK;
	return status;
}

void lock_drop(struct lock *lock)
{
	check_owner(lock);
	assert(lock->held);
	lock->held = false;
	side_drop(&lock->write);
}

bool lock_is_held(const struct lock *lock)
{
	return lock->held;
}

void lock_progress(struct lock *lock)
{
	if (lock->held)
		write_progress(lock, &lock->write);
}

/* ---- for a supervisor -------------------------------------------------------------------- */

static void copy_word(char *to, const char *from, size_t bytes)
{
	size_t length = 0;

	while (length < bytes && from[length] != ' ')
		length++;
	memcpy(to, from, length);
	to[length] = '\0';
}

enum status lock_peek(const char *dir, enum lock_side side, struct lock_holder *holder_out)
{
	char path[PATH_BYTES_MAX], line[LOCK_LINE_BYTES + 1] = "";
	ssize_t length = -1;
	int fd = -1;

	if (snprintf(path, sizeof(path), "%s/%s", dir, side_names[side]) < (int)sizeof(path))
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		length = read(fd, line, LOCK_LINE_BYTES);
		close(fd);
	}
	if (length != LOCK_LINE_BYTES || line[0] != 'h')
		return STATUS_NOT_FOUND;
	holder_out->held = line[HELD_AT] == '1';
	holder_out->pid = (pid_t)strtol(line + PID_AT, NULL, 10);
	holder_out->progress = strtoull(line + PROGRESS_AT, NULL, 10);
	copy_word(holder_out->incarnation, line + INCARNATION_AT,
		  sizeof(holder_out->incarnation) - 1);
	copy_word(holder_out->service, line + SERVICE_AT, sizeof(holder_out->service) - 1);
	return STATUS_OK;
}
