/* api/dispatch.c -- the steps of a request, in order; each either goes on to the next or answers.
 */
#include "api/dispatch.h"

#include "api/idempotency.h"
#include "api/routes.h"
#include "base/log.h"
#include "store/meta.h"

#include <stddef.h>

static struct call *call_of(struct job *job)
{
	return (struct call *)(void *)((char *)job - offsetof(struct call, job));
}

static void answer_now(struct call *call, enum status status)
{
	struct problem *problem = &call->answer.problem;

	if (status != STATUS_OK && problem->kind == PROBLEM_NONE)
		problem->kind = problem_of_status(status);
	if (status == STATUS_OK && call->answer.finish != NULL)
		call->answer.finish(call);
	else
		call_reply(call);
	call_end(call);
}

/* ---- in the lane ------------------------------------------------------------------------- */

static enum status check_session(struct call *call)
{
	enum status status = STATUS_OK;

	if (call->route->scope != SCOPE_PUBLIC)
		status = auth_check_session(call->db, &call->claims, call->now_ms, &call->arena,
					    &call->session);
	if (status == STATUS_DENIED) {
		call->answer.authenticate_error = "invalid_token";
		call->answer.problem.detail =
			STR("This session was ended, or its rights changed. Sign in again");
	}
	return status;
}

static enum status work(struct job *job, struct db *db)
{
	struct call *call = call_of(job);
	enum status status;

	log_set_context("request", call->request_id);
	call->db = db;
	call->answer = (struct answer){ 0 }; /* a write may run again from the start */
	status = check_session(call);
	if (status == STATUS_OK)
		status = idempotency_applies(call) ? idempotency_run(call)
						   : call->route->handler(call);
	if (status == STATUS_OK && call->route->lane == LANE_READ && call->answer.finish == NULL)
		call_encode(call);
	call->db = NULL;
	log_set_context("request", STR_NONE);
	return status;
}

/* What the handler may have said no longer holds: it was rolled back, or never ran. */
static void not_worked(struct call *call, enum status status)
{
	call->answer = (struct answer){ 0 };
	answer_now(call, call->route->fallback != NULL ? call->route->fallback(call) : status);
}

static void worked(struct job *job, enum status status)
{
	struct call *call = call_of(job);

	if (call->request == NULL)
		call_end(call);
	else if (status == STATUS_FAILED || status == STATUS_BUSY)
		not_worked(call, status);
	else
		answer_now(call, status);
}

static void late(struct job *job)
{
	call_reply_late(call_of(job));
}

/* While the process ends, a late answer of Redis may find the lanes gone. */
static enum status submit(struct call *call, enum lane lane)
{
	struct lanes *lanes = call->app->lanes;

	return lanes != NULL ? lanes_submit(lanes, lane, &call->job) : STATUS_BUSY;
}

void dispatch_go_on(struct call *call, enum status status)
{
	if (status == STATUS_OK && call->route->lane == LANE_LOOP) {
		answer_now(call, call->route->handler(call));
		return;
	}
	if (status != STATUS_OK) {
		answer_now(call, status);
		return;
	}
	call->job.run = work;
	call->job.done = worked;
	call->job.late = late;
	status = submit(call, call->route->lane);
	if (status != STATUS_OK)
		not_worked(call, status);
}

/* ---- what is asked ----------------------------------------------------------------------- */

static bool media_is(struct str header, struct str wanted)
{
	struct str media;

	str_cut(header, ';', &media);
	return str_eq_nocase(str_trim(media), wanted);
}

static enum status read_body(struct call *call)
{
	const struct route *route = call->route;
	bool is_form = route->body == BODY_FORM;
	struct str text = http_request_body(call->request);
	struct problem *problem = &call->answer.problem;

	call->body = arena_alloc(&call->arena, route->request->bytes + 1);
	if (text.len == 0 && route->request->count == 0)
		return STATUS_OK;
	if (!media_is(http_request_header(call->request, "Content-Type"),
		      is_form ? STR("application/x-www-form-urlencoded") : STR("application/json")))
		return call_refuse(
			call, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
			is_form ? "Content-Type must be application/x-www-form-urlencoded"
				: "Content-Type must be application/json");
	if (is_form)
		return shape_decode_query(route->request, text, true, &call->arena, call->body,
					  problem);
	return shape_decode(route->request, text, &call->arena, call->body, problem);
}

static enum status read_inputs(struct call *call)
{
	const struct route *route = call->route;
	enum status status = STATUS_OK;

