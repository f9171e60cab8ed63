/* bots/poller.c -- the life of a long poll: elected, polled, committed, answered, polled again. */
#include "bots/poller.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/random.h"
#include "base/slot.h"
#include "bots/batch.h"
#include "bots/replies.h"
#include "store/bots.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
	UPDATES_PER_POLL = 100,
	BACKOFF_FIRST_MS = 1000,
	BACKOFF_MAX_MS = 5000,
	SECOND_INSTANCE_MS = 30 * 1000,
	ALARM_EVERY_MS = 60 * 1000,
	ELECTION_EVERY_MS = 200,
	POLL_AT_LEAST_MS =
		200, /* between two polls that bring nothing, however fast the server says so */
};

struct poller {
	struct poller_options options;
	struct arena arena;	     /* the slot's name */
	struct bot_api *polls;	     /* closing it drops the long poll; NULL once stopped */
	struct loop_timer *timer;    /* the next try: election, poll, or alarm */
	struct loop_wake *committed; /* from the writer thread */
	struct slot slot;
	enum poller_state state;
	int64_t offset;
	int64_t polled_mono_ms; /* when the poll under way began */
	int failures;
	struct batch batch;
	struct change change;
	_Atomic int commit_status;
	const struct poller_fate *alarm; /* why it is off */
	loop_fn stopped;
	void *stopped_arg;
};

/* clang-format off */
static const struct poller_fate fates[] = {
	[BOT_OK]           = { "bot.answer_malformed", POLLER_BACKOFF,     false },
	[BOT_NOT_SENT]     = { "bot.poll_failed",      POLLER_BACKOFF,     false },
	[BOT_SLOW_DOWN]    = { "bot.slow_down",        POLLER_RETRY_AFTER, false },
	[BOT_UNREACHABLE]  = { "bot.poll_refused",     BACKOFF_MAX_MS,     false },
	[BOT_REFUSED]      = { "bot.poll_refused",     BACKOFF_MAX_MS,     false },
	[BOT_UNAUTHORIZED] = { "bot.unauthorized",     ALARM_EVERY_MS,     true },
	[BOT_CONFLICT]     = { "bot.second_instance",  SECOND_INSTANCE_MS, false },
	[BOT_UNKNOWN]      = { "bot.poll_failed",      POLLER_BACKOFF,     false },
};
/* clang-format on */

static void poll_begin(struct poller *poller);

const struct poller_fate *poller_fate_of(enum bot_fate fate)
{
	return &fates[fate];
}

int64_t poller_backoff_ms(int failures, uint32_t random)
{
	int64_t pause_ms = BACKOFF_FIRST_MS;

	for (int i = 1; i < failures && pause_ms < BACKOFF_MAX_MS; i++)
		pause_ms = pause_ms * 3 / 2;
	if (pause_ms > BACKOFF_MAX_MS)
		pause_ms = BACKOFF_MAX_MS;
	return pause_ms * (800 + (int64_t)random * 400 / 1000) / 1000;
}

enum poller_state poller_state(const struct poller *poller)
{
	return poller->state;
}

static void poller_pause(struct poller *poller, int64_t pause_ms)
{
	poller->state = POLLER_PAUSED;
	loop_timer_set(poller->timer, pause_ms);
}

static void poller_back_off(struct poller *poller)
{
	poller->failures++;
	poller_pause(poller, poller_backoff_ms(poller->failures, random_below(1000)));
}

/* ---- committing -------------------------------------------------------------------------- */

/* Writer thread, both. */
static enum status batch_change(struct db *db, void *arg)
{
	struct poller *poller = arg;

	return batch_run(db, &poller->batch);
}

static void commit_done(enum status status, void *arg)
{
	struct poller *poller = arg;

	atomic_store(&poller->commit_status, (int)status);
	loop_wake_send(poller->committed);
}

/* An unconfirmed batch comes again under the same offset; if it was durable after all, its ids are
 * known. */
static void commit_failed(struct poller *poller, enum status status)
{
	log_error("bot.commit_failed", LOG_INT("bot_id", poller->options.bot_id),
		  LOG_STATUS(status));
	batch_release(&poller->batch);
	poller_back_off(poller);
}

static void commit_landed(struct poller *poller)
{
	struct batch *batch = &poller->batch;

	log_info("bot.batch", LOG_INT("bot_id", poller->options.bot_id),
		 LOG_INT("updates", batch->count), LOG_INT("duplicates", batch->duplicates),
		 LOG_INT("kept_raw", batch->kept_raw), LOG_INT("offset", batch->offset));
	CRASH_POINT("poller.committed");
	poller->offset = batch->offset;
	poller->failures = 0;
	replies_send(poller->options.replies, &batch->replies);
	CRASH_POINT("poller.replied");
	batch_release(batch);
}

static void stop_finish(struct poller *poller)
{
	CRASH_POINT("poller.before_release");
	poller->state = POLLER_OFF;
	slot_release(&poller->slot);
	poller->stopped(poller->stopped_arg);
}

/* Loop thread. */
static void commit_told(void *arg)
{
	struct poller *poller = arg;
	enum status status = (enum status)atomic_load(&poller->commit_status);

	if (status == STATUS_OK)
		commit_landed(poller);
	else
		commit_failed(poller, status);
	if (poller->stopped != NULL)
		stop_finish(poller);
	else if (status == STATUS_OK)
		poll_begin(poller);
}

static void batch_commit(struct poller *poller)
{
	enum status status;

	CRASH_POINT("poller.received");
	poller->state = POLLER_COMMITTING;
	poller->change = (struct change){ .run = batch_change, .done = commit_done, .arg = poller };
	status = store_submit(poller->options.store, &poller->change);
	if (status != STATUS_OK)
		commit_failed(poller, status);
}

