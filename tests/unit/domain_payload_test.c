/* tests/unit/domain_payload_test.c -- numbers are found by name in a flat object, and nothing else
 * passes for one. */
#include "domain/payload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[] = { "appeal_id", "generation" };

/* In memory that ends with the text: a byte read past it is an error under the sanitizers. */
static enum status read_both(const char *text, int64_t values_out[2])
{
	size_t len = strlen(text);
	char *copy = malloc(len + 1);
	enum status status;

	memcpy(copy, text, len);
	copy = realloc(copy, len > 0 ? len : 1);
	status = payload_ints((struct str){ copy, len }, names, 2, values_out);
	free(copy);
	return status;
}

static void numbers_are_found_by_name_in_any_order(void **unused)
{
	static const char *const texts[] = {
		"{\"appeal_id\":12,\"generation\":-3}",
		"{\"generation\":-3,\"appeal_id\":12}",
		" { \"generation\" : -3 ,\n\t\"appeal_id\" : 12 } \r\n",
		"{\"note\":\"a \\\"generation\\\":7, "
		"{}\\\\\",\"appeal_id\":12,\"x\":null,\"generation\":-3}",
		"{\"y\":1.5e3,\"appeal_id\":12,\"generation\":-3,\"z\":false}",
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		int64_t values[2] = { 0 };

		assert_int_equal(read_both(texts[i], values), STATUS_OK);
		assert_int_equal(values[0], 12);
		assert_int_equal(values[1], -3);
	}
}

static void the_smallest_and_largest_numbers_fit(void **unused)
{
	int64_t values[2];

	(void)unused;
	assert_int_equal(read_both("{\"appeal_id\":9223372036854775807,"
				   "\"generation\":-9223372036854775808}",
				   values),
			 STATUS_OK);
	assert_true(values[0] == INT64_MAX && values[1] == INT64_MIN);
}

static void what_is_no_flat_object_with_both_is_refused(void **unused)
{
	static const char *const texts[] = {
		"",
		"{}",
		"[]",
		"null",
		"{\"appeal_id\":12}",
		"{\"appeal_id\":12,\"generation\":\"3\"}",
		"{\"appeal_id\":12,\"generation\":3.0}",
		"{\"appeal_id\":12,\"generation\":true}",
		"{\"appeal_id\":12,\"generation\":9223372036854775808}",
		"{\"appeal_id\":12,\"generation\":3,\"generation\":3}",
		"{\"appeal_id\":12,\"generation\":3,}",
		"{\"appeal_id\":12,\"generation\":3",
		"{\"appeal_id\":12,\"generation\":3}}",
		"{\"appeal_id\":12,\"generation\":",
		"{\"appeal_id\":12,\"generation",
		"{\"appeal_id\":12,\"generation\\",
		"{\"appeal_id\":12 \"generation\":3}",
		"{\"appeal_id\":12,\"x\":{\"generation\":3},\"generation\":3}",
		"{\"appeal_id\":12,\"x\":[3],\"generation\":3}",
		"{appeal_id:12,generation:3}",
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		int64_t values[2];

		if (read_both(texts[i], values) != STATUS_BAD_INPUT)
			fail_msg("taken: %s", texts[i]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_found_by_name_in_any_order),
		cmocka_unit_test(the_smallest_and_largest_numbers_fit),
		cmocka_unit_test(what_is_no_flat_object_with_both_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
