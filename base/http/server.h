/* base/http/server.h -- an HTTP/1.1 listener on evhttp behind a strict guard. All functions run on
 * the loop's thread; the handler may answer at once or keep the request and answer later. */
#ifndef BASE_HTTP_SERVER_H
#define BASE_HTTP_SERVER_H

#include "base/arena.h"
#include "base/loop.h"
#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct http_server;
struct http_request;
struct http_stream;

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS
};

struct http_header {
	const char *name;
	struct str value;
};

struct http_limits {
	size_t header_bytes_max; /* 0: 16 KiB */
	size_t body_bytes_max;	 /* 0: 1 MiB; above: 413 and closed */
	int idle_timeout_s;	 /* 0: 60 */
	int request_timeout_s;	 /* 0: 30; head and body together, from the first byte; then 408 */
	int connections_max;	 /* 0: 4096; above: new ones wait in the backlog */
};

/* "Not Found", ...; "Unknown" for a number that is none. */
const char *http_status_phrase(int status);

/* Called once per request that the guard let through. It must answer, start a stream, or keep the
 * request and do so later. */
typedef void (*http_handler)(struct http_request *request, void *arg);

/* Listens on the sockets that the parent handed over, else on "host:port[,host:port...]". FAILED
 * names the address in the log. */
CHECKED enum status http_server_open(struct event_base *base, const char *listen,
				     const struct http_limits *limits, http_handler handler,
				     void *arg, struct http_server **server_out);
/* Accepts nothing new; answers what runs, and what a client has already on its way, with
 * Connection: close; ends streams; calls done when nothing is left. */
void http_server_drain(struct http_server *server, loop_fn done, void *arg);
/* Requests still kept must have been answered. NULL is fine. */
void http_server_close(struct http_server *server);
/* Of the first listener; for port 0. */
int http_server_port(const struct http_server *server);

/* Counters since start, for metrics. */
struct http_counters {
	uint64_t requests, refused_by_guard, streams_dropped_slow;
	uint64_t streams_open, in_flight;
};
struct http_counters http_server_counters(const struct http_server *server);

/* ---- a request; all strings are borrowed and live until it is answered ------------------- */
enum http_method http_request_method(const struct http_request *request);
const char *http_method_name(enum http_method method);
struct str http_request_path(const struct http_request *request); /* as sent, begins with one '/' */
struct str http_request_query(const struct http_request *request); /* after '?', STR_NONE without */
struct str http_request_header(const struct http_request *request,
			       const char *name); /* STR_NONE: absent */
struct str http_request_body(struct http_request *request);
struct str http_request_peer(const struct http_request *request); /* address, without port */
/* Memory that lives as long as the request. */
struct arena *http_request_arena(struct http_request *request);
/* Nobody is told when the peer goes away before the answer is sent: keep your own deadline. */

/* Answers and ends the request. Bodies are left out, with their Content-Length, on HEAD, 204 and
 * 304. */
void http_reply(struct http_request *request, int status, const struct http_header *headers,
		size_t count, struct str body);
/* The same with `Connection: close`. */
void http_reply_close(struct http_request *request, int status, const struct http_header *headers,
		      size_t count, struct str body);
/* Ends the request without any answer: the peer sees its connection reset. For servers that play a
 * failing one. */
void http_abort(struct http_request *request);

/* ---- a stream (SSE, or any endless answer) ----------------------------------------------- */
/* Starts an answer without end. closed(arg) runs once, when the peer went away, was too slow (256
 * KB behind), or the server drains; the stream is gone then. Its own http_stream_end does not call
 * it. */
struct http_stream *http_stream_start(struct http_request *request, int status,
				      const struct http_header *headers, size_t count,
				      loop_fn closed, void *arg);
/* May drop the stream (slow client): then closed() has run before this returns. */
void http_stream_send(struct http_stream *stream, struct str bytes);
/* How many bytes may be sent now without being dropped as slow: for catching up in portions. */
size_t http_stream_room(const struct http_stream *stream);
void http_stream_end(struct http_stream *stream);

#endif
