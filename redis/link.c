/* redis/link.c -- hiredis' asynchronous connection, made to reconnect, to time out and to end every
 * call once. */
#include "redis/link.h"

#include "base/clock.h"
#include "base/log.h"
#include "redis/wire.h"

#include <assert.h>
#include <hiredis/adapters/libevent.h>
#include <hiredis/async.h>
#include <stdlib.h>

enum {
	RECONNECT_MS_MIN = 100,
	RECONNECT_MS_MAX = 1000,
	CALL_TIMEOUT_MS = 2000, /* also for connecting */
	WATCH_PERIOD_MS = 100,
	PING_PERIOD_MS = 2000, /* of silence */
	OUTSTANDING_MAX = 10000,
	UP_HANDLERS_MAX = 8,
	GREETING_MAX = 2,
};

enum link_state {
	LINK_DOWN,     /* no context; the reconnect timer runs */
	LINK_GREETING, /* connecting, then AUTH, SELECT, PING; nobody else may send */
	LINK_UP,
};

/* hiredis holds one as privdata until it calls back; `link` becomes NULL when we ended the call
 * before. */
struct link_call {
	struct redis_link *link;
	struct link_call *older, *newer;
	redis_link_done done;
	void *arg;
	int64_t deadline_ms; /* monotonic */
};

struct redis_link {
	struct event_base *base;
	struct redis_address address;
	struct arena arena;	    /* the address */
	struct arena reply_arena;   /* the answer under way */
	redisAsyncContext *context; /* never touched once dropped */
	enum link_state state;
	struct loop_timer *reconnect, *watch;
	int64_t reconnect_ms, heard_ms, asked_ms, greeting_until_ms;
	struct link_call *oldest, *newest;
	size_t outstanding;
	struct {
		loop_fn fn;
		void *arg;
	} up[UP_HANDLERS_MAX];
	size_t up_count;
	struct str channel; /* STR_NONE: no subscriber */
	redis_link_done message;
	void *message_arg;
	bool lost_logged; /* one line per outage */
};

static void link_connect(void *arg);

/* ---- the calls under way ----------------------------------------------------------------- */

static void call_append(struct redis_link *link, struct link_call *call)
{
	call->older = link->newest;
	if (link->newest != NULL)
		link->newest->newer = call;
	else
		link->oldest = call;
	link->newest = call;
	link->outstanding++;
}

static void call_remove(struct link_call *call)
{
	struct redis_link *link = call->link;

	if (call->older != NULL)
		call->older->newer = call->newer;
	else
		link->oldest = call->newer;
	if (call->newer != NULL)
		call->newer->older = call->older;
	else
		link->newest = call->older;
	link->outstanding--;
	call->link = NULL;
}

static void call_end(struct link_call *call, const struct redis_value *value)
{
	call_remove(call);
	if (call->done != NULL)
		call->done(value, call->arg);
}

/* ---- losing the connection --------------------------------------------------------------- */

/* The context is let go first, so that whatever the ended calls do next finds the link down. The
 * link's own end of each call comes before redisAsyncFree, which may be put off by hiredis until
 * the link itself is gone. */
static void link_drop(struct redis_link *link, const char *reason, bool context_is_gone)
{
	redisAsyncContext *context = link->context;

	if (!link->lost_logged)
		log_warn("redis.link_lost", LOG_C("reason", reason));
	link->lost_logged = true;
	link->context = NULL;
	link->state = LINK_DOWN;
	loop_timer_off(link->watch);
	loop_timer_set(link->reconnect, link->reconnect_ms);
	link->reconnect_ms = link->reconnect_ms * 2 > RECONNECT_MS_MAX ? RECONNECT_MS_MAX
								       : link->reconnect_ms * 2;
	if (context != NULL)
		context->data = NULL;
	while (link->oldest != NULL) {
		assert(link->oldest->link == link);
		call_end(link->oldest, NULL);
	}
	if (context != NULL && !context_is_gone)
		redisAsyncFree(context);
}

static void on_disconnected(const redisAsyncContext *context, int status)
{
	(void)status;
	if (context->data != NULL)
		link_drop(context->data, context->errstr != NULL ? context->errstr : "closed",
			  true);
}

/* ---- calling ----------------------------------------------------------------------------- */

