/* api/openapi.c -- routes and shapes, told in OpenAPI's words. */
#include "api/openapi.h"

#include "api/handlers.h"
#include "base/version.h"

#include <string.h>

enum { SCHEMAS_MAX = 64 };

struct writer {
	struct buf buf;
	const struct route *routes;
	size_t count;
	const struct shape *named[SCHEMAS_MAX];
	size_t named_count;
};

/* ---- named shapes ------------------------------------------------------------------------ */

static void collect(struct writer *writer, const struct shape *shape)
{
	if (shape == NULL)
		return;
	for (size_t i = 0; i < writer->named_count; i++)
		if (writer->named[i] == shape)
			return;
	if (shape->name != NULL && writer->named_count < SCHEMAS_MAX)
		writer->named[writer->named_count++] = shape;
	for (size_t i = 0; i < shape->count; i++)
		collect(writer, shape->fields[i].shape);
}

static void add_schemas(struct writer *writer)
{
	struct buf *buf = &writer->buf;

	json_name(buf, "schemas");
	json_open(buf, '{');
	for (size_t i = 0; i < writer->named_count; i++) {
		json_name(buf, writer->named[i]->name);
		shape_describe_whole(writer->named[i], buf);
	}
	json_close(buf, '}');
}

static void add_security(struct buf *buf)
{
	json_name(buf, "securitySchemes");
	json_raw(buf, STR("{\"oauth2\":{\"type\":\"oauth2\",\"description\":\"Sign in with login "
			  "and password; the client fields stay "
			  "empty\",\"flows\":{\"password\":{\"tokenUrl\":\"/oauth/"
			  "token\",\"refreshUrl\":\"/oauth/token\",\"scopes\":"));
	buf->comma = false;
	json_open(buf, '{');
	for (int i = SCOPE_SIGNED_IN + 1; i < SCOPES; i++)
		json_add_str(buf, scope_name((enum scope)i),
			     str_from_c(scope_summary((enum scope)i)));
	json_close(buf, '}');
	buf_add_c(buf, "}}}}");
}

/* ---- one operation ----------------------------------------------------------------------- */

static void add_content(struct buf *buf, const char *media, const struct shape *shape)
{
	json_name(buf, "content");
	json_open(buf, '{');
	json_name(buf, media);
	json_open(buf, '{');
	if (shape != NULL) {
		json_name(buf, "schema");
		shape_describe(shape, buf);
		json_name(buf, "example");
		shape_example(shape, buf);
	}
	json_close(buf, '}');
	json_close(buf, '}');
}

static void add_problem(struct buf *buf, enum problem_kind kind, const char *description)
{
	json_name(buf, str_format(buf->arena, "%d", problem_http_status(kind)).data);
	json_open(buf, '{');
	json_add_str(buf, "description",
		     str_from_c(description != NULL ? description : problem_title(kind)));
	if (kind == PROBLEM_TOO_MANY_REQUESTS || kind == PROBLEM_UNAVAILABLE) {
		json_name(buf, "headers");
		json_raw(buf, STR("{\"Retry-After\":{\"description\":\"Seconds to "
				  "wait\",\"schema\":{\"type\":\"integer\"}}}"));
	}
	json_name(buf, "content");
	json_raw(buf, STR("{\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/"
			  "schemas/Problem\"}}}"));
	json_close(buf, '}');
}

static void add_problems(struct buf *buf, const struct route *route)
{
	bool has_ids = strchr(route->pattern, ':') != NULL;
	bool is_v1_write = route->lane == LANE_WRITE && route->scope != SCOPE_PUBLIC;

	if (route->query != NULL || route->body != BODY_NONE)
		add_problem(buf, PROBLEM_VALIDATION, NULL);
	if (route->scope != SCOPE_PUBLIC)
		add_problem(buf, PROBLEM_UNAUTHORIZED, NULL);
	if (route->scope > SCOPE_SIGNED_IN)
		add_problem(buf, PROBLEM_FORBIDDEN, NULL);
	if (has_ids || route->handler == appeals_post)
		add_problem(buf, PROBLEM_NOT_FOUND, NULL);
	if (route->conflict != NULL)
		add_problem(buf, PROBLEM_CONFLICT, route->conflict);
	if (route->body != BODY_NONE) {
		add_problem(buf, PROBLEM_TOO_LARGE, NULL);
		add_problem(buf, PROBLEM_UNSUPPORTED_MEDIA_TYPE, NULL);
	}
	if (is_v1_write)
		add_problem(buf, PROBLEM_UNPROCESSABLE, NULL);
	if (route->lane == LANE_SLOW)
		add_problem(buf, PROBLEM_TOO_MANY_REQUESTS, NULL);
	if (route->lane != LANE_LOOP)
		add_problem(buf, PROBLEM_UNAVAILABLE, NULL);
}

