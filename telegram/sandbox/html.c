/* telegram/sandbox/html.c -- a small parser for the tags Telegram knows. */
#include "telegram/sandbox/html.h"

#include "base/buf.h"

#include <string.h>

enum { DEPTH_MAX = 64, ENTITIES_MAX = 100 };

struct tag_row {
	const char *tag, *entity;
};

/* clang-format off */
static const struct tag_row tags[] = {
	{ "b",      "bold" },          { "strong", "bold" },
	{ "i",      "italic" },        { "em",     "italic" },
	{ "u",      "underline" },     { "ins",    "underline" },
	{ "s",      "strikethrough" }, { "strike", "strikethrough" }, { "del", "strikethrough" },
	{ "code",   "code" },          { "pre",    "pre" },
	{ "a",      "text_link" },     { "span",   "spoiler" },       { "tg-spoiler", "spoiler" },
	{ "blockquote", "blockquote" }, { "tg-emoji", "custom_emoji" },
};
/* clang-format on */

struct open_tag {
	struct str name;
	json_t *entity; /* borrowed from the array; NULL: makes none */
};

struct parser {
	struct str text;
	size_t at;
	struct arena *arena;
	struct buf plain;
	size_t units; /* UTF-16 length of plain */
	struct open_tag stack[DEPTH_MAX];
	size_t depth;
	json_t *entities;
	const char *error;
};

static enum status fail(struct parser *parser, const char *error)
{
	parser->error = str_format(parser->arena, "can't parse entities: %s", error).data;
	return STATUS_BAD_INPUT;
}

static void plain_add(struct parser *parser, struct str bytes)
{
	buf_add(&parser->plain, bytes);
	parser->units += str_utf16_units(bytes);
}

static const char *entity_of(struct str tag)
{
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		if (str_eq_nocase(tag, str_from_c(tags[i].tag)))
			return tags[i].entity;
	return NULL;
}

static size_t utf8_put(uint32_t code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/* The code point of "#65" or "#x41"; 0: none that may stand in a text. */
static uint32_t numeric_reference(struct str name)
{
	bool hex = name.len > 1 && (name.data[1] == 'x' || name.data[1] == 'X');
	uint32_t code = 0;

	for (size_t i = hex ? 2 : 1; i < name.len; i++) {
		char c = name.data[i];
		uint32_t digit = c >= '0' && c <= '9'	       ? (uint32_t)(c - '0')
				 : hex && c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
				 : hex && c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
							       : UINT32_MAX;

		if (digit == UINT32_MAX || code > 0x10ffff)
			return 0;
		code = code * (hex ? 16 : 10) + digit;
	}
	return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : code;
}

/* At '&': a known reference becomes its character, anything else stays as it is. */
static void reference_take(struct parser *parser)
{
	static const struct tag_row named[] = {
		{ "lt", "<" }, { "gt", ">" }, { "amp", "&" }, { "quot", "\"" }
	};
	struct str rest = str_skip(parser->text, parser->at + 1), name;
	char bytes[4];

	if (str_cut(rest, ';', &name).data != NULL && name.len <= 10) {
		uint32_t code = name.len > 1 && name.data[0] == '#' ? numeric_reference(name) : 0;

		for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++)
			if (str_eq_c(name, named[i].tag))
				code = (uint32_t)named[i].entity[0];
		if (code != 0) {
			plain_add(parser, (struct str){ bytes, utf8_put(code, bytes) });
			parser->at += name.len + 2;
			return;
		}
	}
	plain_add(parser, STR("&"));
	parser->at++;
}

static enum status close_tag(struct parser *parser, struct str name, size_t offset)
{
	struct open_tag *open;
	int64_t start;

	if (parser->depth == 0)
		return fail(parser, str_format(parser->arena,
					       "Unexpected end tag at byte offset %zu", offset)
					    .data);
	open = &parser->stack[--parser->depth];
	if (name.len > 0 && !str_eq_nocase(name, open->name))
		return fail(parser, str_format(parser->arena,
					       "Unmatched end tag at byte offset %zu, expected "
					       "\"</%.*s>\", found \"</%.*s>\"",
					       offset, STR_ARG(open->name), STR_ARG(name))
					    .data);
	if (open->entity != NULL) {
		start = json_integer_value(json_object_get(open->entity, "offset"));
		json_object_set_new(open->entity, "length",
				    json_integer((json_int_t)parser->units - start));
	}
	return STATUS_OK;
}