static void on_reply(redisAsyncContext *context, void *reply, void *privdata)
{
	struct link_call *call = privdata;
	struct redis_link *link = call->link;
	struct redis_value value;

	(void)context;
	if (link != NULL && reply == NULL) {
		call_end(call, NULL);
	} else if (link != NULL) {
		bool wrong;

		link->heard_ms = clock_mono_ms();
		arena_reset(&link->reply_arena);
		value = wire_value(&link->reply_arena, reply);
		wrong = wire_is_wrong_server(&value);
		/* Dropped first, so that done() can't send more to it; dropping ends the calls
		 * behind this one. */
		call_remove(call);
		if (wrong)
			link_drop(link, "it is no master for us", false);
		if (call->done != NULL)
			call->done(&value, call->arg);
	}
	free(call);
}

/* In any state but DOWN; `done` is called exactly once unless this says BUSY. */
static enum status link_call(struct redis_link *link, const struct redis_command *command,
			     redis_link_done done, void *arg)
{
	struct arena arena = { 0 };
	struct wire_args args = wire_args(&arena, command);
	struct link_call *call = calloc(1, sizeof(*call));
	enum status status = STATUS_BUSY;

	if (call == NULL)
		goto out;
	*call = (struct link_call){ .link = link, .done = done, .arg = arg };
	call->deadline_ms = clock_mono_ms() + CALL_TIMEOUT_MS;
	if (redisAsyncCommandArgv(link->context, on_reply, call, args.count, args.data,
				  args.lens) != REDIS_OK) {
		free(call);
		goto out;
	}
	call_append(link, call);
	status = STATUS_OK;
out:
	arena_release(&arena);
	return status;
}

enum status redis_link_send(struct redis_link *link, const struct redis_command *command,
			    redis_link_done done, void *arg)
{
	if (link->state != LINK_UP || link->channel.data != NULL ||
	    link->outstanding >= OUTSTANDING_MAX)
		return STATUS_BUSY;
	return link_call(link, command, done, arg);
}

/* ---- subscribing ------------------------------------------------------------------------- */

/* ["message", channel, text] or the answer to SUBSCRIBE. */
static void on_message(redisAsyncContext *context, void *reply, void *privdata)
{
	struct redis_link *link = context->data;
	struct redis_value value;

	(void)privdata;
	if (link == NULL || reply == NULL)
		return;
	link->heard_ms = clock_mono_ms();
	arena_reset(&link->reply_arena);
	value = wire_value(&link->reply_arena, reply);
	if (value.type == REDIS_IS_LIST && value.count == 3 &&
	    str_eq(value.items[0].text, STR("message")))
		link->message(&value.items[2], link->message_arg);
}

/* Said again in silence, it is the subscriber's PING: Redis answers each one, and hiredis keeps one
 * entry. */
static void subscribe(struct redis_link *link)
{
	const char *words[] = { "SUBSCRIBE", link->channel.data };
	const size_t lens[] = { 9, link->channel.len };

	if (redisAsyncCommandArgv(link->context, on_message, NULL, 2, words, lens) != REDIS_OK)
		link_drop(link, "subscribe refused", false);
}

enum status redis_link_subscribe(struct redis_link *link, struct str channel,
				 redis_link_done message, void *arg)
{
	assert(link->channel.data == NULL && channel.len > 0);
	link->channel = str_copy(&link->arena, channel);
	link->message = message;
	link->message_arg = arg;
	if (link->state == LINK_UP)
		subscribe(link);
	return STATUS_OK;
}

/* ---- coming up --------------------------------------------------------------------------- */

static void link_came_up(struct redis_link *link)
{
	link->state = LINK_UP;
	link->reconnect_ms = RECONNECT_MS_MIN;
	if (link->lost_logged)
		log_info("redis.link_up", LOG_INT("database", link->address.database));
	link->lost_logged = false;
	if (link->channel.data != NULL)
		subscribe(link);
	for (size_t i = 0; i < link->up_count && link->state == LINK_UP; i++)
		link->up[i].fn(link->up[i].arg);
}

/* Answers to AUTH, SELECT and PING; the last one decides. A server that is loading or refuses is
 * left alone for a while. */
static void on_greeting(const struct redis_value *value, void *arg)
{
	struct redis_link *link = arg;

	if (value == NULL || link->state != LINK_GREETING)
		return;
	if (value->type == REDIS_IS_ERROR) {
		if (!link->lost_logged)
			log_error("redis.refused", LOG_STR("reason", value->text));
		link_drop(link, "greeting refused", false);
	} else if (str_eq(value->text, STR("PONG"))) {
		link_came_up(link);
	}
}

