/* telegram/sandbox/call.h -- one Bot API call from its parameters to its answer, faults included.
 */
#ifndef TELEGRAM_SANDBOX_CALL_H
#define TELEGRAM_SANDBOX_CALL_H

#include "telegram/sandbox/markup.h"
#include "telegram/sandbox/params.h"
#include "telegram/sandbox/state.h"

/* Lives in its request's arena, until it is answered. */
struct call {
	struct sandbox *sandbox;
	struct bot *bot;
	const struct method *method;
	struct http_request *request;
	struct arena *arena;
	struct params params;
	struct fault fault; /* FAULT_NONE: none */
	int64_t chat_id;    /* as given; 0: none */
	int64_t start_ms;   /* monotonic */
	/* the answer, once there is one */
	int status;
	struct str body, description;
	int64_t retry_after_s;
	/* a held getUpdates */
	int64_t offset;
	size_t limit;
	/* an answer that waits for its time */
	int64_t delay_ms;
	struct loop_timer *timer;
	struct call *held_next;
};

/* A row of methods[]. Runs the call; it must answer, now or (getUpdates) later. */
struct method {
	const char *name;
	void (*run)(struct call *call);
	bool counts; /* for the rate limits: a message to a chat, or an edit of one */
};

/* By name, in any case of letters; NULL: none. */
const struct method *method_find(struct str name);

/* Exactly one of these ends a call; it is logged then. */
void call_ok(struct call *call, json_t *result);		      /* steals result */
void call_ok_raw(struct call *call, const char *result);	      /* JSON text */
void call_fail(struct call *call, int code, const char *description); /* "Bad Request: ..." whole */
/* 400 with "Bad Request: " before the reason. */
void call_refuse(struct call *call, const char *reason);
void call_slow_down(struct call *call, int64_t retry_after_s);
/* As call_fail, but delay_ms later. */
void call_fail_later(struct call *call, int code, const char *description, int64_t delay_ms);

/* The chat named by chat_id, if the bot may write there. NOT_FOUND: it has been answered. */
CHECKED enum status call_chat(struct call *call, struct chat **chat_out);
/* reply_markup. BAD_INPUT: it has been answered. */
CHECKED enum status call_markup(struct call *call, struct markup *markup_out);
/* text with parse_mode, trimmed and measured; *entities_out new, or NULL. BAD_INPUT: it has been
 * answered. */
CHECKED enum status call_text(struct call *call, struct str *text_out, json_t **entities_out);

/* The methods, by file. methods_message.c: */
void method_send_message(struct call *call);
void method_edit_message_text(struct call *call);
void method_edit_message_reply_markup(struct call *call);
void method_delete_message(struct call *call);
void method_answer_callback_query(struct call *call);
void method_send_chat_action(struct call *call);
/* methods_bot.c */
void method_get_me(struct call *call);
void method_get_chat(struct call *call);
void method_set_my_commands(struct call *call);
void method_get_my_commands(struct call *call);
void method_delete_my_commands(struct call *call);
void method_set_webhook(struct call *call);
void method_delete_webhook(struct call *call);
void method_get_webhook_info(struct call *call);
/* poll.c */
void method_get_updates(struct call *call);

/* poll.c: there is something new for a held poll. */
void poll_wake(struct bot *bot);
/* Puts an update into the queue and wakes the poll. As updates_add. */
CHECKED enum status poll_add_update(struct bot *bot, const char *kind, json_t *body, int64_t date_s,
				    int64_t *id_out);
/* Lets a fault just armed hit the poll that is held. */
void poll_fault(struct bot *bot);
/* Answers what is held, because the sandbox ends. */
void polls_end(struct sandbox *sandbox);

/* api.c: a request below /bot; path is decoded. */
void api_handle(struct sandbox *sandbox, struct http_request *request, struct str path);
/* Runs the fault on the call if it takes the place of the method; false: the method must run. */
bool call_fault(struct call *call);
/* Answers what waits for its time, now. */
void held_end(struct sandbox *sandbox);

#endif
