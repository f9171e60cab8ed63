/* base/config.c -- the settings table, filled from file and environment. */
#include "base/config.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

extern char **environ;

enum { LINE_BYTES_MAX = 4096 };

static size_t row_find(const struct config *config, struct str name)
{
	size_t i = 0;

	while (i < config->count && !str_eq_c(name, config->rows[i].name))
		i++;
	return i;
}

static enum status value_set(struct config *config, size_t row, struct str text, const char *where)
{
	const struct config_row *is = &config->rows[row];
	bool fits = is->kind == CONFIG_STR
			    ? (int64_t)text.len >= is->min && (int64_t)text.len <= is->max
			    : str_to_int(text, is->min, is->max, &config->numbers[row]) ==
				      STATUS_OK;

	if (!fits) {
		fprintf(stderr, "%s: %s must be %s %" PRId64 " and %" PRId64 " (%s)\n", where,
			is->name,
			is->kind == CONFIG_STR ? "a text with a length between"
					       : "a number between",
			is->min, is->max, is->help);
		return STATUS_BAD_INPUT;
	}
	config->texts[row] = text;
	return STATUS_OK;
}

static enum status pair_set(struct config *config, struct str name, struct str value,
			    const char *where, struct arena *arena)
{
	size_t row = row_find(config, name);

	if (row == config->count) {
		fprintf(stderr, "%s: unknown setting %.*s; --config lists the known ones\n", where,
			STR_ARG(name));
		return STATUS_BAD_INPUT;
	}
	return value_set(config, row, str_copy(arena, value), where);
}

static enum status line_read(struct config *config, struct str line, const char *file,
			     struct arena *arena)
{
	struct str name, value;

	line = str_trim(line);
	if (line.len == 0 || line.data[0] == '#')
		return STATUS_OK;
	value = str_cut(line, '=', &name);
	if (value.data == NULL) {
		fprintf(stderr, "%s: a line must be NAME=value: %.*s\n", file, STR_ARG(line));
		return STATUS_BAD_INPUT;
	}
	return pair_set(config, str_trim(name), str_trim(value), file, arena);
}

static enum status lines_read(struct config *config, FILE *in, const char *file,
			      struct arena *arena)
{
	char line[LINE_BYTES_MAX];

	while (fgets(line, sizeof(line), in) != NULL) {
		size_t len = strlen(line);
		enum status status;

		/* Also a NUL byte ends a line early. */
		if (len == 0 || (line[len - 1] != '\n' && !feof(in))) {
			fprintf(stderr, "%s: a line is too long or no text\n", file);
			return STATUS_BAD_INPUT;
		}
		status = line_read(config, (struct str){ line, len }, file, arena);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

static enum status file_read(struct config *config, const char *file, struct arena *arena)
{
	FILE *in = file == NULL ? NULL : fopen(file, "re");
	enum status status;

	if (in == NULL) {
		if (file == NULL || errno == ENOENT || errno == ENOTDIR)
			return STATUS_OK;
		fprintf(stderr, "%s: %s\n", file, strerror(errno));
		return STATUS_BAD_INPUT;
	}
	status = lines_read(config, in, file, arena);
	if (status == STATUS_OK && ferror(in) != 0) {
		fprintf(stderr, "%s: %s\n", file, strerror(errno));
		status = STATUS_BAD_INPUT;
	}
	fclose(in);
	return status;
}

static enum status environment_read(struct config *config, struct str prefix, struct arena *arena)
{
	for (char **at = environ; at != NULL && *at != NULL; at++) {
		struct str name, value = str_cut(str_from_c(*at), '=', &name);
		enum status status;

		if (!str_starts(name, prefix))
			continue;
		/* execve() passes on whatever it was given. */
		if (value.data == NULL)
			value = STR("");
		status = pair_set(config, name, value, "environment", arena);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

enum status config_load(struct config *config, const struct config_row *rows, size_t count,
			const char *prefix, const char *file, struct arena *arena)
{
	enum status status = STATUS_OK;

	*config = (struct config){ rows, count, arena_array(arena, count, sizeof(struct str)),
				   arena_array(arena, count, sizeof(int64_t)) };
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = value_set(config, i, str_from_c(rows[i].fallback), "default");
	if (status == STATUS_OK)
		status = file_read(config, file, arena);
	if (status == STATUS_OK)
		status = environment_read(config, str_from_c(prefix), arena);
	return status;
}

static size_t row_known(const struct config *config, const char *name)
{
	size_t row = row_find(config, str_from_c(name));

	assert(row < config->count);
	return row;
}

struct str config_str(const struct config *config, const char *name)
{
	return config->texts[row_known(config, name)];
}

const char *config_c(const struct config *config, const char *name)
{
	return config_str(config, name).data; /* terminated: fallback or a copy in the arena */
}

int64_t config_int(const struct config *config, const char *name)
{
	return config->numbers[row_known(config, name)];
}

void config_print(const struct config *config)
{
	for (size_t i = 0; i < config->count; i++) {
		bool masked = config->rows[i].secret && config->texts[i].len > 0;

		printf("# %s\n%s=%.*s\n", config->rows[i].help, config->rows[i].name,
		       STR_ARG(masked ? STR("********") : config->texts[i]));
	}
}
