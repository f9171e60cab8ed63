/* api/call.c -- taking requests in and answering them: headers, bodies, request ids. */
#include "api/call.h"

#include "api/metrics.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

enum { CALLS_KEPT = 256 };

struct call_pool {
	struct call *free;
	size_t free_count;
	uint32_t prefix; /* of request ids: this process */
	uint64_t count;
	int64_t date_s; /* of date_text */
	char date_text[40];
};

struct call_pool *call_pool_open(void)
{
	struct call_pool *pool = calloc(1, sizeof(*pool));

	if (pool == NULL)
		abort();
	random_bytes(&pool->prefix, sizeof(pool->prefix));
	return pool;
}

void call_pool_close(struct call_pool *pool)
{
	if (pool == NULL)
		return;
	while (pool->free != NULL) {
		struct call *call = pool->free;

		pool->free = call->next_free;
		arena_release(&call->arena);
		free(call);
	}
	free(pool);
}

static struct call *pool_get(struct call_pool *pool)
{
	struct call *call = pool->free;
	struct arena arena = { 0 };

	if (call == NULL) {
		call = malloc(sizeof(*call));
		if (call == NULL)
			abort();
	} else {
		pool->free = call->next_free;
		pool->free_count--;
		arena = call->arena;
	}
	*call = (struct call){ .arena = arena };
	return call;
}

void call_end(struct call *call)
{
	struct call_pool *pool = call->app->calls;

	assert(call->request == NULL);
	if (call->route != NULL && call->route->ended != NULL)
		call->route->ended(call);
	if (pool->free_count >= CALLS_KEPT) {
		arena_release(&call->arena);
		free(call);
		return;
	}
	arena_reset(&call->arena);
	call->next_free = pool->free;
	pool->free = call;
	pool->free_count++;
}

struct call *call_begin(struct app *app, struct http_request *request)
{
	struct call_pool *pool = app->calls;
	struct call *call = pool_get(pool);
	struct arena *arena = &call->arena;

	call->app = app;
	call->request = request;
	call->received_us = clock_mono_us();
	call->now_ms = clock_wall_ms();
	call->method = http_request_method(request);
	call->is_head = call->method == HTTP_HEAD;
	if (call->is_head)
		call->method = HTTP_GET;
	call->path = str_copy(arena, http_request_path(request));
	call->peer = str_copy(arena, http_request_peer(request));
	call->idempotency_key = str_copy(arena, http_request_header(request, "Idempotency-Key"));
	call->last_event_id = str_copy(arena, http_request_header(request, "Last-Event-ID"));
	call->request_id = str_format(arena, "%08" PRIx32 "-%" PRIx64, pool->prefix, ++pool->count);
	return call;
}

/* ---- answering --------------------------------------------------------------------------- */

static struct str date_text(struct call_pool *pool)
{
	int64_t now_s = clock_wall_ms() / 1000;

	if (now_s != pool->date_s) {
		time_t seconds = (time_t)now_s;
		struct tm tm;

		gmtime_r(&seconds, &tm);
		strftime(pool->date_text, sizeof(pool->date_text), "%a, %d %b %Y %H:%M:%S GMT",
			 &tm);
		pool->date_s = now_s;
	}
	return str_from_c(pool->date_text);
}

static struct str authenticate_text(const struct call *call, const struct answer *answer,
				    struct arena *arena)
{
	if (answer->authenticate_error == NULL)
		return STR("Bearer realm=\"ecoscooter\"");
	if (answer->problem.kind == PROBLEM_FORBIDDEN)
		return str_format(arena, "Bearer realm=\"ecoscooter\", error=\"%s\", scope=\"%s\"",
				  answer->authenticate_error, scope_name(call->route->scope));
	return str_format(arena, "Bearer realm=\"ecoscooter\", error=\"%s\"",
			  answer->authenticate_error);
}

static const char *media_of(const struct call *call, const struct answer *answer)
{
	if (answer->problem.kind != PROBLEM_NONE)
		return answer->problem.oauth_error.data != NULL ? "application/json"
								: "application/problem+json";
	if (answer->media != NULL)
		return answer->media;
	if (call->route != NULL && call->route->response == NULL)
		return call->route->media;
	return "application/json";
}

static bool wants_authentication(const struct answer *answer)
{
	return (answer->problem.kind == PROBLEM_UNAUTHORIZED ||
		answer->problem.kind == PROBLEM_FORBIDDEN) &&
	       answer->problem.oauth_error.data == NULL;
}

