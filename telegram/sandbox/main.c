/* telegram/sandbox/main.c -- bin/sandbox: a Telegram of one's own on loopback. */
#include "base/log.h"
#include "base/service.h"
#include "domain/settings.h"
#include "telegram/sandbox/sandbox.h"

static enum status start(struct service *service)
{
	struct sandbox_options options = {
		.base = service->base,
		.listen = config_c(&service->config, "ECO_SANDBOX_LISTEN"),
		.ids_file = service_path(service, "sandbox-ids"),
	};
	struct sandbox *sandbox;
	enum status status = sandbox_open(&options, &sandbox);

	if (status != STATUS_OK)
		return status;
	service->state = sandbox;
	log_info("sandbox.listening", LOG_C("listen", options.listen),
		 LOG_INT("port", sandbox_port(sandbox)));
	return STATUS_OK;
}

static void drained(void *arg)
{
	service_stopped(arg);
}

static void stop(struct service *service)
{
	sandbox_drain(service->state, drained, service);
}

static void close_all(struct service *service)
{
	sandbox_close(service->state);
}

static struct service_spec spec = {
	.name = "sandbox",
	.purpose = "a Telegram Bot API server with a page of phones, for development and tests",
	.start = start,
	.stop = stop,
	.close = close_all,
};

int main(int argc, char **argv)
{
	spec.rows = settings_rows;
	spec.row_count = settings_count;
	return service_main(&spec, argc, argv);
}
