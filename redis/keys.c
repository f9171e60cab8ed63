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

void notice_args(struct script_call *call, const struct task_notice *notice)
{
	script_arg_int(call, notice->id);
	script_arg(call, str_from_c(task_type_name(notice->type)));
	script_arg(call, str_from_c(task_class_name(notice->class)));
	script_arg(call, notice->order_key);
	script_arg_int(call, notice->attempt);
	script_arg_int(call, notice->due_at_ms);
	script_arg(call, notice->payload);
}

/* The zeros make members of one moment sort by id. publish.lua writes the same form. */
struct str notice_member(struct arena *arena, const struct task_notice *notice)
{
	return str_format(arena, "task=%016lld attempt=%d due=%lld key=%.*s payload=%.*s",
			  (long long)notice->id, notice->attempt, (long long)notice->due_at_ms,
			  STR_ARG(notice->order_key), STR_ARG(notice->payload));
}
