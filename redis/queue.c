/* redis/queue.c -- epoch, rebuild and the scheduler's clockwork, each in one round trip. */
#include "redis/queue.h"

#include "base/log.h"
#include "redis/keys.h"
#include "redis/tell.h"

#include <assert.h>

enum { TAKE_OVER_MAX = 1000 };

/* For scripts that answer 1, or say by 0 or -1 why not. */
static enum status run_flag(struct redis_conn *conn, struct script_call *call)
{
	int64_t answer;
	enum status status = script_run_int(conn, call, &answer);

	if (status != STATUS_OK)
		return status;
	return answer > 0 ? STATUS_OK : answer == 0 ? STATUS_CONFLICT : STATUS_DENIED;
}

/* ---- epoch and rebuild ------------------------------------------------------------------- */

/* "12:ready", "12:building"; anything else is as good as none. */
static void parse_epoch(struct str text, bool groups_stand, struct queue_epoch *epoch)
{
	struct str number, state = str_cut(text, ':', &number);

	epoch->state = QUEUE_EPOCH_MISSING;
	if (str_to_int(number, 0, INT64_MAX, &epoch->number) != STATUS_OK)
		epoch->number = 0;
	else if (str_eq_c(state, "building"))
		epoch->state = QUEUE_EPOCH_BUILDING;
	else if (str_eq_c(state, "ready") && groups_stand)
		epoch->state = QUEUE_EPOCH_READY;
}

static struct str find_run_id(struct str info)
{
	struct str line;

	while (info.data != NULL) {
		info = str_cut(info, '\n', &line);
		if (str_starts(line, STR("run_id:")))
			return str_trim(str_skip(line, 7));
	}
	return STR_NONE;
}

enum status queue_epoch_get(struct redis_conn *conn, struct arena *arena,
			    struct queue_epoch *epoch_out)
{
	struct script_call call = script_call(arena, SCRIPT_epoch);
	struct redis_command info = redis_words(arena, STR("INFO"), STR("server"));
	struct redis_value value;
	struct str built_on;
	enum status status;

	script_arg_types(&call);
	status = script_run(conn, &call, &value);
	if (status != STATUS_OK)
		return status;
	if (value.type != REDIS_IS_LIST || value.count != 3)
		return script_error(SCRIPT_epoch, &value);
	parse_epoch(value.items[0].text, value.items[1].number == 1, epoch_out);
	built_on = value.items[2].text;
	status = redis_run(conn, &info, arena, &value);
	if (status != STATUS_OK)
		return status;
	epoch_out->run_id = find_run_id(value.text);
	/* A snapshot, or a replica that became master: nobody knows what it missed. */
	if (epoch_out->state == QUEUE_EPOCH_READY && !str_eq(built_on, epoch_out->run_id))
		epoch_out->state = QUEUE_EPOCH_MISSING;
	return epoch_out->run_id.len > 0 ? STATUS_OK : STATUS_BUSY;
}

enum status queue_rebuild_begin(struct redis_conn *conn, int64_t number, int64_t generation)
{
	struct arena arena = { 0 };
	struct script_call call = script_call(&arena, SCRIPT_rebuild_begin);
	enum status status;

	script_arg_int(&call, number);
	script_arg_int(&call, generation);
	script_arg_types(&call);
	status = run_flag(conn, &call);
	arena_release(&arena);
	return status;
}

/* Tells at most PUBLISH_BATCH_MAX; as tell_answers. */
static enum status tell(struct redis_conn *conn, struct str epoch,
			const struct task_notice *notices, size_t count)
{
	struct arena arena = { 0 };
	struct tell tell = tell_commands(&arena, notices, count, 0);
	struct redis_value *values = arena_array(&arena, tell.count, sizeof(*values));
	struct tell_answers answers = tell_answers(0, epoch);
	enum status status = redis_run_all(conn, tell.commands, tell.count, &arena, values);

	for (size_t i = 0; i < tell.count && status == STATUS_OK; i++)
		tell_answered(&answers, &values[i]);
	arena_release(&arena);
	return status == STATUS_OK ? answers.status : status;
}

