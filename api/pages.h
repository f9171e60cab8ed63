/* api/pages.h -- the built dashboard, and how it is set up. */
#ifndef API_PAGES_H
#define API_PAGES_H

#include "base/config.h"

struct pages;

/* Without a built dashboard the API works alone; the log says so. */
CHECKED enum status pages_open(const struct config *config, struct arena *arena,
			       struct pages **pages_out);
void pages_close(struct pages *pages); /* NULL is fine */

#endif
