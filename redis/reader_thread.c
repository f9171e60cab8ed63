/* redis/reader_thread.c -- the thread that waits in Redis: own pending entries first, then what is
 * new; and handing both to the loop. */
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "redis/keys.h"
#include "redis/reader_private.h"

#include <stdio.h>
#include <string.h>

enum { PENDING_FIELDS = 4 };

/* ---- waiting ----------------------------------------------------------------------------- */

static struct timespec deadline_in(int64_t ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_nsec += ms % 1000 * 1000000;
	at.tv_sec += ms / 1000 + at.tv_nsec / 1000000000;
	at.tv_nsec %= 1000000000;
	return at;
}

/* How many entries the loop can take; 0: the reader stops. */
static int wait_for_room(struct reader *reader)
{
	int room;

	pthread_mutex_lock(&reader->lock);
	while (!reader->stopping &&
	       (reader->free_slots <= 0 || reader->inflight.count >= READER_INFLIGHT_MAX))
		pthread_cond_wait(&reader->changed, &reader->lock);
	room = reader->stopping ? 0 : reader->free_slots;
	pthread_mutex_unlock(&reader->lock);
	return room;
}

static void pause_a_while(struct reader *reader)
{
	struct timespec until = deadline_in(READER_PAUSE_MS);

	pthread_mutex_lock(&reader->lock);
	while (!reader->stopping &&
	       pthread_cond_timedwait(&reader->changed, &reader->lock, &until) == 0)
		continue;
	pthread_mutex_unlock(&reader->lock);
}

/* ---- handing over ------------------------------------------------------------------------ */

/* As many held entries as there is room for. */
static size_t hand_over(struct reader *reader, int room)
{
	struct entry_list *held = &reader->held;
	size_t count = held->count < (size_t)room ? held->count : (size_t)room;

	if (count == 0)
		return 0;
	CRASH_POINT("reader.taken");
	pthread_mutex_lock(&reader->lock);
	for (size_t i = 0; i < count; i++) {
		const struct reader_entry *entry = &held->entries[i];

		inflight_add(&reader->inflight, settle_stream(entry->type, entry->class),
			     entry->entry_id);
		entry_list_add(&reader->out, entry);
	}
	reader->free_slots -= (int)count;
	pthread_mutex_unlock(&reader->lock);
	loop_wake_send(reader->wake);
	memmove(held->entries, held->entries + count,
		(held->count - count) * sizeof(*held->entries));
	held->count -= count;
	if (held->count == 0)
		entry_list_clear(held);
	return count;
}

void reader_hold(struct reader *reader, size_t stream, struct str id, struct str task,
		 struct str key, bool suspect)
{
	struct reader_entry entry = { .entry_id = id, .suspect = suspect };
	bool known;

	entry.type = (enum task_type)(stream / TASK_CLASSES);
	entry.class = (enum task_class)(stream % TASK_CLASSES);
	entry.order_key = key.len > 0 ? key : STR_NONE;
	/* Written by hand, it has no task: the worker finds no row 0 and drops it. */
	if (str_to_int(task, 1, INT64_MAX, &entry.task_id) != STATUS_OK)
		entry.task_id = 0;
	pthread_mutex_lock(&reader->lock);
	known = inflight_has(&reader->inflight, stream, id);
	pthread_mutex_unlock(&reader->lock);
	if (!known)
		entry_list_add(&reader->held, &entry);
}

enum status reader_give_back(struct reader *reader, const struct reader_entry *entry)
{
	struct script_call call = script_call(&reader->turn, SCRIPT_give_back);
	enum status status;
	int64_t given;

	script_key(&call, key_stream(&reader->turn, entry->type, entry->class));
	script_arg(&call, str_from_c(reader->options.slot));
	script_arg(&call, entry->entry_id);
	status = script_run_int(reader->conn, &call, &given);
	if (status != STATUS_OK)
		log_warn("reader.kept", LOG_STR("entry", entry->entry_id), LOG_STATUS(status));
	return status;
}

