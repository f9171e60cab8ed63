/* telegram/sandbox/drive_bot.c -- looking at a bot from outside: its calls; and making its life
 * hard: faults, limits. */
#include "telegram/sandbox/call.h"
#include "telegram/sandbox/drive.h"

#include <inttypes.h>
#include <string.h>

enum { RETRY_AFTER_S_MAX = 86400, PER_S_MAX = 1000 };

void drive_bot_get(struct drive *drive)
{
	const struct bot *bot = drive->bot;
	json_t *json = json_copy(bot->user);

	json_object_set(json, "commands", bot->commands);
	json_object_set_new(json, "pending_update_count",
			    json_integer((json_int_t)bot->updates.count));
	json_object_set_new(json, "is_polled", json_boolean(bot->poll != NULL));
	json_object_set_new(json, "chat_per_s", json_integer(bot->chat_per_s));
	json_object_set_new(json, "bot_per_s", json_integer(bot->bot_per_s));
	json_object_set_new(json, "calls", json_integer(call_log_last(&bot->log)));
	drive_reply(drive, 200, json);
}

/* ---- faults
 * ---------------------------------------------------------------------------------------- */

static json_t *fault_json(const struct fault *fault)
{
	json_t *json = json_pack("{s:s,s:s,s:I}", "method", fault->method, "kind",
				 fault_kind_name(fault->kind), "count", (json_int_t)fault->count);

	json_object_set_new(json, "user",
			    fault->user != 0 ? json_integer(fault->user) : json_null());
	if (fault->kind == FAULT_RATE_LIMIT)
		json_object_set_new(json, "seconds", json_integer(fault->seconds));
	if (fault->kind == FAULT_DELAY)
		json_object_set_new(json, "delay_ms", json_integer(fault->delay_ms));
	if (fault->kind == FAULT_ERROR_500 || fault->kind == FAULT_HTML_502)
		json_object_set_new(json, "accepted", json_boolean(fault->accepted));
	return json;
}

static void faults_reply(struct drive *drive, int status)
{
	const struct faults *faults = &drive->bot->faults;
	json_t *items = json_array();

	for (size_t i = 0; i < faults->count; i++)
		json_array_append_new(items, fault_json(&faults->rows[i]));
	drive_reply(drive, status, json_pack("{s:o,s:n}", "items", items, "next_cursor"));
}

void drive_faults_get(struct drive *drive)
{
	faults_reply(drive, 200);
}

void drive_faults_delete(struct drive *drive)
{
	drive->bot->faults.count = 0;
	faults_reply(drive, 200);
}

/* A member that no fault knows is a typing error that would make a test lie. */
static bool members_are_known(struct drive *drive)
{
	static const char *const known[] = { "method",	"kind",	       "count",	   "user",
					     "seconds", "retry_after", "delay_ms", "accepted" };
	const char *name;
	json_t *value;

	json_object_foreach(drive->body, name, value)
	{
		size_t i = 0;

		while (i < sizeof(known) / sizeof(*known) && strcmp(name, known[i]) != 0)
			i++;
		if (i == sizeof(known) / sizeof(*known)) {
			drive_field_problem(drive, name, "is no part of a fault");
			return false;
		}
	}
	return true;
}

static bool of_updates(enum fault_kind kind)
{
	return kind == FAULT_DUPLICATE_UPDATE || kind == FAULT_ID_JUMP_DOWN;
}

/* The names: which kind, on which method. */
static bool names_read(struct drive *drive, struct fault *fault)
{
	struct str kind = STR_NONE, method = STR_NONE;
	const struct method *known;

	if (!drive_str(drive, "kind", true, FAULT_METHOD_BYTES_MAX, &kind) ||
	    !drive_str(drive, "method", false, FAULT_METHOD_BYTES_MAX, &method))
		return false;
	if (fault_kind_from_name(kind, &fault->kind) != STATUS_OK) {
		drive_field_problem(drive, "kind",
				    "is no kind of fault: see telegram/sandbox/README.md");
		return false;
	}
	if (method.data == NULL)
		method = of_updates(fault->kind) ? STR("getUpdates") : STR("*");
	known = method_find(method);
	if (known == NULL && !str_eq(method, STR("*"))) {
		drive_field_problem(drive, "method", "is no method of the sandbox, nor *");
		return false;
	}
	if (of_updates(fault->kind) && (known == NULL || known->run != method_get_updates)) {
		drive_field_problem(drive, "method", "this kind is one of getUpdates");
		return false;
	}
	snprintf(fault->method, sizeof(fault->method), "%s", known != NULL ? known->name : "*");
	return true;
}

void drive_faults_post(struct drive *drive)
{
	struct fault fault = { .count = 1, .seconds = 1, .delay_ms = 1000 };
	enum status status;

	if (!members_are_known(drive) || !names_read(drive, &fault) ||
	    !drive_int(drive, "count", false, 1, FAULT_COUNT_MAX, &fault.count) ||
	    !drive_int(drive, "user", false, 1, INT64_MAX, &fault.user) ||
	    !drive_int(drive, "seconds", false, 1, RETRY_AFTER_S_MAX, &fault.seconds) ||
	    !drive_int(drive, "retry_after", false, 1, RETRY_AFTER_S_MAX, &fault.seconds) ||
	    !drive_int(drive, "delay_ms", false, 1, FAULT_DELAY_MS_MAX, &fault.delay_ms) ||
	    !drive_bool(drive, "accepted", &fault.accepted))
		return;
	if (fault.kind == FAULT_ID_JUMP_DOWN) {
		status = updates_jump_down(&drive->bot->updates);
	} else {
		status = faults_add(&drive->bot->faults, &fault);
		poll_fault(drive->bot);
	}
	if (status != STATUS_OK)
		drive_problem(drive, 409,
			      "no room for another of this kind; DELETE removes what is armed");
	else
		faults_reply(drive, 201);
}

/* ---- calls and limits
 * ------------------------------------------------------------------------------ */

void drive_calls_get(struct drive *drive)
{
	int64_t after = 0, limit = CALLS_MAX, last = call_log_last(&drive->bot->log), number;
	json_t *items, *json;
	char cursor[24];

	if (!drive_query_int(drive, "after", 0, INT64_MAX, &after) ||
	    !drive_query_int(drive, "limit", 1, CALLS_MAX, &limit))
		return;
	items = call_log_after(&drive->bot->log, after, (size_t)limit);
	number = json_integer_value(
		json_object_get(json_array_get(items, json_array_size(items) - 1), "number"));
	snprintf(cursor, sizeof(cursor), "%" PRId64, number);
	json = json_pack("{s:o,s:s?,s:I}", "items", items, "next_cursor",
			 number > 0 && number < last ? cursor : NULL, "last", (json_int_t)last);
	drive_reply(drive, 200, json);
}

void drive_limits_post(struct drive *drive)
{
	int64_t chat_per_s = drive->bot->chat_per_s, bot_per_s = drive->bot->bot_per_s;

	if (!drive_int(drive, "chat_per_s", false, 0, PER_S_MAX, &chat_per_s) ||
	    !drive_int(drive, "bot_per_s", false, 0, PER_S_MAX, &bot_per_s))
		return;
	drive->bot->chat_per_s = chat_per_s;
	drive->bot->bot_per_s = bot_per_s;
	drive_reply(drive, 200,
		    json_pack("{s:I,s:I}", "chat_per_s", (json_int_t)chat_per_s, "bot_per_s",
			      (json_int_t)bot_per_s));
}
