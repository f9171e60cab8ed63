/* workers/budget.c -- asks Redis for one token at a time, always for the one who should go next. */
#include "workers/budget.h"

#include "base/clock.h"
#include "base/log.h"
#include "redis/bucket.h"

#include <stdlib.h>

enum {
	CHAT_BURST = 5,	     /* an appeal's confirmation, greeting and answer come at once */
	AWAY_PAUSE_MS = 200, /* Redis did not answer */
	WAIT_MS_MAX = 1000,  /* a pause may be lifted, or the test clock moved */
	WAIT_MS_MAX_IN_TESTS = 50,
};

TAILQ_HEAD(turns, budget_turn);

struct budget {
	struct redis_link *link;
	struct bucket_rate bot[TASK_CLASSES], chat;
	struct turns turns[TASK_CLASSES];
	struct loop_timer *timer;
	struct budget_turn
		*asking; /* the one whose answer is awaited; NULL and asked: it was forgotten */
	struct bucket_ask ask;
	bool asked;
};

/* Of every second at most per_s: what the burst lends is not refilled. Bulk leaves half of the
 * burst to answers. */
static void rates_init(struct budget *budget, const struct budget_options *options)
{
	int64_t burst = 1 + options->bot_per_s / 10;
	struct bucket_rate rate = { .per_s = options->bot_per_s - (burst - 1), .burst = burst };

	budget->bot[TASK_INTERACTIVE] = rate;
	rate.reserve = burst / 2;
	budget->bot[TASK_BULK] = rate;
	budget->chat = (struct bucket_rate){ .per_s = options->chat_per_s, .burst = CHAT_BURST };
}

static struct bucket_ask ask_of(const struct budget *budget, const struct budget_turn *turn)
{
	return (struct bucket_ask){ .bot_id = turn->bot_id,
				    .chat_id = turn->chat_id,
				    .bot = budget->bot[turn->class],
				    .chat = budget->chat,
				    .now_ms = clock_wall_ms() };
}

/* The first that may be asked for now; else *next_ms_out: when one may (-1: nobody waits). */
static struct budget_turn *turn_next(struct budget *budget, int64_t now_ms, int64_t *next_ms_out)
{
	struct budget_turn *turn;

	*next_ms_out = -1;
	for (size_t class = 0; class < TASK_CLASSES; class ++)
		TAILQ_FOREACH(turn, &budget->turns[class], entry)
		{
			if (turn->not_before_mono_ms <= now_ms)
				return turn;
			if (*next_ms_out < 0 || turn->not_before_mono_ms < *next_ms_out)
				*next_ms_out = turn->not_before_mono_ms;
		}
	return NULL;
}

static void answered(const struct redis_value *value, void *arg);

static void ask_next(void *arg)
{
	struct budget *budget = arg;
	int64_t now_ms = clock_mono_ms(), next_ms;
	struct budget_turn *turn;

	if (budget->asked)
		return;
	turn = turn_next(budget, now_ms, &next_ms);
	if (turn == NULL) {
		if (next_ms >= 0)
			loop_timer_set(budget->timer, next_ms - now_ms);
		return;
	}
	budget->ask = ask_of(budget, turn);
	if (bucket_take(budget->link, &budget->ask, answered, budget) == STATUS_OK) {
		budget->asked = true;
		budget->asking = turn;
	} else {
		loop_timer_set(budget->timer, AWAY_PAUSE_MS);
	}
}

/* Whoever needs the same empty bucket waits along, and so does not overtake: it is as empty for the
 * classes behind. */
static void others_wait(struct budget *budget, const struct budget_turn *turn, bool whole_bot,
			int64_t until_mono_ms)
{
	struct budget_turn *other;

	for (size_t class = turn->class; class < TASK_CLASSES; class ++)
		TAILQ_FOREACH(other, &budget->turns[class], entry)
	if (other->bot_id == turn->bot_id && (whole_bot || other->chat_id == turn->chat_id) &&
	    other->not_before_mono_ms < until_mono_ms)
		other->not_before_mono_ms = until_mono_ms;
}

