/* redis/tell.c -- the commands that tell of tasks, and what their answers say. */
#include "redis/tell.h"

#include "base/clock.h"
#include "redis/keys.h"

/* ---- the commands ------------------------------------------------------------------------ */

/* Never made on the side: XADD would make a lost stream again, but without its group. */
static struct redis_command entry_add(struct arena *arena, const struct task_notice *notice,
				      struct str stream, struct str now)
{
	struct str words[4 + NOTICE_WORDS_MAX] = { STR("XADD"), stream, STR("NOMKSTREAM"),
						   STR("*") };
	size_t count = 4 + notice_words(arena, notice, now, words + 4);

	return redis_command_of(arena, words, count);
}

static struct redis_command delayed_add(struct arena *arena, const struct task_notice *notice)
{
	return redis_words(arena, STR("ZADD"), key_delayed(arena, notice->type, notice->class),
			   redis_word_int(arena, notice->due_at_ms), notice_member(arena, notice));
}

struct tell tell_commands(struct arena *arena, const struct task_notice *notices, size_t count,
			  int64_t event_seq)
{
	struct str streams[TASK_TYPES][TASK_CLASSES] = { 0 };
	int64_t now_ms = clock_wall_ms();
	struct str now = redis_word_int(arena, now_ms);
	struct tell tell = { arena_array(arena, count + 2, sizeof(*tell.commands)), 0 };

	if (event_seq != 0)
		tell.commands[tell.count++] = redis_words(arena, STR("PUBLISH"), KEY_EVENTS,
							  redis_word_int(arena, event_seq));
	tell.commands[tell.count++] = redis_words(arena, STR("GET"), KEY_EPOCH);
	for (size_t i = 0; i < count; i++) {
		const struct task_notice *notice = &notices[i];
		struct str *stream = &streams[notice->type][notice->class];

		if (!key_is_published(notice->type) || !notice_is_near(notice, now_ms))
			continue;
		if (stream->data == NULL)
			*stream = key_stream(arena, notice->type, notice->class);
		tell.commands[tell.count++] = notice->due_at_ms > now_ms
						      ? delayed_add(arena, notice)
						      : entry_add(arena, notice, *stream, now);
	}
	return tell;
}

/* ---- the answers ------------------------------------------------------------------------- */

struct tell_answers tell_answers(int64_t event_seq, struct str epoch)
{
	return (struct tell_answers){ .epoch = epoch,
				      .has_wake_up = event_seq != 0,
				      .status = STATUS_OK };
}

static enum status epoch_says(const struct tell_answers *answers, struct str epoch)
{
	bool stands = answers->epoch.data != NULL ? str_eq(epoch, answers->epoch)
						  : str_ends(epoch, STR(":ready"));

	return stands ? STATUS_OK : STATUS_DENIED;
}

/* The first trouble counts. */
void tell_answered(struct tell_answers *answers, const struct redis_value *value)
{
	size_t no = answers->heard++;

	if (answers->status != STATUS_OK)
		return;
	if (value == NULL)
		answers->status = STATUS_BUSY;
	else if (value->type == REDIS_IS_ERROR)
		answers->status = command_error("tell", value);
	else if (no == answers->has_wake_up)
		answers->status = epoch_says(answers, value->text);
	else if (value->type == REDIS_IS_NIL)
		answers->status = STATUS_NOT_FOUND;
}
