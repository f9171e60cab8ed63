/* telegram/sandbox/ids.h -- where numbering starts: never twice at the same place, though the rest
 * of the sandbox forgets. */
#ifndef TELEGRAM_SANDBOX_IDS_H
#define TELEGRAM_SANDBOX_IDS_H

#include "base/status.h"

#include <stdint.h>

/* Telegram never uses an update id or a message id of a bot again, and a bot's records rely on
 * that. The sandbox keeps one number in a file: ids below it may have been used. */
enum {
	IDS_BLOCK = 1000000,   /* set aside at each start */
	IDS_HEADROOM = 900000, /* of it, for jumps down */
	IDS_MAX = 2000000000,  /* the real server's update ids end here; then it starts over */
};

/* Reads the file (absent: somewhere new, at random), moves its number up by a block, gives the
 * first id to use. FAILED, logged: it can't be written. */
CHECKED enum status ids_reserve(const char *path, int64_t *first_out);

#endif
