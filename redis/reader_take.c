/* redis/reader_take.c -- the reader's thread: new entries, by the order of their right. */
#include "redis/keys.h"
#include "redis/reader_private.h"
#include "redis/script.h"

#include <stdio.h>
#include <string.h>

enum {
	TAKEN_FIELDS = 5,
	BUSY_READS_MAX = 8, /* in a row from one stream: the others of its class wait no longer */
};

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

static int entries_wanted(const struct reader *reader, int room)
{
	return room < reader->options.batch_max ? room : reader->options.batch_max;
}

/* All that was asked for came from one stream of the first right: more of it waits. */
static void note_busy(struct reader *reader, const struct redis_value *taken, int wanted)
{
	size_t last = taken->count / TAKEN_FIELDS;

	reader->busy_reads = 0;
	if (last < (size_t)wanted ||
	    taken->items[0].number != taken->items[(last - 1) * TAKEN_FIELDS].number)
		return;
	reader->busy_stream = stream_at(reader, (size_t)taken->items[0].number - 1);
	if (reader->busy_stream % TASK_CLASSES == TASK_INTERACTIVE)
		reader->busy_reads = BUSY_READS_MAX;
}

/* By the script, which knows the order of right. EMPTY: nothing. BUSY: a rebuild is under way or
 * due. */
static enum status take_in_order(struct reader *reader, int room)
{
	struct script_call call = script_call(&reader->turn, SCRIPT_take);
	size_t places = reader->options.type_count * TASK_CLASSES;
	int wanted = entries_wanted(reader, room);
	struct redis_value value;
	const struct redis_value *taken;
	enum status status;

	for (size_t place = 0; place < places; place++)
		script_key(&call, stream_key(reader, stream_at(reader, place)));
	script_arg(&call, str_from_c(reader->options.slot));
	script_arg_int(&call, wanted);
	for (size_t place = 0; place < places; place++)
		script_arg(&call, str_from_c(task_type_name((enum task_type)(
					  stream_at(reader, place) / TASK_CLASSES))));
	status = script_run(reader->conn, &call, &value);
	if (status != STATUS_OK)
		return reader_answer_lost(reader, status);
	if (value.type != REDIS_IS_LIST || value.count != 3)
		return value.type == REDIS_IS_LIST ? STATUS_BUSY
						   : script_error(SCRIPT_take, &value);
	note_epoch(reader, value.items[0].text);
	note_paused(reader, &value.items[1]);
	taken = value.items[2].items;
	for (size_t i = 0; i + TAKEN_FIELDS <= value.items[2].count; i += TAKEN_FIELDS) {
		if (taken[i].number < 1 || taken[i].number > (int64_t)places)
			return script_error(SCRIPT_take, &value);
		reader_hold(reader, stream_at(reader, (size_t)taken[i].number - 1),
			    taken[i + 1].text, taken[i + 2].text, taken[i + 3].text,
			    taken[i + 4].number == 1);
	}
	note_busy(reader, &value.items[2], wanted);
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
	const struct redis_value *fields;
	struct str task = STR_NONE, key = STR_NONE;
	bool suspect = false;

	if (entry->count != 2)
		return;
	fields = &entry->items[1];
	for (size_t i = 0; i + 1 < fields->count; i += 2) {
		if (str_eq_c(fields->items[i].text, "task"))
			task = fields->items[i + 1].text;
		else if (str_eq_c(fields->items[i].text, "key"))
			key = fields->items[i + 1].text;
		else if (str_eq_c(fields->items[i].text, "suspect"))
			suspect = true;
	}
	reader_hold(reader, stream, entry->items[0].text, task, key, suspect);
}

/* [key, [entry, ...]] */
static void hold_stream(struct reader *reader, const struct redis_value *answer)
{
	size_t places = reader->options.type_count * TASK_CLASSES;

	if (answer->count != 2)
		return;
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
		    reader_give_back(reader, &held->entries[i]) != STATUS_OK)
			held->entries[kept++] = held->entries[i];
	}
	held->count = kept;
}

/* More of the stream that gave a whole batch, without the script: Lua's copy of every field costs
 * as much as all else. */
static enum status take_busy(struct reader *reader, int room)
{
	struct arena *arena = &reader->turn;
	struct str key = stream_key(reader, reader->busy_stream);
	int wanted = entries_wanted(reader, room);
	const struct redis_command commands[] = {
		redis_words(arena, STR("GET"), KEY_EPOCH),
		redis_words(arena, STR("SMEMBERS"), KEY_PAUSED),
		redis_words(arena, STR("XREADGROUP"), STR("GROUP"), STR("workers"),
			    str_from_c(reader->options.slot), STR("COUNT"),
			    redis_word_int(arena, wanted), STR("STREAMS"), key, STR(">")),
	};
	enum { EPOCH, PAUSED, ENTRIES, COMMANDS };
	struct redis_value values[COMMANDS];
	enum status status = redis_run_all(reader->conn, commands, COMMANDS, arena, values);

	if (status != STATUS_OK)
		return reader_answer_lost(reader, status);
	if (values[ENTRIES].type == REDIS_IS_ERROR) {
		reader->busy_reads = 0;
		return STATUS_BUSY;
	}
	/* Of a rebuild under way they are hints as good as any; the next read asks the script. */
	if (str_ends(values[EPOCH].text, STR(":ready")))
		note_epoch(reader, values[EPOCH].text);
	else
		reader->busy_reads = 0;
	note_paused(reader, &values[PAUSED]);
	for (size_t i = 0; i < values[ENTRIES].count; i++)
		hold_stream(reader, &values[ENTRIES].items[i]);
	give_back_paused(reader);
	if (reader->held.count < (size_t)wanted)
		reader->busy_reads = 0;
	return reader->held.count > 0 ? STATUS_OK : STATUS_EMPTY;
}

enum status reader_take_new(struct reader *reader, int room)
{
	if (reader->busy_reads == 0)
		return take_in_order(reader, room);
	reader->busy_reads--;
	return take_busy(reader, room);
}

/* Waits for the first entry of any stream: one only, so that a burst is shared. (A rebuild that
 * begins meanwhile does not refuse this one read; its entries are hints as good as any.) */
enum status reader_take_first(struct reader *reader)
{
	struct redis_command commands[2];
	struct redis_value values[2];
	enum status status;

	if (!blocking_commands(reader, commands))
		return STATUS_BUSY;
	status = redis_run_all(reader->conn, commands, 2, &reader->turn, values);
	if (status != STATUS_OK)
		return reader_answer_lost(reader, status);
	for (size_t i = 0; i < values[0].count; i++)
		hold_stream(reader, &values[0].items[i]);
	if (values[1].type == REDIS_IS_LIST)
		note_paused(reader, &values[1]);
	give_back_paused(reader);
	/* NOGROUP comes at once, as does a refusal: only a pause keeps this from spinning. */
	return values[0].type == REDIS_IS_ERROR ? STATUS_BUSY : STATUS_OK;
}
