/* api/route.h -- a row of the route table, and finding the row of a request. */
#ifndef API_ROUTE_H
#define API_ROUTE_H

#include "api/lanes.h"
#include "api/shape.h"
#include "base/http/server.h"
#include "domain/role.h"

#include <stdbool.h>
#include <stdint.h>

struct call;

enum { ROUTE_IDS_MAX = 2 };

/* In the route's lane. Not OK: call->problem says more, or the status speaks for itself. */
typedef enum status (*route_handler)(struct call *call);

enum route_body {
	BODY_NONE,
	BODY_JSON,
	BODY_FORM, /* urlencoded */
};

struct route {
	enum http_method method;
	const char *pattern; /* ":id" is a positive number; "/ *" at the end: everything below */
	enum scope scope;
	enum lane lane;
	const struct shape *query; /* parameters; NULL: none are looked at */
	enum route_body body;
	const struct shape *request;  /* of the body */
	const struct shape *response; /* NULL: no JSON of a shape */
	int success;
	route_handler handler;
	/* On the loop, before the lane. OK: go on. EMPTY: kept; dispatch_go_on comes later. NULL:
	 * go on. */
	route_handler gate;
	/* On the loop, when the lane was full or could not do it. NULL: 503. */
	route_handler fallback;
	/* On the loop, when the call is over, whatever was answered, and however late. NULL:
	 * nothing. */
	void (*ended)(struct call *call);
	const char *media;    /* of the answer, if it is no JSON of a shape; NULL: no body */
	const char *conflict; /* when 409 comes; NULL: never */
	const char *summary;
};

struct route_match {
	const struct route *route;
	int64_t ids[ROUTE_IDS_MAX];
	char allow[64]; /* "GET, HEAD, OPTIONS", when some method fits */
};

/* OK; CONFLICT: other methods only (allow says which); NOT_FOUND. HEAD finds GET; OPTIONS is for
 * the caller: CONFLICT with allow. */
CHECKED enum status route_find(const struct route *routes, size_t count, enum http_method method,
			       struct str path, struct route_match *match_out);
/* Start-up: no duplicates, everything present, shapes sound. Logs what is not. */
CHECKED enum status routes_check(const struct route *routes, size_t count);

#endif
