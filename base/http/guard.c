/* base/http/guard.c -- the table of refused request heads, and the strict cut into lines. */
#include "base/http/guard.h"

#include <string.h>

/* What the rules look at, gathered in one pass. */
struct seen {
	const struct guard_head *head;
	struct str host, length, encoding, expect; /* the first of each */
	size_t hosts, lengths, encodings, expects;
	bool name_bad, value_bad;
	uint64_t body_bytes; /* of the length; UINT64_MAX: more than fits */
	uint64_t body_bytes_max;
};

/* ---- characters -------------------------------------------------------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_token(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_alnum(s.data[i]) &&
		    (s.data[i] == '\0' || strchr("!#$%&'*+-.^_`|~", s.data[i]) == NULL))
			return false;
	return s.len > 0;
}

static bool is_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_digit(s.data[i]))
			return false;
	return s.len > 0;
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.data[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

/* ---- the rules, in the order in which they are told -------------------------------------- */

static bool method_no_token(const struct seen *seen)
{
	return !is_token(seen->head->method);
}

static bool method_unknown(const struct seen *seen)
{
	static const char *const known[] = { "GET",   "HEAD",	"POST",	  "PUT",
					     "PATCH", "DELETE", "OPTIONS" };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_eq_c(seen->head->method, known[i]))
			return false;
	return true;
}

static bool version_other(const struct seen *seen)
{
	return !str_eq(seen->head->version, STR("HTTP/1.1")) &&
	       !str_eq(seen->head->version, STR("HTTP/1.0"));
}

static bool target_bytes_bad(const struct seen *seen)
{
	for (size_t i = 0; i < seen->head->target.len; i++) {
		unsigned char c = (unsigned char)seen->head->target.data[i];

		if (c <= 0x20 || c >= 0x7f)
			return true;
	}
	return false;
}

static bool target_no_path(const struct seen *seen)
{
	return !str_starts(seen->head->target, STR("/")) ||
	       str_starts(seen->head->target, STR("//"));
}

static bool target_has_fragment(const struct seen *seen)
{
	return memchr(seen->head->target.data, '#', seen->head->target.len) != NULL;
}

static bool name_no_token(const struct seen *seen)
{
	return seen->name_bad;
}

static bool value_has_control(const struct seen *seen)
{
	return seen->value_bad;
}

static bool host_not_one(const struct seen *seen)
{
	return seen->hosts != 1;
}

static bool host_no_host(const struct seen *seen)
{
	for (size_t i = 0; i < seen->host.len; i++)
		if (!is_alnum(seen->host.data[i]) &&
		    strchr("-._~:[]%!$&'()*+;=", seen->host.data[i]) == NULL)
			return true;
	return seen->host.len == 0;
}

static bool length_repeated(const struct seen *seen)
{
	return seen->lengths > 1;
}

static bool length_no_number(const struct seen *seen)
{
	return seen->lengths == 1 && !is_digits(seen->length);
}

static bool encoding_beside_length(const struct seen *seen)
{
	return seen->encodings > 0 && seen->lengths > 0;
}

static bool encoding_not_chunked(const struct seen *seen)
{
	return seen->encodings > 1 ||
	       (seen->encodings == 1 && !str_eq_nocase(seen->encoding, STR("chunked")));
}

static bool encoding_in_old_version(const struct seen *seen)
{
	return seen->encodings > 0 && !str_eq(seen->head->version, STR("HTTP/1.1"));
}

static bool head_with_body(const struct seen *seen)
{
	return str_eq(seen->head->method, STR("HEAD")) &&
	       (seen->encodings > 0 || seen->body_bytes > 0);
}

static bool expects_other(const struct seen *seen)
{
	return seen->expects > 1 ||
	       (seen->expects == 1 && !str_eq_nocase(seen->expect, STR("100-continue")));
}

static bool length_too_large(const struct seen *seen)
{
	return seen->body_bytes > seen->body_bytes_max;
}

