/* tests/unit/fault_vfs.h -- a disk and a memory that fail on command: a VFS over SQLite's own and
 * an allocator over its own, whose nth step goes wrong. */
#ifndef TESTS_UNIT_FAULT_VFS_H
#define TESTS_UNIT_FAULT_VFS_H

#include <stdbool.h>

enum fault_kind {
	FAULT_WRITE, /* half of it is written, then SQLITE_IOERR_WRITE */
	FAULT_FULL,  /* half of it is written, then SQLITE_FULL */
	FAULT_SYNC,
	FAULT_TRUNCATE,
	FAULT_READ,
	FAULT_SHM, /* the wal-index can't be mapped */
	FAULT_MEMORY,
	FAULT_KINDS
};

extern const char *const fault_names[FAULT_KINDS];

/* Once, before anything else calls SQLite in this process; it is the default VFS from then on. */
void fault_install(void);
/* Of the steps of this kind from now on, the nth (from 1 on) fails, and with it the `times` - 1
 * that follow. `here`: only steps of the calling thread count and fail. */
void fault_arm(enum fault_kind kind, int nth, int times, bool here);
/* From any thread. True: it has failed at least once since it was armed. */
bool fault_disarm(void);

/* Called at every step of this process that changes the database or its WAL, and when a checkpoint
 * begins; `what` is a few words. Inherited by fork. */
void fault_watch(void (*seen)(const char *what));

#endif
