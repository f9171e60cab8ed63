/* tests/unit/fault_vfs.c -- passes everything on to SQLite's own VFS and allocator, but for the
 * steps that are to fail. */
#include "tests/unit/fault_vfs.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const fault_names[FAULT_KINDS] = {
	[FAULT_WRITE] = "write",       [FAULT_FULL] = "full", [FAULT_SYNC] = "sync",
	[FAULT_TRUNCATE] = "truncate", [FAULT_READ] = "read", [FAULT_SHM] = "shm",
	[FAULT_MEMORY] = "memory",
};

static struct {
	atomic_int kind; /* FAULT_KINDS: none is armed */
	atomic_int until, times;
	atomic_bool here, fired;
	_Atomic pthread_t thread;
} armed = { .kind = FAULT_KINDS };

void fault_arm(enum fault_kind kind, int nth, int times, bool here)
{
	atomic_store(&armed.kind, FAULT_KINDS);
	atomic_store(&armed.until, nth);
	atomic_store(&armed.times, times);
	atomic_store(&armed.here, here);
	atomic_store(&armed.thread, pthread_self());
	atomic_store(&armed.fired, false);
	atomic_store(&armed.kind, kind);
}

bool fault_disarm(void)
{
	atomic_store(&armed.kind, FAULT_KINDS);
	return atomic_load(&armed.fired);
}

static bool fails(enum fault_kind kind)
{
	int left;

	if (atomic_load(&armed.kind) != (int)kind ||
	    (atomic_load(&armed.here) &&
	     !pthread_equal(atomic_load(&armed.thread), pthread_self())))
		return false;
	left = atomic_fetch_sub(&armed.until, 1) - 1;
	if (left > 0 || left <= -atomic_load(&armed.times))
		return false;
	atomic_store(&armed.fired, true);
	return true;
}

/* ---- files ------------------------------------------------------------------------------- */

/* Where the wal-index is locked: bytes of the -shm file. */
enum { SHM_CHECKPOINT = 1 };

struct file {
	sqlite3_file base;
	const char *kind;   /* "database" or "WAL"; NULL: neither */
	sqlite3_file *real; /* in the memory behind this struct */
};

static void (*watcher)(const char *what);

void fault_watch(void (*seen)(const char *what))
{
	watcher = seen;
}

static void tell(sqlite3_file *file, const char *what)
{
	char words[64];

	if (watcher == NULL || ((struct file *)file)->kind == NULL)
		return;
	snprintf(words, sizeof(words), "%s of the %s", what, ((struct file *)file)->kind);
	watcher(words);
}

static sqlite3_file *real(sqlite3_file *file)
{
	return ((struct file *)file)->real;
}

static int file_close(sqlite3_file *file)
{
	return real(file)->pMethods->xClose(real(file));
}

static int file_read(sqlite3_file *file, void *to, int bytes, sqlite3_int64 at)
{
	return fails(FAULT_READ) ? SQLITE_IOERR_READ
				 : real(file)->pMethods->xRead(real(file), to, bytes, at);
}

/* A disk that fails has often done a part. */
static int file_write(sqlite3_file *file, const void *from, int bytes, sqlite3_int64 at)
{
	int code = fails(FAULT_WRITE)  ? SQLITE_IOERR_WRITE
		   : fails(FAULT_FULL) ? SQLITE_FULL
				       : SQLITE_OK;

	tell(file, "a write");
	if (code == SQLITE_OK)
		return real(file)->pMethods->xWrite(real(file), from, bytes, at);
	return real(file)->pMethods->xWrite(real(file), from, bytes / 2, at) == SQLITE_OK
		       ? code
		       : SQLITE_IOERR_WRITE;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	tell(file, "a truncation");
	return fails(FAULT_TRUNCATE) ? SQLITE_IOERR_TRUNCATE
				     : real(file)->pMethods->xTruncate(real(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
	return fails(FAULT_SYNC) ? SQLITE_IOERR_FSYNC
				 : real(file)->pMethods->xSync(real(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size_out)
{
	return real(file)->pMethods->xFileSize(real(file), size_out);
}

static int file_lock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xLock(real(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xUnlock(real(file), level);
}

static int file_check_lock(sqlite3_file *file, int *reserved_out)
{
	return real(file)->pMethods->xCheckReservedLock(real(file), reserved_out);
}

static int file_control(sqlite3_file *file, int what, void *arg)
{
	return real(file)->pMethods->xFileControl(real(file), what, arg);
}

static int file_sector(sqlite3_file *file)
{
	return real(file)->pMethods->xSectorSize(real(file));
}

static int file_device(sqlite3_file *file)
{
	return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int file_shm_map(sqlite3_file *file, int page, int bytes, int extend,
			void volatile **map_out)
{
	return fails(FAULT_SHM)
		       ? SQLITE_IOERR_SHMMAP
		       : real(file)->pMethods->xShmMap(real(file), page, bytes, extend, map_out);
}

static int file_shm_lock(sqlite3_file *file, int at, int count, int flags)
{
	if (at == SHM_CHECKPOINT && count == 1 && flags == (SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE))
		tell(file, "a checkpoint");
	return real(file)->pMethods->xShmLock(real(file), at, count, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
	real(file)->pMethods->xShmBarrier(real(file));
}

static int file_shm_unmap(sqlite3_file *file, int remove)
{
	return real(file)->pMethods->xShmUnmap(real(file), remove);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_check_lock,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_device,
	.xShmMap = file_shm_map,
	.xShmLock = file_shm_lock,
	.xShmBarrier = file_shm_barrier,
	.xShmUnmap = file_shm_unmap,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
		     int *flags_out)
{
	sqlite3_vfs *below = vfs->pAppData;
	struct file *ours = (struct file *)file;
	int code;

	ours->real = (sqlite3_file *)(ours + 1);
	ours->base.pMethods = NULL;
	ours->kind = (flags & SQLITE_OPEN_MAIN_DB) != 0 ? "database"
		     : (flags & SQLITE_OPEN_WAL) != 0	? "WAL"
							: NULL;
	code = below->xOpen(below, name, ours->real, flags, flags_out);
	if (ours->real->pMethods != NULL)
		ours->base.pMethods = &methods;
	return code;
}

/* ---- memory ------------------------------------------------------------------------------ */

static sqlite3_mem_methods memory_below;

static void *memory_alloc(int bytes)
{
	return fails(FAULT_MEMORY) ? NULL : memory_below.xMalloc(bytes);
}

static void *memory_realloc(void *from, int bytes)
{
	return fails(FAULT_MEMORY) ? NULL : memory_below.xRealloc(from, bytes);
}

/* ---- into their places ------------------------------------------------------------------- */

static void must(int code)
{
	if (code != SQLITE_OK)
		abort();
}

void fault_install(void)
{
	static sqlite3_vfs vfs;
	sqlite3_mem_methods memory;
	sqlite3_vfs *below;

	must(sqlite3_config(SQLITE_CONFIG_MULTITHREAD));
	must(sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0));
	must(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory_below));
	memory = memory_below;
	memory.xMalloc = memory_alloc;
	memory.xRealloc = memory_realloc;
	must(sqlite3_config(SQLITE_CONFIG_MALLOC, &memory));
	below = sqlite3_vfs_find(NULL);
	vfs = *below;
	vfs.zName = "fault";
	vfs.pAppData = below;
	vfs.pNext = NULL;
	vfs.szOsFile = (int)sizeof(struct file) + below->szOsFile;
	vfs.xOpen = open_file;
	must(sqlite3_vfs_register(&vfs, 1));
}
