/* store/backup_private.h -- what backup.c and backup_restore.c share. */
#ifndef STORE_BACKUP_PRIVATE_H
#define STORE_BACKUP_PRIVATE_H

#include "store/backup.h"
#include "store/db_private.h"

/* FAILED, with its trouble. */
enum status backup_failed(struct backup_report *report, struct arena *arena, const char *what,
			  const char *why);
CHECKED enum status backup_sync(const char *path, int flags);
CHECKED enum status backup_sync_folder_of(const char *path, struct arena *arena);
CHECKED enum status backup_facts(struct db *db, struct backup_report *report);
/* Is this file whole, and of our version? Fills the facts. */
CHECKED enum status backup_verify(const char *path, struct arena *arena,
				  struct backup_report *report);

#endif
