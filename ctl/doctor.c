/* ctl/doctor.c -- the checks in their order, and how their findings are printed. */
#include "ctl/doctor.h"

#include "base/log.h"
#include "ctl/args.h"
#include "store/look.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

/* Later ones use what earlier ones opened. */
static void (*const checks[])(struct doctor *) = {
	doctor_settings, doctor_folder, doctor_disk,	 doctor_records,
	doctor_wal,	 doctor_tasks,	doctor_redis,	 doctor_epoch,
	doctor_telegram, doctor_clock,	doctor_services,
};

void doctor_say(struct doctor *doctor, enum doctor_level level, const char *subject,
		const char *todo, const char *format, ...)
{
	static const char *const names[] = { "ok", "warn", "FAIL" };
	va_list args;

	if (level > doctor->worst)
		doctor->worst = level;
	printf("%-4s  %-9s  ", names[level], subject);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	if (level != DOCTOR_OK && todo != NULL)
		printf(" -- %s", todo);
	printf("\n");
	fflush(stdout);
}

int64_t doctor_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int doctor_command(struct ctl *ctl, int argc, char **argv)
{
	const struct args_spec spec = { 0 };
	struct doctor doctor = { .ctl = ctl };

	if (args_parse(&spec, argc, argv) != STATUS_OK)
		return CTL_USAGE;
	/* What is wrong is said once, in our own lines. */
	log_init("ecoctl", LOG_ERROR);
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		checks[i](&doctor);
	look_close(doctor.db);
	redis_conn_close(doctor.redis);
	return doctor.worst == DOCTOR_FAIL ? CTL_FAILED : CTL_OK;
}
