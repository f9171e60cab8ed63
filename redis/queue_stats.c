/* redis/queue_stats.c -- the queue engine's numbers and the pause flag, for people. */
#include "redis/keys.h"
#include "redis/queue.h"

enum { NUMBERS = 7 }; /* per stream, as stats.lua answers */

static struct queue_stats read_numbers(const struct redis_value *items)
{
	return (struct queue_stats){
		.length = items[0].number,
		.pending = items[1].number,
		.lag = items[2].number,
		.delayed = items[3].number,
		.dead = items[4].number,
		.oldest_ms = items[5].number,
		.paused = items[6].number == 1,
	};
}

static size_t kinds_published(void)
{
	size_t kinds = 0;

	for (size_t type = 0; type < TASK_TYPES; type++)
		kinds += key_is_published((enum task_type)type) ? TASK_CLASSES : 0;
	return kinds;
}

enum status queue_stats(struct redis_conn *conn, struct arena *arena,
			struct queue_stats **stats_out, size_t *count_out)
{
	struct script_call call = script_call(arena, SCRIPT_stats);
	struct redis_value value;
	size_t count = 0;
	enum status status;

	script_arg_types(&call);
	status = script_run(conn, &call, &value);
	if (status != STATUS_OK)
		return status;
	if (value.type != REDIS_IS_LIST || value.count != NUMBERS * kinds_published())
		return script_error(SCRIPT_stats, &value);
	*stats_out = arena_array(arena, value.count / NUMBERS, sizeof(**stats_out));
	for (size_t type = 0; type < TASK_TYPES; type++)
		for (size_t class = 0;
		     class < TASK_CLASSES && key_is_published((enum task_type)type); class ++) {
			struct queue_stats *stats = &(*stats_out)[count];

			*stats = read_numbers(&value.items[count * NUMBERS]);
			stats->type = (enum task_type)type;
			stats->class = (enum task_class) class;
			count++;
		}
	*count_out = count;
	return STATUS_OK;
}

/* OK: the answer is of this type. */
static enum status run_plain(struct redis_conn *conn, const struct redis_command *command,
			     struct arena *arena, enum redis_type expected)
{
	struct redis_value value;
	enum status status = redis_run(conn, command, arena, &value);

	return status == STATUS_OK && value.type != expected ? STATUS_BUSY : status;
}

enum status queue_pause(struct redis_conn *conn, enum task_type type, bool paused)
{
	struct arena arena = { 0 };
	struct redis_command command = redis_words(&arena, paused ? STR("SADD") : STR("SREM"),
						   KEY_PAUSED, str_from_c(task_type_name(type)));
	enum status status = run_plain(conn, &command, &arena, REDIS_IS_INT);

	arena_release(&arena);
	return status;
}

enum status queue_rebuild_ask(struct redis_conn *conn)
{
	struct arena arena = { 0 };
	struct redis_command command =
		redis_words(&arena, STR("SET"), KEY_EPOCH, STR("rebuild-please"));
	enum status status = run_plain(conn, &command, &arena, REDIS_IS_STR);

	arena_release(&arena);
	return status;
}