static const char *success_text(int success)
{
	return success == 201 ? "Created" : success == 204 ? "Done, nothing to say" : "OK";
}

static void add_responses(struct buf *buf, const struct route *route)
{
	json_name(buf, "responses");
	json_open(buf, '{');
	json_name(buf, str_format(buf->arena, "%d", route->success).data);
	json_open(buf, '{');
	json_add_str(buf, "description", str_from_c(success_text(route->success)));
	if (route->response != NULL)
		add_content(buf, "application/json", route->response);
	else if (route->media != NULL)
		add_content(buf, route->media, NULL);
	json_close(buf, '}');
	add_problems(buf, route);
	json_close(buf, '}');
}

static void parameter_open(struct buf *buf, const char *place, struct str name, bool required)
{
	json_open(buf, '{');
	json_add_str(buf, "name", name);
	json_add_str(buf, "in", str_from_c(place));
	json_add_bool(buf, "required", required);
	json_name(buf, "schema");
}

static void add_path_parameters(struct buf *buf, const char *pattern)
{
	struct str rest = str_from_c(pattern);

	while (rest.data != NULL) {
		struct str segment;

		rest = str_cut(rest, '/', &segment);
		if (segment.len < 2 || segment.data[0] != ':')
			continue;
		parameter_open(buf, "path", str_skip(segment, 1), true);
		json_raw(buf, STR("{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":1}"));
		json_close(buf, '}');
	}
}

static void add_parameters(struct buf *buf, const struct route *route)
{
	json_name(buf, "parameters");
	json_open(buf, '[');
	add_path_parameters(buf, route->pattern);
	for (size_t i = 0; route->query != NULL && i < route->query->count; i++) {
		const struct shape_field *field = &route->query->fields[i];

		parameter_open(buf, "query", str_from_c(field->name),
			       !(field->flags & SHAPE_OPTIONAL));
		shape_describe_field(field, buf);
		json_add_str(buf, "description", str_from_c(field->doc));
		json_close(buf, '}');
	}
	if (route->lane == LANE_WRITE && route->scope != SCOPE_PUBLIC)
		json_raw(buf, STR("{\"$ref\":\"#/components/parameters/IdempotencyKey\"}"));
	if (route->handler == events_get)
		json_raw(buf,
			 STR("{\"name\":\"Last-Event-ID\",\"in\":\"header\",\"required\":false,"
			     "\"description\":\"Resume after this "
			     "event\",\"schema\":{\"type\":\"string\"},\"example\":\"1-1234\"}"));
	json_close(buf, ']');
}

static void add_body(struct buf *buf, const struct route *route)
{
	if (route->body == BODY_NONE)
		return;
	json_name(buf, "requestBody");
	json_open(buf, '{');
	json_add_bool(buf, "required", route->request->count > 0);
	add_content(buf,
		    route->body == BODY_FORM ? "application/x-www-form-urlencoded"
					     : "application/json",
		    route->request);
	json_close(buf, '}');
}

/* get_appeals_id_messages */
static struct str operation_id(const struct route *route, struct arena *arena)
{
	struct buf buf = buf_in(arena);
	struct str rest = str_from_c(route->pattern);

	for (const char *at = http_method_name(route->method); *at != '\0'; at++)
		buf_format(&buf, "%c", *at | 0x20);
	if (str_starts(rest, STR("/api/v1")))
		rest = str_skip(rest, strlen("/api/v1"));
	for (size_t i = 0; i < rest.len; i++) {
		char c = rest.data[i];
		bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';

		if (is_word || (c == '/' && i + 1 < rest.len && rest.data[i + 1] != '*'))
			buf_format(&buf, "%c", is_word ? c : '_');
	}
	return buf_str(&buf);
}

static const char *tag_of(const struct route *route)
{
	struct str pattern = str_from_c(route->pattern);

	if (str_starts(pattern, STR("/oauth")) || str_starts(pattern, STR("/.well-known")) ||
	    route->handler == me_get)
		return "Signing in";
	return str_starts(pattern, STR("/api/v1")) ? "Desk" : "House";
}

static void add_operation(struct writer *writer, const struct route *route)
{
	struct buf *buf = &writer->buf;
	char method[8] = { 0 };
	const char *name = http_method_name(route->method);

	for (size_t i = 0; name[i] != '\0' && i < sizeof(method) - 1; i++)
		method[i] = (char)(name[i] | 0x20);
	json_name(buf, method);
	json_open(buf, '{');
	json_name(buf, "tags");
	json_open(buf, '[');
	json_str(buf, str_from_c(tag_of(route)));
	json_close(buf, ']');
	json_add_str(buf, "summary", str_from_c(route->summary));
	json_add_str(buf, "operationId", operation_id(route, buf->arena));
	json_name(buf, "security");
	if (route->scope == SCOPE_PUBLIC)
		json_raw(buf, STR("[]"));
	else if (route->scope == SCOPE_SIGNED_IN)
		json_raw(buf, STR("[{\"oauth2\":[]}]"));
	else
		json_raw(buf, str_format(buf->arena, "[{\"oauth2\":[\"%s\"]}]",
					 scope_name(route->scope)));
	add_parameters(buf, route);
	add_body(buf, route);
	add_responses(buf, route);
	json_close(buf, '}');
}

/* ---- the whole --------------------------------------------------------------------------- */

/* "/appeals/:id" as "/appeals/{id}"; "/ *" as "/". */
static const char *path_of(const char *pattern, struct arena *arena)
{
	struct buf buf = buf_in(arena);
	struct str rest = str_from_c(pattern);

	rest = str_cut(rest, '/', &(struct str){ 0 });
	while (rest.data != NULL) {
		struct str segment;

		rest = str_cut(rest, '/', &segment);
		if (segment.len > 1 && segment.data[0] == ':')
			buf_format(&buf, "/{%.*s}", STR_ARG(str_skip(segment, 1)));
		else
			buf_format(&buf, "/%.*s", str_eq_c(segment, "*") ? 0 : (int)segment.len,
				   segment.data);
	}
	return str_to_c(arena, buf_str(&buf));
}

static bool is_first_of_path(const struct writer *writer, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(writer->routes[j].pattern, writer->routes[i].pattern) == 0)
			return false;
	return true;
}

