/* redis/reader_thread.c -- the thread that waits in Redis: own pending entries first, then what is
 * new, by the order of its right. */
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "redis/keys.h"
#include "redis/reader_private.h"

#include <stdio.h>
#include <string.h>

enum { TAKEN_FIELDS = 5, PENDING_FIELDS = 4 };

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

static void hold(struct reader *reader, size_t stream, struct str id, struct str task,
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

static enum status give_back_one(struct reader *reader, const struct reader_entry *entry)
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
static enum status answer_lost(struct reader *reader, enum status status)
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
		return answer_lost(reader, status);
	if (value.type != REDIS_IS_LIST || value.count != 2)
		return script_error(SCRIPT_pending, &value);
	found = value.items[1].items;
	for (size_t i = 0; i + PENDING_FIELDS <= value.items[1].count; i += PENDING_FIELDS)
		hold(reader, settle_stream(type, class), found[i].text, found[i + 1].text,
		     found[i + 2].text, reader->is_first_read || found[i + 3].number == 1);
	if (value.items[0].text.len > 0)
		reread_from(reader, value.items[0].text);
	else
		reread_next_stream(reader);
	return STATUS_OK;
}

/* ---- new entries ------------------------------------------------------------------------- */

/* Streams in the order of their right: interactive before bulk, types in turn. */
static size_t stream_at(const struct reader *reader, size_t place)
{
	size_t types = reader->options.type_count;

	return settle_stream(reader->options.types[(place + reader->rotation) % types],
			     (enum task_class)(place / types));
}

static struct str stream_key(struct reader *reader, size_t stream)
{
	return key_stream(&reader->turn, (enum task_type)(stream / TASK_CLASSES),
			  (enum task_class)(stream % TASK_CLASSES));
}

static void note_paused(struct reader *reader, const struct redis_value *types)
{
	enum task_type type;

	memset(reader->is_paused, 0, sizeof(reader->is_paused));
	for (size_t i = 0; i < types->count; i++)
		if (task_type_parse(types->items[i].text, &type) == STATUS_OK)
			reader->is_paused[type] = true;
}

/* A new epoch: what was in hand belongs to streams that are gone; their tasks are published again.
 */
static void note_epoch(struct reader *reader, struct str epoch)
{
	if (str_eq(epoch, reader->epoch))
		return;
	snprintf(reader->epoch_text, sizeof(reader->epoch_text), "%.*s", STR_ARG(epoch));
	if (reader->epoch.len > 0) {
		pthread_mutex_lock(&reader->lock);
		inflight_clear(&reader->inflight);
		pthread_cond_signal(&reader->changed);
		pthread_mutex_unlock(&reader->lock);
	}
	reader->epoch = str_from_c(reader->epoch_text);
}

/* What is there now. EMPTY: nothing. BUSY: a rebuild is under way or due. */
static enum status read_new(struct reader *reader, int room)
{
	struct script_call call = script_call(&reader->turn, SCRIPT_take);
	size_t places = reader->options.type_count * TASK_CLASSES;
	struct redis_value value;
	const struct redis_value *taken;
	enum status status;

	for (size_t place = 0; place < places; place++)
		script_key(&call, stream_key(reader, stream_at(reader, place)));
	script_arg(&call, str_from_c(reader->options.slot));
	script_arg_int(&call, room < reader->options.batch_max ? room : reader->options.batch_max);
	for (size_t place = 0; place < places; place++)
		script_arg(&call, str_from_c(task_type_name((enum task_type)(
					  stream_at(reader, place) / TASK_CLASSES))));
	status = script_run(reader->conn, &call, &value);
	if (status != STATUS_OK)
		return answer_lost(reader, status);
	if (value.type != REDIS_IS_LIST || value.count != 3)
		return value.type == REDIS_IS_LIST ? STATUS_BUSY
						   : script_error(SCRIPT_take, &value);
	note_epoch(reader, value.items[0].text);
	note_paused(reader, &value.items[1]);
	taken = value.items[2].items;
	for (size_t i = 0; i + TAKEN_FIELDS <= value.items[2].count; i += TAKEN_FIELDS)
		hold(reader, stream_at(reader, (size_t)taken[i].number - 1), taken[i + 1].text,
		     taken[i + 2].text, taken[i + 3].text, taken[i + 4].number == 1);
	reader->rotation++;
	return value.items[2].count > 0 ? STATUS_OK : STATUS_EMPTY;
}

