/* domain/task.c -- the table of task types. */
#include "domain/task.h"

/* clang-format off */
const struct task_row task_rows[TASK_TYPES] = {
	/*                       name            kind                attempts crashes backoff_ms  max_ms  worker died */
	[TASK_DELIVER]      = { "deliver",      TASK_EXTERNAL,           25,     2,      1000,  300000, TASK_DEATH_UNKNOWN },
	[TASK_EDIT_MARKUP]  = { "edit_markup",  TASK_EXTERNAL,            5,     2,      1000,   60000, TASK_DEATH_RETRY },
	[TASK_CLOSE_APPEAL] = { "close_appeal", TASK_TRANSACTIONAL,      25,     3,      1000,   60000, TASK_DEATH_RETRY },
	[TASK_BOT_UPDATE]   = { "bot_update",   TASK_LOCAL,               5,     3,      1000,   60000, TASK_DEATH_RETRY },
	[TASK_PURGE]        = { "purge",        TASK_TRANSACTIONAL,       5,     3,     60000,  600000, TASK_DEATH_RETRY },
};
/* clang-format on */

static const char *const class_names[TASK_CLASSES] = { "interactive", "bulk" };
static const char *const state_names[TASK_STATES] = { "waiting", "ready", "running", "dead" };

const char *task_type_name(enum task_type type)
{
	return task_rows[type].name;
}

enum status task_type_parse(struct str name, enum task_type *type_out)
{
	for (size_t i = 0; i < TASK_TYPES; i++)
		if (str_eq_c(name, task_rows[i].name)) {
			*type_out = (enum task_type)i;
			return STATUS_OK;
		}
	return STATUS_BAD_INPUT;
}

const char *task_class_name(enum task_class class)
{
	return class_names[class];
}

enum status task_class_parse(struct str name, enum task_class *class_out)
{
	for (size_t i = 0; i < TASK_CLASSES; i++)
		if (str_eq_c(name, class_names[i])) {
			*class_out = (enum task_class)i;
			return STATUS_OK;
		}
	return STATUS_BAD_INPUT;
}

const char *task_state_name(enum task_state state)
{
	return state_names[state];
}

int64_t task_backoff_ms(enum task_type type, int attempt, uint32_t random)
{
	const struct task_row *row = &task_rows[type];
	int64_t pause_ms = row->backoff_ms;

	for (int i = 1; i < attempt && pause_ms < row->backoff_ms_max; i++)
		pause_ms *= 2;
	if (pause_ms > row->backoff_ms_max)
		pause_ms = row->backoff_ms_max;
	return pause_ms * (800 + (int64_t)random * 400 / 1000) / 1000;
}
