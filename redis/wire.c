/* redis/wire.c -- between hiredis' structs and ours. */
#include "redis/wire.h"

#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

enum { LIST_MAX = 1 << 20 }; /* of what we ask for; with a longer one the connection is lost */

static struct redis_value list_value(struct arena *arena, const redisReply *reply)
{
	struct redis_value *items = arena_array(arena, reply->elements, sizeof(*items));

	for (size_t i = 0; i < reply->elements; i++)
		items[i] = wire_value(arena, reply->element[i]);
	return (struct redis_value){ .type = REDIS_IS_LIST,
				     .items = items,
				     .count = reply->elements };
}

struct redis_value wire_value(struct arena *arena, const redisReply *reply)
{
	struct redis_value value = { .type = REDIS_IS_NIL };

	switch (reply->type) {
	case REDIS_REPLY_INTEGER:
		value.type = REDIS_IS_INT;
		value.number = reply->integer;
		break;
	case REDIS_REPLY_STRING:
	case REDIS_REPLY_STATUS:
	case REDIS_REPLY_ERROR:
		value.type = reply->type == REDIS_REPLY_ERROR ? REDIS_IS_ERROR : REDIS_IS_STR;
		value.text = str_copy(arena, (struct str){ reply->str, reply->len });
		break;
	case REDIS_REPLY_ARRAY:
		return list_value(arena, reply);
	default:
		break;
	}
	return value;
}

/* ---- answers without a redisReply between ------------------------------------------------ */

/* Where the value goes that hiredis has read: into its list, or it is the answer itself. */
static void *put(const redisReadTask *task, struct redis_value value)
{
	const struct redis_value *list = task->parent != NULL ? task->parent->obj : NULL;
	struct redis_value *place = list != NULL ? (struct redis_value *)&list->items[task->idx]
						 : ARENA_NEW(task->privdata, struct redis_value);

	*place = value;
	return place;
}

static void *put_string(const redisReadTask *task, char *text, size_t len)
{
	struct redis_value value = { .type = task->type == REDIS_REPLY_ERROR ? REDIS_IS_ERROR
									     : REDIS_IS_STR };

	value.text = str_copy(task->privdata, (struct str){ text, len });
	return put(task, value);
}

static void *put_list(const redisReadTask *task, int count)
{
	struct redis_value value = { .type = REDIS_IS_LIST, .count = (size_t)count };

	if (count > LIST_MAX)
		return NULL;
	value.items = arena_array(task->privdata, value.count, sizeof(*value.items));
	return put(task, value);
}

static void *put_int(const redisReadTask *task, long long number)
{
	return put(task, (struct redis_value){ .type = REDIS_IS_INT, .number = number });
}

static void *put_nil(const redisReadTask *task)
{
	return put(task, (struct redis_value){ .type = REDIS_IS_NIL });
}

static void leave_to_arena(void *value)
{
	(void)value;
}

void wire_answers_into(redisContext *context, struct arena *arena)
{
	static redisReplyObjectFunctions functions = { put_string, put_list, put_int, put_nil,
						       leave_to_arena };

	context->reader->fn = &functions;
	context->reader->privdata = arena;
}

/* ------------------------------------------------------------------------------------------ */

struct wire_args wire_args(struct arena *arena, const struct redis_command *command)
{
	struct wire_args args;

	assert(command->count > 0 && command->count <= INT_MAX);
	args.data = arena_array(arena, command->count, sizeof(*args.data));
	args.lens = arena_array(arena, command->count, sizeof(*args.lens));
	args.count = (int)command->count;
	for (size_t i = 0; i < command->count; i++) {
		args.data[i] = command->words[i].data != NULL ? command->words[i].data : "";
		args.lens[i] = command->words[i].len;
	}
	return args;
}

size_t wire_greeting(struct arena *arena, const struct redis_address *address,
		     struct redis_command *commands_out)
{
	size_t count = 0;

	if (address->password.data != NULL && address->user.data != NULL)
		commands_out[count++] =
			redis_words(arena, STR("AUTH"), address->user, address->password);
	else if (address->password.data != NULL)
		commands_out[count++] = redis_words(arena, STR("AUTH"), address->password);
	if (address->database != 0)
		commands_out[count++] =
			redis_words(arena, STR("SELECT"), redis_word_int(arena, address->database));
	return count;
}

void wire_tame_socket(redisContext *context, const struct redis_address *address)
{
	if (fcntl(context->fd, F_SETFD, FD_CLOEXEC) != 0)
		log_warn("redis.no_close_on_exec", LOG_C("reason", strerror(errno)));
	if (address->path.data == NULL && redisEnableKeepAlive(context) != REDIS_OK)
		log_warn("redis.no_keepalive", LOG_C("reason", context->errstr));
}

bool wire_is_wrong_server(const struct redis_value *value)
{
	return value->type == REDIS_IS_ERROR &&
	       (str_starts(value->text, STR("READONLY")) || str_starts(value->text, STR("NOAUTH")));
}

struct redis_address wire_address_copy(struct arena *arena, const struct redis_address *address)
{
	struct redis_address copy = *address;

	copy.host = str_copy(arena, address->host);
	copy.path = str_copy(arena, address->path);
	copy.user = str_copy(arena, address->user);
	copy.password = str_copy(arena, address->password);
	return copy;
}

struct redis_command redis_command_of(struct arena *arena, const struct str *words, size_t count)
{
	struct redis_command command = { arena_array(arena, count, sizeof(*words)), count };

	for (size_t i = 0; i < count; i++)
		command.words[i] = words[i];
	return command;
}

struct str redis_word_int(struct arena *arena, int64_t number)
{
	return str_format(arena, "%lld", (long long)number);
}
