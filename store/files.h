/* store/files.h -- where the records live: a folder of ours alone, on a local file system. */
#ifndef STORE_FILES_H
#define STORE_FILES_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

/* Makes the folder (mode 0700) and an empty database file (0600) where they are missing, and takes
 * access away from others where they are ours. FAILED: logged; a network file system (its locks
 * can't be trusted), or a folder that is not ours. *path_out: the database file, in the arena. To
 * be called before the database is opened in this process, and never after. */
CHECKED enum status files_prepare(const char *dir, struct arena *arena, const char **path_out);
/* "nfs", ... for a file system that is refused, else NULL. */
const char *files_refused_type(unsigned long magic);

#endif
