/* redis/bucket.c -- the calls of the bucket_*.lua scripts. */
#include "redis/bucket.h"

#include "redis/script.h"

#include <inttypes.h>

static struct str bot_key(struct arena *arena, int64_t bot_id)
{
	return str_format(arena, "eco:live:send:%" PRId64, bot_id);
}

static struct str chat_key(struct arena *arena, int64_t bot_id, int64_t chat_id)
{
	return str_format(arena, "eco:live:send:%" PRId64 ":%" PRId64, bot_id, chat_id);
}

static void arg_rate(struct script_call *call, const struct bucket_rate *rate)
{
	script_arg_int(call, rate->per_s);
	script_arg_int(call, rate->burst);
	script_arg_int(call, rate->reserve);
}

static enum status bucket_send(struct redis_link *link, enum redis_script script,
			       const struct bucket_ask *ask, redis_link_done done, void *arg)
{
	static const struct bucket_rate no_chat;
	struct arena arena = { 0 };
	struct script_call call = script_call(&arena, script);
	enum status status;

	script_key(&call, bot_key(&arena, ask->bot_id));
	script_key(&call, chat_key(&arena, ask->bot_id, ask->chat_id));
	arg_rate(&call, &ask->bot);
	arg_rate(&call, ask->chat_id != 0 ? &ask->chat : &no_chat);
	script_arg_int(&call, ask->now_ms);
	status = script_send(link, &call, done, arg);
	arena_release(&arena);
	return status;
}

enum status bucket_take(struct redis_link *link, const struct bucket_ask *ask, redis_link_done done,
			void *arg)
{
	return bucket_send(link, SCRIPT_bucket_take, ask, done, arg);
}

enum status bucket_give(struct redis_link *link, const struct bucket_ask *ask)
{
	return bucket_send(link, SCRIPT_bucket_give, ask, NULL, NULL);
}

enum bucket_verdict bucket_verdict(const struct redis_value *value, int64_t *wait_ms_out)
{
	*wait_ms_out = 0;
	if (value == NULL)
		return BUCKET_AWAY;
	if (value->type != REDIS_IS_LIST || value->count != 2 ||
	    value->items[0].type != REDIS_IS_INT) {
		if (script_error(SCRIPT_bucket_take, value) == STATUS_FAILED)
			*wait_ms_out = 1000;
		return BUCKET_AWAY;
	}
	*wait_ms_out = value->items[1].number;
	return (enum bucket_verdict)value->items[0].number;
}

enum status bucket_pause(struct redis_link *link, int64_t bot_id, int64_t chat_id, int64_t until_ms,
			 int64_t now_ms, bool whole_bot)
{
	struct arena arena = { 0 };
	struct script_call call = script_call(&arena, SCRIPT_bucket_pause);
	enum status status;

	script_key(&call, bot_key(&arena, bot_id));
	script_arg_int(&call, chat_id);
	script_arg_int(&call, until_ms);
	script_arg_int(&call, now_ms);
	script_arg_int(&call, BUCKET_SPREAD_MS);
	script_arg_int(&call, whole_bot ? 1 : 0);
	status = script_send(link, &call, NULL, NULL);
	arena_release(&arena);
	return status;
}
