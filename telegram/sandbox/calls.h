/* telegram/sandbox/calls.h -- the numbered log of a bot's calls. */
#ifndef TELEGRAM_SANDBOX_CALLS_H
#define TELEGRAM_SANDBOX_CALLS_H

#include "base/str.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum { CALLS_MAX = 5000, CALL_TEXT_CHARS_MAX = 200 };

/* Zeroed: empty. The latest CALLS_MAX, as JSON: {"number", "method", "status", "chat_id", "text",
 * "description", "fault", "at", "took_ms"}; status 0: no answer was sent. */
struct call_log {
	json_t *rows[CALLS_MAX]; /* row of number n: rows[n % CALLS_MAX] */
	int64_t next;		 /* numbers start at 1 */
};

/* Steals row and adds its number. */
void call_log_add(struct call_log *log, json_t *row);
/* A new array of at most `limit` calls numbered above `after`. */
json_t *call_log_after(const struct call_log *log, int64_t after, size_t limit);
int64_t call_log_last(const struct call_log *log); /* 0: none */
void call_log_release(struct call_log *log);

#endif
