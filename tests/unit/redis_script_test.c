/* tests/unit/redis_script_test.c -- the names by which scripts are called are those that the server
 * gives them. */
#include "redis/script.h"

#include "tests/unit/redis_fixture.h"

static struct redis_fixture redis;

static void every_script_is_known_by_the_name_we_call_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < SCRIPTS; i++) {
		enum redis_script script = (enum redis_script)i;
		struct redis_command load =
			redis_words(&redis.arena, STR("SCRIPT"), STR("LOAD"), script_text(script));
		struct redis_value value;

		assert_int_equal(redis_run(redis.conn, &load, &redis.arena, &value), STATUS_OK);
		if (value.type != REDIS_IS_STR || !str_eq(value.text, script_sha(script)))
			fail_msg("%s: the server says %.*s, we say %.*s", script_name(script),
				 STR_ARG(value.text), STR_ARG(script_sha(script)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_script_is_known_by_the_name_we_call_it),
	};
	int failed;

	fixture_open(&redis);
	failed = cmocka_run_group_tests_name("redis_script", tests, NULL, NULL);
	fixture_close(&redis);
	return failed;
}
