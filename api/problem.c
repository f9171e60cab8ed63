/* api/problem.c -- the table of problems. */
#include "api/problem.h"

#include "base/buf.h"

struct problem_row {
	int http_status;
	enum status status; /* what a handler returns with it */
	const char *slug, *title;
};

/* clang-format off */
static const struct problem_row rows[PROBLEM_KINDS] = {
	[PROBLEM_NONE]                   = { 200, STATUS_OK,         "none",                   "No problem" },
	[PROBLEM_BAD_REQUEST]            = { 400, STATUS_BAD_INPUT,  "bad-request",            "The request can't be read" },
	[PROBLEM_VALIDATION]             = { 400, STATUS_BAD_INPUT,  "validation",             "Some fields are not as they must be" },
	[PROBLEM_UNAUTHORIZED]           = { 401, STATUS_DENIED,     "unauthorized",           "A valid access token is needed" },
	[PROBLEM_FORBIDDEN]              = { 403, STATUS_DENIED,     "forbidden",              "Your role does not allow this" },
	[PROBLEM_NOT_FOUND]              = { 404, STATUS_NOT_FOUND,  "not-found",              "There is no such thing" },
	[PROBLEM_METHOD_NOT_ALLOWED]     = { 405, STATUS_BAD_INPUT,  "method-not-allowed",     "This address knows other methods only" },
	[PROBLEM_CONFLICT]               = { 409, STATUS_CONFLICT,   "conflict",               "The present state does not allow this" },
	[PROBLEM_TOO_LARGE]              = { 413, STATUS_BAD_INPUT,  "too-large",              "The request is too large" },
	[PROBLEM_UNSUPPORTED_MEDIA_TYPE] = { 415, STATUS_BAD_INPUT,  "unsupported-media-type", "This content type is not understood here" },
	[PROBLEM_UNPROCESSABLE]          = { 422, STATUS_CONFLICT,   "unprocessable",          "The idempotency key was used for another request" },
	[PROBLEM_TOO_MANY_REQUESTS]      = { 429, STATUS_DENIED,     "too-many-requests",      "Too many attempts, try later" },
	[PROBLEM_UNAVAILABLE]            = { 503, STATUS_BUSY,       "unavailable",            "Not possible right now, try again soon" },
	[PROBLEM_INTERNAL]               = { 500, STATUS_FAILED,     "internal",               "Our mistake" },
};

/* A commit that failed may or may not have happened; like a full queue it is answered by 503 and tried again. */
static const enum problem_kind of_status[] = {
	[STATUS_OK]        = PROBLEM_NONE,
	[STATUS_EMPTY]     = PROBLEM_INTERNAL,
	[STATUS_NOT_FOUND] = PROBLEM_NOT_FOUND,
	[STATUS_CONFLICT]  = PROBLEM_CONFLICT,
	[STATUS_DENIED]    = PROBLEM_UNAUTHORIZED,
	[STATUS_BUSY]      = PROBLEM_UNAVAILABLE,
	[STATUS_BAD_INPUT] = PROBLEM_VALIDATION,
	[STATUS_FAILED]    = PROBLEM_UNAVAILABLE,
};
/* clang-format on */

int problem_http_status(enum problem_kind kind)
{
	return rows[kind].http_status;
}

const char *problem_title(enum problem_kind kind)
{
	return rows[kind].title;
}

const char *problem_slug(enum problem_kind kind)
{
	return rows[kind].slug;
}

enum status problem_status(enum problem_kind kind)
{
	return rows[kind].status;
}

enum problem_kind problem_of_status(enum status status)
{
	return of_status[status];
}

void problem_add_field(struct problem *problem, struct arena *arena, struct str field,
		       struct str detail)
{
	struct problem_field *added;

	if (problem->kind == PROBLEM_NONE)
		problem->kind = PROBLEM_VALIDATION;
	if (problem->field_count >= PROBLEM_FIELDS_MAX)
		return;
	problem->field_count++;
	added = ARENA_NEW(arena, struct problem_field);
	added->field = field;
	added->detail = detail;
	if (problem->last != NULL)
		problem->last->next = added;
	else
		problem->first = added;
	problem->last = added;
}

static void add_fields(struct buf *buf, const struct problem *problem)
{
	if (problem->first == NULL)
		return;
	json_name(buf, "errors");
	json_open(buf, '[');
	for (const struct problem_field *each = problem->first; each != NULL; each = each->next) {
		json_open(buf, '{');
		json_add_str(buf, "field", each->field);
		json_add_str(buf, "detail", each->detail);
		json_close(buf, '}');
	}
	json_close(buf, ']');
}

/* Without words of its own: the first field's trouble, or else the title. */
static struct str detail_of(const struct problem *problem, struct arena *arena)
{
	if (problem->detail.data != NULL)
		return problem->detail;
	if (problem->first != NULL)
		return str_format(arena, "%.*s %.*s", STR_ARG(problem->first->field),
				  STR_ARG(problem->first->detail));
	return str_from_c(rows[problem->kind].title);
}

struct str problem_format(const struct problem *problem, struct str request_id, struct arena *arena)
{
	const struct problem_row *row = &rows[problem->kind];
	struct str detail = detail_of(problem, arena);
	struct buf buf = buf_in(arena);

	json_open(&buf, '{');
	if (problem->oauth_error.data != NULL) {
		json_add_str(&buf, "error", problem->oauth_error);
		json_add_str(&buf, "error_description", detail);
	}
	json_add_str(&buf, "type", str_format(arena, "/problems/%s", row->slug));
	json_add_str(&buf, "title", str_from_c(row->title));
	json_add_int(&buf, "status", row->http_status);
	json_add_str(&buf, "detail", detail);
	add_fields(&buf, problem);
	json_add_str(&buf, "request_id", request_id);
	json_close(&buf, '}');
	return buf_str(&buf);
}
