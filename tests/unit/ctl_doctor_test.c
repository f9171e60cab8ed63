/* tests/unit/ctl_doctor_test.c -- from when on a number worries the doctor; numbers in words. */
#include "ctl/doctor.h"
#include "ctl/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MB (INT64_C(1) << 20)
#define GB (INT64_C(1) << 30)

static void a_disk_worries_when_little_is_free_or_a_backup_would_not_fit(void **state)
{
	(void)state;
	assert_int_equal(doctor_disk_level(50 * GB, 100 * GB, GB), DOCTOR_OK);
	assert_int_equal(doctor_disk_level(4 * GB, 100 * GB, GB), DOCTOR_WARN);
	assert_int_equal(doctor_disk_level(900 * MB, 10 * GB, MB), DOCTOR_WARN);
	assert_int_equal(doctor_disk_level(50 * GB, 100 * GB, 51 * GB), DOCTOR_WARN);
	assert_int_equal(doctor_disk_level(199 * MB, 1 * GB, MB), DOCTOR_FAIL);
}

static void a_clock_worries_from_two_seconds_on_in_either_direction(void **state)
{
	(void)state;
	assert_int_equal(doctor_clock_level(0), DOCTOR_OK);
	assert_int_equal(doctor_clock_level(-1999), DOCTOR_OK);
	assert_int_equal(doctor_clock_level(2000), DOCTOR_WARN);
	assert_int_equal(doctor_clock_level(-29999), DOCTOR_WARN);
	assert_int_equal(doctor_clock_level(-30000), DOCTOR_FAIL);
}

static void memory_worries_near_its_limit_and_without_one(void **state)
{
	(void)state;
	assert_int_equal(doctor_memory_level(100 * MB, 512 * MB), DOCTOR_OK);
	assert_int_equal(doctor_memory_level(450 * MB, 512 * MB), DOCTOR_WARN);
	assert_int_equal(doctor_memory_level(500 * MB, 512 * MB), DOCTOR_FAIL);
	assert_int_equal(doctor_memory_level(1, 0), DOCTOR_WARN);
}

static void the_log_worries_when_checkpoints_do_not_shrink_it(void **state)
{
	(void)state;
	assert_int_equal(doctor_wal_level(8 * MB), DOCTOR_OK);
	assert_int_equal(doctor_wal_level(16 * MB), DOCTOR_WARN);
	assert_int_equal(doctor_wal_level(256 * MB), DOCTOR_FAIL);
}

static void numbers_are_written_as_people_read_them(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	assert_string_equal(words_duration(-5, &arena), "0 ms");
	assert_string_equal(words_duration(999, &arena), "999 ms");
	assert_string_equal(words_duration(61000, &arena), "1 min");
	assert_string_equal(words_duration(INT64_C(3) * 86400000, &arena), "3 d");
	assert_string_equal(words_bytes(1023, &arena), "1023 bytes");
	assert_string_equal(words_bytes(1536, &arena), "1 KB");
	assert_string_equal(words_bytes(3 * MB / 2, &arena), "1.5 MB");
	assert_string_equal(words_bytes(5 * GB, &arena), "5.0 GB");
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_disk_worries_when_little_is_free_or_a_backup_would_not_fit),
		cmocka_unit_test(a_clock_worries_from_two_seconds_on_in_either_direction),
		cmocka_unit_test(memory_worries_near_its_limit_and_without_one),
		cmocka_unit_test(the_log_worries_when_checkpoints_do_not_shrink_it),
		cmocka_unit_test(numbers_are_written_as_people_read_them),
	};

	return cmocka_run_group_tests_name("ctl_doctor", tests, NULL, NULL);
}