	if (route->query != NULL) {
		call->query = arena_alloc(&call->arena, route->query->bytes + 1);
		status = shape_decode_query(route->query, http_request_query(call->request), false,
					    &call->arena, call->query, &call->answer.problem);
	}
	if (status == STATUS_OK && route->body != BODY_NONE)
		status = read_body(call);
	if (status == STATUS_OK && idempotency_applies(call))
		status = idempotency_prepare(call);
	return status;
}

static void take_inputs(struct call *call)
{
	enum status status = read_inputs(call);

	if (status != STATUS_OK && call->route->body == BODY_FORM)
		call->answer.problem.oauth_error = STR("invalid_request");
	if (status == STATUS_OK && call->route->gate != NULL)
		status = call->route->gate(call);
	if (status != STATUS_EMPTY)
		dispatch_go_on(call, status);
}

/* ---- who asks ---------------------------------------------------------------------------- */

static void identify(struct call *call);

static enum status look_key_up(struct job *job, struct db *db)
{
	struct call *call = call_of(job);
	struct signing_key *key = ARENA_NEW(&call->arena, struct signing_key);

	call->answer.state = key;
	return signing_key_by_kid(db, call->unknown_kid, &call->arena, key);
}

static void key_looked_up(struct job *job, enum status status)
{
	struct call *call = call_of(job);

	if (call->request == NULL) {
		call_end(call);
		return;
	}
	if (status == STATUS_OK)
		auth_learn(call->app->auth, call->answer.state);
	call->answer = (struct answer){ 0 };
	if (status == STATUS_OK || status == STATUS_NOT_FOUND)
		identify(call);
	else
		answer_now(call, status);
}

/* Another process may have made a key since we started. */
static void learn_key(struct call *call, struct str kid)
{
	enum status status;

	call->unknown_kid = kid;
	call->job.run = look_key_up;
	call->job.done = key_looked_up;
	call->job.late = late;
	status = submit(call, LANE_READ);
	if (status != STATUS_OK)
		answer_now(call, status);
}

static void refuse_token(struct call *call, const char *error, const char *reason)
{
	call->answer.authenticate_error = error;
	answer_now(call, call_refuse(call, PROBLEM_UNAUTHORIZED, reason));
}

static void check_scope(struct call *call)
{
	enum scope scope = call->route->scope;

	if (scope == SCOPE_SIGNED_IN || (call->claims.scopes & (1u << scope))) {
		take_inputs(call);
		return;
	}
	call->answer.authenticate_error = "insufficient_scope";
	answer_now(call, call_refuse(call, PROBLEM_FORBIDDEN,
				     str_format(&call->arena, "This needs the scope %s",
						scope_name(scope))
					     .data));
}

static void identify(struct call *call)
{
	const char *reason = NULL;
	struct str kid = STR_NONE;
	enum status status;

	if (call->route->scope == SCOPE_PUBLIC) {
		take_inputs(call);
		return;
	}
	status = auth_check(call->app->auth, http_request_header(call->request, "Authorization"),
			    call->now_ms, &call->arena, &call->claims, &kid, &reason);
	if (status == STATUS_OK)
		check_scope(call);
	else if (status == STATUS_NOT_FOUND && call->unknown_kid.data == NULL)
		learn_key(call, kid);
	else if (status == STATUS_EMPTY)
		refuse_token(call, NULL, "Send an access token: Authorization: Bearer ...");
	else
		refuse_token(call, "invalid_token", reason);
}

/* ---- in ---------------------------------------------------------------------------------- */

void dispatch_request(struct http_request *request, void *arg)
{
	struct app *app = arg;
	struct call *call = call_begin(app, request);
	struct route_match match;
	enum status status =
		route_find(routes, route_count, http_request_method(request), call->path, &match);

	if (status == STATUS_OK) {
		call->route = match.route;
		memcpy(call->ids, match.ids, sizeof(call->ids));
		identify(call);
		return;
	}
	if (status == STATUS_CONFLICT)
		call->answer.allow = str_to_c(&call->arena, str_from_c(match.allow));
	if (status == STATUS_CONFLICT && call->method == HTTP_OPTIONS) {
		call->answer.status = 204;
		answer_now(call, STATUS_OK);
		return;
	}
	answer_now(call, call_refuse(call,
				     status == STATUS_CONFLICT ? PROBLEM_METHOD_NOT_ALLOWED
							       : PROBLEM_NOT_FOUND,
				     NULL));
}
