/* base/slot.h -- a named place that one process on this host holds at a time: an flock on
 * <dir>/slots/<name>.lock. Numbered ones ("worker-1") give processes of a kind names that are
 * stable over restarts. */
#ifndef BASE_SLOT_H
#define BASE_SLOT_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <sys/types.h>

/* The file says "<pid> <incarnation>", so that a supervisor knows who died. */
struct slot {
	int fd;		  /* -1: none held */
	const char *name; /* in the arena given to slot_take or slot_try */
};

/* The lowest free "<service>-<n>" from 1 on. BUSY: 1000 are taken. FAILED: logged. */
CHECKED enum status slot_take(const char *dir, const char *service, struct str incarnation,
			      struct arena *arena, struct slot *slot_out);
/* One by its full name. BUSY: another process holds it; try again later. */
CHECKED enum status slot_try(const char *dir, const char *name, struct str incarnation,
			     struct arena *arena, struct slot *slot_out);
/* Also happens by itself when the process ends. Releasing none is fine. */
void slot_release(struct slot *slot);

/* What the process `pid` (alive or just reaped) last took: its incarnation, in the arena.
 * NOT_FOUND: nothing. */
CHECKED enum status slot_incarnation(const char *dir, pid_t pid, struct arena *arena,
				     struct str *incarnation_out);

struct slot_holder {
	pid_t pid;
	struct str incarnation; /* in the arena */
};

/* Who holds it now. EMPTY: nobody, since the last one ended or died. NOT_FOUND: nobody ever did, or
 * its holder has not signed yet. (Looking takes it for an instant: who asks for any slot in that
 * instant gets the next one.) */
CHECKED enum status slot_look(const char *dir, const char *name, struct arena *arena,
			      struct slot_holder *holder_out);

#endif
