/* ctl/rebuilt.c -- looks at program files. */
#include "ctl/rebuilt.h"

#include <sys/stat.h>

bool rebuilt_look(struct rebuilt *rebuilt, uint64_t fingerprint)
{
	bool is_steady = fingerprint == rebuilt->seen;

	rebuilt->seen = fingerprint;
	if (rebuilt->running == 0)
		rebuilt->running = fingerprint;
	if (fingerprint == 0 || fingerprint == rebuilt->running || !is_steady)
		return false;
	rebuilt->running = fingerprint;
	return true;
}

uint64_t rebuilt_fingerprint(const char *path)
{
	struct stat at;

	if (stat(path, &at) != 0 || !S_ISREG(at.st_mode))
		return 0;
	/* FNV's prime spreads them; equal ones need the same file untouched. */
	return (((uint64_t)at.st_ino * 1099511628211u + (uint64_t)at.st_size) * 1099511628211u +
		(uint64_t)at.st_mtim.tv_sec) *
		       1099511628211u +
	       (uint64_t)at.st_mtim.tv_nsec;
}
