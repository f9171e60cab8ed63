/* base/http/stream.c -- answers without end, each with a bound on what waits in it. */
#include "base/http/internal.h"

#include "base/log.h"

#include <stdlib.h>

static void stream_free(struct http_stream *stream)
{
	LIST_REMOVE(stream, link);
	stream->server->counters.streams_open--;
	loop_timer_close(stream->lost);
	free(stream);
}

static void stream_tell(struct http_stream *stream)
{
	loop_fn closed = stream->closed;
	void *arg = stream->arg;

	stream_free(stream);
	closed(arg);
}

void stream_lost(struct http_stream *stream)
{
	/* evhttp lets go of a request that is still being answered when its connection breaks; we
	 * must free it then. */
	if (evhttp_request_get_connection(stream->evreq) == NULL)
		evhttp_request_free(stream->evreq);
	stream_tell(stream);
}

/* Gives the request back to evhttp, which closes the connection when all is written. */
static void stream_finish(struct http_stream *stream)
{
	struct evhttp_request *evreq = stream->evreq;

	if (stream->conn != NULL) {
		stream->conn->stream = NULL;
		stream->conn->writing = true;
		stream->server->counters.in_flight++;
	}
	evhttp_send_reply_end(evreq);
}

void stream_shut(struct http_stream *stream)
{
	stream_finish(stream);
	stream_tell(stream);
}

static void lost_before(void *arg)
{
	struct http_stream *stream = arg;

	evhttp_request_free(stream->evreq);
	stream_tell(stream);
}

static struct http_stream *stream_new(struct http_request *request, loop_fn closed, void *arg)
{
	struct http_stream *stream = calloc(1, sizeof(*stream));

	if (stream == NULL) {
		log_error("http.memory", LOG_INT("bytes", sizeof(*stream)));
		abort();
	}
	stream->server = request->server;
	stream->conn = request->conn;
	stream->evreq = request->evreq;
	stream->closed = closed;
	stream->arg = arg;
	LIST_INSERT_HEAD(&request->server->streams, stream, link);
	request->server->counters.streams_open++;
	request->server->counters.in_flight--;
	return stream;
}

struct http_stream *http_stream_start(struct http_request *request, int status,
				      const struct http_header *headers, size_t count,
				      loop_fn closed, void *arg)
{
	static const struct http_header close_header = { "Connection", { "close", 5 } };
	struct http_stream *stream = stream_new(request, closed, arg);
	struct http_conn *conn = request->conn;
	struct timeval write_timeout = { request->server->limits.idle_timeout_s, 0 };

	if (conn == NULL) {
		stream->lost = loop_timer_open(request->server->base, lost_before, stream);
		loop_timer_set(stream->lost, 0);
		request_release(request);
		return stream;
	}
	request_add_headers(request, headers, count);
	/* No further request on this connection: its small input limit would starve one with a
	 * body. */
	request_add_headers(request, &close_header, 1);
	conn->request = NULL;
	conn->stream = stream;
	bufferevent_setwatermark(conn->bev, EV_READ, 0, HTTP_STREAM_INPUT_MAX);
	bufferevent_set_timeouts(conn->bev, NULL, &write_timeout);
	evhttp_send_reply_start(request->evreq, status, http_status_phrase(status));
	request_release(request);
	return stream;
}

size_t http_stream_room(const struct http_stream *stream)
{
	size_t waiting;

	if (stream->conn == NULL)
		return HTTP_STREAM_OUTPUT_MAX;
	waiting = evbuffer_get_length(bufferevent_get_output(stream->conn->bev));
	return waiting < HTTP_STREAM_OUTPUT_MAX ? HTTP_STREAM_OUTPUT_MAX - waiting : 0;
}

void http_stream_send(struct http_stream *stream, struct str bytes)
{
	struct http_server *server = stream->server;

	if (stream->conn == NULL || bytes.len == 0)
		return;
	if (bytes.len > http_stream_room(stream)) {
		server->counters.streams_dropped_slow++;
		conn_free(stream->conn);
		return;
	}
	if (evbuffer_add(server->scratch, bytes.data, bytes.len) == 0)
		evhttp_send_reply_chunk(stream->evreq, server->scratch);
}

void http_stream_end(struct http_stream *stream)
{
	stream_finish(stream);
	stream_free(stream);
}
