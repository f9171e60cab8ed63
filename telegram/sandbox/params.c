/* telegram/sandbox/params.c -- query, urlencoded, JSON and multipart become one list of texts. */
#include "telegram/sandbox/params.h"

#include "base/http/query.h"

#include <jansson.h>
#include <string.h>

static enum status pairs_take(struct str text, struct arena *arena, struct params *params)
{
	struct query query;
	enum status status = query_parse(text, arena, &query);

	for (size_t i = 0; status == STATUS_OK && i < query.count; i++) {
		if (params->count == PARAMS_MAX)
			return STATUS_BAD_INPUT;
		params->rows[params->count++] =
			(struct param){ query.pairs[i].name, query.pairs[i].value };
	}
	return status;
}

static struct str value_text(const json_t *value, struct arena *arena)
{
	struct str text = STR_NONE;

	if (json_is_string(value)) {
		text = (struct str){ json_string_value(value), json_string_length(value) };
		return str_copy(arena, text);
	}
	if (!json_is_null(value)) {
		char *dump = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

		text = str_copy(arena, str_from_c(dump));
		free(dump);
	}
	return text;
}

static enum status json_take(struct str body, struct arena *arena, struct params *params)
{
	json_t *json = json_loadb(body.data, body.len, JSON_ALLOW_NUL, NULL), *value;
	const char *name;
	enum status status = json_is_object(json) ? STATUS_OK : STATUS_BAD_INPUT;

	if (status == STATUS_OK && params->count + json_object_size(json) > PARAMS_MAX)
		status = STATUS_BAD_INPUT;
	if (status == STATUS_OK)
		json_object_foreach(json, name, value) params->rows[params->count++] =
			(struct param){ str_copy(arena, str_from_c(name)),
					value_text(value, arena) };
	json_decref(json);
	return status;
}

static enum status body_take(struct str content_type, struct str body, struct arena *arena,
			     struct params *params, const char **error_out)
{
	struct str kind, boundary = multipart_boundary(content_type);

	str_cut(content_type, ';', &kind);
	kind = str_trim(kind);
	if (boundary.data != NULL) {
		*error_out = "Bad Request: can't parse the multipart form";
		return multipart_parse(boundary, body, arena, params);
	}
	if (str_eq_nocase(kind, STR("application/json"))) {
		*error_out = "Bad Request: can't parse the JSON object";
		return json_take(body, arena, params);
	}
	if (str_eq_nocase(kind, STR("application/x-www-form-urlencoded"))) {
		*error_out = "Bad Request: can't parse the urlencoded form";
		return pairs_take(body, arena, params);
	}
	return STATUS_OK;
}

enum status params_parse(struct str query, struct str content_type, struct str body,
			 struct arena *arena, struct params *params_out, const char **error_out)
{
	enum status status;

	*params_out = (struct params){ arena_array(arena, PARAMS_MAX, sizeof(struct param)), 0 };
	*error_out = "Bad Request: can't parse the query string";
	status = pairs_take(query, arena, params_out);
	if (status == STATUS_OK && body.len > 0)
		status = body_take(content_type, body, arena, params_out, error_out);
	if (status == STATUS_OK)
		*error_out = NULL;
	return status;
}

struct str params_str(const struct params *params, const char *name)
{
	for (size_t i = 0; i < params->count; i++)
		if (str_eq_c(params->rows[i].name, name))
			return params->rows[i].value;
	return STR_NONE;
}

int64_t params_int(const struct params *params, const char *name, int64_t fallback, int64_t min,
		   int64_t max)
{
	struct str text = params_str(params, name);
	int64_t value = fallback;

	if (text.data != NULL &&
	    str_to_int(str_trim(text), INT64_MIN, INT64_MAX, &value) != STATUS_OK)
		value = 0;
	return value < min ? min : value > max ? max : value;
}

bool params_bool(const struct params *params, const char *name)
{
	struct str text = str_trim(params_str(params, name));

	return str_eq_nocase(text, STR("true")) || str_eq_nocase(text, STR("yes")) ||
	       str_eq_c(text, "1");
}
