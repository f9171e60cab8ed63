/* redis/keys.c -- key names and the words of a task. */
#include "redis/keys.h"

static struct str key_of(struct arena *arena, const char *kind, enum task_type type,
			 enum task_class class)
{
	return str_format(arena, "eco:%s:%s:%s", kind, task_type_name(type),
			  task_class_name(class));
}

bool key_is_published(enum task_type type)
{
	return task_rows[type].kind != TASK_LOCAL;
}

struct str key_stream(struct arena *arena, enum task_type type, enum task_class class)
{
	return key_of(arena, "stream", type, class);
}

struct str key_delayed(struct arena *arena, enum task_type type, enum task_class class)
{
	return key_of(arena, "delayed", type, class);
}

struct str key_dead(struct arena *arena, enum task_type type, enum task_class class)
{
	return key_of(arena, "dead", type, class);
}

bool notice_is_near(const struct task_notice *notice, int64_t now_ms)
{
	return notice->due_at_ms - now_ms <= DELAYED_HORIZON_MS;
}

static void add_field(struct str *words, size_t *count, struct str name, struct str value)
{
	words[(*count)++] = name;
	words[(*count)++] = value;
}

/* What most tasks don't have is left out: an entry is written, kept and read for each. */
size_t notice_words(struct arena *arena, const struct task_notice *notice, struct str at,
		    struct str words_out[NOTICE_WORDS_MAX])
{
	size_t count = 0;

	add_field(words_out, &count, STR("task"), redis_word_int(arena, notice->id));
	if (notice->order_key.len > 0)
		add_field(words_out, &count, STR("key"), notice->order_key);
	if (notice->attempt > 0)
		add_field(words_out, &count, STR("attempt"),
			  redis_word_int(arena, notice->attempt));
	if (notice->due_at_ms > 0)
		add_field(words_out, &count, STR("due"), redis_word_int(arena, notice->due_at_ms));
	add_field(words_out, &count, STR("at"), at);
	add_field(words_out, &count, STR("payload"), notice->payload);
	return count;
}

/* The zeros make members of one moment sort by id. promote.lua takes them apart. */
struct str notice_member(struct arena *arena, const struct task_notice *notice)
{
	return str_format(arena, "task=%016lld attempt=%d due=%lld key=%.*s payload=%.*s",
			  (long long)notice->id, notice->attempt, (long long)notice->due_at_ms,
			  STR_ARG(notice->order_key), STR_ARG(notice->payload));
}
