/* base/crash.c -- what happens at a named point when it is armed. */
#include "base/crash.h"

#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_BYTES = 512, NAME_BYTES = 80, NTH_MAX = 1000000, SLOW_MS = 200 };

/* Set once, before there are threads. */
static struct {
	char folder[PATH_BYTES], service[NAME_BYTES], name[NAME_BYTES]; /* name "": all, noted */
	unsigned nth;
	int signal; /* 0: slow */
} armed;

atomic_bool crash_is_armed;

/* The linker's names for the first entry and the end; absent in a program without points. */
extern struct crash_point *const points_begin[] __asm__("__start_crash_points")
	__attribute__((weak));
extern struct crash_point *const points_end[] __asm__("__stop_crash_points") __attribute__((weak));

static int file_open(const struct crash_point *point, int flags)
{
	char path[PATH_BYTES + 2 * NAME_BYTES + 2];

	snprintf(path, sizeof(path), "%s/%s.%s", armed.folder, armed.service, point->name);
	return open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
}

/* False: it was there already. */
static bool leave_file(const struct crash_point *point)
{
	int fd = file_open(point, O_EXCL);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void note(const struct crash_point *point)
{
	int fd = file_open(point, O_APPEND);

	if (fd < 0 || write(fd, ".", 1) != 1)
		fprintf(stderr, "crash: %s is not noted: %s\n", point->name, strerror(errno));
	if (fd >= 0)
		close(fd);
}

static void slow_down(void)
{
	struct timespec pause = { 0, SLOW_MS * 1000000L };

	nanosleep(&pause, NULL);
}

void crash_hit(struct crash_point *point)
{
	unsigned hits = atomic_fetch_add(&point->hits, 1) + 1;

	if (armed.name[0] == '\0')
		note(point);
	else if (strcmp(point->name, armed.name) != 0)
		return;
	else if (armed.signal == 0 && hits >= armed.nth)
		slow_down();
	/* To this thread: it goes no step further. */
	else if (armed.signal != 0 && hits == armed.nth && leave_file(point))
		raise(armed.signal);
}

static enum status bad(const char *spec)
{
	fprintf(stderr, "ECO_CRASH=%s: expected note or [SERVICE/]NAME[:NTH[:stop|slow]]\n", spec);
	return STATUS_BAD_INPUT;
}

static enum status keep(char *to, struct str from)
{
	if (from.len == 0 || from.len >= NAME_BYTES)
		return STATUS_BAD_INPUT;
	memcpy(to, from.data, from.len);
	to[from.len] = '\0';
	return STATUS_OK;
}

/* NAME[:NTH[:stop|slow]] */
static enum status point_parse(struct str spec)
{
	struct str name, nth, rest = str_cut(spec, ':', &name), kind = str_cut(rest, ':', &nth);
	int64_t number = 1;

	if (rest.data != NULL && str_to_int(nth, 1, NTH_MAX, &number) != STATUS_OK)
		return STATUS_BAD_INPUT;
	if (kind.data != NULL && !str_eq_c(kind, "stop") && !str_eq_c(kind, "slow"))
		return STATUS_BAD_INPUT;
	armed.nth = (unsigned)number;
	armed.signal = kind.data == NULL ? SIGKILL : str_eq_c(kind, "stop") ? SIGSTOP : 0;
	return keep(armed.name, name);
}

enum status crash_arm(const char *spec, const char *dir, const char *service)
{
	struct str head, rest = str_cut(str_from_c(spec), '/', &head);

	if (*spec == '\0')
		return STATUS_OK;
	if (rest.data != NULL && !str_eq_c(head, service))
		return STATUS_OK;
	if (rest.data == NULL)
		rest = head;
	if (keep(armed.service, str_from_c(service)) != STATUS_OK ||
	    snprintf(armed.folder, sizeof(armed.folder), "%s/crash", dir) >= PATH_BYTES)
		return bad(spec);
	if (!str_eq_c(rest, "note") && point_parse(rest) != STATUS_OK)
		return bad(spec);
	if (mkdir(armed.folder, 0700) != 0 && errno != EEXIST)
		return bad(spec);
	atomic_store(&crash_is_armed, true);
	return STATUS_OK;
}

void crash_print(void)
{
	for (struct crash_point *const *at = points_begin; at < points_end; at++)
		printf("%s\n", (*at)->name);
}
