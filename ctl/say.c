/* ctl/say.c -- lines for the person at the terminal. */
#include "ctl/supervisor.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

void supervisor_say(const char *format, ...)
{
	time_t now = time(NULL);
	struct tm parts;
	char clock[16];
	va_list args;

	localtime_r(&now, &parts);
	strftime(clock, sizeof(clock), "%H:%M:%S", &parts);
	printf("%s  ", clock);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}
