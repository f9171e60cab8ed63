/* tests/unit/base_config_test.c -- settings: default, file, environment. */
#include "base/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const struct config_row rows[] = {
	{ "TCFG_NAME", CONFIG_STR, "nobody", 1, 20, false, "a name" },
	{ "TCFG_COUNT", CONFIG_INT, "5", 1, 100, false, "a count" },
	{ "TCFG_SECRET", CONFIG_STR, "", 0, 100, true, "a secret" },
};

enum { ROWS = sizeof(rows) / sizeof(*rows) };

struct fixture {
	struct arena arena;
	struct config config;
	char path[64];
};

static void forget(void)
{
	for (size_t i = 0; i < ROWS; i++)
		unsetenv(rows[i].name);
	unsetenv("TCFG_UNKNOWN");
}

static int set_up(void **state)
{
	static struct fixture fixture;
	int fd;

	fixture = (struct fixture){ .path = "/tmp/eco-config-XXXXXX" };
	fd = mkstemp(fixture.path);
	assert_true(fd >= 0);
	close(fd);
	forget();
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	forget();
	unlink(f->path);
	arena_release(&f->arena);
	return 0;
}

static enum status load(struct fixture *f, const char *text)
{
	FILE *out = fopen(f->path, "we");

	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
	return config_load(&f->config, rows, ROWS, "TCFG_", f->path, &f->arena);
}

static void without_anything_the_defaults_hold(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(config_load(&f->config, rows, ROWS, "TCFG_", NULL, &f->arena), STATUS_OK);
	assert_string_equal(config_c(&f->config, "TCFG_NAME"), "nobody");
	assert_int_equal(config_int(&f->config, "TCFG_COUNT"), 5);
	assert_int_equal(config_load(&f->config, rows, ROWS, "TCFG_", "/no/such/file", &f->arena),
			 STATUS_OK);
}

static void the_file_beats_the_default_and_the_environment_the_file(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load(f, "# comment\n\n  TCFG_NAME = Anna = B  \nTCFG_COUNT=7"), STATUS_OK);
	assert_string_equal(config_c(&f->config, "TCFG_NAME"), "Anna = B");
	assert_int_equal(config_int(&f->config, "TCFG_COUNT"), 7);
	setenv("TCFG_COUNT", "9", 1);
	assert_int_equal(load(f, "TCFG_COUNT=7\n"), STATUS_OK);
	assert_int_equal(config_int(&f->config, "TCFG_COUNT"), 9);
	assert_true(str_eq(config_str(&f->config, "TCFG_COUNT"), STR("9")));
}

static void unknown_names_stop_the_start(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load(f, "TCFG_NAMES=a\n"), STATUS_BAD_INPUT);
	assert_int_equal(load(f, "OTHER=a\n"), STATUS_BAD_INPUT);
	assert_int_equal(load(f, "nonsense\n"), STATUS_BAD_INPUT);
	setenv("TCFG_UNKNOWN", "1", 1);
	assert_int_equal(load(f, ""), STATUS_BAD_INPUT);
}

static void values_outside_their_limits_stop_the_start(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load(f, "TCFG_COUNT=0\n"), STATUS_BAD_INPUT);
	assert_int_equal(load(f, "TCFG_COUNT=101\n"), STATUS_BAD_INPUT);
	assert_int_equal(load(f, "TCFG_COUNT=many\n"), STATUS_BAD_INPUT);
	assert_int_equal(load(f, "TCFG_COUNT=\n"), STATUS_BAD_INPUT);
	assert_int_equal(load(f, "TCFG_NAME=\n"), STATUS_BAD_INPUT);
	assert_int_equal(load(f, "TCFG_NAME=aaaaaaaaaaaaaaaaaaaaa\n"), STATUS_BAD_INPUT);
	assert_int_equal(load(f, "TCFG_SECRET=\n"), STATUS_OK);
}

static void a_line_that_is_too_long_is_not_cut_in_two(void **state)
{
	struct fixture *f = *state;
	char text[5000];

	memset(text, ' ', sizeof(text));
	memcpy(text, "TCFG_COUNT=7", 12);
	memcpy(text + 4095, "TCFG_COUNT=8", 13);
	assert_int_equal(load(f, text), STATUS_BAD_INPUT);
}

static void a_file_that_cannot_be_read_stops_the_start(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(config_load(&f->config, rows, ROWS, "TCFG_", "/", &f->arena),
			 STATUS_BAD_INPUT);
}

static void printing_masks_secrets(void **state)
{
	struct fixture *f = *state;
	char printed[1000] = "";
	int out = memfd_create("stdout", 0), saved;

	assert_int_equal(load(f, "TCFG_SECRET=hunter2\nTCFG_NAME=Anna\n"), STATUS_OK);
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	dup2(out, STDOUT_FILENO);
	config_print(&f->config);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	assert_true(pread(out, printed, sizeof(printed) - 1, 0) > 0);
	close(out);
	close(saved);
	assert_string_equal(printed, "# a name\nTCFG_NAME=Anna\n# a count\nTCFG_COUNT=5\n# a "
				     "secret\nTCFG_SECRET=********\n");
}

/* Whoever starts a process may hand it a variable without a "=". */
static void a_variable_without_a_value_is_empty(void **state)
{
	static char name[] = "TCFG_NAME", secret[] = "TCFG_SECRET";
	char *odd[] = { secret, NULL }, **before = environ;
	struct fixture *f = *state;

	environ = odd;
	assert_int_equal(config_load(&f->config, rows, ROWS, "TCFG_", NULL, &f->arena), STATUS_OK);
	assert_string_equal(config_c(&f->config, "TCFG_SECRET"), "");
	odd[0] = name; /* too short */
	assert_int_equal(config_load(&f->config, rows, ROWS, "TCFG_", NULL, &f->arena),
			 STATUS_BAD_INPUT);
	environ = before;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_anything_the_defaults_hold),
		TEST(the_file_beats_the_default_and_the_environment_the_file),
		TEST(unknown_names_stop_the_start),
		TEST(values_outside_their_limits_stop_the_start),
		TEST(a_line_that_is_too_long_is_not_cut_in_two),
		TEST(a_file_that_cannot_be_read_stops_the_start),
		TEST(printing_masks_secrets),
		TEST(a_variable_without_a_value_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
