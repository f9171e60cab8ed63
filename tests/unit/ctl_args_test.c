/* tests/unit/ctl_args_test.c -- command lines by their table. */
#include "ctl/args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct line {
	const char *login, *role;
	bool generate;
};

static enum status line_parse(struct line *line, int argc, char **argv)
{
	const struct args_option options[] = { { "--role", &line->role, NULL },
					       { "--generate", NULL, &line->generate } };
	const struct args_spec spec = { options, 2, &line->login, 1 };

	*line = (struct line){ 0 };
	return args_parse(&spec, argc, argv);
}

/* main() gets writable words; the parser only reads them. */
#define WORDS(...)                                                                                 \
	(char **)(uintptr_t)(const char *const[])                                                  \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}
#define PARSE(line, ...)                                                                           \
	line_parse((line), sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *),          \
		   WORDS(__VA_ARGS__))

static void words_and_options_come_in_any_order(void **state)
{
	struct line line;

	(void)state;
	assert_int_equal(PARSE(&line, "anna", "--role", "operator", "--generate"), STATUS_OK);
	assert_string_equal(line.login, "anna");
	assert_string_equal(line.role, "operator");
	assert_true(line.generate);
	assert_int_equal(PARSE(&line, "--role=lead", "boris"), STATUS_OK);
	assert_string_equal(line.login, "boris");
	assert_string_equal(line.role, "lead");
	assert_false(line.generate);
}

static void what_the_table_does_not_know_is_refused(void **state)
{
	struct line line;

	(void)state;
	assert_int_equal(PARSE(&line, "anna", "--rank", "1"), STATUS_BAD_INPUT);
	assert_int_equal(PARSE(&line, "anna", "boris"), STATUS_BAD_INPUT);
	assert_int_equal(PARSE(&line, "--role", "lead"), STATUS_BAD_INPUT);
}

static void values_are_neither_missing_nor_superfluous(void **state)
{
	struct line line;

	(void)state;
	assert_int_equal(PARSE(&line, "anna", "--role"), STATUS_BAD_INPUT);
	assert_int_equal(PARSE(&line, "anna", "--role", "--generate"), STATUS_BAD_INPUT);
	assert_int_equal(PARSE(&line, "anna", "--generate=yes"), STATUS_BAD_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_options_come_in_any_order),
		cmocka_unit_test(what_the_table_does_not_know_is_refused),
		cmocka_unit_test(values_are_neither_missing_nor_superfluous),
	};

	return cmocka_run_group_tests_name("ctl_args", tests, NULL, NULL);
}
