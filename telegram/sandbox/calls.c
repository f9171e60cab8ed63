/* telegram/sandbox/calls.c -- a ring of logged calls. */
#include "telegram/sandbox/calls.h"

void call_log_add(struct call_log *log, json_t *row)
{
	int64_t number = ++log->next;

	json_decref(log->rows[number % CALLS_MAX]);
	json_object_set_new(row, "number", json_integer(number));
	log->rows[number % CALLS_MAX] = row;
}

json_t *call_log_after(const struct call_log *log, int64_t after, size_t limit)
{
	json_t *rows = json_array();
	int64_t oldest = log->next > CALLS_MAX ? log->next - CALLS_MAX : 0;

	for (int64_t number = (after > oldest ? after : oldest) + 1; number <= log->next;
	     number++) {
		if (json_array_size(rows) == limit)
			break;
		json_array_append(rows, log->rows[number % CALLS_MAX]);
	}
	return rows;
}

int64_t call_log_last(const struct call_log *log)
{
	return log->next;
}

void call_log_release(struct call_log *log)
{
	for (size_t i = 0; i < CALLS_MAX; i++) {
		json_decref(log->rows[i]);
		log->rows[i] = NULL;
	}
}