/* clang-format off */
static const struct rule {
	int status;
	bool early;	/* holds for each line by itself: judged before the head is whole */
	const char *field;
	bool (*broken)(const struct seen *);
	const char *detail;
} rules[] = {
	{ 400, true,  "method",            method_no_token,         "The method must be a token." },
	{ 505, true,  "version",           version_other,           "The version must be HTTP/1.1 or HTTP/1.0." },
	{ 400, true,  "target",            target_bytes_bad,        "The target must be ASCII without spaces and control characters; escape others." },
	{ 400, true,  "target",            target_no_path,          "The target must be a path that begins with exactly one slash." },
	{ 400, true,  "target",            target_has_fragment,     "The target must have no fragment." },
	{ 400, true,  "header name",       name_no_token,           "A header name must be a token, with no space before the colon." },
	{ 400, true,  "header value",      value_has_control,       "A header value must have no control characters." },
	{ 400, false, "Host",              host_not_one,            "There must be exactly one Host header." },
	{ 400, false, "Host",              host_no_host,            "Host must be a name or an address, with or without a port." },
	{ 400, false, "Content-Length",    length_repeated,         "There must be at most one Content-Length header." },
	{ 400, false, "Content-Length",    length_no_number,        "Content-Length must be digits only." },
	{ 400, false, "Transfer-Encoding", encoding_beside_length,  "Transfer-Encoding and Content-Length exclude each other." },
	{ 400, false, "Transfer-Encoding", encoding_not_chunked,    "Transfer-Encoding must be chunked, and nothing else." },
	{ 400, false, "Transfer-Encoding", encoding_in_old_version, "Transfer-Encoding needs HTTP/1.1." },
	{ 400, false, "Content-Length",    head_with_body,          "A HEAD request must have no body." },
	{ 501, true,  "method",            method_unknown,          "This method is not known here." },
	{ 417, false, "Expect",            expects_other,           "Expect may only be 100-continue." },
	{ 413, false, "Content-Length",    length_too_large,        "The body is too large." },
};
/* clang-format on */

/* ---- judging ----------------------------------------------------------------------------- */

struct guard_verdict guard_refuse(int status, const char *field, const char *detail)
{
	return (struct guard_verdict){ .status = status, .field = field, .detail = detail };
}

static void see_first(struct str value, struct str *first, size_t *count)
{
	if ((*count)++ == 0)
		*first = value;
}

static void see_field(struct seen *seen, const struct guard_field *field)
{
	seen->name_bad |= !is_token(field->name);
	seen->value_bad |= has_control(field->value);
	if (str_eq_nocase(field->name, STR("Host")))
		see_first(field->value, &seen->host, &seen->hosts);
	else if (str_eq_nocase(field->name, STR("Content-Length")))
		see_first(field->value, &seen->length, &seen->lengths);
	else if (str_eq_nocase(field->name, STR("Transfer-Encoding")))
		see_first(field->value, &seen->encoding, &seen->encodings);
	else if (str_eq_nocase(field->name, STR("Expect")))
		see_first(field->value, &seen->expect, &seen->expects);
}

static uint64_t length_read(struct str digits)
{
	uint64_t value = 0;

	for (size_t i = 0; i < digits.len && is_digit(digits.data[i]); i++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(digits.data[i] - '0'), &value))
			return UINT64_MAX;
	return value;
}

static struct guard_verdict judge(const struct guard_head *head, uint64_t body_bytes_max,
				  bool whole)
{
	struct seen seen = { .head = head, .body_bytes_max = body_bytes_max };

	for (size_t i = 0; i < head->count; i++)
		see_field(&seen, &head->fields[i]);
	seen.body_bytes = length_read(seen.length);
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if ((whole || rules[i].early) && rules[i].broken(&seen))
			return guard_refuse(rules[i].status, rules[i].field, rules[i].detail);
	return (struct guard_verdict){ .chunked = seen.encodings == 1,
				       .body_bytes = seen.body_bytes };
}

