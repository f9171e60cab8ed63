/* base/config.h -- settings: a const table says what exists; environment beats file, file beats
 * default. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum config_kind { CONFIG_STR, CONFIG_INT };

struct config_row {
	const char *name; /* also the environment variable */
	enum config_kind kind;
	const char *fallback;
	int64_t min, max; /* of a number; lengths in bytes of a string */
	bool secret;	  /* masked when printed */
	const char *help;
};

struct config {
	const struct config_row *rows;
	size_t count;
	struct str *texts; /* as given, one per row, in the arena */
	int64_t *numbers;
};

/* Reads `file` (lines NAME=value, # comments; NULL or absent: none), then the environment, where
 * every variable that begins with `prefix` must be a row. BAD_INPUT: said on stderr. */
CHECKED enum status config_load(struct config *config, const struct config_row *rows, size_t count,
				const char *prefix, const char *file, struct arena *arena);
/* By name; asking for a name that is no row is our own mistake. */
struct str config_str(const struct config *config, const char *name);
const char *config_c(const struct config *config, const char *name);
int64_t config_int(const struct config *config, const char *name);
/* NAME=value lines with their help on stdout, secrets masked. */
void config_print(const struct config *config);

#endif
