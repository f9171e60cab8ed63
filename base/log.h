/* base/log.h -- logfmt on stderr: level, constant dotted event, typed pairs, values quoted here.
 * Never tokens, passwords or message bodies. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

enum log_kind { LOG_KIND_STR, LOG_KIND_INT };

struct log_pair {
	const char *key;
	enum log_kind kind;
	struct str text;
	int64_t number;
};

#define LOG_STR(key, value) ((struct log_pair){ (key), LOG_KIND_STR, (value), 0 })
#define LOG_C(key, value) LOG_STR((key), str_from_c(value))
#define LOG_INT(key, value) ((struct log_pair){ (key), LOG_KIND_INT, STR_NONE, (int64_t)(value) })
#define LOG_STATUS(value) LOG_C("status", status_name(value))

/* Set once at start-up; lines below `level` are not written. */
void log_init(const char *service, enum log_level level);
CHECKED enum status log_level_from_name(struct str name, enum log_level *level_out);
/* The request or task that this thread works on, added to each of its lines; STR_NONE: none.
 * Copied. */
void log_set_context(const char *key, struct str id);

/* One line, one write(2): lines of threads and processes do not mix. At most 4 KiB, then "...". */
void log_write(enum log_level level, const char *event, const struct log_pair *pairs, size_t count);

#define LOG_PAIRS(...)                                                                             \
	(const struct log_pair[]){ __VA_ARGS__ },                                                  \
		sizeof((struct log_pair[]){ __VA_ARGS__ }) / sizeof(struct log_pair)
#define LOG_AT(level, event, ...) log_write((level), (event), LOG_PAIRS(__VA_ARGS__))
/* An event and at least one pair: log_warn("redis.lost", LOG_C("address", address)); */
#define log_debug(event, ...) LOG_AT(LOG_DEBUG, event, __VA_ARGS__)
#define log_info(event, ...) LOG_AT(LOG_INFO, event, __VA_ARGS__)
#define log_warn(event, ...) LOG_AT(LOG_WARN, event, __VA_ARGS__)
#define log_error(event, ...) LOG_AT(LOG_ERROR, event, __VA_ARGS__)

#endif