/* XREADGROUP over all open streams, then SMEMBERS, which runs when that has ended. False: all are
 * paused. */
static bool blocking_commands(struct reader *reader, struct redis_command commands_out[2])
{
	size_t places = reader->options.type_count * TASK_CLASSES, open = 0;
	struct str words[9 + 2 * SETTLE_STREAMS] = {
		STR("XREADGROUP"), STR("GROUP"),
		STR("workers"),	   str_from_c(reader->options.slot),
		STR("COUNT"),	   STR("1"),
		STR("BLOCK"),	   redis_word_int(&reader->turn, READER_BLOCK_MS),
		STR("STREAMS")
	};

	for (size_t place = 0; place < places; place++) {
		size_t stream = stream_at(reader, place);

		if (!reader->is_paused[stream / TASK_CLASSES])
			words[9 + open++] = stream_key(reader, stream);
	}
	for (size_t i = 0; i < open; i++)
		words[9 + open + i] = STR(">");
	commands_out[0] = redis_command_of(&reader->turn, words, 9 + open * 2);
	commands_out[1] = redis_words(&reader->turn, STR("SMEMBERS"), KEY_PAUSED);
	return open > 0;
}

/* [id, [name, value, ...]] */
static void hold_raw(struct reader *reader, size_t stream, const struct redis_value *entry)
{
	const struct redis_value *fields = entry->count == 2 ? &entry->items[1] : entry;
	struct str task = STR_NONE, key = STR_NONE;
	bool suspect = false;

	for (size_t i = 0; i + 1 < fields->count; i += 2) {
		if (str_eq_c(fields->items[i].text, "task"))
			task = fields->items[i + 1].text;
		else if (str_eq_c(fields->items[i].text, "key"))
			key = fields->items[i + 1].text;
		else if (str_eq_c(fields->items[i].text, "suspect"))
			suspect = true;
	}
	hold(reader, stream, entry->items[0].text, task, key, suspect);
}

/* [key, [entry, ...]] */
static void hold_stream(struct reader *reader, const struct redis_value *answer)
{
	size_t places = reader->options.type_count * TASK_CLASSES;

	for (size_t place = 0; place < places; place++) {
		size_t stream = stream_at(reader, place);

		if (!str_eq(answer->items[0].text, stream_key(reader, stream)))
			continue;
		for (size_t i = 0; i < answer->items[1].count; i++)
			hold_raw(reader, stream, &answer->items[1].items[i]);
	}
}

/* A type was paused while we waited for it: its entries go back. */
static void give_back_paused(struct reader *reader)
{
	struct entry_list *held = &reader->held;
	size_t kept = 0;

	for (size_t i = 0; i < held->count; i++) {
		if (!reader->is_paused[held->entries[i].type] ||
		    give_back_one(reader, &held->entries[i]) != STATUS_OK)
			held->entries[kept++] = held->entries[i];
	}
	held->count = kept;
}

/* Waits for the first entry of any stream: one only, so that a burst is shared. (A rebuild that
 * begins meanwhile does not refuse this one read; its entries are hints as good as any.) */
static enum status read_blocking(struct reader *reader)
{
	struct redis_command commands[2];
	struct redis_value values[2];
	enum status status;

	if (!blocking_commands(reader, commands))
		return STATUS_BUSY;
	status = redis_run_all(reader->conn, commands, 2, &reader->turn, values);
	if (status != STATUS_OK)
		return answer_lost(reader, status);
	for (size_t i = 0; i < values[0].count; i++)
		hold_stream(reader, &values[0].items[i]);
	if (values[1].type == REDIS_IS_LIST)
		note_paused(reader, &values[1]);
	give_back_paused(reader);
	/* NOGROUP comes at once, as does a refusal: only a pause keeps this from spinning. */
	return values[0].type == REDIS_IS_ERROR ? STATUS_BUSY : STATUS_OK;
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
		status = read_new(reader, room);
		if (status == STATUS_EMPTY)
			status = read_blocking(reader);
	}
	if (hand_over(reader, room) == 0 && status != STATUS_OK)
		pause_a_while(reader);
}

static enum status give_back_list(struct reader *reader, const struct entry_list *list)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; status == STATUS_OK && i < list->count; i++)
		status = give_back_one(reader, &list->entries[i]);
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