static void on_connected(const redisAsyncContext *context, int status)
{
	struct redis_link *link = context->data;
	struct redis_command commands[GREETING_MAX + 1];
	struct arena arena = { 0 };
	size_t count;

	if (link == NULL)
		return;
	if (status != REDIS_OK) {
		/* hiredis frees the context itself after a failed connect. */
		link_drop(link, context->errstr != NULL ? context->errstr : "no connection", true);
		return;
	}
	count = wire_greeting(&arena, &link->address, commands);
	commands[count++] = redis_words(&arena, STR("PING"));
	/* hiredis would go on using a context that is freed in here: a greeting that can't be sent
	 * runs into its deadline. */
	for (size_t i = 0; i < count; i++)
		if (link_call(link, &commands[i], on_greeting, link) != STATUS_OK)
			break;
	arena_release(&arena);
}

static void link_connect(void *arg)
{
	struct redis_link *link = arg;
	const struct redis_address *address = &link->address;

	if (address->path.data != NULL)
		link->context = redisAsyncConnectUnix(address->path.data);
	else
		link->context = redisAsyncConnect(address->host.data, address->port);
	if (link->context == NULL || link->context->err != 0) {
		link_drop(link, link->context == NULL ? "out of memory" : link->context->errstr,
			  false);
		return;
	}
	wire_tame_socket(&link->context->c, address);
	link->context->data = link;
	link->state = LINK_GREETING;
	link->heard_ms = link->asked_ms = clock_mono_ms();
	link->greeting_until_ms = link->heard_ms + CALL_TIMEOUT_MS;
	loop_timer_every(link->watch, WATCH_PERIOD_MS);
	if (redisLibeventAttach(link->context, link->base) != REDIS_OK ||
	    redisAsyncSetConnectCallback(link->context, on_connected) != REDIS_OK ||
	    redisAsyncSetDisconnectCallback(link->context, on_disconnected) != REDIS_OK)
		link_drop(link, "callbacks refused", false);
}

/* ---- watching ---------------------------------------------------------------------------- */

static void ping(struct redis_link *link)
{
	struct arena arena = { 0 };
	struct redis_command command = redis_words(&arena, STR("PING"));

	if (link->channel.data != NULL)
		subscribe(link);
	else if (link_call(link, &command, NULL, NULL) != STATUS_OK)
		link_drop(link, "ping not sent", false);
	arena_release(&arena);
}

/* Answers come in order: when the oldest call is late, all are. */
static void link_watch(void *arg)
{
	struct redis_link *link = arg;
	int64_t now_ms = clock_mono_ms();

	if (link->state == LINK_GREETING && now_ms > link->greeting_until_ms) {
		link_drop(link, "no greeting in time", false);
	} else if (link->oldest != NULL && now_ms > link->oldest->deadline_ms) {
		link_drop(link, "no answer in time", false);
	} else if (link->state == LINK_UP && link->channel.data != NULL &&
		   link->asked_ms > link->heard_ms && now_ms > link->asked_ms + CALL_TIMEOUT_MS) {
		link_drop(link, "the channel is silent", false);
	} else if (link->state == LINK_UP && link->oldest == NULL &&
		   now_ms > link->heard_ms + PING_PERIOD_MS &&
		   now_ms > link->asked_ms + PING_PERIOD_MS) {
		link->asked_ms = now_ms;
		ping(link);
	}
}

/* ---- handle ------------------------------------------------------------------------------ */

enum status redis_link_open(struct event_base *base, const struct redis_address *address,
			    struct redis_link **link_out)
{
	struct redis_link *link = calloc(1, sizeof(*link));

	if (link == NULL)
		return STATUS_FAILED;
	link->base = base;
	link->address = wire_address_copy(&link->arena, address);
	link->reconnect_ms = RECONNECT_MS_MIN;
	link->reconnect = loop_timer_open(base, link_connect, link);
	link->watch = loop_timer_open(base, link_watch, link);
	loop_timer_set(link->reconnect, 0);
	*link_out = link;
	return STATUS_OK;
}

void redis_link_close(struct redis_link *link)
{
	if (link == NULL)
		return;
	link->lost_logged = true;
	link_drop(link, "closed", false);
	loop_timer_close(link->reconnect);
	loop_timer_close(link->watch);
	arena_release(&link->arena);
	arena_release(&link->reply_arena);
	free(link);
}

bool redis_link_is_up(const struct redis_link *link)
{
	return link->state == LINK_UP;
}

bool redis_link_is_coming(const struct redis_link *link)
{
	return link->state != LINK_UP && !link->lost_logged;
}

void redis_link_on_up(struct redis_link *link, loop_fn up, void *arg)
{
	assert(link->up_count < UP_HANDLERS_MAX);
	link->up[link->up_count].fn = up;
	link->up[link->up_count++].arg = arg;
}
