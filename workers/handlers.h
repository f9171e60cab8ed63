/* workers/handlers.h -- what the worker does for each type of task: plain functions that get a row
 * and say what came of it. */
#ifndef WORKERS_HANDLERS_H
#define WORKERS_HANDLERS_H

#include "base/arena.h"
#include "domain/task.h"
#include "store/tasks.h"
#include "telegram/bot_api.h"

#include <stdint.h>

struct db;

/* What every handler is given. All strings it makes live in the arena. */
struct work {
	struct db *db; /* on the writer thread, inside the change */
	const struct task *task;
	int64_t now_ms;
	struct arena *arena;
};

/* ---- transactional: everything happens in this one transaction --------------------------- */

/* OK, and EMPTY when there was nothing left to do: *outcome_out (DONE unless it says otherwise) is
 * recorded with it. Anything else: rolled back, then retried or buried as outcome_of_status says.
 */
typedef enum status (*handler_run)(const struct work *work, struct outcome *outcome_out);

/* ---- external: claim and begin, commit, call, then end in a second transaction ----------- */

enum call_kind { CALL_NONE, CALL_SEND, CALL_EDIT };

/* The one call to the Bot API that a task comes to; CALL_NONE: none is needed, the task is done. */
struct call {
	enum call_kind kind;
	int64_t bot_id, chat_id, message_id;
	struct str text;
	const struct bot_button *buttons;
	size_t button_count;
};

struct call_answer {
	enum bot_fate fate;
	int64_t retry_at_ms; /* BOT_SLOW_DOWN: counted from when Telegram said it */
	int64_t message_id;  /* Telegram's, of a message that was sent */
	struct str reason;   /* for people */
};

/* Says what is to be called, and records that it will be. */
typedef enum status (*handler_begin)(const struct work *work, struct call *call_out);
/* Records what came of it; the outcome is recorded in the same transaction, or none of it when the
 * fence is broken. */
typedef enum status (*handler_end)(const struct work *work, const struct call_answer *answer,
				   struct outcome *outcome_out);
/* The task was given up: what it leaves behind, in the transaction that buries it. May be NULL. */
typedef enum status (*handler_lost)(const struct work *work, struct str reason);

struct handler {
	handler_run run;
	handler_begin begin;
	handler_end end;
	handler_lost lost;
};

extern const struct handler handlers[TASK_TYPES];

/* Does the table fit domain/task's? FAILED: logged. */
CHECKED enum status handlers_check(void);
/* A handler's error, as what becomes of the task: the machinery's are retried, impossible requests
 * are buried. */
struct outcome outcome_of_status(enum status status);

enum { UNAUTHORIZED_PAUSE_MS = 3 * 60 * 1000 }; /* a wrong token needs a person */

/* One file each. */
CHECKED enum status deliver_begin(const struct work *work, struct call *call_out);
CHECKED enum status deliver_end(const struct work *work, const struct call_answer *answer,
				struct outcome *outcome_out);
CHECKED enum status deliver_lost(const struct work *work, struct str reason);
CHECKED enum status edit_markup_begin(const struct work *work, struct call *call_out);
CHECKED enum status edit_markup_end(const struct work *work, const struct call_answer *answer,
				    struct outcome *outcome_out);
CHECKED enum status close_appeal_run(const struct work *work, struct outcome *outcome_out);
CHECKED enum status purge_run(const struct work *work, struct outcome *outcome_out);

#endif
