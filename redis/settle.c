/* redis/settle.c -- acks, delays and burials under way. */
#include "redis/settle.h"

#include "base/clock.h"
#include "base/crash.h"
#include "redis/keys.h"

#include <stdlib.h>
#include <sys/queue.h>

enum {
	ACKS_MAX = 128, /* in one call */
	ACK_WORDS = 3,
	GATHER_MS = 2,
	RETRY_MS = 100,
};

/* One call with all it needs: a script, or XACK. */
struct settle_op {
	TAILQ_ENTRY(settle_op) link;
	struct settler *owner; /* NULL: closed while it was under way */
	struct arena arena;
	struct script_call call;
	struct str *ack; /* XACK stream group, then the ids; NULL: the script */
	size_t stream;
	struct str *ids;
	size_t id_count;
};

TAILQ_HEAD(settle_ops, settle_op);

struct settler {
	struct redis_link *link;
	struct arena arena;
	struct str slot;
	settled_fn settled;
	void *arg;
	struct loop_timer *gather, *retry;
	struct settle_op *batches[SETTLE_STREAMS]; /* acks still gathered */
	struct settle_ops sent, waiting;
	size_t unsettled;
};

static struct settle_op *op_new(struct settler *settler, size_t stream, struct str *key_out)
{
	struct settle_op *op = calloc(1, sizeof(*op));

	if (op == NULL)
		abort();
	op->owner = settler;
	op->stream = stream;
	*key_out = key_stream(&op->arena, (enum task_type)(stream / TASK_CLASSES),
			      (enum task_class)(stream % TASK_CLASSES));
	return op;
}

/* No script: whoever holds an entry is the only one to know its id, as what a dead worker left is
 * written anew, under another. */
static struct settle_op *ack_new(struct settler *settler, size_t stream)
{
	struct str key;
	struct settle_op *op = op_new(settler, stream, &key);

	op->ack = arena_array(&op->arena, ACK_WORDS + ACKS_MAX, sizeof(*op->ack));
	op->ack[0] = STR("XACK");
	op->ack[1] = key;
	op->ack[2] = STR("workers");
	op->ids = op->ack + ACK_WORDS;
	return op;
}

/* A script that settles one entry. */
static struct settle_op *script_new(struct settler *settler, enum redis_script script,
				    size_t stream)
{
	struct str key;
	struct settle_op *op = op_new(settler, stream, &key);

	op->call = script_call(&op->arena, script);
	op->ids = arena_array(&op->arena, 1, sizeof(*op->ids));
	script_key(&op->call, key);
	return op;
}

static struct str op_add(struct settle_op *op, struct str entry_id)
{
	op->ids[op->id_count] = str_copy(&op->arena, entry_id);
	op->owner->unsettled++;
	return op->ids[op->id_count++];
}

static void op_free(struct settle_op *op)
{
	arena_release(&op->arena);
	free(op);
}

static enum status op_error(const struct settle_op *op, const struct redis_value *value)
{
	return op->ack != NULL ? command_error("XACK", value)
			       : script_error(op->call.script, value);
}

static void op_answered(const struct redis_value *value, void *arg)
{
	struct settle_op *op = arg;
	struct settler *settler = op->owner;

	if (settler == NULL) {
		op_free(op);
		return;
	}
	TAILQ_REMOVE(&settler->sent, op, link);
	if (value == NULL || (value->type != REDIS_IS_INT && op_error(op, value) == STATUS_BUSY)) {
		TAILQ_INSERT_TAIL(&settler->waiting, op, link);
		loop_timer_set(settler->retry, RETRY_MS);
		return;
	}
	CRASH_POINT("settle.answered");
	settler->unsettled -= op->id_count;
	settler->settled(op->stream, op->ids, op->id_count, settler->arg);
	op_free(op);
}

static enum status op_tell(struct settler *settler, struct settle_op *op)
{
	struct redis_command ack = { op->ack, ACK_WORDS + op->id_count };

	if (op->ack != NULL)
		return redis_link_send(settler->link, &ack, op_answered, op);
	return script_send(settler->link, &op->call, op_answered, op);
}

static void op_send(struct settler *settler, struct settle_op *op)
{
	CRASH_POINT("settle.before_send");
	if (op_tell(settler, op) == STATUS_OK) {
		CRASH_POINT("settle.sent");
		TAILQ_INSERT_TAIL(&settler->sent, op, link);
		return;
	}
	TAILQ_INSERT_TAIL(&settler->waiting, op, link);
	loop_timer_set(settler->retry, RETRY_MS);
}