static size_t until(struct str s, const char *stops)
{
	size_t n = 0;

	while (n < s.len && memchr(stops, s.data[n], strlen(stops)) == NULL)
		n++;
	return n;
}

/* Cuts `name`, name=value, name="value" or name='value' off; the rest is shorter than `in`. */
static struct str attribute_cut(struct str in, struct str *name_out, struct str *value_out)
{
	size_t n = until(in, "= \t\r\n");
	struct str rest = str_trim(str_skip(in, n));

	*name_out = (struct str){ in.data, n };
	*value_out = STR("");
	if (!str_starts(rest, STR("=")))
		return n == 0 ? str_skip(in, 1) : rest;
	rest = str_trim(str_skip(rest, 1));
	if (str_starts(rest, STR("\"")) || str_starts(rest, STR("'"))) {
		char quote[2] = { rest.data[0], '\0' };

		rest = str_skip(rest, 1);
		*value_out = (struct str){ rest.data, until(rest, quote) };
		return str_trim(str_skip(rest, value_out->len + 1));
	}
	*value_out = (struct str){ rest.data, until(rest, " \t\r\n") };
	return str_trim(str_skip(rest, value_out->len));
}

static struct str attribute_of(struct str attributes, const char *wanted)
{
	struct str name, value;

	attributes = str_trim(attributes);
	while (attributes.len > 0) {
		attributes = attribute_cut(attributes, &name, &value);
		if (str_eq_nocase(name, str_from_c(wanted)))
			return value;
	}
	return STR_NONE;
}

static void entity_str(json_t *entity, const char *name, struct str value)
{
	json_object_set_new(entity, name, json_stringn(value.data, value.len));
}

/* NULL: this tag makes no entity (a link without address, one entity too many). */
static json_t *entity_open(struct parser *parser, const char *type, struct str attributes)
{
	struct str address = attribute_of(attributes, "href"),
		   emoji = attribute_of(attributes, "emoji-id");
	json_t *entity;

	if (json_array_size(parser->entities) >= ENTITIES_MAX ||
	    (strcmp(type, "text_link") == 0 && address.len == 0))
		return NULL;
	if (strcmp(type, "blockquote") == 0 && attribute_of(attributes, "expandable").data != NULL)
		type = "expandable_blockquote";
	entity = json_pack("{s:I,s:i,s:s}", "offset", (json_int_t)parser->units, "length", 0,
			   "type", type);
	if (strcmp(type, "text_link") == 0)
		entity_str(entity, "url", address);
	if (strcmp(type, "custom_emoji") == 0)
		entity_str(entity, "custom_emoji_id", emoji.data != NULL ? emoji : STR(""));
	json_array_append_new(parser->entities, entity);
	return entity;
}

static enum status open_tag(struct parser *parser, struct str inside, size_t offset)
{
	struct str name = { inside.data, until(inside, " \t\r\n") },
		   attributes = str_skip(inside, name.len);
	const char *entity = entity_of(name);

	if (entity == NULL)
		return fail(parser, str_format(parser->arena,
					       "Unsupported start tag \"%.*s\" at byte offset %zu",
					       STR_ARG(name), offset)
					    .data);
	if (str_eq_nocase(name, STR("span")) &&
	    !str_eq_c(attribute_of(attributes, "class"), "tg-spoiler"))
		return fail(
			parser,
			str_format(parser->arena,
				   "Tag \"span\" must have class \"tg-spoiler\" at byte offset %zu",
				   offset)
				.data);
	if (parser->depth == DEPTH_MAX)
		return fail(parser, "Too many nested tags");
	parser->stack[parser->depth++] =
		(struct open_tag){ name, entity_open(parser, entity, attributes) };
	return STATUS_OK;
}

/* At '<'. */
static enum status tag_take(struct parser *parser)
{
	struct str rest = str_skip(parser->text, parser->at + 1);
	struct str inside = { rest.data, until(rest, ">") };
	size_t offset = parser->at;

