/* tests/unit/base_log_test.c -- log lines, caught from stderr. */
#include "base/log.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static int caught = -1, saved = -1;
static char line[65536];

/* Lines written from here on are given out by line_end(). */
static void line_begin(void)
{
	saved = dup(STDERR_FILENO);
	caught = memfd_create("stderr", 0);
	assert_true(saved >= 0 && caught >= 0);
	dup2(caught, STDERR_FILENO);
}

static const char *line_end(void)
{
	ssize_t len = pread(caught, line, sizeof(line) - 1, 0);

	dup2(saved, STDERR_FILENO);
	close(saved);
	close(caught);
	assert_true(len >= 0);
	line[len] = '\0';
	return line;
}

static int set_up(void **state)
{
	(void)state;
	log_init("test", LOG_INFO);
	log_set_context(NULL, STR_NONE);
	return 0;
}

static void a_line_has_time_level_service_event_and_typed_pairs(void **state)
{
	int year;

	(void)state;
	line_begin();
	log_warn("a.b", LOG_C("text", "x y"), LOG_INT("number", -5), LOG_STATUS(STATUS_BUSY));
	line_end();
	assert_int_equal(sscanf(line, "time=%d-", &year), 1);
	assert_true(year >= 2020);
	assert_string_equal(
		strchr(line, ' '),
		" level=warn service=test event=a.b text=\"x y\" number=-5 status=\"busy\"\n");
	assert_int_equal(strcspn(line, "Z"), strlen("time=2026-11-22T21:27:00.000"));
}

static void lines_below_the_level_are_not_written(void **state)
{
	enum log_level level = LOG_INFO;

	(void)state;
	line_begin();
	log_debug("a.b", LOG_INT("n", 1));
	assert_string_equal(line_end(), "");
	assert_int_equal(log_level_from_name(STR("debug"), &level), STATUS_OK);
	log_init("test", level);
	line_begin();
	log_debug("a.b", LOG_INT("n", 1));
	assert_non_null(strstr(line_end(), "level=debug"));
	assert_int_equal(log_level_from_name(STR("loud"), &level), STATUS_BAD_INPUT);
	assert_int_equal(log_level_from_name(STR(""), &level), STATUS_BAD_INPUT);
}

static void what_a_user_wrote_cannot_forge_a_line_or_a_pair(void **state)
{
	(void)state;
	line_begin();
	log_info("a.b", LOG_STR("text", STR("a\" level=error\nevent=forged \\ \x1b[1m\0Я\x7f")));
	line_end();
	assert_non_null(strstr(
		line, "text=\"a\\\" level=error\\x0aevent=forged \\\\ \\x1b[1m\\x00Я\\x7f\"\n"));
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void absent_and_empty_texts_are_empty(void **state)
{
	(void)state;
	line_begin();
	log_info("a.b", LOG_STR("none", STR_NONE), LOG_C("empty", ""));
	assert_non_null(strstr(line_end(), " none=\"\" empty=\"\"\n"));
}

static void the_context_is_added_until_it_is_taken_away(void **state)
{
	char id[] = "r-1";

	(void)state;
	log_set_context("request", (struct str){ id, 3 });
	id[0] = 'x'; /* it was copied */
	line_begin();
	log_info("a.b", LOG_INT("n", 1));
	assert_non_null(strstr(line_end(), " event=a.b request=\"r-1\" n=1\n"));
	log_set_context(NULL, STR_NONE);
	line_begin();
	log_info("a.b", LOG_INT("n", 1));
	assert_null(strstr(line_end(), "request"));
}

static void long_lines_are_cut_and_still_end(void **state)
{
	static char text[10000];

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t len = 3900; len < 4200; len++) {
		line_begin();
		log_info("a.b", LOG_STR("text", ((struct str){ text, len })), LOG_INT("n", 7));
		line_end();
		assert_true(strlen(line) <= 4096);
		assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
		if (strstr(line, "...") == NULL)
			assert_non_null(strstr(line, "aaa\" n=7\n"));
		else
			assert_true(strlen(line) == 4096 &&
				    strcmp(line + 4096 - 5, "...\"\n") == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_line_has_time_level_service_event_and_typed_pairs, set_up),
		cmocka_unit_test_setup(lines_below_the_level_are_not_written, set_up),
		cmocka_unit_test_setup(what_a_user_wrote_cannot_forge_a_line_or_a_pair, set_up),
		cmocka_unit_test_setup(absent_and_empty_texts_are_empty, set_up),
		cmocka_unit_test_setup(the_context_is_added_until_it_is_taken_away, set_up),
		cmocka_unit_test_setup(long_lines_are_cut_and_still_end, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
