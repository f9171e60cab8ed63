/* api/app.h -- the parts of the process, opened by main.c in this order and known to every room of
 * api/. */
#ifndef API_APP_H
#define API_APP_H

#include "base/service.h"
#include "domain/message.h"

struct redis_link;
struct publisher;
struct store;
struct lanes;
struct auth;
struct throttle;
struct metrics;
struct pages;
struct list_cache;
struct live;
struct http_server;

enum {
	BODY_BYTES_MAX = 128 << 10, /* the longest text, every character escaped, has half of it */
	SESSION_LIFETIME_DAYS = 90,
	REFRESH_LIFETIME_DAYS = 30, /* without use */
};

struct app {
	struct service *service;
	int64_t close_after_ms;
	struct redis_link *link; /* commands */
	struct redis_link *feed; /* the subscription to eco:events */
	struct publisher *publisher;
	struct store *store;
	struct lanes *lanes;
	struct auth *auth;
	struct throttle *throttle;
	struct metrics *metrics;
	struct pages *pages;
	struct list_cache *lists;
	struct live *live;
	struct http_server *server;
	struct str openapi; /* the document, made at start */
	struct call_pool *calls;
};

#endif
