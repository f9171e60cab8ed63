/* tests/unit/folder.h -- a test's own folder goes with all that is in it. */
#ifndef TESTS_UNIT_FOLDER_H
#define TESTS_UNIT_FOLDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>

static inline int folder_remove_one(const char *path, const struct stat *info, int kind,
				    struct FTW *where)
{
	(void)info, (void)kind, (void)where;
	return remove(path);
}

static inline void folder_remove(const char *dir)
{
	assert_int_equal(nftw(dir, folder_remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

#endif
