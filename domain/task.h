/* domain/task.h -- what can be asked of the workers: the table of task types, and how a task is
 * told to Redis. */
#ifndef DOMAIN_TASK_H
#define DOMAIN_TASK_H

#include "base/status.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

enum task_type {
	TASK_DELIVER,	   /* send one message to its customer */
	TASK_EDIT_MARKUP,  /* take the buttons off a message that has served */
	TASK_CLOSE_APPEAL, /* the ten minutes are over */
	TASK_BOT_UPDATE,   /* one Telegram update, kept raw because its handler failed */
	TASK_PURGE, /* drop what has outlived its use: update ids, idempotency keys, old sessions */
	TASK_TYPES,
};

enum task_class { TASK_INTERACTIVE, TASK_BULK, TASK_CLASSES };

enum task_state {
	TASK_WAITING, /* behind another one of its order key */
	TASK_READY,   /* may run from due_at on */
	TASK_RUNNING, /* claimed by a worker (external tasks only) */
	TASK_DEAD,    /* given up; people look at it */
	TASK_STATES,
};

/* Transactional: runs inside the writer's transaction, exactly once.
 * External: calls that can't be undone; claimed first, then called, then recorded.
 * Local: run by the process that made them, not by workers; never published. */
enum task_kind { TASK_TRANSACTIONAL, TASK_EXTERNAL, TASK_LOCAL };

/* What becomes of a running external task whose worker died. */
enum task_on_death { TASK_DEATH_RETRY, TASK_DEATH_UNKNOWN };

struct task_row {
	const char *name;
	enum task_kind kind;
	int attempts_max;   /* errors before it is buried */
	int crashes_max;    /* deaths of its worker before it is buried */
	int64_t backoff_ms; /* first pause; doubles, with 20 % jitter */
	int64_t backoff_ms_max;
	enum task_on_death on_death;
};

extern const struct task_row task_rows[TASK_TYPES];

const char *task_type_name(enum task_type type);
CHECKED enum status task_type_parse(struct str name, enum task_type *type_out);
const char *task_class_name(enum task_class class); /* "interactive", "bulk" */
CHECKED enum status task_class_parse(struct str name, enum task_class *class_out);
const char *task_state_name(enum task_state state);

/* The pause before attempt `attempt` + 1; `random` in [0, 1000) spreads it by +-20 %. */
int64_t task_backoff_ms(enum task_type type, int attempt, uint32_t random);

/* What a handler of an external task, or a failed transactional one, comes to. */
enum outcome_kind {
	OUTCOME_DONE,
	OUTCOME_RETRY,	 /* surely without effect; again at retry_at_ms (0: by the backoff) */
	OUTCOME_WAIT,	 /* as RETRY, but it counts as no attempt: a rate limit, a pause */
	OUTCOME_UNKNOWN, /* the effect may have happened; not again by itself */
	OUTCOME_BURY,	 /* refused for good */
};

struct outcome {
	enum outcome_kind kind;
	int64_t retry_at_ms;
	struct str reason; /* for people; borrowed until the outcome is recorded */
};

/* ---- what is published ------------------------------------------------------------------- */

/* One ready task as a stream or the delayed set tells of it: a hint, the row decides. */
struct task_notice {
	int64_t id;
	enum task_type type;
	enum task_class class;
	int64_t due_at_ms;
	int attempt;
	struct str order_key; /* STR_NONE: none */
	struct str payload;   /* JSON, for people who look; the row's is the one that counts */
};

/* What one committed batch wants told. */
struct notice_batch {
	const struct task_notice *tasks;
	size_t count;
	int64_t event_seq; /* the highest of the batch, 0: no event */
};

#endif
