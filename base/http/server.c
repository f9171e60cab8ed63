/* base/http/server.c -- the listener: opening, handing requests over, sweeping, draining. */
#include "base/http/internal.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	SWEEP_MS = 500,
	DRAIN_SWEEP_MS = 50,
	DRAIN_IDLE_MS = 100,
	METHODS = EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
		  EVHTTP_REQ_PATCH | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS
};

/* ---- requests ---------------------------------------------------------------------------- */

static void request_came(struct evhttp_request *evreq, void *arg)
{
	struct http_server *server = arg;
	struct http_conn *conn = conn_of(server, evreq);

	server->counters.requests++;
	server->counters.in_flight++;
	evhttp_request_set_on_complete_cb(evreq, conn_answered, conn);
	conn->request = request_take(conn, evreq);
	server->handler(conn->request, server->arg);
}

struct http_counters http_server_counters(const struct http_server *server)
{
	return server->counters;
}

int http_server_port(const struct http_server *server)
{
	return server->port;
}

/* ---- listening --------------------------------------------------------------------------- */

void server_accept(struct http_server *server, bool on)
{
	for (size_t i = 0; i < server->bound_count; i++) {
		struct evconnlistener *listener =
			evhttp_bound_socket_get_listener(server->bound[i]);

		if (on)
			evconnlistener_enable(listener);
		else
			evconnlistener_disable(listener);
	}
	server->accepting = on;
}

/* Out of descriptors, say: the sweep opens it again. Without the pause this would spin. */
static void accept_failed(struct evconnlistener *listener, void *arg)
{
	(void)arg;
	log_warn("http.accept", LOG_C("reason", strerror(errno)));
	evconnlistener_disable(listener);
}

static int port_of(struct evconnlistener *listener)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address = { .v6 = { 0 } };
	socklen_t len = sizeof(address);

	if (getsockname(evconnlistener_get_fd(listener), &address.any, &len) != 0)
		return 0;
	return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port
						       : address.v4.sin_port);
}

/* libevent owns the descriptors from here on. */
static void bind_all(struct http_server *server, const struct http_sockets *sockets)
{
	unsigned flags = LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_CLOSE_ON_FREE;

	for (size_t i = 0; i < sockets->count; i++) {
		/* Backlog 0: it listens already. */
		struct evconnlistener *listener =
			evconnlistener_new(server->base, NULL, NULL, flags, 0, sockets->fds[i]);

		if (listener == NULL)
			abort();
		evconnlistener_set_error_cb(listener, accept_failed);
		server->bound[server->bound_count] = evhttp_bind_listener(server->evhttp, listener);
		if (server->bound_count++ == 0)
			server->port = port_of(listener);
	}
}

/* ---- the life of it ---------------------------------------------------------------------- */

static void sweep(void *arg)
{
	struct http_server *server = arg;
	int64_t now_ms = clock_mono_ms();
	struct http_conn *conn = LIST_FIRST(&server->conns);

	while (conn != NULL) {
		struct http_conn *next = LIST_NEXT(conn, link);

		conn_sweep(conn, now_ms);
		conn = next;
	}
	if (server->accepting)
		server_accept(server, true);
}

static struct http_limits limits_filled(const struct http_limits *limits)
{
	struct http_limits filled = limits != NULL ? *limits : (struct http_limits){ 0 };

	if (filled.header_bytes_max == 0)
		filled.header_bytes_max = 16 << 10;
	if (filled.body_bytes_max == 0)
		filled.body_bytes_max = 1 << 20;
	if (filled.idle_timeout_s == 0)
		filled.idle_timeout_s = 60;
	if (filled.request_timeout_s == 0)
		filled.request_timeout_s = 30;
	if (filled.connections_max == 0)
		filled.connections_max = 4096;
	return filled;
}

