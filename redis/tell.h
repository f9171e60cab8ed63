/* redis/tell.h -- tasks told to Redis in one round trip of plain commands: a script would copy each
 * word into Lua and out again, which takes twice the time. Internal: publisher.h and queue.h send
 * them, each in its way. */
#ifndef REDIS_TELL_H
#define REDIS_TELL_H

#include "domain/task.h"
#include "redis/conn.h"

/* The wake-up of live updates if there is one, the question for the epoch, and a command a task. A
 * rebuild that begins in between loses nothing: it reads the records after it has emptied the
 * streams, so that a committed task is told again, or twice, which is harmless. */
struct tell {
	struct redis_command *commands;
	size_t count;
};

/* event_seq 0: nobody is woken. Words are borrowed from the notices; of these, those that Redis is
 * told of: a type that is published, due within the horizon. */
struct tell tell_commands(struct arena *arena, const struct task_notice *notices, size_t count,
			  int64_t event_seq);

/* What the answers say, one by one in their order. */
struct tell_answers {
	struct str epoch; /* the one that must stand; STR_NONE: any that is ready */
	bool has_wake_up;
	size_t heard;
	/* OK: all is told so far. DENIED: the epoch is another, missing or building. NOT_FOUND: a
	 * stream is missing, a rebuild is due. BUSY, FAILED: an error, as command_error(). */
	enum status status;
};
struct tell_answers tell_answers(int64_t event_seq, struct str epoch);
/* NULL: the connection was lost. */
void tell_answered(struct tell_answers *answers, const struct redis_value *value);

#endif
