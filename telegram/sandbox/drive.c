/* telegram/sandbox/drive.c -- the driving routes at a glance, and how their requests are read and
 * answered. */
#include "telegram/sandbox/drive.h"

#include <stdlib.h>
#include <string.h>

enum { USER_ID_MAX_BITS = 52 };

struct drive_route {
	enum http_method method;
	const char *pattern; /* below /sandbox/v1/{bot}; :user and :message are numbers */
	void (*run)(struct drive *drive);
};

/* clang-format off */
static const struct drive_route routes[] = {
	{ HTTP_GET,    "",                              drive_bot_get },
	{ HTTP_GET,    "users",                         drive_users_get },
	{ HTTP_GET,    "users/:user",                   drive_user_get },
	{ HTTP_POST,   "users/:user",                   drive_user_post },
	{ HTTP_GET,    "users/:user/chat",              drive_chat_get },
	{ HTTP_POST,   "users/:user/messages",          drive_message_post },
	{ HTTP_POST,   "users/:user/messages/:message/edit", drive_edit_post },
	{ HTTP_POST,   "users/:user/press",             drive_press_post },
	{ HTTP_POST,   "users/:user/block",             drive_block_post },
	{ HTTP_GET,    "faults",                        drive_faults_get },
	{ HTTP_POST,   "faults",                        drive_faults_post },
	{ HTTP_DELETE, "faults",                        drive_faults_delete },
	{ HTTP_GET,    "calls",                         drive_calls_get },
	{ HTTP_POST,   "limits",                        drive_limits_post },
};
/* clang-format on */

/* ---- answering
 * ------------------------------------------------------------------------------------- */

static void answer(struct drive *drive, int status, const char *content_type, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);
	struct http_header headers[] = {
		{ "Content-Type", str_from_c(content_type) },
		{ "Cache-Control", STR("no-store") },
	};

	if (text == NULL)
		abort();
	json_decref(json);
	json_decref(drive->body);
	drive->body = NULL;
	http_reply(drive->request, status, headers, 2, str_from_c(text));
	free(text);
}

void drive_reply(struct drive *drive, int status, json_t *json)
{
	answer(drive, status, "application/json", json);
}

static json_t *problem(int status, const char *detail)
{
	return json_pack("{s:s,s:s,s:i,s:s}", "type", "about:blank", "title",
			 http_status_phrase(status), "status", status, "detail", detail);
}

void drive_problem(struct drive *drive, int status, const char *detail)
{
	answer(drive, status, "application/problem+json", problem(status, detail));
}

void drive_field_problem(struct drive *drive, const char *field, const char *detail)
{
	json_t *json = problem(400, str_format(drive->arena, "%s: %s", field, detail).data);

	json_object_set_new(json, "errors",
			    json_pack("[{s:s,s:s}]", "field", field, "detail", detail));
	answer(drive, 400, "application/problem+json", json);
}

/* ---- reading
 * --------------------------------------------------------------------------------------- */

bool drive_str(struct drive *drive, const char *field, bool required, size_t units_max,
	       struct str *out)
{
	const json_t *value = json_object_get(drive->body, field);
	struct str text = { json_string_value(value), json_string_length(value) };

	if (value == NULL || json_is_null(value)) {
		if (required)
			drive_field_problem(drive, field, "is missing");
		return !required;
	}
	if (!json_is_string(value)) {
		drive_field_problem(drive, field, "must be a string");
		return false;
	}
	text = str_trim(text);
	if (text.len == 0 || !str_is_utf8(text) || str_utf16_units(text) > units_max) {
		drive_field_problem(drive, field,
				    str_format(drive->arena,
					       "must have 1 to %zu characters, none of them NUL",
					       units_max)
					    .data);
		return false;
	}
	*out = text;
	return true;
}

bool drive_int(struct drive *drive, const char *field, bool required, int64_t min, int64_t max,
	       int64_t *out)
{
	const json_t *value = json_object_get(drive->body, field);

	if (value == NULL || json_is_null(value)) {
		if (required)
			drive_field_problem(drive, field, "is missing");
		return !required;
	}
	if (!json_is_integer(value) || json_integer_value(value) < min ||
	    json_integer_value(value) > max) {
		drive_field_problem(drive, field,
				    str_format(drive->arena,
					       "must be a whole number from %lld to %lld",
					       (long long)min, (long long)max)
					    .data);
		return false;
	}
	*out = json_integer_value(value);
	return true;
}