/* Each once; what fails waits again. */
static void retry_due(void *arg)
{
	struct settler *settler = arg;
	struct settle_ops due = TAILQ_HEAD_INITIALIZER(due);
	struct settle_op *op;

	TAILQ_CONCAT(&due, &settler->waiting, link);
	while ((op = TAILQ_FIRST(&due)) != NULL) {
		TAILQ_REMOVE(&due, op, link);
		op_send(settler, op);
	}
}

static void send_batch(struct settler *settler, size_t stream)
{
	struct settle_op *op = settler->batches[stream];

	settler->batches[stream] = NULL;
	op_send(settler, op);
}

void settler_flush(struct settler *settler)
{
	for (size_t stream = 0; stream < SETTLE_STREAMS; stream++)
		if (settler->batches[stream] != NULL)
			send_batch(settler, stream);
}

static void gather_due(void *arg)
{
	settler_flush(arg);
}

void settler_ack(struct settler *settler, size_t stream, struct str entry_id)
{
	struct settle_op *op = settler->batches[stream];

	if (op == NULL) {
		op = settler->batches[stream] = ack_new(settler, stream);
		loop_timer_set(settler->gather, GATHER_MS);
	}
	op_add(op, entry_id);
	if (op->id_count == ACKS_MAX)
		send_batch(settler, stream);
}

void settler_delay(struct settler *settler, const struct task_notice *notice, struct str entry_id)
{
	struct settle_op *op =
		script_new(settler, SCRIPT_delay, settle_stream(notice->type, notice->class));

	script_key(&op->call, key_delayed(&op->arena, notice->type, notice->class));
	script_arg(&op->call, settler->slot);
	script_arg(&op->call, op_add(op, entry_id));
	/* What is due later than the horizon is told by the scheduler when its time is near. */
	if (notice_is_near(notice, clock_wall_ms()))
		script_arg_int(&op->call, notice->due_at_ms);
	else
		script_arg(&op->call, STR(""));
	script_arg(&op->call, notice_member(&op->arena, notice));
	op_send(settler, op);
}

void settler_bury(struct settler *settler, const struct task_notice *notice, struct str entry_id,
		  struct str reason)
{
	struct settle_op *op =
		script_new(settler, SCRIPT_bury, settle_stream(notice->type, notice->class));
	struct str words[NOTICE_WORDS_MAX];
	size_t count = notice_words(&op->arena, notice, redis_word_int(&op->arena, clock_wall_ms()),
				    words);

	script_key(&op->call, key_dead(&op->arena, notice->type, notice->class));
	script_arg(&op->call, settler->slot);
	script_arg(&op->call, op_add(op, entry_id));
	script_arg_int(&op->call, DEAD_MAX);
	for (size_t i = 0; i < count; i++)
		script_arg(&op->call, str_copy(&op->arena, words[i]));
	script_arg(&op->call, STR("error"));
	script_arg(&op->call, str_copy(&op->arena, reason));
	op_send(settler, op);
}

size_t settler_unsettled(const struct settler *settler)
{
	return settler->unsettled;
}

enum status settler_open(struct event_base *base, struct redis_link *link, struct str slot,
			 settled_fn settled, void *arg, struct settler **settler_out)
{
	struct settler *settler = calloc(1, sizeof(*settler));

	if (settler == NULL)
		return STATUS_FAILED;
	settler->link = link;
	settler->slot = str_copy(&settler->arena, slot);
	settler->settled = settled;
	settler->arg = arg;
	settler->gather = loop_timer_open(base, gather_due, settler);
	settler->retry = loop_timer_open(base, retry_due, settler);
	TAILQ_INIT(&settler->sent);
	TAILQ_INIT(&settler->waiting);
	*settler_out = settler;
	return STATUS_OK;
}

void settler_close(struct settler *settler)
{
	struct settle_op *op;

	if (settler == NULL)
		return;
	settler_flush(settler);
	TAILQ_FOREACH(op, &settler->sent, link)
	op->owner = NULL;
	while ((op = TAILQ_FIRST(&settler->waiting)) != NULL) {
		TAILQ_REMOVE(&settler->waiting, op, link);
		op_free(op);
	}
	loop_timer_close(settler->gather);
	loop_timer_close(settler->retry);
	arena_release(&settler->arena);
	free(settler);
}