struct guard_verdict guard_check(const struct guard_head *head, uint64_t body_bytes_max)
{
	return judge(head, body_bytes_max, true);
}

struct guard_verdict guard_check_part(const struct guard_head *head)
{
	return judge(head, 0, false);
}

/* ---- cutting ----------------------------------------------------------------------------- */

static struct str trim_blanks(struct str s)
{
	while (s.len > 0 && (s.data[0] == ' ' || s.data[0] == '\t'))
		s = str_skip(s, 1);
	while (s.len > 0 && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* One line without its CRLF. EMPTY: it has not ended yet. */
static enum status line_cut(struct str *bytes, struct str *line_out,
			    struct guard_verdict *verdict_out)
{
	const char *end = bytes->len == 0 ? NULL : memchr(bytes->data, '\n', bytes->len);
	struct str line;

	if (end == NULL)
		return STATUS_EMPTY;
	line = (struct str){ bytes->data, (size_t)(end - bytes->data) };
	*bytes = str_skip(*bytes, line.len + 1);
	if (line.len == 0 || line.data[--line.len] != '\r') {
		*verdict_out =
			guard_refuse(400, "line", "Each line must end in CR LF, not in LF alone.");
		return STATUS_BAD_INPUT;
	}
	if (memchr(line.data, '\r', line.len) != NULL) {
		*verdict_out = guard_refuse(400, "line", "A CR may only stand before LF.");
		return STATUS_BAD_INPUT;
	}
	*line_out = line;
	return STATUS_OK;
}

/* Method, target and version, one space between them; what is odd in them is for guard_check to
 * name. */
static enum status request_line_cut(struct str line, struct guard_head *head,
				    struct guard_verdict *verdict_out)
{
	struct str rest = str_cut(line, ' ', &head->method);

	if (rest.data != NULL)
		for (size_t i = rest.len; i > 0; i--)
			if (rest.data[i - 1] == ' ') {
				head->target = (struct str){ rest.data, i - 1 };
				head->version = str_skip(rest, i);
				return STATUS_OK;
			}
	*verdict_out = guard_refuse(400, "request line", "It must be method, target and version.");
	return STATUS_BAD_INPUT;
}

static enum status field_cut(struct str line, struct guard_head *head,
			     struct guard_verdict *verdict_out)
{
	struct guard_field *field = &head->fields[head->count];
	struct str value;

	*verdict_out = guard_refuse(431, "headers", "There are too many headers.");
	if (head->count == GUARD_FIELDS_MAX)
		return STATUS_BAD_INPUT;
	*verdict_out =
		guard_refuse(400, "header", "A header must not be folded over several lines.");
	if (line.data[0] == ' ' || line.data[0] == '\t')
		return STATUS_BAD_INPUT;
	*verdict_out = guard_refuse(400, "header", "A header must be a name, a colon and a value.");
	value = str_cut(line, ':', &field->name);
	if (value.data == NULL)
		return STATUS_BAD_INPUT;
	field->value = trim_blanks(value);
	head->count++;
	return STATUS_OK;
}

enum status guard_cut(struct str bytes, struct guard_head *head_out, size_t *head_bytes_out,
		      struct guard_verdict *verdict_out)
{
	struct str rest = bytes, line = STR_NONE;
	enum status status = line_cut(&rest, &line, verdict_out);

	head_out->method = head_out->target = head_out->version = STR_NONE;
	head_out->count = 0;
	if (status == STATUS_OK)
		status = request_line_cut(line, head_out, verdict_out);
	while (status == STATUS_OK) {
		status = line_cut(&rest, &line, verdict_out);
		if (status == STATUS_OK && line.len == 0)
			break;
		if (status == STATUS_OK)
			status = field_cut(line, head_out, verdict_out);
	}
	if (status == STATUS_OK)
		*head_bytes_out = bytes.len - rest.len;
	return status;
}
