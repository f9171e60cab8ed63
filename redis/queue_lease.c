/* redis/queue_lease.c -- who leads, who lives. */
#include "redis/queue.h"
#include "redis/script.h"

static enum status run_lease(struct redis_conn *conn, struct script_call *call, int64_t *answer_out)
{
	enum status status = script_run_int(conn, call, answer_out);

	arena_release(call->arena);
	return status;
}

enum status lease_take(struct redis_conn *conn, struct str name, struct str holder,
		       int64_t lease_ms)
{
	struct arena arena = { 0 };
	struct script_call call = script_call(&arena, SCRIPT_lease_take);
	int64_t answer;
	enum status status;

	script_key(&call, str_format(&arena, "eco:lease:%.*s", STR_ARG(name)));
	script_arg(&call, holder);
	script_arg_int(&call, lease_ms);
	status = run_lease(conn, &call, &answer);
	return status == STATUS_OK && answer == 0 ? STATUS_CONFLICT : status;
}

enum status lease_drop(struct redis_conn *conn, struct str name, struct str holder)
{
	struct arena arena = { 0 };
	struct script_call call = script_call(&arena, SCRIPT_lease_drop);
	int64_t answer;
	enum status status;

	script_key(&call, str_format(&arena, "eco:lease:%.*s", STR_ARG(name)));
	script_arg(&call, holder);
	status = run_lease(conn, &call, &answer);
	return status == STATUS_OK && answer == 0 ? STATUS_CONFLICT : status;
}

enum status queue_generation_set(struct redis_conn *conn, int64_t generation)
{
	struct arena arena = { 0 };
	struct script_call call = script_call(&arena, SCRIPT_generation_set);
	int64_t answer;
	enum status status;

	script_arg_int(&call, generation);
	status = run_lease(conn, &call, &answer);
	return status == STATUS_OK && answer < 0 ? STATUS_DENIED : status;
}

enum status beats_list(struct redis_conn *conn, struct arena *arena, struct beat **beats_out,
		       size_t *count_out)
{
	struct script_call call = script_call(arena, SCRIPT_beats_list);
	struct redis_value value;
	enum status status = script_run(conn, &call, &value);

	if (status != STATUS_OK)
		return status;
	if (value.type != REDIS_IS_LIST)
		return script_error(SCRIPT_beats_list, &value);
	*count_out = value.count / 4;
	*beats_out = arena_array(arena, *count_out, sizeof(**beats_out));
	for (size_t i = 0; i < *count_out; i++) {
		const struct redis_value *item = &value.items[i * 4];
		struct beat *beat = &(*beats_out)[i];

		*beat = (struct beat){ item[0].text, item[1].text, item[2].text, 0 };
		/* Not ours, or broken by hand: it counts as never bumped. */
		if (str_to_int(item[3].text, 0, INT64_MAX, &beat->count) != STATUS_OK)
			beat->count = 0;
	}
	return STATUS_OK;
}

enum status beats_drop(struct redis_conn *conn, struct str incarnation)
{
	struct arena arena = { 0 };
	struct script_call call = script_call(&arena, SCRIPT_beats_drop);
	int64_t answer;

	script_arg(&call, incarnation);
	return run_lease(conn, &call, &answer);
}
