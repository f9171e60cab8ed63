/* base/http/client.h -- HTTP calls on curl's multi interface and the loop. Says of every call
 * whether the server can have seen it, and never sends one twice by itself. */
#ifndef BASE_HTTP_CLIENT_H
#define BASE_HTTP_CLIENT_H

#include "base/loop.h"
#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct http_client;
struct http_call;

enum http_fate {
	HTTP_ANSWERED, /* a whole answer came; look at status */
	HTTP_NOT_SENT, /* surely not seen by the server: safe to try again */
	HTTP_UNKNOWN,  /* it may have been seen: a timeout, a reset after bytes went out, a cut
			  answer */
};

struct http_result {
	enum http_fate fate;
	int status;	    /* HTTP status, 0 if none came */
	struct str body;    /* borrowed, valid during done() */
	int retry_after_s;  /* of the Retry-After header, 0 if none */
	int64_t date_s;	    /* of the Date header, epoch seconds; 0: none */
	const char *reason; /* for people; static or valid during done() */
};

typedef void (*http_done)(const struct http_result *result, void *arg);

struct http_send {
	const char *url;	  /* all strings are copied */
	struct str body;	  /* STR_NONE: GET; else POST */
	const char *content_type; /* of the body */
	int connect_timeout_ms;	  /* 0: 2000 */
	int timeout_ms;		  /* of the whole call */
	size_t answer_bytes_max;  /* 0: 8 MiB; a longer answer is HTTP_UNKNOWN */
	/* Asked once more just before the first byte of the body leaves; false: the call ends as
	 * HTTP_NOT_SENT. NULL: always. */
	bool (*may_send)(void *arg);
	http_done done; /* once per call, on the loop's thread; may start new calls */
	void *arg;
};

/* One curl multi handle. calls_max: further calls wait in order. */
CHECKED enum status http_client_open(struct event_base *base, int calls_max,
				     struct http_client **client_out);
/* Cancels what is under way, without done(). NULL is fine. */
void http_client_close(struct http_client *client);
/* The handle is valid until done() begins. BUSY: too many waiting (10,000). BAD_INPUT: not an
 * http(s) address. */
CHECKED enum status http_client_send(struct http_client *client, const struct http_send *send,
				     struct http_call **call_out);
/* Ends a call early, without done(). Not from inside done() of the same call. */
void http_call_cancel(struct http_call *call);

#endif
