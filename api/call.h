/* api/call.h -- one request on its way through the process: what it asks, who asks, what it is
 * answered. A call and its arena have one owner at a time: the loop, a lane, the loop again. */
#ifndef API_CALL_H
#define API_CALL_H

#include "api/app.h"
#include "api/auth.h"
#include "api/lanes.h"
#include "api/problem.h"
#include "api/route.h"
#include "base/http/server.h"

#include <stdbool.h>
#include <stdint.h>

enum { CALL_HEADERS_MAX = 4 };

/* Zeroed: the route's success without a body. */
struct answer {
	struct problem problem;
	const void *value; /* of the route's response shape */
	struct str text;   /* the body, when it is there already */
	const char *media; /* of text; NULL: the route's, or JSON */
	int status;	   /* 0: the route's, or the problem's */
	struct str location;
	const char *allow;
	struct http_header extra[CALL_HEADERS_MAX];
	size_t extra_count;
	const char *authenticate_error; /* for WWW-Authenticate, with a 401 or 403 */
	int retry_after_s;
	bool is_replayed;
	bool is_cacheable; /* the route says so in extra; else no-store */
	/* On the loop, instead of the plain answer (which it may give by call_reply). NULL: the
	 * plain answer. */
	void (*finish)(struct call *call);
	void *state; /* the handler's own, for finish */
};

struct call {
	struct app *app;
	struct arena arena;	   /* everything of this call */
	const struct route *route; /* NULL: none fits */
	int64_t received_us;	   /* monotonic */
	int64_t now_ms;		   /* wall, when it came */

	/* what it asks */
	enum http_method method; /* HEAD is asked as GET; is_head says so */
	bool is_head;
	struct str path, peer, request_id;
	struct str idempotency_key, last_event_id; /* STR_NONE: none */
	struct str body_hash;			   /* with an idempotency key */
	int64_t ids[ROUTE_IDS_MAX];		   /* of the path, in order */
	void *query, *body;			   /* decoded by the route's shapes */

	/* who asks */
	struct token_claims claims; /* all 0 without a token */
	struct session session;	    /* loaded in the lane */
	struct str unknown_kid;	    /* a key was looked up for this call */
	bool password_is_right;	    /* of who signs in, whatever comes of it */

	struct job job;
	struct db *db; /* during the handler */
	struct answer answer;

	/* the loop's own */
	struct http_request *request; /* NULL: answered */
	struct call *next_free;
};

struct call_pool;
struct call_pool *call_pool_open(void);
void call_pool_close(struct call_pool *pool); /* NULL is fine */

/* Takes a request in. What outlives the answer is copied. */
struct call *call_begin(struct app *app, struct http_request *request);
/* Answers with what is in call->answer. The call lives on. */
void call_reply(struct call *call);
/* 503 while a lane still works on the call, touching nothing that the lane may touch. */
void call_reply_late(struct call *call);
/* The headers of every answer and of this one, for finish functions that answer themselves. At most
 * CALL_HEADERS_ALL. */
enum { CALL_HEADERS_ALL = 14 };
size_t call_headers(const struct call *call, const struct answer *answer, struct arena *arena,
		    struct http_header headers_out[CALL_HEADERS_ALL]);
/* Notes the answer for metrics and log: for finish functions that answer themselves. */
void call_note(const struct call *call, int status);
/* The last word: frees. */
void call_end(struct call *call);

/* Encodes value into text, if that is still to be done. */
void call_encode(struct call *call);

/* Refusing: return call_refuse(call, PROBLEM_CONFLICT, "..."); never OK. `detail` is a constant, or
 * in the arena; NULL: the title. */
CHECKED enum status call_refuse(struct call *call, enum problem_kind kind, const char *detail);
CHECKED enum status call_refuse_field(struct call *call, const char *field, const char *detail);

/* The decoded inputs. */
#define CALL_QUERY(call, type) ((const struct type *)(call)->query)
#define CALL_BODY(call, type) ((const struct type *)(call)->body)
struct actor call_actor(const struct call *call);
void call_add_header(struct call *call, const char *name, struct str value);

#endif
