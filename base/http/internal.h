/* base/http/internal.h -- what the files of the listener share: server, connection, request,
 * stream. Not for users. */
#ifndef BASE_HTTP_INTERNAL_H
#define BASE_HTTP_INTERNAL_H

#include "base/http/listen.h"
#include "base/http/server.h"
#include "base/http/wire.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <sys/queue.h>

enum {
	HTTP_REQUESTS_KEPT = 256,	    /* in the pool, with the first block of their arenas */
	HTTP_STREAM_OUTPUT_MAX = 256 << 10, /* a stream this far behind is dropped */
	HTTP_STREAM_INPUT_MAX =
		4096,	       /* nobody talks on a stream; more than this stays in the kernel */
	HTTP_LINGER_MS = 1000, /* after a refusal: time for the peer to read it */
	HTTP_REFUSAL_WRITE_MS = 5000,
};

enum conn_phase {
	CONN_NEW,     /* accepted, evhttp is still making it */
	CONN_OPEN,    /* evhttp reads requests, the wire is watched */
	CONN_REFUSED, /* taken from evhttp: the refusal is written, then what still comes is thrown
			 away */
};

struct http_conn {
	struct http_server *server;
	struct bufferevent *bev; /* evhttp's, but for a reference while CONN_NEW */
	struct evhttp_connection *evcon;
	LIST_ENTRY(http_conn) link;
	struct event later; /* on the next turn of the loop: CONN_NEW opens; a refusal that had to
			       wait is told */
	enum conn_phase phase;
	int fd;
	struct wire wire;
	uint64_t answered;	 /* of wire.complete */
	int64_t within_since_ms; /* the first byte of an incomplete request; 0: between requests */
	int64_t cut_at_ms;	 /* CONN_REFUSED */
	bool writing;		 /* an answer is on its way out */
	bool peer_ended;	 /* CONN_REFUSED: nothing more will come */
	bool aborted;		 /* to be reset on the loop's next turn, never inside evhttp */
	struct http_request *request; /* handed to the handler, not answered */
	struct http_stream *stream;
};

struct http_request {
	struct http_server *server;
	struct http_conn *conn;	      /* NULL: the connection broke while it was kept */
	struct evhttp_request *evreq; /* NULL: gone with the server */
	struct arena arena;
	enum http_method method;
	struct str path, query, peer;
	LIST_ENTRY(http_request) link; /* in live, or the pool */
};

struct http_stream {
	struct http_server *server;
	struct http_conn *conn; /* NULL: it was lost before it began; `lost` will tell */
	struct evhttp_request *evreq;
	loop_fn closed;
	void *arg;
	struct loop_timer *lost;
	LIST_ENTRY(http_stream) link;
};

struct http_server {
	struct event_base *base;
	struct evhttp *evhttp;
	http_handler handler;
	void *arg;
	struct http_limits limits; /* filled in */
	struct evhttp_bound_socket *bound[HTTP_LISTENERS_MAX];
	size_t bound_count;
	int port;
	LIST_HEAD(, http_conn) conns;
	size_t conn_count;
	struct http_conn **by_fd; /* evhttp knows no user pointer per connection */
	size_t by_fd_size;
	LIST_HEAD(, http_request) live, pool;
	size_t pool_count;
	LIST_HEAD(, http_stream) streams;
	struct evbuffer *scratch;
	struct loop_timer *sweep;
	struct http_counters counters;
	bool accepting, draining;
	int64_t idle_until_ms; /* while draining: then idle connections end */
	struct loop_timer *drained_soon;
	loop_fn drained;
	void *drained_arg;
};

/* server.c */
void server_accept(struct http_server *server, bool on);
/* Draining, and nothing left? Then says so, soon. */
void server_check_drained(struct http_server *server);

/* conn.c */
struct bufferevent *conn_new(struct event_base *base, void *server); /* evhttp's bevcb */
/* CONN_NEW: evhttp has made its side of it; binds both together. */
void conn_settle(struct http_conn *conn);
struct http_conn *conn_of(struct http_server *server, struct evhttp_request *evreq);
/* Is nothing begun or unanswered on it? */
bool conn_is_idle(const struct http_conn *conn);
void conn_free(struct http_conn *conn);	 /* closes it; streams hear closed() */
void conn_abort(struct http_conn *conn); /* soon, by a reset */
/* Cuts what is late: dripping requests, refusals nobody reads; idle ones while draining. */
void conn_sweep(struct http_conn *conn, int64_t now_ms);
void conn_answered(struct evhttp_request *evreq, void *conn);

/* request.c */
struct http_request *request_take(struct http_conn *conn, struct evhttp_request *evreq);
void request_release(struct http_request *request);
void request_add_headers(struct http_request *request, const struct http_header *headers,
			 size_t count);

/* stream.c */
/* The connection goes away under it. */
void stream_lost(struct http_stream *stream);
/* Ends it from our side and tells its owner. */
void stream_shut(struct http_stream *stream);

#endif
