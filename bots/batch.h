/* bots/batch.h -- one answer of getUpdates on its way into the records: one change, each
 * update a change within it. */
#ifndef BOTS_BATCH_H
#define BOTS_BATCH_H

#include "bots/intake.h"

#include <jansson.h>

struct db;
struct batch_item;

struct batch {
	struct arena arena;
	const struct intake_table *table;
	int64_t bot_id;
	json_t *json; /* a reference of its own: the items borrow from it */
	struct batch_item *items;
	size_t count;
	int64_t offset; /* for the next poll: the highest id + 1, whatever was known before */
	struct replies replies;	     /* to be said when the batch is durable */
	size_t duplicates, kept_raw; /* for the log */
};

/* Takes a reference to `updates`. BAD_INPUT: no list, or a list in which nothing has an update id;
 * nothing to release then. EMPTY: an empty list, as well. */
CHECKED enum status batch_init(struct batch *batch, const struct intake_table *table,
			       int64_t bot_id, json_t *updates);
void batch_release(struct batch *batch);

/* A change_fn: all updates and the offset. An update that fails is kept raw as a dead task; the
 * batch itself fails only with the records. Duplicates do nothing. */
enum status batch_run(struct db *db, void *batch);

/* The order key of a bot's raw updates: requeued ones run one after the other, by their own bot's
 * process. */
struct str batch_order_key(int64_t bot_id, struct arena *arena);

#endif
