/* api/main.c -- the API: dashboard, JSON over HTTP, live updates. */
#include "api/admin.h"
#include "api/auth.h"
#include "api/dispatch.h"
#include "api/list_cache.h"
#include "api/live.h"
#include "api/metrics.h"
#include "api/openapi.h"
#include "api/pages.h"
#include "api/routes.h"
#include "api/throttle.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "domain/settings.h"
#include "redis/publisher.h"
#include "redis/users.h"

/* ---- what crosses from records to Redis: on the writer thread ---------------------------- */

static void published(void *arg, const struct notice_batch *batch)
{
	struct app *app = arg;

	publisher_send(app->publisher, batch);
	if (batch->event_seq > 0)
		live_wake(app->live);
}

static size_t confirmed(void *arg, int64_t *ids_out, size_t ids_max)
{
	struct app *app = arg;

	return publisher_confirmed(app->publisher, ids_out, ids_max);
}

/* ---- start, in this order ---------------------------------------------------------------- */

static enum status redis_start(struct app *app)
{
	struct service *service = app->service;
	struct redis_address address;
	enum status status =
		redis_address_get(&service->config, REDIS_USER_API, &service->arena, &address);

	if (status == STATUS_OK)
		status = redis_link_open(service->base, &address, &app->link);
	if (status == STATUS_OK)
		status = redis_link_open(service->base, &address, &app->feed);
	if (status == STATUS_OK)
		status = publisher_open(service->base, app->link, &app->publisher);
	if (status == STATUS_OK)
		status = throttle_open(app->link, &app->throttle);
	return status == STATUS_OK ? live_open(app, &app->live) : status;
}

static enum status records_start(struct app *app)
{
	const struct store_options options = {
		.dir = config_c(&app->service->config, "ECO_DIR"),
		.service = "api",
		.hooks = { .publish = published, .confirmed = confirmed, .arg = app },
	};
	enum status status = store_open(&options, &app->store);

	return status == STATUS_OK ? admin_ensure(app->service, app->store) : status;
}

struct key_asked {
	struct arena *arena;
	struct signing_key key;
};

static enum status key_ensure(struct db *db, void *arg)
{
	struct key_asked *asked = arg;

	return signing_key_ensure(db, clock_wall_ms(), asked->arena, &asked->key);
}

static enum status auth_start(struct app *app)
{
	struct key_asked asked = { .arena = &app->service->arena };
	enum status status = store_run(app->store, key_ensure, &asked);

	CRASH_POINT("api.key_ensured");
	return status == STATUS_OK ? auth_open(&asked.key, &app->auth) : status;
}

static enum status lanes_start(struct app *app)
{
	const struct lanes_options options = {
		.base = app->service->base,
		.store = app->store,
		.read_threads = (int)config_int(&app->service->config, "ECO_READ_THREADS"),
	};

	return lanes_open(&options, &app->lanes);
}

static enum status http_start(struct app *app)
{
	const struct http_limits limits = { .body_bytes_max = BODY_BYTES_MAX };
	struct service *service = app->service;
	enum status status = pages_open(&service->config, &service->arena, &app->pages);

	if (status == STATUS_OK)
		status = metrics_open(routes, route_count, &app->metrics);
	if (status != STATUS_OK)
		return status;
	app->calls = call_pool_open();
	app->lists = list_cache_open();
	app->openapi = openapi_make(routes, route_count, &service->arena);
	return http_server_open(service->base, config_c(&service->config, "ECO_LISTEN"), &limits,
				dispatch_request, app, &app->server);
}

static enum status start(struct service *service)
{
	static enum status (*const steps[])(struct app *) = {
		redis_start, records_start, auth_start, lanes_start, http_start,
	};
	struct app *app = ARENA_NEW(&service->arena, struct app);
	enum status status = routes_check(routes, route_count);

	service->state = app;
	app->service = service;
	app->close_after_ms = config_int(&service->config, "ECO_CLOSE_AFTER_S") * 1000;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps) && status == STATUS_OK; i++)
		status = steps[i](app);
	return status;
}

/* ---- stop -------------------------------------------------------------------------------- */

static void told(void *arg)
{
	service_stopped(arg);
}

/* Threads first, then the records they use. */
static void records_stop(struct app *app)
{
	lanes_stop(app->lanes);
	CRASH_POINT("api.drained");
	store_close(app->store);
	app->store = NULL;
}

/* Whoever was answered has nothing to wait for: Redis hears of it before we go. */
static void drained(void *arg)
{
	struct service *service = arg;
	struct app *app = service->state;

	records_stop(app);
	publisher_drain(app->publisher, told, service);
}

static void stop(struct service *service)
{
	struct app *app = service->state;

	http_server_drain(app->server, drained, service);
}

/* Answers that came of the last changes leave before the server goes. */
static void finish(struct service *service)
{
	struct app *app = service->state;

	if (app->store != NULL)
		records_stop(app);
	lanes_close(app->lanes);
	app->lanes = NULL;
	if (app->publisher != NULL)
		publisher_close(app->publisher);
	if (app->link != NULL)
		redis_link_close(app->link);
	if (app->feed != NULL)
		redis_link_close(app->feed);
	http_server_close(app->server);
	live_close(app->live);
	throttle_close(app->throttle);
	metrics_close(app->metrics);
	pages_close(app->pages);
	list_cache_close(app->lists);
	auth_close(app->auth);
	call_pool_close(app->calls);
}

static const struct service_spec spec = {
	.name = "api",
	.purpose = "the dashboard, the HTTP API and its live updates",
	.start = start,
	.stop = stop,
	.close = finish,
};

int main(int argc, char **argv)
{
	struct service_spec whole = spec;

	whole.rows = settings_rows;
	whole.row_count = settings_count;
	return service_main(&whole, argc, argv);
}
