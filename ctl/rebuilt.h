/* ctl/rebuilt.h -- sees that a program file was replaced, for `ecoctl up --watch`. */
#ifndef CTL_REBUILT_H
#define CTL_REBUILT_H

#include <stdbool.h>
#include <stdint.h>

/* Zeroed: not looked at yet. */
struct rebuilt {
	uint64_t running, seen; /* fingerprints of the file: what runs, what the last look saw */
};

enum { REBUILT_LOOK_MS = 300 };

/* True once per replacement: the file differs from what runs and stood still between two looks, so
 * the linker is done with it. */
bool rebuilt_look(struct rebuilt *rebuilt, uint64_t fingerprint);
/* Of inode, size and time; 0: no such file. */
uint64_t rebuilt_fingerprint(const char *path);

#endif
