/* base/http/request.c -- what a handler sees of a request, and answers without end. */
#include "base/http/internal.h"

#include "base/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *http_method_name(enum http_method method)
{
	static const char *const names[] = {
		[HTTP_GET] = "GET",	    [HTTP_HEAD] = "HEAD",   [HTTP_POST] = "POST",
		[HTTP_PUT] = "PUT",	    [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE",
		[HTTP_OPTIONS] = "OPTIONS",
	};

	return names[method];
}

const char *http_status_phrase(int status)
{
	static const struct {
		int status;
		const char *phrase;
	} phrases[] = {
		{ 200, "OK" },
		{ 201, "Created" },
		{ 202, "Accepted" },
		{ 204, "No Content" },
		{ 301, "Moved Permanently" },
		{ 302, "Found" },
		{ 303, "See Other" },
		{ 304, "Not Modified" },
		{ 307, "Temporary Redirect" },
		{ 308, "Permanent Redirect" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 417, "Expectation Failed" },
		{ 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 502, "Bad Gateway" },
		{ 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
		{ 505, "HTTP Version Not Supported" },
	};

	for (size_t i = 0; i < sizeof(phrases) / sizeof(*phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Unknown";
}

static enum http_method method_of(struct evhttp_request *evreq)
{
	switch ((unsigned)evhttp_request_get_command(evreq)) {
	case EVHTTP_REQ_HEAD:
		return HTTP_HEAD;
	case EVHTTP_REQ_POST:
		return HTTP_POST;
	case EVHTTP_REQ_PUT:
		return HTTP_PUT;
	case EVHTTP_REQ_PATCH:
		return HTTP_PATCH;
	case EVHTTP_REQ_DELETE:
		return HTTP_DELETE;
	case EVHTTP_REQ_OPTIONS:
		return HTTP_OPTIONS;
	default:
		return HTTP_GET; /* the guard lets no other through */
	}
}

/* ---- the pool ---------------------------------------------------------------------------- */

static struct http_request *pool_get(struct http_server *server)
{
	struct http_request *request = LIST_FIRST(&server->pool);

	if (request != NULL) {
		LIST_REMOVE(request, link);
		server->pool_count--;
		return request;
	}
	request = calloc(1, sizeof(*request));
	if (request == NULL) {
		log_error("http.memory", LOG_INT("bytes", sizeof(*request)));
		abort();
	}
	return request;
}

struct http_request *request_take(struct http_conn *conn, struct evhttp_request *evreq)
{
	struct http_request *request = pool_get(conn->server);
	char *address = NULL;
	uint16_t port;

	request->server = conn->server;
	request->conn = conn;
	request->evreq = evreq;
	request->method = method_of(evreq);
	request->query = str_cut(str_from_c(evhttp_request_get_uri(evreq)), '?', &request->path);
	evhttp_connection_get_peer(conn->evcon, &address, &port);
	request->peer = str_copy(&request->arena, str_from_c(address));
	LIST_INSERT_HEAD(&conn->server->live, request, link);
	return request;
}

void request_release(struct http_request *request)
{
	struct http_server *server = request->server;

	LIST_REMOVE(request, link);
	if (server->pool_count < HTTP_REQUESTS_KEPT) {
		arena_reset(&request->arena);
		LIST_INSERT_HEAD(&server->pool, request, link);
		server->pool_count++;
	} else {
		arena_release(&request->arena);
		free(request);
	}
}

/* ---- looking ----------------------------------------------------------------------------- */

enum http_method http_request_method(const struct http_request *request)
{
	return request->method;
}

struct str http_request_path(const struct http_request *request)
{
	return request->path;
}

struct str http_request_query(const struct http_request *request)
{
	return request->query;
}

struct str http_request_header(const struct http_request *request, const char *name)
{
	return str_from_c(
		evhttp_find_header(evhttp_request_get_input_headers(request->evreq), name));
}

struct str http_request_body(struct http_request *request)
{
	struct evbuffer *body = evhttp_request_get_input_buffer(request->evreq);
	size_t len = evbuffer_get_length(body);

	return len == 0 ? STR("") : (struct str){ (const char *)evbuffer_pullup(body, -1), len };
}

struct str http_request_peer(const struct http_request *request)
{
	return request->peer;
}

struct arena *http_request_arena(struct http_request *request)
{
	return &request->arena;
}

/* ---- answering --------------------------------------------------------------------------- */

static void header_add(struct http_request *request, const char *name, const char *value)
{
	/* Refused are only CR and LF, which would forge headers. */
	if (evhttp_add_header(evhttp_request_get_output_headers(request->evreq), name, value) != 0)
		log_error("http.header_refused", LOG_C("name", name));
}

void request_add_headers(struct http_request *request, const struct http_header *headers,
			 size_t count)
{
	for (size_t i = 0; i < count; i++)
		header_add(request, headers[i].name, str_to_c(&request->arena, headers[i].value));
}

static void body_add(struct http_request *request, int status, struct str body)
{
	if (status == 204 || status == 304)
		return;
	if (request->method == HTTP_HEAD) {
		header_add(request, "Content-Length",
			   str_format(&request->arena, "%zu", body.len).data);
		return;
	}
	if (body.len > 0 && evbuffer_add(evhttp_request_get_output_buffer(request->evreq),
					 body.data, body.len) != 0)
		log_error("http.memory", LOG_INT("bytes", body.len));
}

/* Most answers fit the socket's buffer: writing here saves waiting for the loop to find it
 * writable. What is left, and any error, is evhttp's as ever. */
static void write_now(struct http_conn *conn)
{
	struct evbuffer *output = bufferevent_get_output(conn->bev);

	evbuffer_unfreeze(output, 1);
	evbuffer_write(output, conn->fd);
	evbuffer_freeze(output, 1);
	if (evbuffer_get_length(output) == 0)
		bufferevent_trigger(conn->bev, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
}

static void reply(struct http_request *request, int status, const struct http_header *headers,
		  size_t count, struct str body, bool close)
{
	struct evhttp_request *evreq = request->evreq;
	struct http_server *server = request->server;
	struct http_conn *conn = request->conn;

	assert(evreq != NULL);
	if (conn != NULL) {
		request_add_headers(request, headers, count);
		if (close || server->draining)
			header_add(request, "Connection", "close");
		body_add(request, status, body);
		conn->request = NULL;
		conn->writing = true;
	} else {
		server->counters.in_flight--;
	}
	/* Without a connection this frees evreq; with one, evhttp does when it is written. */
	evhttp_send_reply(evreq, status, http_status_phrase(status), NULL);
	if (conn != NULL)
		write_now(conn);
	request_release(request);
	server_check_drained(server);
}

void http_reply(struct http_request *request, int status, const struct http_header *headers,
		size_t count, struct str body)
{
	reply(request, status, headers, count, body, false);
}

void http_reply_close(struct http_request *request, int status, const struct http_header *headers,
		      size_t count, struct str body)
{
	reply(request, status, headers, count, body, true);
}

void http_abort(struct http_request *request)
{
	struct http_server *server = request->server;

	if (request->conn == NULL) {
		http_reply(request, 500, NULL, 0, STR_NONE);
		return;
	}
	/* evhttp's half of the request goes with the connection. */
	request->conn->request = NULL;
	conn_abort(request->conn);
	server->counters.in_flight--;
	request_release(request);
	server_check_drained(server);
}
