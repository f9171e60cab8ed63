/* api/router.c -- finds the row of a path, and checks the table. */
#include "api/route.h"

#include "base/log.h"

#include <stdio.h>
#include <string.h>

/* A number without sign or leading zero, so that every thing has one address. */
static bool id_of(struct str segment, int64_t *id_out)
{
	return segment.len > 0 && segment.data[0] != '0' && segment.data[0] != '+' &&
	       str_to_int(segment, 1, INT64_MAX, id_out) == STATUS_OK;
}

static bool path_fits(const char *pattern, struct str path, int64_t ids_out[ROUTE_IDS_MAX])
{
	struct str rest = str_from_c(pattern);
	size_t id_count = 0;

	while (rest.data != NULL && path.data != NULL) {
		struct str want, have;

		rest = str_cut(rest, '/', &want);
		path = str_cut(path, '/', &have);
		if (str_eq_c(want, "*"))
			return true;
		if (want.len > 1 && want.data[0] == ':') {
			if (!id_of(have, &ids_out[id_count++]))
				return false;
		} else if (!str_eq(want, have)) {
			return false;
		}
	}
	return rest.data == NULL && path.data == NULL;
}

static bool is_wild(const struct route *route)
{
	return str_ends(str_from_c(route->pattern), STR("/*"));
}

/* Pages are everything but what programs speak to. */
static bool is_page_path(struct str path)
{
	static const char *const closed[] = { "/api", "/oauth", "/.well-known" };

	for (size_t i = 0; i < sizeof(closed) / sizeof(*closed); i++) {
		struct str prefix = str_from_c(closed[i]);

		if (str_starts(path, prefix) &&
		    (path.len == prefix.len || path.data[prefix.len] == '/'))
			return false;
	}
	return true;
}

static void allow_add(struct route_match *match, const char *name)
{
	size_t len = strlen(match->allow);

	snprintf(match->allow + len, sizeof(match->allow) - len, "%s%s", len > 0 ? ", " : "", name);
}

static void allow_add_method(struct route_match *match, enum http_method method)
{
	allow_add(match, http_method_name(method));
	if (method == HTTP_GET)
		allow_add(match, "HEAD");
}

static bool find_among(const struct route *routes, size_t count, bool wild, enum http_method method,
		       struct str path, struct route_match *match)
{
	for (size_t i = 0; i < count; i++) {
		int64_t ids[ROUTE_IDS_MAX] = { 0 };

		if (is_wild(&routes[i]) != wild || !path_fits(routes[i].pattern, path, ids))
			continue;
		allow_add_method(match, routes[i].method);
		if (routes[i].method == method) {
			match->route = &routes[i];
			memcpy(match->ids, ids, sizeof(ids));
			return true;
		}
	}
	return false;
}

enum status route_find(const struct route *routes, size_t count, enum http_method method,
		       struct str path, struct route_match *match_out)
{
	memset(match_out, 0, sizeof(*match_out));
	if (method == HTTP_HEAD)
		method = HTTP_GET;
	if (find_among(routes, count, false, method, path, match_out))
		return STATUS_OK;
	if (match_out->allow[0] == '\0' && is_page_path(path) &&
	    find_among(routes, count, true, method, path, match_out))
		return STATUS_OK;
	if (match_out->allow[0] == '\0')
		return STATUS_NOT_FOUND;
	allow_add(match_out, "OPTIONS");
	return STATUS_CONFLICT;
}

/* ---- is the table sound? ----------------------------------------------------------------- */

static size_t ids_of(const char *pattern)
{
	size_t count = 0;

	for (const char *at = pattern; *at != '\0'; at++)
		count += *at == ':';
	return count;
}

static const char *fault_of(const struct route *routes, size_t i)
{
	const struct route *route = &routes[i];
	bool writes = route->method != HTTP_GET;

	if (route->pattern == NULL || route->pattern[0] != '/' || route->handler == NULL ||
	    route->summary == NULL)
		return "something is missing";
	for (size_t j = 0; j < i; j++)
		if (routes[j].method == route->method &&
		    strcmp(routes[j].pattern, route->pattern) == 0)
			return "it is there twice";
	if (route->scope >= SCOPES || route->lane >= LANES || route->success < 200 ||
	    route->success > 299)
		return "scope, lane or success out of range";
	if (ids_of(route->pattern) > ROUTE_IDS_MAX)
		return "too many ids";
	if ((route->body == BODY_NONE) != (route->request == NULL) ||
	    (!writes && route->body != BODY_NONE))
		return "body and its shape do not fit";
	if (writes && str_starts(str_from_c(route->pattern), STR("/api/")) &&
	    route->lane != LANE_WRITE)
		return "changes under /api belong to the lane write, for their idempotency keys";
	if (route->scope != SCOPE_PUBLIC && route->lane == LANE_LOOP)
		return "the session can't be checked on the loop";
	return NULL;
}

static enum status shapes_check(const struct route *route)
{
	const struct shape *shapes[] = { route->query, route->request, route->response };

	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		if (shapes[i] != NULL && shape_check(shapes[i]) != STATUS_OK)
			return STATUS_FAILED;
	return STATUS_OK;
}

enum status routes_check(const struct route *routes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *fault = fault_of(routes, i);

		if (fault != NULL) {
			log_error("route.bad",
				  LOG_C("pattern",
					routes[i].pattern != NULL ? routes[i].pattern : "?"),
				  LOG_C("reason", fault));
			return STATUS_FAILED;
		}
		if (shapes_check(&routes[i]) != STATUS_OK)
			return STATUS_FAILED;
	}
	return STATUS_OK;
}