	if (inside.len == rest.len)
		return fail(parser, str_format(parser->arena,
					       "Unclosed start tag at byte offset %zu", offset)
					    .data);
	parser->at += inside.len + 2;
	if (str_starts(inside, STR("/")))
		return close_tag(parser, str_trim(str_skip(inside, 1)), offset);
	return open_tag(parser, inside, offset);
}

static enum status text_take(struct parser *parser)
{
	while (parser->at < parser->text.len) {
		struct str rest = str_skip(parser->text, parser->at);
		size_t n = until(rest, "<&");

		if (n > 0) {
			plain_add(parser, (struct str){ rest.data, n });
			parser->at += n;
		} else if (rest.data[0] == '&') {
			reference_take(parser);
		} else if (tag_take(parser) != STATUS_OK) {
			return STATUS_BAD_INPUT;
		}
	}
	if (parser->depth == 0)
		return STATUS_OK;
	return fail(parser, str_format(parser->arena,
				       "Can't find end tag corresponding to start tag \"%.*s\"",
				       STR_ARG(parser->stack[parser->depth - 1].name))
				    .data);
}

enum status html_parse(struct str text, struct arena *arena, struct str *plain_out,
		       json_t **entities_out, const char **error_out)
{
	struct parser parser = {
		.text = text, .arena = arena, .plain = buf_in(arena), .entities = json_array()
	};
	enum status status = text_take(&parser);

	*plain_out = parser.plain.len > 0 ? buf_str(&parser.plain) : STR("");
	*entities_out = parser.entities;
	*error_out = parser.error;
	if (status != STATUS_OK || json_array_size(parser.entities) == 0) {
		json_decref(parser.entities);
		*entities_out = NULL;
	}
	return status;
}

/* Keeps what lies within [0, units) after moving by -shift; an emptied entity goes. */
static void entities_fit(json_t *entities, int64_t shift, int64_t units)
{
	for (size_t i = json_array_size(entities); i-- > 0;) {
		json_t *entity = json_array_get(entities, i);
		int64_t start = json_integer_value(json_object_get(entity, "offset")) - shift;
		int64_t end = start + json_integer_value(json_object_get(entity, "length"));

		start = start < 0 ? 0 : start;
		end = end > units ? units : end;
		json_object_set_new(entity, "offset", json_integer(start));
		json_object_set_new(entity, "length", json_integer(end - start));
		if (end <= start)
			json_array_remove(entities, i);
	}
}

struct str text_trim(struct str text, json_t **entities)
{
	struct str trimmed = str_trim(text);

	if (*entities == NULL)
		return trimmed;
	entities_fit(*entities, trimmed.data - text.data, (int64_t)str_utf16_units(trimmed));
	if (json_array_size(*entities) == 0) {
		json_decref(*entities);
		*entities = NULL;
	}
	return trimmed;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static size_t word_length(struct str s)
{
	size_t n = 0;

	while (n < s.len && is_word(s.data[n]))
		n++;
	return n;
}

/* Length of the command at the start of s, with its slash and @name; 0: none. */
static size_t command_length(struct str s)
{
	size_t n = word_length(str_skip(s, 1)), name;

	if (n == 0 || n > 32)
		return 0;
	n++;
	name = n < s.len && s.data[n] == '@' ? word_length(str_skip(s, n + 1)) : 0;
	n += name > 0 ? name + 1 : 0;
	return n < s.len && s.data[n] == '/' ? 0 : n;
}

json_t *text_commands(struct str text)
{
	json_t *entities = NULL;

	for (size_t i = 0; i < text.len; i++) {
		size_t n;

		if (text.data[i] != '/' ||
		    (i > 0 && memchr(" \t\r\n", text.data[i - 1], 4) == NULL))
			continue;
		n = command_length(str_skip(text, i));
		if (n == 0)
			continue;
		if (entities == NULL)
			entities = json_array();
		json_array_append_new(
			entities,
			json_pack("{s:I,s:I,s:s}", "offset",
				  (json_int_t)str_utf16_units((struct str){ text.data, i }),
				  "length", (json_int_t)n, "type", "bot_command"));
		i += n - 1;
	}
	return entities;
}
