/* bots/batch.c -- a batch of updates as one change. */
#include "bots/batch.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/bots.h"
#include "store/store.h"
#include "store/tasks.h"

#include <stdlib.h>

struct batch_item {
	json_t *raw; /* borrowed from the batch's list */
	struct update update;
	enum status parsed;
};

/* One item, which may fail by itself. */
struct attempt {
	struct batch *batch;
	const struct batch_item *item;
	int64_t now_ms;
};

struct str batch_order_key(int64_t bot_id, struct arena *arena)
{
	return str_format(arena, "updates:%lld", (long long)bot_id);
}

enum status batch_init(struct batch *batch, const struct intake_table *table, int64_t bot_id,
		       json_t *updates)
{
	*batch = (struct batch){ .table = table,
				 .bot_id = bot_id,
				 .count = json_array_size(updates) };
	if (!json_is_array(updates))
		return STATUS_BAD_INPUT;
	if (batch->count == 0)
		return STATUS_EMPTY;
	batch->items = arena_array(&batch->arena, batch->count, sizeof(*batch->items));
	batch->replies.items = arena_array(&batch->arena, batch->count, sizeof(struct reply));
	batch->replies.size = batch->count;
	for (size_t i = 0; i < batch->count; i++) {
		struct batch_item *item = &batch->items[i];

		item->raw = json_array_get(updates, i);
		item->parsed = update_parse(item->raw, &item->update);
		if (item->update.update_id >= batch->offset)
			batch->offset = item->update.update_id + 1;
	}
	if (batch->offset <= 1) { /* no id at all: nothing could be confirmed */
		arena_release(&batch->arena);
		return STATUS_BAD_INPUT;
	}
	batch->json = json_incref(updates);
	return STATUS_OK;
}

void batch_release(struct batch *batch)
{
	json_decref(batch->json);
	arena_release(&batch->arena);
	*batch = (struct batch){ 0 };
}

static enum status item_handle(struct db *db, void *arg)
{
	struct attempt *attempt = arg;
	struct batch *batch = attempt->batch;
	struct intake intake = { .db = db,
				 .arena = &batch->arena,
				 .bot_id = batch->bot_id,
				 .now_ms = attempt->now_ms,
				 .replies = &batch->replies };

	if (attempt->item->parsed != STATUS_OK)
		return attempt->item->parsed;
	return intake_update(batch->table, &intake, &attempt->item->update);
}

/* Nothing that a customer sent is thrown away because we stumbled over it: people look at it and
 * requeue it. */
static enum status item_keep_raw(struct db *db, struct attempt *attempt, enum status verdict)
{
	struct batch *batch = attempt->batch;
	char *raw = json_dumps(attempt->item->raw, JSON_COMPACT | JSON_ENCODE_ANY);
	const struct task_new task = {
		.type = TASK_BOT_UPDATE,
		.class = TASK_INTERACTIVE,
		.payload = raw == NULL ? STR("null") : str_copy(&batch->arena, str_from_c(raw)),
		.order_key = batch_order_key(batch->bot_id, &batch->arena),
	};
	struct str error =
		str_format(&batch->arena, "the update's handler failed: %s", status_name(verdict));

	free(raw);
	batch->kept_raw++;
	log_error("update.kept_raw", LOG_INT("update_id", attempt->item->update.update_id),
		  LOG_STATUS(verdict));
	return tasks_add_dead(db, &task, error, attempt->now_ms);
}

static enum status item_run(struct db *db, struct attempt *attempt)
{
	struct batch *batch = attempt->batch;
	size_t replies = batch->replies.count;
	int64_t id = attempt->item->update.update_id;
	enum status status = STATUS_OK, verdict = STATUS_OK;

	/* Noted outside of what may fail: an update that fails has still been taken in. */
	if (id > 0)
		status = updates_note(db, batch->bot_id, id, attempt->now_ms);
	if (status == STATUS_CONFLICT) {
		batch->duplicates++;
		return STATUS_OK;
	}
	if (status == STATUS_OK)
		status = store_try(db, item_handle, attempt, &verdict);
	if (status != STATUS_OK || verdict == STATUS_OK)
		return status;
	batch->replies.count = replies;
	return item_keep_raw(db, attempt, verdict);
}

enum status batch_run(struct db *db, void *arg)
{
	struct batch *batch = arg;
	int64_t now_ms = clock_wall_ms();
	enum status status = STATUS_OK;

	batch->replies.count = batch->duplicates = batch->kept_raw = 0;
	for (size_t i = 0; i < batch->count && status == STATUS_OK; i++) {
		struct attempt attempt = { batch, &batch->items[i], now_ms };

		status = item_run(db, &attempt);
	}
	if (status == STATUS_OK)
		status = bots_set_offset(db, batch->bot_id, batch->offset, now_ms);
	return status;
}
