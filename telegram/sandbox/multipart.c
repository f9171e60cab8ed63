/* telegram/sandbox/multipart.c -- multipart/form-data, split into its text parts. */
#include "telegram/sandbox/params.h"

#include <string.h>

enum { BOUNDARY_BYTES_MAX = 200 };

static struct str find(struct str in, struct str what)
{
	const char *at = what.len == 0 ? NULL : memmem(in.data, in.len, what.data, what.len);

	return at == NULL ? STR_NONE : str_skip(in, (size_t)(at - in.data));
}

/* The value of `name="value"` or name=value in a header; STR_NONE: absent. */
static struct str attribute(struct str header, const char *name)
{
	struct str piece, rest = header;

	while (rest.data != NULL) {
		struct str key, value;

		rest = str_cut(rest, ';', &piece);
		value = str_trim(str_cut(str_trim(piece), '=', &key));
		if (!str_eq_nocase(str_trim(key), str_from_c(name)) || value.data == NULL)
			continue;
		if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"')
			value = (struct str){ value.data + 1, value.len - 2 };
		return value;
	}
	return STR_NONE;
}

struct str multipart_boundary(struct str content_type)
{
	struct str kind, rest = str_cut(content_type, ';', &kind), boundary;

	if (!str_eq_nocase(str_trim(kind), STR("multipart/form-data")))
		return STR_NONE;
	boundary = attribute(rest, "boundary");
	return boundary.len == 0 || boundary.len > BOUNDARY_BYTES_MAX ? STR_NONE : boundary;
}

/* The Content-Disposition among a part's header lines. */
static struct str disposition(struct str head)
{
	struct str line, rest = head;

	while (rest.data != NULL) {
		struct str name, value;

		rest = str_cut(rest, '\n', &line);
		value = str_cut(line, ':', &name);
		if (str_eq_nocase(str_trim(name), STR("content-disposition")))
			return str_trim(value);
	}
	return STR_NONE;
}

static enum status part_take(struct str part, struct params *params)
{
	struct str blank = find(part, STR("\r\n\r\n"));
	struct str head = { part.data, part.len - blank.len }, about, name;

	if (blank.data == NULL)
		return STATUS_BAD_INPUT;
	about = disposition(head);
	name = attribute(about, "name");
	if (name.len == 0)
		return STATUS_BAD_INPUT;
	if (attribute(about, "filename").data != NULL)
		return STATUS_OK;
	if (params->count == PARAMS_MAX)
		return STATUS_BAD_INPUT;
	params->rows[params->count++] = (struct param){ name, str_skip(blank, 4) };
	return STATUS_OK;
}

enum status multipart_parse(struct str boundary, struct str body, struct arena *arena,
			    struct params *params)
{
	struct str line = str_format(arena, "\r\n--%.*s", STR_ARG(boundary));
	/* The first delimiter may stand at the very start. */
	struct str rest = str_starts(body, str_skip(line, 2))
				  ? str_skip(body, line.len - 2)
				  : str_skip(find(body, line), line.len);

	while (!str_starts(rest, STR("--"))) {
		struct str next;
		enum status status;

		if (!str_starts(rest, STR("\r\n")))
			return STATUS_BAD_INPUT;
		rest = str_skip(rest, 2);
		next = find(rest, line);
		if (next.data == NULL)
			return STATUS_BAD_INPUT;
		status = part_take((struct str){ rest.data, rest.len - next.len }, params);
		if (status != STATUS_OK)
			return status;
		rest = str_skip(next, line.len);
	}
	return STATUS_OK;
}
