/* base/http/client_multi.h -- what the client's two files share: its state, and curl's multi handle
 * on the loop. */
#ifndef BASE_HTTP_CLIENT_MULTI_H
#define BASE_HTTP_CLIENT_MULTI_H

#include "base/arena.h"
#include "base/http/client.h"

#include <curl/curl.h>
#include <sys/queue.h>

struct http_call {
	struct http_client *client;
	struct http_send send; /* its strings in the arena */
	struct arena arena;
	TAILQ_ENTRY(http_call) link; /* in running or waiting */
	bool running;
	CURL *easy; /* once running */
	struct curl_slist *headers;
	int64_t begun_at_ms;
	size_t body_sent; /* handed to curl */
	char *answer;
	size_t answer_len, answer_size;
	bool held_back; /* may_send said no */
	bool answer_too_long;
};

TAILQ_HEAD(http_call_list, http_call);

struct http_client {
	struct event_base *base;
	CURLM *multi;
	struct loop_timer *timer; /* curl's own */
	struct loop_timer *queue; /* starts what waits */
	int calls_max, running_count, waiting_count;
	struct http_call_list running, waiting;
};

/* client_multi.c */
CHECKED enum status client_multi_open(struct http_client *client);
/* No call may run any more. */
void client_multi_close(struct http_client *client);

/* client.c */
/* curl has ended this call. Runs done(); the call is gone then. */
void client_call_ended(struct http_call *call, CURLcode code);
void client_queue_soon(struct http_client *client);

#endif
