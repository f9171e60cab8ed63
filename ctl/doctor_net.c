/* ctl/doctor_net.c -- Telegram (or the sandbox), asked for each bot; the clocks of Redis and
 * Telegram against ours. */
#include "ctl/doctor.h"

#include "base/http/client.h"
#include "domain/settings.h"
#include "telegram/answer.h"

#include <event2/event.h>

enum {
	CALL_TIMEOUT_MS = 5000,
	CLOCK_OFF_MS_WARN = 2000, /* a Date header has whole seconds */
	CLOCK_OFF_MS_FAIL = 30000,
};

/* ---- Telegram ---------------------------------------------------------------------------- */

struct ask {
	struct doctor *doctor;
	enum bot_role role;
	struct bot_settings bot;
	int64_t asked_at_ms;
	bool answered;
};

static void clock_note(struct ask *ask, const struct http_result *result)
{
	int64_t half_ms = (doctor_now_ms() - ask->asked_at_ms) / 2;

	if (result->date_s == 0)
		return;
	/* Seconds are cut off: half of one on the average. */
	ask->doctor->telegram_off_ms = result->date_s * 1000 + 500 - (ask->asked_at_ms + half_ms);
	ask->doctor->has_telegram_clock = true;
}

static void answer_say(struct ask *ask, const struct bot_answer *answer)
{
	const char *name = bot_role_name(ask->role), *api = ask->bot.api;

	if (answer->fate == BOT_OK)
		doctor_say(ask->doctor, DOCTOR_OK, "telegram", NULL, "the %s bot is known at %s",
			   name, api);
	else if (answer->fate == BOT_UNAUTHORIZED)
		doctor_say(ask->doctor, DOCTOR_FAIL, "telegram",
			   "take the token from @BotFather anew",
			   "the %s bot's token is refused by %s", name, api);
	else if (answer->error_code != 0)
		doctor_say(ask->doctor, DOCTOR_FAIL, "telegram", "wait, or ask its operator",
			   "%s answers %d to the %s bot: %.*s", api, answer->error_code, name,
			   STR_ARG(answer->description));
	else
		doctor_say(ask->doctor, DOCTOR_FAIL, "telegram",
			   ask->bot.is_sandbox ? "start the sandbox: ecoctl up, or set a token"
					       : "check network, proxy and ECO_TELEGRAM_API",
			   "%s can't be reached for the %s bot: %.*s", api, name,
			   STR_ARG(answer->description));
}

static void asked(const struct http_result *result, void *arg)
{
	struct ask *ask = arg;
	struct bot_answer answer;
	json_t *json = NULL;

	ask->answered = true;
	clock_note(ask, result);
	answer_classify(result, ANSWER_OTHER, &answer, &json);
	answer_say(ask, &answer);
	json_decref(json);
}

/* One after the other, so that the lines have an order. */
static void ask_one(struct doctor *doctor, struct event_base *base, struct http_client *client,
		    enum bot_role role)
{
	struct arena *arena = &doctor->ctl->arena;
	struct ask ask = { .doctor = doctor,
			   .role = role,
			   .bot = settings_bot(&doctor->ctl->config, role, arena),
			   .asked_at_ms = doctor_now_ms() };
	struct http_send send = {
		.url = str_format(arena, "%s/bot%.*s/getMe", ask.bot.api, STR_ARG(ask.bot.token))
			       .data,
		.timeout_ms = CALL_TIMEOUT_MS,
		.done = asked,
		.arg = &ask,
	};
	struct http_call *call;

	if (http_client_send(client, &send, &call) != STATUS_OK) {
		doctor_say(doctor, DOCTOR_FAIL, "telegram", "correct ECO_TELEGRAM_API",
			   "%s is no address", ask.bot.api);
		return;
	}
	while (!ask.answered && event_base_loop(base, EVLOOP_ONCE) == 0)
		;
}

void doctor_telegram(struct doctor *doctor)
{
	struct event_base *base = loop_open();
	struct http_client *client;

	if (http_client_open(base, 1, &client) == STATUS_OK) {
		for (enum bot_role role = 0; role < BOT_ROLES; role++)
			ask_one(doctor, base, client, role);
		http_client_close(client);
	}
	loop_close(base);
}

/* ---- clocks ------------------------------------------------------------------------------ */

enum doctor_level doctor_clock_level(int64_t off_ms)
{
	int64_t far_ms = off_ms < 0 ? -off_ms : off_ms;

	if (far_ms >= CLOCK_OFF_MS_FAIL)
		return DOCTOR_FAIL;
	return far_ms >= CLOCK_OFF_MS_WARN ? DOCTOR_WARN : DOCTOR_OK;
}

static void clock_say(struct doctor *doctor, const char *whose, int64_t off_ms)
{
	doctor_say(doctor, doctor_clock_level(off_ms), "clock",
		   "let NTP set the clocks (timedatectl set-ntp true)", "%s is %.1f s %s ours",
		   whose, (double)(off_ms < 0 ? -off_ms : off_ms) / 1000,
		   off_ms < 0 ? "behind" : "ahead of");
}

/* TIME answers seconds and microseconds. */
static void redis_clock_look(struct doctor *doctor)
{
	struct arena *arena = &doctor->ctl->arena;
	struct redis_command command = redis_words(arena, STR("TIME"));
	struct redis_value value;
	int64_t seconds, micros, asked_at_ms = doctor_now_ms();

	if (!doctor->redis_answers ||
	    redis_run(doctor->redis, &command, arena, &value) != STATUS_OK ||
	    value.type != REDIS_IS_LIST || value.count != 2 ||
	    str_to_int(value.items[0].text, 0, INT64_MAX / 1000, &seconds) != STATUS_OK ||
	    str_to_int(value.items[1].text, 0, 999999, &micros) != STATUS_OK)
		return;
	clock_say(doctor, "Redis'",
		  seconds * 1000 + micros / 1000 - (asked_at_ms + doctor_now_ms()) / 2);
}

void doctor_clock(struct doctor *doctor)
{
	redis_clock_look(doctor);
	if (doctor->has_telegram_clock)
		clock_say(doctor, "Telegram's", doctor->telegram_off_ms);
}
