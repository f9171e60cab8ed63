/* tests/unit/api_list_cache_test.c -- pages are found again only while nothing has happened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/list_cache.h"

#include <string.h>

static struct list_cache *cache;
static struct arena arena;

static const struct out_position here = { .epoch = 3, .as_of_seq = 70 };
static const struct list_page page = { { "[{\"id\":1}]", 10 }, { "next", 4 } };

static int set_up(void **state)
{
	(void)state;
	cache = list_cache_open();
	return cache == NULL;
}

static int tear_down(void **state)
{
	(void)state;
	list_cache_close(cache);
	arena_release(&arena);
	return 0;
}

static bool is_there(struct str key, struct out_position at)
{
	struct list_page found;

	return list_cache_get(cache, key, &at, &arena, &found);
}

static void a_page_is_found_at_its_position_and_nowhere_else(void **state)
{
	struct list_page found;

	(void)state;
	list_cache_put(cache, STR("queue"), &here, &page);
	assert_true(list_cache_get(cache, STR("queue"), &here, &arena, &found));
	assert_true(str_eq(found.items, page.items) && str_eq(found.next_cursor, page.next_cursor));
	assert_false(is_there(STR("queue"), (struct out_position){ 3, 71 }));
	assert_false(is_there(STR("queue"), (struct out_position){ 4, 70 }));
	assert_false(is_there(STR("mine"), here));
}

static void what_was_found_outlives_the_page(void **state)
{
	struct list_page found, other = { STR("[]"), STR_NONE };

	(void)state;
	list_cache_put(cache, STR("queue"), &here, &page);
	assert_true(list_cache_get(cache, STR("queue"), &here, &arena, &found));
	list_cache_put(cache, STR("queue"), &(struct out_position){ 3, 71 }, &other);
	assert_true(str_eq(found.items, page.items));
	assert_true(list_cache_get(cache, STR("queue"), &(struct out_position){ 3, 71 }, &arena,
				   &found));
	assert_true(str_eq_c(found.items, "[]") && found.next_cursor.data == NULL);
}

static void a_huge_page_is_not_kept(void **state)
{
	size_t size = LIST_CACHE_BYTES_MAX + 1;
	char *text = arena_alloc(&arena, size);
	struct list_page huge = { { text, size }, STR_NONE };

	(void)state;
	memset(text, 'x', size);
	list_cache_put(cache, STR("queue"), &here, &huge);
	assert_false(is_there(STR("queue"), here));
	huge.items.len--;
	list_cache_put(cache, STR("queue"), &here, &huge);
	assert_true(is_there(STR("queue"), here));
}

static void keys_that_fall_on_one_place_are_told_apart(void **state)
{
	(void)state;
	for (int i = 0; i < 4 * LIST_CACHE_PAGES; i++) {
		struct str key = str_format(&arena, "key %d", i);

		assert_false(is_there(key, here));
		list_cache_put(cache, key, &here, &page);
		assert_true(is_there(key, here));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_page_is_found_at_its_position_and_nowhere_else,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_found_outlives_the_page, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_huge_page_is_not_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(keys_that_fall_on_one_place_are_told_apart, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
