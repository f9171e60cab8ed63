/* store/backup.h -- a copy of the records in one file, made while everything runs, and the way
 * back. */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "base/arena.h"
#include "base/status.h"
#include "store/look.h"

#include <stdint.h>
#include <sys/types.h>

struct backup_report {
	struct look look;   /* with BUSY and CONFLICT, as look_open says it */
	struct str trouble; /* with FAILED: what went wrong, for people */
	int64_t bytes;	    /* of the copy */
	int64_t appeals, messages, last_event_at_ms;
	/* of a restore */
	pid_t user;	   /* with DENIED: who has the records open */
	int64_t doubtful;  /* deliveries that may have been sent since: now `unknown` */
	const char *aside; /* where the old records are; NULL: there were none */
	bool old_unread;   /* the old ones could not be read: numbers go on with a wide gap */
};

/* Where backup_write works until the copy is whole; a process that is told to end removes it. */
const char *backup_unfinished_path(const char *file, struct arena *arena);

/* One moment of the records, with all that was committed before the call, as `file` (mode 0600),
 * complete and verified or not there at all. Others write on meanwhile; their log can't shrink.
 * CONFLICT: `file` exists, or the records are of another version (look.version is set then).
 * NOT_FOUND, BUSY: as look_open. FAILED: see trouble. */
CHECKED enum status backup_write(const char *dir, const char *file, struct arena *arena,
				 struct backup_report *report_out);

/* `file` becomes the records, under a new epoch: numbers that were given since do not come back,
 * live updates begin anew, Redis is rebuilt, and what was queued for sending is shown as not
 * confirmed instead of being sent, perhaps twice. The old records are kept aside. DENIED: a process
 * has them open. NOT_FOUND: no such file. BUSY, CONFLICT: as look_open. FAILED: see trouble;
 * nothing was changed. */
CHECKED enum status backup_restore(const char *dir, const char *file, int64_t now_ms,
				   struct arena *arena, struct backup_report *report_out);

#endif
