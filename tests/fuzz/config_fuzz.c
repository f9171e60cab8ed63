/* tests/fuzz/config_fuzz.c -- any settings file and environment: what is taken keeps the limits of
 * the table. The environment's variables are parted from the file, and from each other, by bytes
 * 0xff. Build and run: `make fuzz`, or `make CC=clang SAN=fuzz build/fuzz/config_fuzz &&
 * build/fuzz/config_fuzz tests/fuzz/corpus/config_fuzz`. */
#include "tests/fuzz/must.h"

#include "base/config.h"
#include "domain/settings.h"

#include <sys/mman.h>
#include <unistd.h>

extern char **environ;

enum { VARIABLES_MAX = 16 };

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	hush();
	return 0;
}

static void check(const struct config *config)
{
	for (size_t i = 0; i < config->count; i++) {
		const struct config_row *row = &config->rows[i];
		struct str text = config_str(config, row->name);

		touch(text);
		must(text.data[text.len] == '\0');
		if (row->kind == CONFIG_STR)
			must((int64_t)text.len >= row->min && (int64_t)text.len <= row->max);
		else
			must(config_int(config, row->name) >= row->min &&
			     config_int(config, row->name) <= row->max);
	}
}

/* Cuts the variables off; returns how long the file is. */
static size_t environment_of(char *text, size_t size, char **variables)
{
	char *file_end = memchr(text, 0xff, size), *at = file_end;
	size_t count = 0;

	while (at != NULL && count < VARIABLES_MAX) {
		*at++ = '\0';
		variables[count++] = at;
		at = memchr(at, 0xff, size - (size_t)(at - text));
	}
	variables[count] = NULL;
	return file_end != NULL ? (size_t)(file_end - text) : size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	static char path[64];
	char *variables[VARIABLES_MAX + 1], **environ_before = environ;
	char *text = malloc(size + 1);
	struct arena arena = { 0 };
	struct config config;
	size_t len;

	if (fd < 0) {
		fd = memfd_create("settings", MFD_CLOEXEC);
		must(fd >= 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	memcpy(text, data, size);
	text[size] = '\0';
	len = environment_of(text, size, variables);
	must(ftruncate(fd, 0) == 0 && pwrite(fd, data, len, 0) == (ssize_t)len);
	environ = variables;
	if (config_load(&config, settings_rows, settings_count, "ECO_", path, &arena) == STATUS_OK)
		check(&config);
	environ = environ_before;
	free(text);
	arena_release(&arena);
	return 0;
}
