/* store/lock.c -- two flocks in turn, each with a line in a shared mapping that says who holds it;
 * the gate's mapping also says since when its oldest waiter waits. */
#include "store/lock.h"

#include "base/clock.h"
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
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

/* Behind the gate's line. Written by all who wait, in no order: it decides who tries, and never who
 * holds. */
struct oldest {
	_Atomic int64_t since_us; /* this waiter came */
	_Atomic int64_t seen_us;  /* and last looked; 0: none waits */
};

enum { FILE_BYTES = LOCK_LINE_BYTES + sizeof(struct oldest) };

struct side {
	int fd;
	volatile char *line; /* the mapped file */
	struct oldest *oldest;
};

struct lock {
	struct side gate, write;
	char line[LOCK_LINE_BYTES]; /* ours, as it stands in a file that we hold */
	uint64_t progress;
	pthread_t thread;
	pid_t pid;
	bool held, in_gate;
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
	if (side->fd < 0 || ftruncate(side->fd, FILE_BYTES) != 0)
		return false;
	map = mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, side->fd, 0);
	if (map == MAP_FAILED)
		return false;
	side->line = map;
	side->oldest = (struct oldest *)((char *)map + LOCK_LINE_BYTES);
	return true;
}

static void side_close(struct side *side)
{
	if (side->line != NULL)
		munmap((void *)(uintptr_t)side->line, FILE_BYTES);
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

/* Does no other wait longer? Then we are the oldest, for all to see. */
static bool is_our_turn(struct oldest *oldest, int64_t since_us)
{
	int64_t now_us = clock_mono_us();
	int64_t unseen_us = now_us - atomic_load(&oldest->seen_us);

	if (atomic_load(&oldest->since_us) < since_us && unseen_us >= 0 &&
	    unseen_us < LOCK_COURTESY_US)
		return false;
	atomic_store(&oldest->since_us, since_us);
	atomic_store(&oldest->seen_us, now_us);
	return true;
}

static void leave_queue(struct oldest *oldest, int64_t since_us)
{
	if (atomic_load(&oldest->since_us) == since_us)
		atomic_store(&oldest->seen_us, 0);
}

/* Each byte by itself: a reader may see the line half written, and looks again anyway. */
static void write_line(struct lock *lock, struct side *side)
{
	for (int i = PID_AT; i < LOCK_LINE_BYTES; i++)
		if (i < PROGRESS_AT || i >= PROGRESS_AT + PROGRESS_DIGITS)
			side->line[i] = lock->line[i];
	for (int i = 0; i < PID_AT; i++)
		side->line[i] = lock->line[i];
	write_progress(lock, side);
	side->line[HELD_AT] = '1';
}

/* EMPTY: another has it. */
static enum status side_try(struct lock *lock, struct side *side)
{
	if (flock(side->fd, LOCK_EX | LOCK_NB) == 0) {
		write_line(lock, side);
		return STATUS_OK;
	}
	if (errno == EWOULDBLOCK || errno == EINTR)
		return STATUS_EMPTY;
	log_error("lock.flock_failed", LOG_INT("errno", errno));
	return STATUS_BUSY;
}

/* `since_us`: when we came, where the oldest goes first; 0: where there is no such order. */
static enum status side_take(struct lock *lock, struct side *side, int64_t since_us,
			     int64_t deadline_us)
{
	enum status status = STATUS_EMPTY;

	for (;;) {
		if (since_us == 0 || is_our_turn(side->oldest, since_us))
			status = side_try(lock, side);
		if (status == STATUS_EMPTY && clock_mono_us() >= deadline_us)
			status = STATUS_BUSY;
		if (status != STATUS_EMPTY)
			break;
		if (lock->in_gate)
			write_progress(lock, &lock->gate);
		pause_us(RETRY_US);
	}
	if (since_us != 0)
		leave_queue(side->oldest, since_us);
	return status;
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
	int64_t since_us = clock_mono_us(), deadline_us = since_us + timeout_ms * 1000;
	enum status status;

	check_owner(lock);
	assert(!lock->held);
	if (side_take(lock, &lock->gate, since_us, deadline_us) != STATUS_OK)
		return STATUS_BUSY;
	lock->in_gate = true;
	status = side_take(lock, &lock->write, 0, deadline_us);
	lock->in_gate = false;
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

bool lock_is_wanted(const struct lock *lock)
{
	return lock->gate.line[HELD_AT] == '1';
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
