/* base/log.c -- one line, one write. */
#include "base/log.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_BYTES_MAX = 4096, CONTEXT_BYTES_MAX = 64 };

struct line {
	char bytes[LINE_BYTES_MAX];
	size_t len;
	bool cut;
};

static const char *const level_names[] = { "debug", "info", "warn", "error" };
static const char *service_name = "eco";
static enum log_level level_min = LOG_INFO;
static _Thread_local struct {
	const char *key;
	char id[CONTEXT_BYTES_MAX];
	size_t len;
} context;

void log_init(const char *service, enum log_level level)
{
	service_name = service;
	level_min = level;
}

enum status log_level_from_name(struct str name, enum log_level *level_out)
{
	for (size_t i = 0; i < sizeof(level_names) / sizeof(*level_names); i++)
		if (str_eq_c(name, level_names[i])) {
			*level_out = (enum log_level)i;
			return STATUS_OK;
		}
	return STATUS_BAD_INPUT;
}

void log_set_context(const char *key, struct str id)
{
	context.key = id.data == NULL ? NULL : key;
	context.len = id.len < CONTEXT_BYTES_MAX ? id.len : CONTEXT_BYTES_MAX;
	if (id.data != NULL)
		memcpy(context.id, id.data, context.len);
}

static void line_add(struct line *line, const char *bytes, size_t len)
{
	size_t room = LINE_BYTES_MAX - 5 - line->len; /* "...", quote and newline always fit */

	if (len > room) {
		len = room;
		line->cut = true;
	}
	memcpy(line->bytes + line->len, bytes, len);
	line->len += len;
}

static void line_add_c(struct line *line, const char *text)
{
	line_add(line, text, strlen(text));
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c != 0x7f && c != '"' && c != '\\';
}

/* Quoted, control characters escaped: what a user wrote can't begin a line or a pair of its own. */
static void line_add_quoted(struct line *line, struct str text)
{
	size_t plain = 0;

	line_add_c(line, "\"");
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		char escaped[8];

		if (is_plain(c))
			continue;
		line_add(line, text.data + plain, i - plain);
		plain = i + 1;
		snprintf(escaped, sizeof(escaped), c == '"' || c == '\\' ? "\\%c" : "\\x%02x", c);
		line_add_c(line, escaped);
	}
	if (plain < text.len)
		line_add(line, text.data + plain, text.len - plain);
	line_add_c(line, "\"");
}

static void line_add_pair(struct line *line, const struct log_pair *pair)
{
	char number[24];

	line_add_c(line, " ");
	line_add_c(line, pair->key);
	line_add_c(line, "=");
	if (pair->kind == LOG_KIND_STR) {
		line_add_quoted(line, pair->text);
		return;
	}
	snprintf(number, sizeof(number), "%" PRId64, pair->number);
	line_add_c(line, number);
}

static void line_add_time(struct line *line)
{
	int64_t now_ms = clock_wall_ms();
	time_t seconds = (time_t)(now_ms / 1000);
	struct tm parts;
	char text[48];

	gmtime_r(&seconds, &parts);
	strftime(text, sizeof(text), "time=%Y-%m-%dT%H:%M:%S", &parts);
	line_add_c(line, text);
	snprintf(text, sizeof(text), ".%03dZ", (int)(now_ms % 1000));
	line_add_c(line, text);
}

void log_write(enum log_level level, const char *event, const struct log_pair *pairs, size_t count)
{
	struct line line = { .len = 0 };

	if (level < level_min)
		return;
	line_add_time(&line);
	line_add_c(&line, " level=");
	line_add_c(&line, level_names[level]);
	line_add_c(&line, " service=");
	line_add_c(&line, service_name);
	line_add_c(&line, " event=");
	line_add_c(&line, event);
	if (context.key != NULL)
		line_add_pair(&line,
			      &LOG_STR(context.key, ((struct str){ context.id, context.len })));
	for (size_t i = 0; i < count; i++)
		line_add_pair(&line, &pairs[i]);
	if (line.cut) {
		memcpy(line.bytes + line.len, "...\"", 4);
		line.len += 4;
	}
	line.bytes[line.len++] = '\n';
	if (write(STDERR_FILENO, line.bytes, line.len) < 0)
		return; /* nowhere left to say it */
}