size_t call_headers(const struct call *call, const struct answer *answer, struct arena *arena,
		    struct http_header headers_out[CALL_HEADERS_ALL])
{
	size_t count = 0;
	const char *media = media_of(call, answer);

#define ADD(name_, value_) (headers_out[count++] = (struct http_header){ (name_), (value_) })
	ADD("Date", date_text(call->app->calls));
	ADD("X-Request-Id", call->request_id);
	ADD("X-Content-Type-Options", STR("nosniff"));
	ADD("Referrer-Policy", STR("no-referrer"));
	if (!answer->is_cacheable)
		ADD("Cache-Control", STR("no-store"));
	if (media != NULL)
		ADD("Content-Type", str_from_c(media));
	if (answer->location.data != NULL)
		ADD("Location", answer->location);
	if (answer->allow != NULL)
		ADD("Allow", str_from_c(answer->allow));
	if (wants_authentication(answer))
		ADD("WWW-Authenticate", authenticate_text(call, answer, arena));
	if (answer->retry_after_s > 0)
		ADD("Retry-After", str_format(arena, "%d", answer->retry_after_s));
	if (answer->is_replayed)
		ADD("Idempotency-Replayed", STR("true"));
	for (size_t i = 0; i < answer->extra_count && count < CALL_HEADERS_ALL; i++)
		headers_out[count++] = answer->extra[i];
#undef ADD
	return count;
}

void call_note(const struct call *call, int status)
{
	int64_t took_us = clock_mono_us() - call->received_us;

	metrics_note(call->app->metrics, call->route, status, took_us);
	if (status >= 500)
		log_warn("http.answered", LOG_STR("request", call->request_id),
			 LOG_C("method", http_method_name(call->method)),
			 LOG_STR("path", call->path), LOG_INT("http_status", status),
			 LOG_INT("took_us", took_us));
	else
		log_debug("http.answered", LOG_STR("request", call->request_id),
			  LOG_C("method", http_method_name(call->method)),
			  LOG_STR("path", call->path), LOG_INT("http_status", status),
			  LOG_INT("took_us", took_us));
}

static int status_of(const struct call *call, const struct answer *answer)
{
	if (answer->status != 0)
		return answer->status;
	if (answer->problem.kind != PROBLEM_NONE)
		return problem_http_status(answer->problem.kind);
	return call->route != NULL ? call->route->success : 200;
}

static void answer_send(struct call *call, struct answer *answer, struct arena *arena)
{
	struct http_header headers[CALL_HEADERS_ALL];
	int status = status_of(call, answer);
	struct str body = answer->text;
	size_t count;

	if (answer->problem.kind != PROBLEM_NONE) {
		body = problem_format(&answer->problem, call->request_id, arena);
		if (answer->problem.kind == PROBLEM_UNAVAILABLE && answer->retry_after_s == 0)
			answer->retry_after_s = 1;
	}
	count = call_headers(call, answer, arena, headers);
	http_reply(call->request, status, headers, count, body);
	call->request = NULL;
	call_note(call, status);
}

void call_reply(struct call *call)
{
	if (call->answer.problem.kind == PROBLEM_NONE)
		call_encode(call);
	answer_send(call, &call->answer, &call->arena);
}

void call_reply_late(struct call *call)
{
	struct answer answer = { .problem = { .kind = PROBLEM_UNAVAILABLE } };

	answer_send(call, &answer, http_request_arena(call->request));
}

void call_encode(struct call *call)
{
	struct answer *answer = &call->answer;
	struct buf buf = buf_in(&call->arena);

	if (answer->text.data != NULL || answer->value == NULL)
		return;
	shape_encode(call->route->response, answer->value, &buf);
	answer->text = buf_str(&buf);
}

/* ---- for handlers ------------------------------------------------------------------------ */

enum status call_refuse(struct call *call, enum problem_kind kind, const char *detail)
{
	call->answer.problem.kind = kind;
	call->answer.problem.detail = str_from_c(detail);
	return problem_status(kind);
}

enum status call_refuse_field(struct call *call, const char *field, const char *detail)
{
	problem_add_field(&call->answer.problem, &call->arena, str_from_c(field),
			  str_from_c(detail));
	return STATUS_BAD_INPUT;
}

struct actor call_actor(const struct call *call)
{
	return (struct actor){ ACTOR_EMPLOYEE, call->claims.employee_id };
}

void call_add_header(struct call *call, const char *name, struct str value)
{
	struct answer *answer = &call->answer;

	assert(answer->extra_count < CALL_HEADERS_MAX);
	answer->extra[answer->extra_count++] = (struct http_header){ name, value };
}
