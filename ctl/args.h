/* ctl/args.h -- words and --options of a command line, by a table. */
#ifndef CTL_ARGS_H
#define CTL_ARGS_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

/* `value` gets what follows (also after '='), or `flag` becomes true; the other one is NULL. */
struct args_option {
	const char *name; /* "--role" */
	const char **value;
	bool *flag;
};

struct args_spec {
	const struct args_option *options;
	size_t option_count;
	const char **words; /* what is no option, in order; all of them must be there */
	size_t word_count;
};

/* BAD_INPUT says on stderr what is wrong. */
CHECKED enum status args_parse(const struct args_spec *spec, int argc, char **argv);

#endif
