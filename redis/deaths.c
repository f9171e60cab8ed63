/* redis/deaths.c -- the set eco:deaths: incarnations that a supervisor reaped. */
#include "redis/deaths.h"

enum { DEATHS_MAX = 1000 };

#define DEATHS_KEY STR("eco:deaths")

enum status deaths_report(struct redis_conn *conn, struct str incarnation)
{
	struct arena arena = { 0 };
	struct redis_command command = redis_words(&arena, STR("SADD"), DEATHS_KEY, incarnation);
	struct redis_value value;
	enum status status = redis_run(conn, &command, &arena, &value);

	if (status == STATUS_OK && value.type != REDIS_IS_INT)
		status = STATUS_FAILED;
	arena_release(&arena);
	return status;
}

enum status deaths_take(struct redis_conn *conn, struct arena *arena, struct str **incarnations_out,
			size_t *count_out)
{
	struct redis_command command =
		redis_words(arena, STR("SPOP"), DEATHS_KEY, redis_word_int(arena, DEATHS_MAX));
	struct redis_value value;
	enum status status = redis_run(conn, &command, arena, &value);

	if (status != STATUS_OK)
		return status;
	if (value.type != REDIS_IS_LIST)
		return value.type == REDIS_IS_NIL ? STATUS_EMPTY : STATUS_FAILED;
	if (value.count == 0)
		return STATUS_EMPTY;
	*incarnations_out = arena_array(arena, value.count, sizeof(struct str));
	for (size_t i = 0; i < value.count; i++)
		(*incarnations_out)[i] = value.items[i].text;
	*count_out = value.count;
	return STATUS_OK;
}