bool drive_bool(struct drive *drive, const char *field, bool *out)
{
	const json_t *value = json_object_get(drive->body, field);

	if (value == NULL || json_is_null(value))
		return true;
	if (!json_is_boolean(value)) {
		drive_field_problem(drive, field, "must be true or false");
		return false;
	}
	*out = json_is_true(value);
	return true;
}

bool drive_query_int(struct drive *drive, const char *name, int64_t min, int64_t max, int64_t *out)
{
	struct str text = query_value(&drive->query, name);

	if (text.data == NULL || str_to_int(text, min, max, out) == STATUS_OK)
		return true;
	drive_field_problem(drive, name, "must be a whole number in range");
	return false;
}

/* ---- matching
 * -------------------------------------------------------------------------------------- */

/* The number of a ":name" segment. */
static bool number_take(struct drive *drive, struct str name, struct str text)
{
	int64_t *number = str_eq(name, STR(":user")) ? &drive->user_id : &drive->message_id;

	return str_to_int(text, 1, (INT64_C(1) << USER_ID_MAX_BITS) - 1, number) == STATUS_OK;
}

static bool pattern_fits(struct drive *drive, const char *pattern, struct str path)
{
	struct str wanted = str_from_c(pattern), want, have;

	for (;;) {
		wanted = str_cut(wanted, '/', &want);
		path = str_cut(path, '/', &have);
		if (str_starts(want, STR(":")) ? !number_take(drive, want, have)
					       : !str_eq(want, have))
			return false;
		if (wanted.data == NULL || path.data == NULL)
			return wanted.data == NULL && path.data == NULL;
	}
}

/* A web page of elsewhere must not play here: browsers tell where a request comes from. */
static bool is_foreign(const struct http_request *request)
{
	struct str origin = http_request_header(request, "Origin"),
		   host = http_request_header(request, "Host");

	if (origin.data == NULL)
		return false;
	return !str_ends(origin, host) || origin.len < host.len + 3 ||
	       !str_ends((struct str){ origin.data, origin.len - host.len }, STR("://"));
}

static bool body_read(struct drive *drive)
{
	struct str body = http_request_body(drive->request);

	if (http_request_method(drive->request) != HTTP_POST)
		return true;
	drive->body =
		json_loadb(body.data, body.len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(drive->body))
		return true;
	drive_problem(drive, 400, "the body must be one JSON object");
	return false;
}

static void route_run(struct drive *drive, struct str rest)
{
	enum http_method method = http_request_method(drive->request);
	bool known = false;

	method = method == HTTP_HEAD ? HTTP_GET : method;
	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
		if (!pattern_fits(drive, routes[i].pattern, rest))
			continue;
		known = true;
		if (routes[i].method != method)
			continue;
		if (body_read(drive))
			routes[i].run(drive);
		return;
	}
	drive_problem(drive, known ? 405 : 404,
		      known ? "this route knows other methods"
			    : "no such route, or no such number");
}

void drive_handle(struct sandbox *sandbox, struct http_request *request, struct str path)
{
	struct drive drive = { .sandbox = sandbox,
			       .request = request,
			       .arena = http_request_arena(request) };
	struct str prefix = STR("/sandbox/v1/"), name, rest;
	enum status status;

	if (is_foreign(request)) {
		drive_problem(&drive, 403, "the request comes from a page of another site");
		return;
	}
	if (!str_starts(path, prefix)) {
		drive_problem(&drive, 404, "driving routes begin with /sandbox/v1/{bot}");
		return;
	}
	if (query_parse(http_request_query(request), drive.arena, &drive.query) != STATUS_OK) {
		drive_problem(&drive, 400, "the query string can't be read");
		return;
	}
	rest = str_cut(str_skip(path, prefix.len), '/', &name);
	status = bot_get(sandbox, name, &drive.bot);
	if (status == STATUS_OK)
		route_run(&drive, rest.data != NULL ? rest : STR(""));
	else if (status == STATUS_BUSY)
		drive_problem(&drive, 503, "the sandbox holds no more bots");
	else
		drive_problem(&drive, 404,
			      "no such bot: it is support, courier or a token <digits>:<secret>");
}
