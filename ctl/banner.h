/* ctl/banner.h -- what a person needs to know when everything runs: where to look, where to sign
 * in, where the bots are. */
#ifndef CTL_BANNER_H
#define CTL_BANNER_H

#include "ctl/command.h"

#include <stdbool.h>
#include <stdint.h>

/* `password_is_new`: made by this start, so it is shown on a terminal. */
void banner_print(struct ctl *ctl, int64_t after_ms, bool password_is_new);
/* The links that the bots wrote down; false: not there yet. */
bool banner_print_links(struct ctl *ctl);

const char *banner_password_path(struct ctl *ctl);
const char *banner_links_path(struct ctl *ctl);

#endif