/* ---- polling ----------------------------------------------------------------------------- */

static int64_t pause_of(struct poller *poller, const struct poller_fate *fate,
			const struct bot_answer *answer)
{
	poller->failures++;
	if (fate->pause_ms == POLLER_RETRY_AFTER && answer->retry_after_s > 0)
		return (int64_t)answer->retry_after_s * 1000;
	return fate->pause_ms > 0 ? fate->pause_ms
				  : poller_backoff_ms(poller->failures, random_below(1000));
}

static void poll_failed(struct poller *poller, const struct bot_answer *answer)
{
	const struct poller_fate *fate = poller_fate_of(answer->fate);

	LOG_AT(fate->is_off ? LOG_ERROR : LOG_WARN, fate->event,
	       LOG_INT("bot_id", poller->options.bot_id), LOG_INT("error_code", answer->error_code),
	       LOG_STR("description", answer->description));
	poller_pause(poller, pause_of(poller, fate, answer));
	if (fate->is_off) {
		poller->state = POLLER_OFF;
		poller->alarm = fate;
	}
}

/* Nothing came: the offset stands. */
static void poll_again(struct poller *poller)
{
	int64_t rest_ms = poller->polled_mono_ms + POLL_AT_LEAST_MS - clock_mono_ms();

	if (rest_ms > 0)
		poller_pause(poller, rest_ms);
	else
		poll_begin(poller);
}

static void poll_done(const struct bot_answer *answer, void *arg)
{
	struct poller *poller = arg;
	enum status status = STATUS_BAD_INPUT;

	if (answer->fate == BOT_OK)
		status = batch_init(&poller->batch, poller->options.table, poller->options.bot_id,
				    answer->result);
	if (status == STATUS_BAD_INPUT) {
		poll_failed(poller, answer);
		return;
	}
	poller->failures = 0;
	if (status == STATUS_OK)
		batch_commit(poller);
	else
		poll_again(poller);
}

static void poll_begin(struct poller *poller)
{
	poller->state = POLLER_POLLING;
	poller->polled_mono_ms = clock_mono_ms();
	CRASH_POINT("poller.before_confirming");
	if (bot_get_updates(poller->polls, poller->offset, UPDATES_PER_POLL, poller->options.poll_s,
			    poll_done, poller) != STATUS_OK)
		poller_back_off(poller);
}

/* ---- election ---------------------------------------------------------------------------- */

static enum status offset_load(struct poller *poller)
{
	enum status status = store_read_begin(poller->options.reader);

	if (status != STATUS_OK)
		return status;
	status = bots_offset(poller->options.reader, poller->options.bot_id, &poller->offset);
	store_read_end(poller->options.reader);
	return status;
}

/* An flock, not a lease: all pollers of one token open the same records and so run on one host,
 * where the kernel frees the lock in the moment its holder dies, and Redis need not be there.
 * Telegram itself keeps other hosts apart (409). */
static void election_try(struct poller *poller)
{
	const struct poller_options *options = &poller->options;
	enum status status = STATUS_OK;

	if (poller->slot.fd < 0) {
		arena_reset(&poller->arena);
		status = slot_try(
			options->dir,
			str_format(&poller->arena, "poller-%lld", (long long)options->bot_id).data,
			options->incarnation, &poller->arena, &poller->slot);
	}
	if (status == STATUS_OK)
		status = offset_load(poller);
	if (status != STATUS_OK) {
		loop_timer_set(poller->timer, ELECTION_EVERY_MS);
		return;
	}
	CRASH_POINT("poller.elected");
	log_info("bot.polling", LOG_INT("bot_id", options->bot_id),
		 LOG_INT("offset", poller->offset));
	if (options->elected != NULL)
		options->elected(options->arg);
	poll_begin(poller);
}

static void alarm_raise(struct poller *poller)
{
	log_error(poller->alarm->event, LOG_INT("bot_id", poller->options.bot_id));
	loop_timer_set(poller->timer, poller->alarm->pause_ms);
}

static void timer_fired(void *arg)
{
	struct poller *poller = arg;

	if (poller->state == POLLER_STANDBY)
		election_try(poller);
	else if (poller->state == POLLER_PAUSED)
		poll_begin(poller);
	else if (poller->alarm != NULL)
		alarm_raise(poller);
}

/* ---- its life ---------------------------------------------------------------------------- */

enum status poller_open(const struct poller_options *options, struct poller **poller_out)
{
	struct poller *poller = calloc(1, sizeof(*poller));
	const struct bot_api_options api = { options->base, options->api, options->token, 1 };
	enum status status;

	if (poller == NULL)
		return STATUS_FAILED;
	poller->options = *options;
	poller->slot.fd = -1;
	status = bot_api_open(&api, &poller->polls);
	if (status != STATUS_OK) {
		free(poller);
		return status;
	}
	poller->timer = loop_timer_open(options->base, timer_fired, poller);
	poller->committed = loop_wake_open(options->base, commit_told, poller);
	loop_timer_set(poller->timer, 0);
	*poller_out = poller;
	return STATUS_OK;
}

void poller_stop(struct poller *poller, loop_fn stopped, void *arg)
{
	bool committing = poller->state == POLLER_COMMITTING;

	poller->stopped = stopped;
	poller->stopped_arg = arg;
	loop_timer_off(poller->timer);
	bot_api_close(poller->polls);
	poller->polls = NULL;
	if (!committing)
		stop_finish(poller);
}

void poller_close(struct poller *poller)
{
	if (poller == NULL)
		return;
	bot_api_close(poller->polls);
	loop_timer_close(poller->timer);
	loop_wake_close(poller->committed);
	slot_release(&poller->slot);
	batch_release(&poller->batch);
	arena_release(&poller->arena);
	free(poller);
}
