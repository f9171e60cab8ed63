/* redis/reader.c -- the loop's half of the reader: room for entries, entries in, outcomes out. */
#include "redis/reader.h"

#include "base/log.h"
#include "redis/keys.h"
#include "redis/reader_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void entry_list_add(struct entry_list *list, const struct reader_entry *entry)
{
	struct reader_entry copy = *entry;

	if (list->count == list->size) {
		struct reader_entry *entries;

		list->size = list->size == 0 ? 64 : list->size * 2;
		entries = arena_array(&list->arena, list->size, sizeof(*entries));
		if (list->count > 0)
			memcpy(entries, list->entries, list->count * sizeof(*entries));
		list->entries = entries;
	}
	copy.entry_id = str_copy(&list->arena, entry->entry_id);
	copy.order_key = str_copy(&list->arena, entry->order_key);
	list->entries[list->count++] = copy;
}

void entry_list_clear(struct entry_list *list)
{
	arena_reset(&list->arena);
	*list = (struct entry_list){ .arena = list->arena };
}

/* After a stop the thread gives back what is still in `out`. */
static void entries_came(void *arg)
{
	struct reader *reader = arg;
	struct entry_list came = { 0 };

	pthread_mutex_lock(&reader->lock);
	if (!reader->stopping) {
		came = reader->out;
		reader->out = (struct entry_list){ 0 };
	}
	pthread_mutex_unlock(&reader->lock);
	if (came.count > 0)
		reader->options.entries(came.entries, came.count, reader->options.arg);
	arena_release(&came.arena);
}

static void entries_settled(size_t stream, const struct str *entry_ids, size_t count, void *arg)
{
	struct reader *reader = arg;

	pthread_mutex_lock(&reader->lock);
	for (size_t i = 0; i < count; i++)
		inflight_remove(&reader->inflight, stream, entry_ids[i]);
	pthread_cond_signal(&reader->changed);
	pthread_mutex_unlock(&reader->lock);
}

void reader_allow(struct reader *reader, int count)
{
	pthread_mutex_lock(&reader->lock);
	reader->free_slots += count;
	pthread_cond_signal(&reader->changed);
	pthread_mutex_unlock(&reader->lock);
}

void reader_ack(struct reader *reader, enum task_type type, enum task_class class,
		struct str entry_id)
{
	settler_ack(reader->settler, settle_stream(type, class), entry_id);
}

void reader_delay(struct reader *reader, const struct task_notice *notice, struct str entry_id)
{
	settler_delay(reader->settler, notice, entry_id);
}

void reader_bury(struct reader *reader, const struct task_notice *notice, struct str entry_id,
		 struct str reason)
{
	settler_bury(reader->settler, notice, entry_id, reason);
}

size_t reader_unsettled(const struct reader *reader)
{
	return settler_unsettled(reader->settler);
}

/* ---- handle ------------------------------------------------------------------------------ */

static void copy_options(struct reader *reader, const struct reader_options *options)
{
	enum task_type *types = arena_array(&reader->arena, options->type_count, sizeof(*types));

	reader->options = *options;
	reader->options.slot = str_to_c(&reader->arena, str_from_c(options->slot));
	for (size_t i = 0; i < options->type_count; i++) {
		assert(key_is_published(options->types[i]));
		types[i] = options->types[i];
	}
	reader->options.types = types;
}

/* Waiting with a deadline goes by the monotonic clock. */
static enum status locks_open(struct reader *reader)
{
	pthread_condattr_t attr;
	int error = pthread_condattr_init(&attr);

	if (error != 0)
		return STATUS_FAILED;
	error = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	if (error == 0)
		error = pthread_cond_init(&reader->changed, &attr);
	pthread_condattr_destroy(&attr);
	if (error == 0)
		error = pthread_mutex_init(&reader->lock, NULL);
	return error == 0 ? STATUS_OK : STATUS_FAILED;
}

static void reader_free(struct reader *reader)
{
	settler_close(reader->settler);
	redis_conn_close(reader->conn);
	loop_wake_close(reader->wake);
	inflight_clear(&reader->inflight);
	arena_release(&reader->out.arena);
	arena_release(&reader->held.arena);
	arena_release(&reader->turn);
	arena_release(&reader->arena);
	free(reader);
}

enum status reader_open(const struct reader_options *options, struct reader **reader_out)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	enum status status;

	if (reader == NULL)
		return STATUS_FAILED;
	assert(options->type_count > 0 && options->batch_max > 0);
	copy_options(reader, options);
	reader->rereading = reader->is_first_read = true;
	reader->reread_after[0] = '-';
	reader->wake = loop_wake_open(options->base, entries_came, reader);
	status = locks_open(reader);
	if (status == STATUS_OK)
		status = redis_conn_open(options->address, READER_TIMEOUT_MS, &reader->conn);
	if (status == STATUS_OK)
		status = settler_open(options->base, options->link, str_from_c(options->slot),
				      entries_settled, reader, &reader->settler);
	if (status == STATUS_OK &&
	    pthread_create(&reader->thread, NULL, reader_thread, reader) != 0)
		status = STATUS_FAILED;
	if (status != STATUS_OK) {
		log_error("reader.not_started", LOG_C("slot", options->slot));
		reader_free(reader);
		return status;
	}
	*reader_out = reader;
	return STATUS_OK;
}

void reader_stop(struct reader *reader)
{
	pthread_mutex_lock(&reader->lock);
	reader->stopping = true;
	pthread_cond_signal(&reader->changed);
	pthread_mutex_unlock(&reader->lock);
	settler_flush(reader->settler);
}

void reader_close(struct reader *reader)
{
	if (reader == NULL)
		return;
	reader_stop(reader);
	pthread_join(reader->thread, NULL);
	pthread_cond_destroy(&reader->changed);
	pthread_mutex_destroy(&reader->lock);
	reader_free(reader);
}
