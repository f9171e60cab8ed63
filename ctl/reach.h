/* ctl/reach.h -- how a command gets at Redis and at the records. */
#ifndef CTL_REACH_H
#define CTL_REACH_H

#include "ctl/command.h"
#include "redis/conn.h"
#include "store/look.h"
#include "store/store.h"

enum { REACH_REDIS_TIMEOUT_MS = 1000 };

/* By the settings; connects at the first use. The caller closes it with redis_conn_close.
 * BAD_INPUT: said on stderr. */
CHECKED enum status reach_redis(struct ctl *ctl, int timeout_ms, struct redis_conn **conn_out);
/* Read-only, closed with look_close. Not OK: said on stderr. */
CHECKED enum status reach_records(struct ctl *ctl, struct db **db_out);
/* Opens the records, runs one change, waits until it is durable. */
CHECKED enum status reach_change(struct ctl *ctl, change_fn run, void *arg);

/* Why the records can't be read, in the arena, for people. */
const char *reach_words(enum status status, const struct look *look, const char *dir,
			struct arena *arena);

#endif
