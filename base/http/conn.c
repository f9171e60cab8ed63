/* base/http/conn.c -- one connection: its bytes are watched before evhttp reads them, and taken
 * from evhttp when the guard refuses. */
#include "base/http/internal.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum { DRAIN_REQUEST_MS = 3000, REFUSAL_ID_BYTES = 8 };

static void refuse_now(struct http_conn *conn);
static void conn_closed(struct evhttp_connection *evcon, void *arg);
static void input_changed(struct evbuffer *input, const struct evbuffer_cb_info *info, void *arg);

/* ---- birth and death --------------------------------------------------------------------- */

static void by_fd_set(struct http_server *server, int fd, struct http_conn *conn)
{
	if ((size_t)fd >= server->by_fd_size) {
		size_t size = (size_t)fd * 2 + 64;
		struct http_conn **by_fd = realloc(server->by_fd, size * sizeof(*by_fd));

		if (by_fd == NULL) {
			log_error("http.memory", LOG_INT("bytes", size));
			abort();
		}
		for (size_t i = server->by_fd_size; i < size; i++)
			by_fd[i] = NULL;
		server->by_fd = by_fd;
		server->by_fd_size = size;
	}
	server->by_fd[fd] = conn;
}

static void conn_forget(struct http_conn *conn)
{
	struct http_server *server = conn->server;

	evbuffer_remove_cb(bufferevent_get_input(conn->bev), input_changed, conn);
	event_del(&conn->later);
	LIST_REMOVE(conn, link);
	server->conn_count--;
	wire_release(&conn->wire);
	free(conn);
	if (!server->accepting && !server->draining)
		server_accept(server, true);
	server_check_drained(server);
}

void conn_settle(struct http_conn *conn)
{
	struct bufferevent *bev = conn->bev;
	void *evcon = NULL;
	int one = 1;

	bufferevent_getcb(bev, NULL, NULL, NULL, &evcon);
	if (evcon == NULL) { /* evhttp could not take it */
		conn_forget(conn);
		bufferevent_decref(bev);
		return;
	}
	conn->evcon = evcon;
	conn->phase = CONN_OPEN;
	conn->fd = bufferevent_getfd(bev);
	by_fd_set(conn->server, conn->fd, conn);
	evhttp_connection_set_closecb(conn->evcon, conn_closed, conn);
	setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	bufferevent_decref(bev);
}

/* Dissolving a TCP association sends RST; evhttp by itself would say goodbye with FIN first. */
static void conn_reset(struct http_conn *conn)
{
	struct sockaddr nobody = { .sa_family = AF_UNSPEC };

	if (connect(conn->fd, &nobody, sizeof(nobody)) != 0)
		log_debug("http.reset", LOG_C("reason", strerror(errno)));
	conn_free(conn);
}

static void later(evutil_socket_t fd, short what, void *arg)
{
	struct http_conn *conn = arg;

	(void)fd, (void)what;
	if (conn->aborted)
		conn_reset(conn);
	else if (conn->phase == CONN_NEW)
		conn_settle(conn);
	else if (conn->phase == CONN_OPEN && conn->wire.state == WIRE_REFUSED)
		refuse_now(conn);
}

struct bufferevent *conn_new(struct event_base *base, void *arg)
{
	struct http_server *server = arg;
	struct http_conn *conn = calloc(1, sizeof(*conn));
	struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);

	if (conn == NULL || bev == NULL) {
		log_error("http.memory", LOG_INT("bytes", sizeof(*conn)));
		abort();
	}
	conn->server = server;
	conn->bev = bev;
	conn->wire.head_bytes_max = server->limits.header_bytes_max;
	conn->wire.body_bytes_max = server->limits.body_bytes_max;
	/* Pipelined requests beyond this wait in the kernel; one whole request always fits. */
	bufferevent_setwatermark(bev, EV_READ, 0,
				 server->limits.header_bytes_max +
					 server->limits.body_bytes_max * 2);
	evbuffer_add_cb(bufferevent_get_input(bev), input_changed, conn);
	event_assign(&conn->later, base, -1, 0, later, conn);
	event_active(&conn->later, EV_TIMEOUT, 0);
	bufferevent_incref(bev);
	LIST_INSERT_HEAD(&server->conns, conn, link);
	if (++server->conn_count >= (size_t)server->limits.connections_max)
		server_accept(server, false);
	return bev;
}