static void evhttp_set_up(struct http_server *server)
{
	struct evhttp *evhttp = server->evhttp;

	evhttp_set_bevcb(evhttp, conn_new, server);
	evhttp_set_gencb(evhttp, request_came, server);
	evhttp_set_allowed_methods(evhttp, METHODS);
	evhttp_set_default_content_type(evhttp, NULL);
	evhttp_set_timeout(evhttp, server->limits.idle_timeout_s);
	/* The wire enforces the same limits first, with a better answer. */
	evhttp_set_max_headers_size(evhttp, (ev_ssize_t)server->limits.header_bytes_max);
	evhttp_set_max_body_size(evhttp, (ev_ssize_t)server->limits.body_bytes_max);
	evhttp_set_flags(evhttp, EVHTTP_SERVER_LINGERING_CLOSE);
}

static void drained_now(void *arg)
{
	struct http_server *server = arg;

	server->drained(server->drained_arg);
}

enum status http_server_open(struct event_base *base, const char *listen,
			     const struct http_limits *limits, http_handler handler, void *arg,
			     struct http_server **server_out)
{
	struct http_sockets sockets = http_listen_inherited();
	struct http_server *server;

	if (sockets.count == 0 && http_listen_open(listen, &sockets) != STATUS_OK)
		return STATUS_FAILED;
	server = calloc(1, sizeof(*server));
	if (server == NULL) {
		http_listen_close(&sockets);
		return STATUS_FAILED;
	}
	server->base = base;
	server->handler = handler;
	server->arg = arg;
	server->limits = limits_filled(limits);
	server->scratch = evbuffer_new();
	server->evhttp = evhttp_new(base);
	if (server->evhttp == NULL || server->scratch == NULL)
		abort();
	server->sweep = loop_timer_open(base, sweep, server);
	server->drained_soon = loop_timer_open(base, drained_now, server);
	server->accepting = true;
	evhttp_set_up(server);
	loop_timer_every(server->sweep, SWEEP_MS);
	bind_all(server, &sockets);
	*server_out = server;
	return STATUS_OK;
}

void server_check_drained(struct http_server *server)
{
	if (server->draining && server->conn_count == 0 && LIST_EMPTY(&server->live) &&
	    LIST_EMPTY(&server->streams))
		loop_timer_set(server->drained_soon, 0);
}

void http_server_drain(struct http_server *server, loop_fn done, void *arg)
{
	for (size_t i = 0; i < server->bound_count; i++)
		evhttp_del_accept_socket(server->evhttp, server->bound[i]);
	server->bound_count = 0;
	server->accepting = false;
	server->draining = true;
	server->drained = done;
	server->drained_arg = arg;
	while (!LIST_EMPTY(&server->streams))
		stream_shut(LIST_FIRST(&server->streams));
	/* A busy client has its next request on the way: it is still answered, and told to go. */
	server->idle_until_ms = clock_mono_ms() + DRAIN_IDLE_MS;
	loop_timer_every(server->sweep, DRAIN_SWEEP_MS);
	server_check_drained(server);
}

static void requests_free(struct http_server *server)
{
	struct http_request *request;

	/* Kept beyond the end: their answers have nowhere to go. */
	while ((request = LIST_FIRST(&server->live)) != NULL) {
		if (request->evreq != NULL)
			evhttp_request_free(request->evreq);
		request_release(request);
	}
	while ((request = LIST_FIRST(&server->pool)) != NULL) {
		LIST_REMOVE(request, link);
		arena_release(&request->arena);
		free(request);
	}
}

static void conns_settle(struct http_server *server)
{
	struct http_conn *conn = LIST_FIRST(&server->conns);

	while (conn != NULL) {
		struct http_conn *next = LIST_NEXT(conn, link);

		if (conn->phase == CONN_NEW)
			conn_settle(conn);
		conn = next;
	}
}

void http_server_close(struct http_server *server)
{
	if (server == NULL)
		return;
	server->draining = true;
	server->bound_count = 0;
	while (!LIST_EMPTY(&server->streams))
		stream_shut(LIST_FIRST(&server->streams));
	conns_settle(server);
	evhttp_free(server->evhttp);
	loop_timer_close(server->sweep);
	requests_free(server);
	loop_timer_close(server->drained_soon);
	evbuffer_free(server->scratch);
	free(server->by_fd);
	free(server);
}
