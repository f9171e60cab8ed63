/* ctl/args.c -- reads a command line by its table. */
#include "ctl/args.h"

#include "base/str.h"

#include <stdio.h>

static const struct args_option *option_find(const struct args_spec *spec, struct str name)
{
	for (size_t i = 0; i < spec->option_count; i++)
		if (str_eq_c(name, spec->options[i].name))
			return &spec->options[i];
	return NULL;
}

/* *i is at the option, and afterwards at its last word. */
static enum status option_read(const struct args_spec *spec, int argc, char **argv, int *i)
{
	struct str name, inlined = str_cut(str_from_c(argv[*i]), '=', &name);
	const struct args_option *option = option_find(spec, name);
	bool has_next = *i + 1 < argc && argv[*i + 1][0] != '-';

	if (option == NULL) {
		fprintf(stderr, "unknown option %.*s\n", STR_ARG(name));
		return STATUS_BAD_INPUT;
	}
	if (option->flag != NULL && inlined.data == NULL) {
		*option->flag = true;
	} else if (option->value != NULL && inlined.data != NULL) {
		*option->value = inlined.data; /* the rest of a C string: terminated */
	} else if (option->value != NULL && has_next) {
		*i += 1;
		*option->value = argv[*i];
	} else {
		fprintf(stderr, "option %s %s\n", option->name,
			option->flag != NULL ? "takes no value" : "needs a value");
		return STATUS_BAD_INPUT;
	}
	return STATUS_OK;
}

enum status args_parse(const struct args_spec *spec, int argc, char **argv)
{
	size_t words = 0;

	for (int i = 0; i < argc; i++) {
		if (argv[i][0] == '-') {
			enum status status = option_read(spec, argc, argv, &i);

			if (status != STATUS_OK)
				return status;
		} else if (words < spec->word_count) {
			spec->words[words++] = argv[i];
		} else {
			fprintf(stderr, "unexpected word %s\n", argv[i]);
			return STATUS_BAD_INPUT;
		}
	}
	if (words < spec->word_count) {
		fprintf(stderr, "a word is missing\n");
		return STATUS_BAD_INPUT;
	}
	return STATUS_OK;
}