static void add_paths(struct writer *writer)
{
	struct buf *buf = &writer->buf;

	json_name(buf, "paths");
	json_open(buf, '{');
	for (size_t i = 0; i < writer->count; i++) {
		if (!is_first_of_path(writer, i))
			continue;
		json_name(buf, path_of(writer->routes[i].pattern, buf->arena));
		json_open(buf, '{');
		for (size_t j = i; j < writer->count; j++)
			if (strcmp(writer->routes[j].pattern, writer->routes[i].pattern) == 0)
				add_operation(writer, &writer->routes[j]);
		json_close(buf, '}');
	}
	json_close(buf, '}');
}

static void add_components(struct writer *writer)
{
	struct buf *buf = &writer->buf;

	collect(writer, &shape_problem);
	collect(writer, &shape_event);
	for (size_t i = 0; i < writer->count; i++) {
		collect(writer, writer->routes[i].request);
		collect(writer, writer->routes[i].response);
	}
	json_name(buf, "components");
	json_open(buf, '{');
	add_schemas(writer);
	json_name(buf, "parameters");
	json_raw(buf, STR("{\"IdempotencyKey\":{\"name\":\"Idempotency-Key\",\"in\":\"header\","
			  "\"required\":false,\"description\":\"The same "
			  "key with the same body gets the same answer for 24 hours, and has one "
			  "effect\",\"schema\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":"
			  "128}}}"));
	add_security(buf);
	json_close(buf, '}');
}

struct str openapi_make(const struct route *table, size_t count, struct arena *arena)
{
	struct writer writer = { .buf = buf_in(arena), .routes = table, .count = count };
	struct buf *buf = &writer.buf;

	json_open(buf, '{');
	json_add_str(buf, "openapi", STR("3.1.0"));
	json_name(buf, "info");
	json_raw(buf,
		 STR("{\"title\":\"EcoScooter Support\",\"version\":\"" ECO_VERSION
		     "\",\"description\":\"The desk's API. Times are epoch "
		     "milliseconds. Errors are RFC 9457 problem documents that name the field. "
		     "Live events carry the "
		     "schema Event.\",\"license\":{\"name\":\"MIT\",\"identifier\":\"MIT\"}}"));
	json_name(buf, "servers");
	json_raw(buf, STR("[{\"url\":\"/\"}]"));
	add_paths(&writer);
	add_components(&writer);
	json_close(buf, '}');
	return buf_str(buf);
}

enum status openapi_get(struct call *call)
{
	call->answer.text = call->app->openapi;
	return STATUS_OK;
}
