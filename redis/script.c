/* redis/script.c -- calling the Lua scripts, and the one place that knows what to do when the
 * server forgot them. */
#include "redis/script.h"

#include "base/log.h"
#include "domain/task.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { AT_VERB, AT_SCRIPT, AT_KEYS, AT_WORDS };
enum { SHA_BYTES = 40 }; /* in hexadecimal */

static const struct {
	const char *name, *sha;
	struct str text; /* STR() is no constant for gcc */
} scripts[SCRIPTS] = {
#define SCRIPT(name, sha, text) { #name, sha, { "" text, sizeof(text) - 1 } },
#include "redis/script_list.h"
#undef SCRIPT
};

const char *script_name(enum redis_script script)
{
	return scripts[script].name;
}

struct str script_text(enum redis_script script)
{
	return scripts[script].text;
}

struct str script_sha(enum redis_script script)
{
	return (struct str){ scripts[script].sha, SHA_BYTES };
}

static void add_word(struct script_call *call, struct str word)
{
	if (call->command.count == call->size) {
		struct str *words;

		call->size = call->size == 0 ? 16 : call->size * 2;
		words = arena_array(call->arena, call->size, sizeof(*words));
		if (call->command.count > 0)
			memcpy(words, call->command.words, call->command.count * sizeof(*words));
		call->command.words = words;
	}
	call->command.words[call->command.count++] = word;
}

struct script_call script_call(struct arena *arena, enum redis_script script)
{
	struct script_call call = { .script = script, .arena = arena };

	add_word(&call, STR("EVALSHA"));
	add_word(&call, script_sha(script));
	add_word(&call, STR("0"));
	return call;
}

void script_key(struct script_call *call, struct str key)
{
	assert(call->command.count == AT_WORDS + call->keys);
	call->keys++;
	add_word(call, key);
	call->command.words[AT_KEYS] = redis_word_int(call->arena, (int64_t)call->keys);
}

void script_arg(struct script_call *call, struct str word)
{
	add_word(call, word);
}

void script_arg_int(struct script_call *call, int64_t number)
{
	add_word(call, redis_word_int(call->arena, number));
}

void script_arg_types(struct script_call *call)
{
	for (size_t i = 0; i < TASK_TYPES; i++)
		if (task_rows[i].kind != TASK_LOCAL)
			add_word(call, str_from_c(task_rows[i].name));
}

static bool is_unknown(const struct redis_value *value)
{
	return value->type == REDIS_IS_ERROR && str_starts(value->text, STR("NOSCRIPT"));
}

/* The same call with the text instead of its name; the server keeps the text and knows the name
 * from then on. */
static void say_in_full(struct redis_command *command, enum redis_script script)
{
	command->words[AT_VERB] = STR("EVAL");
	command->words[AT_SCRIPT] = scripts[script].text;
}

enum status script_run(struct redis_conn *conn, struct script_call *call,
		       struct redis_value *value_out)
{
	enum status status = redis_run(conn, &call->command, call->arena, value_out);

	if (status != STATUS_OK || !is_unknown(value_out))
		return status;
	say_in_full(&call->command, call->script);
	return redis_run(conn, &call->command, call->arena, value_out);
}

enum status command_error(const char *name, const struct redis_value *value)
{
	static const char *const passing[] = { "LOADING",  "BUSY",	 "OOM",	       "MISCONF",
					       "READONLY", "MASTERDOWN", "NOREPLICAS", "NOAUTH" };

	if (value->type == REDIS_IS_ERROR)
		for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
			if (str_starts(value->text, str_from_c(passing[i])))
				return STATUS_BUSY;
	log_error("redis.command_failed", LOG_C("command", name),
		  LOG_STR("reason", value->type == REDIS_IS_ERROR
					    ? value->text
					    : STR("an answer of another shape")));
	return STATUS_FAILED;
}

enum status script_error(enum redis_script script, const struct redis_value *value)
{
	return command_error(script_name(script), value);
}

enum status script_run_int(struct redis_conn *conn, struct script_call *call, int64_t *number_out)
{
	struct redis_value value;
	enum status status = script_run(conn, call, &value);

	if (status != STATUS_OK)
		return status;
	if (value.type != REDIS_IS_INT)
		return script_error(call->script, &value);
	*number_out = value.number;
	return STATUS_OK;
}

/* ---- on a link --------------------------------------------------------------------------- */

/* A call under way; keeps its words for the case that the server does not know the script. */
struct script_sent {
	struct redis_link *link;
	enum redis_script script;
	struct redis_command command;
	redis_link_done done;
	void *arg;
	struct arena arena;
};

static void sent_free(struct script_sent *sent)
{
	arena_release(&sent->arena);
	free(sent);
}

static void sent_done(const struct redis_value *value, void *arg)
{
	struct script_sent *sent = arg;
	redis_link_done done = sent->done;

	if (value != NULL && is_unknown(value) &&
	    str_eq(sent->command.words[AT_VERB], STR("EVALSHA"))) {
		say_in_full(&sent->command, sent->script);
		if (redis_link_send(sent->link, &sent->command, sent_done, sent) == STATUS_OK)
			return;
		value = NULL;
	}
	arg = sent->arg;
	sent_free(sent);
	if (done != NULL)
		done(value, arg);
}

enum status script_send(struct redis_link *link, struct script_call *call, redis_link_done done,
			void *arg)
{
	struct script_sent *sent = calloc(1, sizeof(*sent));
	enum status status;

	if (sent == NULL)
		return STATUS_BUSY;
	sent->link = link;
	sent->script = call->script;
	sent->done = done;
	sent->arg = arg;
	sent->command = redis_command_of(&sent->arena, call->command.words, call->command.count);
	for (size_t i = 0; i < sent->command.count; i++)
		sent->command.words[i] = str_copy(&sent->arena, sent->command.words[i]);
	status = redis_link_send(link, &sent->command, sent_done, sent);
	if (status != STATUS_OK)
		sent_free(sent);
	return status;
}
