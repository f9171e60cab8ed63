/* workers/budget.h -- the waiting room before the Bot API: who may send next. Answers go before
 * bulk notices, and nobody goes faster than the bot and the chat may; the tokens are shared with
 * all other workers (redis/bucket.h). */
#ifndef WORKERS_BUDGET_H
#define WORKERS_BUDGET_H

#include "base/loop.h"
#include "domain/task.h"
#include "redis/link.h"

#include <stdbool.h>
#include <sys/queue.h>

struct budget;

/* One that waits; the caller's, from budget_join until granted() or budget_forget. */
struct budget_turn {
	TAILQ_ENTRY(budget_turn) entry;
	int64_t bot_id, chat_id; /* chat 0: none */
	enum task_class class;
	loop_fn granted;
	void *arg;
	int64_t not_before_mono_ms; /* private */
	bool waiting;
};

struct budget_options {
	struct event_base *base;
	struct redis_link *link;
	int64_t bot_per_s, chat_per_s;
};

CHECKED enum status budget_open(const struct budget_options *options, struct budget **budget_out);
void budget_close(struct budget *budget); /* NULL is fine */

/* granted(arg) runs on the loop when it has its tokens; never inside this call. */
void budget_join(struct budget *budget, struct budget_turn *turn);
/* Does not wait any more; fine also when it does not. */
void budget_forget(struct budget *budget, struct budget_turn *turn);
/* Granted, but nothing was sent. */
void budget_refund(struct budget *budget, const struct budget_turn *turn);
/* Telegram said 429: the chat's tasks wait by their own due time; two chats in a row pause the bot.
 * `whole_bot`: pauses it at once. */
void budget_slow_down(struct budget *budget, const struct budget_turn *turn, int64_t pause_ms,
		      bool whole_bot);

/* Whose budget a task is: out of "chat:<bot id>:<chat id>". NOT_FOUND: another kind of key, or
 * none. */
CHECKED enum status budget_whose(struct str order_key, int64_t *bot_id_out, int64_t *chat_id_out);

#endif
