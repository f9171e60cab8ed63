/* bots/poller.h -- takes a bot's updates in: one long poll at a time, each answer one change, and
 * only a durable one is confirmed by the next poll. One poller per token on this host; the others
 * stand by. */
#ifndef BOTS_POLLER_H
#define BOTS_POLLER_H

#include "base/loop.h"
#include "bots/intake.h"
#include "store/store.h"

#include <jansson.h>

struct poller;

enum poller_state {
	POLLER_STANDBY, /* another process of this host polls */
	POLLER_POLLING,
	POLLER_COMMITTING,
	POLLER_PAUSED, /* after a failure, for a while */
	POLLER_OFF,    /* stopped, or the token is wrong: only a new start helps */
	POLLER_STATES,
};

struct poller_options {
	struct event_base *base;
	struct store *store;
	struct db *reader; /* the loop's own */
	const struct intake_table *table;
	int64_t bot_id;
	const char *api, *token; /* as for bot_api_open */
	struct bot_api *replies; /* for direct answers; polls have a client of their own */
	int poll_s;
	const char *dir; /* ECO_DIR: the lock that elects lives there */
	struct str incarnation;
	loop_fn elected; /* once, when this one begins to poll; may be NULL */
	void *arg;
};

/* Strings are borrowed for the poller's life. */
CHECKED enum status poller_open(const struct poller_options *options, struct poller **poller_out);
/* Drops the long poll, lets a batch under way commit, then calls stopped once (it may do so before
 * returning). */
void poller_stop(struct poller *poller, loop_fn stopped, void *arg);
/* The store must be closed before, when a batch may be under way. NULL is fine. */
void poller_close(struct poller *poller);
enum poller_state poller_state(const struct poller *poller);

/* ---- the rules, pure --------------------------------------------------------------------- */

/* The pause after the n-th failure in a row (n from 1): 1 s growing to 5 s, +-20 % by `random` in
 * [0, 1000). */
int64_t poller_backoff_ms(int failures, uint32_t random);

/* What an answer that is not OK means for polling. */
struct poller_fate {
	const char *event; /* for the log */
	int64_t pause_ms;  /* POLLER_BACKOFF, POLLER_RETRY_AFTER, or so long */
	bool is_off;	   /* no further poll; `event` is repeated every pause_ms as an alarm */
};
enum { POLLER_BACKOFF = 0, POLLER_RETRY_AFTER = -1 };
const struct poller_fate *poller_fate_of(enum bot_fate fate);

#endif