static void refused(struct budget *budget, struct budget_turn *turn, enum bucket_verdict verdict,
		    int64_t wait_ms)
{
	int64_t wait_ms_max = clock_is_test() ? WAIT_MS_MAX_IN_TESTS : WAIT_MS_MAX;
	int64_t until_mono_ms;

	if (verdict == BUCKET_AWAY)
		wait_ms = AWAY_PAUSE_MS;
	until_mono_ms = clock_mono_ms() + (wait_ms < wait_ms_max ? wait_ms : wait_ms_max);
	turn->not_before_mono_ms = until_mono_ms;
	others_wait(budget, turn, verdict != BUCKET_CHAT_EMPTY, until_mono_ms);
}

static void answered(const struct redis_value *value, void *arg)
{
	struct budget *budget = arg;
	struct budget_turn *turn = budget->asking;
	int64_t wait_ms = 0;
	enum bucket_verdict verdict = bucket_verdict(value, &wait_ms);

	budget->asked = false;
	budget->asking = NULL;
	if (turn == NULL) {
		/* It left while we asked. An unlucky loss of the connection may cost a token: it
		 * refills. */
		if (verdict == BUCKET_GRANTED &&
		    bucket_give(budget->link, &budget->ask) != STATUS_OK)
			log_debug("budget.token_lost", LOG_INT("bot_id", budget->ask.bot_id));
	} else if (verdict == BUCKET_GRANTED) {
		budget_forget(budget, turn);
		turn->granted(turn->arg);
	} else {
		refused(budget, turn, verdict, wait_ms);
	}
	ask_next(budget);
}

void budget_join(struct budget *budget, struct budget_turn *turn)
{
	turn->waiting = true;
	turn->not_before_mono_ms = 0;
	TAILQ_INSERT_TAIL(&budget->turns[turn->class], turn, entry);
	ask_next(budget);
}

void budget_forget(struct budget *budget, struct budget_turn *turn)
{
	if (!turn->waiting)
		return;
	TAILQ_REMOVE(&budget->turns[turn->class], turn, entry);
	turn->waiting = false;
	if (budget->asking == turn)
		budget->asking = NULL;
}

void budget_refund(struct budget *budget, const struct budget_turn *turn)
{
	struct bucket_ask ask = ask_of(budget, turn);

	if (bucket_give(budget->link, &ask) != STATUS_OK)
		log_debug("budget.token_lost", LOG_INT("bot_id", turn->bot_id));
}

void budget_slow_down(struct budget *budget, const struct budget_turn *turn, int64_t pause_ms,
		      bool whole_bot)
{
	int64_t now_ms = clock_wall_ms();

	log_warn("budget.slow_down", LOG_INT("bot_id", turn->bot_id),
		 LOG_INT("chat_id", turn->chat_id), LOG_INT("pause_ms", pause_ms),
		 LOG_C("whole_bot", whole_bot ? "yes" : "no"));
	if (bucket_pause(budget->link, turn->bot_id, turn->chat_id, now_ms + pause_ms, now_ms,
			 whole_bot) != STATUS_OK)
		log_debug("budget.pause_lost", LOG_INT("bot_id", turn->bot_id));
}

enum status budget_whose(struct str order_key, int64_t *bot_id_out, int64_t *chat_id_out)
{
	struct str kind, bot, chat = str_cut(str_cut(order_key, ':', &kind), ':', &bot);

	if (!str_eq_c(kind, "chat") || str_to_int(bot, 1, INT64_MAX, bot_id_out) != STATUS_OK ||
	    str_to_int(chat, INT64_MIN, INT64_MAX, chat_id_out) != STATUS_OK)
		return STATUS_NOT_FOUND;
	return STATUS_OK;
}

enum status budget_open(const struct budget_options *options, struct budget **budget_out)
{
	struct budget *budget = calloc(1, sizeof(*budget));

	if (budget == NULL)
		return STATUS_FAILED;
	budget->link = options->link;
	rates_init(budget, options);
	for (size_t class = 0; class < TASK_CLASSES; class ++)
		TAILQ_INIT(&budget->turns[class]);
	budget->timer = loop_timer_open(options->base, ask_next, budget);
	*budget_out = budget;
	return STATUS_OK;
}

void budget_close(struct budget *budget)
{
	if (budget == NULL)
		return;
	loop_timer_close(budget->timer);
	free(budget);
}