struct http_conn *conn_of(struct http_server *server, struct evhttp_request *evreq)
{
	struct evhttp_connection *evcon = evhttp_request_get_connection(evreq);
	int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(evcon));

	assert(fd >= 0 && (size_t)fd < server->by_fd_size && server->by_fd[fd] != NULL);
	return server->by_fd[fd];
}

static void request_detach(struct http_request *request)
{
	request->conn = NULL;
	/* With a connection still at it, evhttp is being freed and frees it itself. */
	if (evhttp_request_get_connection(request->evreq) != NULL)
		request->evreq = NULL;
}

/* The one end of every connection: evhttp is about to free it. */
static void conn_closed(struct evhttp_connection *evcon, void *arg)
{
	struct http_conn *conn = arg;
	struct http_stream *stream = conn->stream;

	(void)evcon;
	conn->server->by_fd[conn->fd] = NULL;
	if (conn->request != NULL)
		request_detach(conn->request);
	if (conn->writing)
		conn->server->counters.in_flight--;
	conn_forget(conn);
	if (stream != NULL)
		stream_lost(stream);
}

void conn_free(struct http_conn *conn)
{
	evhttp_connection_free(conn->evcon);
}

void conn_abort(struct http_conn *conn)
{
	conn->aborted = true;
	event_active(&conn->later, EV_TIMEOUT, 0);
}

/* ---- watching ---------------------------------------------------------------------------- */

bool conn_is_idle(const struct http_conn *conn)
{
	return conn->phase == CONN_OPEN && conn->answered == conn->wire.complete &&
	       !wire_is_within(&conn->wire);
}

/* All that was complete is answered: the refused request is next in turn. */
static bool refusal_is_due(const struct http_conn *conn)
{
	return conn->wire.state == WIRE_REFUSED && conn->answered == conn->wire.complete;
}

static void within_note(struct http_conn *conn, bool anew)
{
	if (!wire_is_within(&conn->wire))
		conn->within_since_ms = 0;
	else if (anew || conn->within_since_ms == 0)
		conn->within_since_ms = clock_mono_ms();
}

/* Runs when bytes were read from the socket, before evhttp is told of them. */
static void input_changed(struct evbuffer *input, const struct evbuffer_cb_info *info, void *arg)
{
	struct http_conn *conn = arg;
	uint64_t complete = conn->wire.complete;
	struct evbuffer_ptr at;
	struct evbuffer_iovec pieces[8];
	size_t left = info->n_added;

	if (left == 0 || conn->phase != CONN_OPEN || conn->wire.state == WIRE_REFUSED ||
	    conn->stream != NULL)
		return;
	evbuffer_ptr_set(input, &at, info->orig_size, EVBUFFER_PTR_SET);
	while (left > 0) {
		int count = evbuffer_peek(input, (ev_ssize_t)left, &at, pieces, 8);

		assert(count > 0);
		for (int i = 0; i < count && i < 8 && left > 0; i++) {
			size_t len = pieces[i].iov_len < left ? pieces[i].iov_len : left;

			wire_feed(&conn->wire, (struct str){ pieces[i].iov_base, len });
			left -= len;
			evbuffer_ptr_set(input, &at, len, EVBUFFER_PTR_ADD);
		}
	}
	within_note(conn, complete != conn->wire.complete);
	if (refusal_is_due(conn))
		refuse_now(conn);
}

void conn_answered(struct evhttp_request *evreq, void *arg)
{
	struct http_conn *conn = arg;

	(void)evreq;
	conn->answered++;
	conn->writing = false;
	conn->server->counters.in_flight--;
	within_note(conn, true);
	/* evhttp is in the middle of going on to the next request. */
	if (refusal_is_due(conn))
		event_active(&conn->later, EV_TIMEOUT, 0);
}

/* ---- refusing ---------------------------------------------------------------------------- */

/* From evhttp's deferred read too, with another argument: only bev may be used. */
static void refused_read(struct bufferevent *bev, void *arg)
{
	struct evbuffer *input = bufferevent_get_input(bev);

	(void)arg;
	evbuffer_drain(input, evbuffer_get_length(input));
}