/* ---- own pending entries ----------------------------------------------------------------- */

static void reread_from(struct reader *reader, struct str after)
{
	snprintf(reader->reread_after, sizeof(reader->reread_after), "%.*s", STR_ARG(after));
}

static void reread_begin(struct reader *reader)
{
	reader->rereading = true;
	reader->reread_type = reader->reread_class = 0;
	reread_from(reader, STR("-"));
}

/* Redis may have given us entries in an answer that never came. */
enum status reader_answer_lost(struct reader *reader, enum status status)
{
	reread_begin(reader);
	return status;
}

static void reread_next_stream(struct reader *reader)
{
	reread_from(reader, STR("-"));
	if (++reader->reread_class < TASK_CLASSES)
		return;
	reader->reread_class = 0;
	if (++reader->reread_type < reader->options.type_count)
		return;
	reader->rereading = reader->is_first_read = false;
}

/* One page. At the start all of them are suspects: the process before us under this name died
 * holding them. After a lost connection they are entries whose answer never arrived. */
static enum status read_pending(struct reader *reader)
{
	enum task_type type = reader->options.types[reader->reread_type];
	enum task_class class = (enum task_class)reader->reread_class;
	struct script_call call = script_call(&reader->turn, SCRIPT_pending);
	struct redis_value value;
	const struct redis_value *found;
	enum status status;

	script_key(&call, key_stream(&reader->turn, type, class));
	script_arg(&call, str_from_c(reader->options.slot));
	script_arg(&call, str_from_c(reader->reread_after));
	script_arg_int(&call, reader->options.batch_max);
	status = script_run(reader->conn, &call, &value);
	if (status != STATUS_OK)
		return reader_answer_lost(reader, status);
	if (value.type != REDIS_IS_LIST || value.count != 2)
		return script_error(SCRIPT_pending, &value);
	found = value.items[1].items;
	for (size_t i = 0; i + PENDING_FIELDS <= value.items[1].count; i += PENDING_FIELDS)
		reader_hold(reader, settle_stream(type, class), found[i].text, found[i + 1].text,
			    found[i + 2].text, reader->is_first_read || found[i + 3].number == 1);
	if (value.items[0].text.len > 0)
		reread_from(reader, value.items[0].text);
	else
		reread_next_stream(reader);
	return STATUS_OK;
}

/* ---- the thread -------------------------------------------------------------------------- */

static void reader_turn(struct reader *reader, int room)
{
	enum status status;

	arena_reset(&reader->turn);
	if (hand_over(reader, room) > 0)
		return;
	if (reader->rereading) {
		status = read_pending(reader);
	} else {
		status = reader_take_new(reader, room);
		if (status == STATUS_EMPTY)
			status = reader_take_first(reader);
	}
	if (hand_over(reader, room) == 0 && status != STATUS_OK)
		pause_a_while(reader);
}

static enum status give_back_list(struct reader *reader, const struct entry_list *list)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; status == STATUS_OK && i < list->count; i++)
		status = reader_give_back(reader, &list->entries[i]);
	return status;
}

/* What nobody has begun goes back for others; what can't be given back now is read again under this
 * slot. */
static void give_back_all(struct reader *reader)
{
	struct entry_list out;

	CRASH_POINT("reader.before_give_back");
	pthread_mutex_lock(&reader->lock);
	out = reader->out;
	reader->out = (struct entry_list){ 0 };
	pthread_mutex_unlock(&reader->lock);
	if (give_back_list(reader, &out) != STATUS_OK ||
	    give_back_list(reader, &reader->held) != STATUS_OK)
		log_warn("reader.left_pending", LOG_INT("entries", out.count + reader->held.count));
	CRASH_POINT("reader.given_back");
	arena_release(&out.arena);
}

void *reader_thread(void *arg)
{
	struct reader *reader = arg;
	int room;

	log_set_context("reader", str_from_c(reader->options.slot));
	while ((room = wait_for_room(reader)) > 0)
		reader_turn(reader, room);
	give_back_all(reader);
	return NULL;
}
