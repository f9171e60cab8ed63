/* ctl/words.c -- durations, times and sizes in words. */
#include "ctl/words.h"

#include "base/str.h"

#include <time.h>

const char *words_duration(int64_t ms, struct arena *arena)
{
	static const struct {
		int64_t ms;
		const char *unit;
	} units[] = { { 86400000, "d" }, { 3600000, "h" }, { 60000, "min" }, { 1000, "s" } };

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (ms >= units[i].ms)
			return str_format(arena, "%lld %s", (long long)(ms / units[i].ms),
					  units[i].unit)
				.data;
	return str_format(arena, "%lld ms", (long long)(ms > 0 ? ms : 0)).data;
}

const char *words_time(int64_t wall_ms, struct arena *arena)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm parts;
	char text[32];

	localtime_r(&seconds, &parts);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts);
	return str_copy(arena, str_from_c(text)).data;
}

const char *words_bytes(int64_t bytes, struct arena *arena)
{
	const int64_t K = 1024;

	if (bytes < K)
		return str_format(arena, "%lld bytes", (long long)bytes).data;
	if (bytes < K * K)
		return str_format(arena, "%lld KB", (long long)(bytes / K)).data;
	if (bytes < K * K * K)
		return str_format(arena, "%.1f MB", (double)bytes / (double)(K * K)).data;
	return str_format(arena, "%.1f GB", (double)bytes / (double)(K * K * K)).data;
}