static void refused_written(struct bufferevent *bev, void *arg)
{
	struct http_conn *conn = arg;

	(void)bev;
	if (conn->peer_ended) {
		conn_free(conn);
		return;
	}
	/* Closing with unread input would send a reset, and the peer might never see why. */
	shutdown(conn->fd, SHUT_WR);
	conn->cut_at_ms = clock_mono_ms() + HTTP_LINGER_MS;
}

static void refused_event(struct bufferevent *bev, short what, void *arg)
{
	struct http_conn *conn = arg;

	conn->peer_ended = true;
	if ((what & BEV_EVENT_EOF) == 0 || evbuffer_get_length(bufferevent_get_output(bev)) == 0)
		conn_free(conn);
}

static const char *problem_slug(int status)
{
	return status == 413 || status == 431 ? "too-large" : "bad-request";
}

static struct str problem_write(const struct guard_verdict *verdict, struct arena *arena)
{
	struct buf json = buf_in(arena);

	json_open(&json, '{');
	json_add_str(&json, "type",
		     str_format(arena, "/problems/%s", problem_slug(verdict->status)));
	json_add_str(&json, "title", str_from_c(http_status_phrase(verdict->status)));
	json_add_int(&json, "status", verdict->status);
	json_add_str(&json, "detail", str_format(arena, "%s: %s", verdict->field, verdict->detail));
	json_name(&json, "errors");
	json_open(&json, '[');
	json_open(&json, '{');
	json_add_str(&json, "field", str_from_c(verdict->field));
	json_add_str(&json, "detail", str_from_c(verdict->detail));
	json_close(&json, '}');
	json_close(&json, ']');
	json_add_str(&json, "request_id", random_hex(arena, REFUSAL_ID_BYTES));
	json_close(&json, '}');
	return buf_str(&json);
}

static void refusal_write(struct http_conn *conn, struct evbuffer *output)
{
	const struct guard_verdict *verdict = &conn->wire.verdict;
	struct arena arena = { 0 };
	struct str problem = problem_write(verdict, &arena);

	evbuffer_add_printf(
		output,
		"HTTP/1.1 %d %s\r\nContent-Type: application/problem+json\r\n"
		"Content-Length: %zu\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
		verdict->status, http_status_phrase(verdict->status), problem.len);
	if (!conn->wire.is_head)
		evbuffer_add(output, problem.data, problem.len);
	arena_release(&arena);
}

static void refuse_now(struct http_conn *conn)
{
	struct bufferevent *bev = conn->bev;

	conn->phase = CONN_REFUSED;
	conn->cut_at_ms = clock_mono_ms() + HTTP_REFUSAL_WRITE_MS;
	conn->server->counters.refused_by_guard++;
	log_debug("http.refused", LOG_INT("status", conn->wire.verdict.status),
		  LOG_C("field", conn->wire.verdict.field),
		  LOG_C("detail", conn->wire.verdict.detail));
	bufferevent_setcb(bev, refused_read, refused_written, refused_event, conn);
	bufferevent_setwatermark(bev, EV_READ, 0, 0);
	refusal_write(conn, bufferevent_get_output(bev));
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

/* A request that has arrived and that nobody has looked at yet. */
static bool has_unread(const struct http_conn *conn)
{
	int bytes = 0;

	return ioctl(conn->fd, FIONREAD, &bytes) == 0 && bytes > 0;
}

void conn_sweep(struct http_conn *conn, int64_t now_ms)
{
	int64_t limit_ms = conn->server->draining ? DRAIN_REQUEST_MS
						  : conn->server->limits.request_timeout_s * 1000;

	bool may_end = conn->server->draining && now_ms >= conn->server->idle_until_ms;

	if ((conn->phase == CONN_REFUSED && now_ms >= conn->cut_at_ms) ||
	    (may_end && conn_is_idle(conn) && !has_unread(conn))) {
		conn_free(conn);
		return;
	}
	/* While an answer is due the peer is not the one who is late. */
	if (conn->phase != CONN_OPEN || conn->within_since_ms == 0 ||
	    conn->answered != conn->wire.complete)
		return;
	if (now_ms - conn->within_since_ms >= limit_ms) {
		wire_refuse(&conn->wire, 408, "request", "It took too long to arrive.");
		refuse_now(conn);
	}
}
