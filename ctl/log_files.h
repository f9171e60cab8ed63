/* ctl/log_files.h -- where children's lines go: $ECO_DIR/log/<name>.log, the last few starts kept
 * as .1 to .5. */
#ifndef CTL_LOG_FILES_H
#define CTL_LOG_FILES_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

enum { LOG_FILES_KEPT = 5 };

const char *log_file_path(const char *dir, const char *name, struct arena *arena);
/* Makes the folder; the log of the last start becomes .1. */
CHECKED enum status log_file_rotate(const char *dir, const char *name);
/* Opened for appending, close on exec; -1: said on stderr. */
CHECKED int log_file_open(const char *dir, const char *name);
/* Why its child may have ended: the last error that was logged since its last start, else the last
 * line with something on it; STR_NONE: nothing was said. */
struct str log_file_last_words(const char *dir, const char *name, struct arena *arena);

#endif