static enum status tell_all(struct redis_conn *conn, struct str epoch,
			    const struct task_notice *notices, size_t count)
{
	for (size_t at = 0; at < count; at += PUBLISH_BATCH_MAX) {
		size_t part = count - at > PUBLISH_BATCH_MAX ? PUBLISH_BATCH_MAX : count - at;
		enum status status = tell(conn, epoch, notices + at, part);

		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

enum status queue_rebuild_add(struct redis_conn *conn, int64_t number,
			      const struct task_notice *notices, size_t count)
{
	struct arena arena = { 0 };
	struct str epoch = str_format(&arena, "%lld:building", (long long)number);
	enum status status = tell_all(conn, epoch, notices, count);

	arena_release(&arena);
	/* Not this building any more, or its streams were taken away: either way it begins again.
	 */
	return status == STATUS_DENIED || status == STATUS_NOT_FOUND ? STATUS_CONFLICT : status;
}

enum status queue_rebuild_end(struct redis_conn *conn, int64_t number)
{
	struct arena arena = { 0 };
	struct script_call call = script_call(&arena, SCRIPT_rebuild_end);
	enum status status;

	script_arg_int(&call, number);
	status = run_flag(conn, &call);
	arena_release(&arena);
	return status;
}

/* ---- the clockwork ----------------------------------------------------------------------- */

enum status queue_publish(struct redis_conn *conn, const struct task_notice *notices, size_t count)
{
	enum status status = tell_all(conn, STR_NONE, notices, count);

	return status == STATUS_NOT_FOUND ? STATUS_DENIED : status;
}

enum status queue_promote(struct redis_conn *conn, int64_t now_ms, int64_t limit,
			  int64_t *moved_out, int64_t *next_due_out)
{
	struct arena arena = { 0 };
	struct script_call call = script_call(&arena, SCRIPT_promote);
	struct redis_value value;
	enum status status;

	script_arg_int(&call, now_ms);
	script_arg_int(&call, limit);
	script_arg_types(&call);
	status = script_run(conn, &call, &value);
	if (status == STATUS_OK && (value.type != REDIS_IS_LIST || value.count != 2))
		status = script_error(SCRIPT_promote, &value);
	if (status == STATUS_OK) {
		*moved_out = value.items[0].number;
		*next_due_out = value.items[1].number;
	}
	arena_release(&arena);
	return status;
}

enum status queue_trim(struct redis_conn *conn, int64_t generation)
{
	struct arena arena = { 0 };
	struct script_call call = script_call(&arena, SCRIPT_trim);
	int64_t dropped;
	enum status status;

	script_arg_int(&call, generation);
	script_arg_types(&call);
	status = script_run_int(conn, &call, &dropped);
	arena_release(&arena);
	return status == STATUS_OK && dropped < 0 ? STATUS_DENIED : status;
}

/* The field `at` was written by the clock that also writes published_at; the id by the server's,
 * which tests can't move. */
static enum status entry_at(const struct redis_value *entries, int64_t *ms_out)
{
	const struct redis_value *fields;

	*ms_out = 0;
	if (entries->type != REDIS_IS_LIST)
		return entries->type == REDIS_IS_ERROR ? STATUS_BUSY : STATUS_FAILED;
	if (entries->count == 0 || entries->items[0].count != 2)
		return STATUS_OK;
	fields = &entries->items[0].items[1];
	for (size_t i = 0; i + 1 < fields->count; i += 2)
		if (str_eq_c(fields->items[i].text, "at"))
			return str_to_int(fields->items[i + 1].text, 0, INT64_MAX, ms_out);
	return STATUS_OK;
}

enum status queue_first_entry_ms(struct redis_conn *conn, enum task_type type,
				 enum task_class class, int64_t *ms_out)
{
	struct arena arena = { 0 };
	struct redis_command command = redis_words(&arena, STR("XRANGE"),
						   key_stream(&arena, type, class), STR("-"),
						   STR("+"), STR("COUNT"), STR("1"));
	struct redis_value value;
	enum status status = redis_run(conn, &command, &arena, &value);

	if (status == STATUS_OK)
		status = entry_at(&value, ms_out);
	arena_release(&arena);
	return status;
}

/* One bounded piece of it. */
static enum status take_over_some(struct redis_conn *conn, struct str dead_slot, int64_t generation,
				  int64_t *moved_out, bool *more_out)
{
	struct arena arena = { 0 };
	struct script_call call = script_call(&arena, SCRIPT_take_over);
	struct redis_value value;
	enum status status;

	script_arg(&call, dead_slot);
	script_arg_int(&call, generation);
	script_arg_int(&call, TAKE_OVER_MAX);
	script_arg_types(&call);
	status = script_run(conn, &call, &value);
	if (status == STATUS_OK && (value.type != REDIS_IS_LIST || value.count < 1))
		status = script_error(SCRIPT_take_over, &value);
	if (status == STATUS_OK && value.count < 2)
		status = STATUS_DENIED;
	if (status == STATUS_OK) {
		*moved_out += value.items[0].number;
		*more_out = value.items[0].number > 0 && value.items[1].number == 1;
	}
	arena_release(&arena);
	return status;
}

enum status queue_take_over(struct redis_conn *conn, struct str dead_slot, int64_t generation,
			    int64_t *moved_out)
{
	enum status status = STATUS_OK;
	bool more = true;

	assert(dead_slot.len > 0);
	*moved_out = 0;
	while (status == STATUS_OK && more)
		status = take_over_some(conn, dead_slot, generation, moved_out, &more);
	return status;
}

enum status queue_slots(struct redis_conn *conn, struct arena *arena, struct str **slots_out,
			size_t *count_out)
{
	struct script_call call = script_call(arena, SCRIPT_slots);
	struct redis_value value;
	enum status status;

	script_arg_types(&call);
	status = script_run(conn, &call, &value);
	if (status != STATUS_OK)
		return status;
	if (value.type != REDIS_IS_LIST)
		return script_error(SCRIPT_slots, &value);
	*slots_out = arena_array(arena, value.count, sizeof(**slots_out));
	for (size_t i = 0; i < value.count; i++)
		(*slots_out)[i] = value.items[i].text;
	*count_out = value.count;
	return STATUS_OK;
}
