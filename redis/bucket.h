/* redis/bucket.h -- what a bot may still send: token buckets of the bot and of each chat, shared by
 * all workers, and the bot's pause. They live in Redis alone; after a loss they begin full. */
#ifndef REDIS_BUCKET_H
#define REDIS_BUCKET_H

#include "redis/link.h"

#include <stdbool.h>
#include <stdint.h>

struct bucket_rate {
	int64_t per_s;	 /* refill */
	int64_t burst;	 /* tokens in a full one, at least 1 */
	int64_t reserve; /* tokens that this asker must leave to others, less than burst */
};

struct bucket_ask {
	int64_t bot_id, chat_id; /* chat 0: only the bot's */
	struct bucket_rate bot, chat;
	int64_t now_ms; /* wall time, for the pause; the buckets run by the server's clock */
};

enum bucket_verdict { BUCKET_GRANTED, BUCKET_BOT_EMPTY, BUCKET_CHAT_EMPTY, BUCKET_AWAY };

/* Takes one token of both, or none. done gets the answer for bucket_verdict; BUSY as
 * redis_link_send. */
CHECKED enum status bucket_take(struct redis_link *link, const struct bucket_ask *ask,
				redis_link_done done, void *arg);
/* BUCKET_AWAY: Redis did not answer. *wait_ms_out: when to ask again. */
enum bucket_verdict bucket_verdict(const struct redis_value *value, int64_t *wait_ms_out);
/* A token that was not used. */
CHECKED enum status bucket_give(struct redis_link *link, const struct bucket_ask *ask);

/* Telegram said 429 to a chat. When it says so to two chats within BUCKET_SPREAD_MS, the bot itself
 * is meant: it pauses until then. `whole_bot`: pauses at once. */
enum { BUCKET_SPREAD_MS = 5000 };
CHECKED enum status bucket_pause(struct redis_link *link, int64_t bot_id, int64_t chat_id,
				 int64_t until_ms, int64_t now_ms, bool whole_bot);

#endif
