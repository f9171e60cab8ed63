/* ctl/obituary.c -- from a pid to its incarnation, and from there to Redis. */
#include "ctl/obituary.h"

#include "base/log.h"
#include "base/slot.h"
#include "ctl/reach.h"
#include "redis/deaths.h"

#include <stdlib.h>

enum { REDIS_TIMEOUT_MS = 200 };

struct obituary {
	struct ctl *ctl;
	struct redis_conn *redis;
};

enum status obituary_open(struct ctl *ctl, struct obituary **obituary_out)
{
	struct obituary *obituary = calloc(1, sizeof(*obituary));
	enum status status;

	if (obituary == NULL)
		return STATUS_FAILED;
	status = reach_redis(ctl, REDIS_TIMEOUT_MS, &obituary->redis);
	if (status != STATUS_OK) {
		free(obituary);
		return status;
	}
	obituary->ctl = ctl;
	*obituary_out = obituary;
	return STATUS_OK;
}

void obituary_close(struct obituary *obituary)
{
	if (obituary == NULL)
		return;
	redis_conn_close(obituary->redis);
	free(obituary);
}

void obituary_send(struct obituary *obituary, pid_t pid)
{
	struct arena arena = { 0 };
	struct str incarnation;

	/* Redis and the sandbox hold no slot. */
	if (slot_incarnation(obituary->ctl->dir, pid, &arena, &incarnation) == STATUS_OK) {
		enum status status = deaths_report(obituary->redis, incarnation);

		if (status != STATUS_OK)
			log_warn("obituary.not_sent", LOG_STR("incarnation", incarnation),
				 LOG_STATUS(status));
	}
	arena_release(&arena);
}
