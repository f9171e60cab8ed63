/* api/health.c -- is the process alive, and can it work. */
#include "api/handlers.h"
#include "redis/link.h"

enum status healthz_get(struct call *call)
{
	static const struct out_health health = { { "ok", 2 } };

	call->answer.value = &health;
	return STATUS_OK;
}

/* On the loop, where the link lives. Without Redis the desk goes on, so that is no reason to take
 * no requests. */
static void ready_finish(struct call *call)
{
	struct out_ready *ready = call->answer.state;
	bool redis = redis_link_is_up(call->app->link);
	bool records = str_eq_c(ready->records, "ok");

	ready->redis = redis ? STR("ok") : STR("down");
	ready->status = !records ? STR("down") : redis ? STR("ok") : STR("degraded");
	call->answer.status = records ? 200 : 503;
	call->answer.value = ready;
	call_reply(call);
}

enum status readyz_get(struct call *call)
{
	struct out_ready *ready = ARENA_NEW(&call->arena, struct out_ready);
	struct out_position position;

	ready->records = position_read(call->db, &position) == STATUS_OK ? STR("ok") : STR("down");
	call->answer.state = ready;
	call->answer.finish = ready_finish;
	return STATUS_OK;
}

/* The lane could not even begin to read. */
enum status readyz_down(struct call *call)
{
	struct out_ready *ready = ARENA_NEW(&call->arena, struct out_ready);

	ready->records = STR("down");
	call->answer.state = ready;
	call->answer.finish = ready_finish;
	return STATUS_OK;
}
