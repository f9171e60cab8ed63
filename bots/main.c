/* bots/main.c -- the process that takes in what people write to the bots. */
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/random.h"
#include "base/service.h"
#include "base/slot.h"
#include "bots/bot.h"
#include "domain/settings.h"
#include "redis/beat.h"
#include "redis/publisher.h"
#include "redis/users.h"
#include "store/tasks.h"

/* The couriers' bot gets its row with its job. Until then nobody polls its token: what is not
 * polled is not confirmed, and so not lost unread. */
static const struct bot_row bot_rows[] = {
	{ BOT_SUPPORT, &intake_support },
};

enum { BOT_COUNT = sizeof(bot_rows) / sizeof(*bot_rows) };

struct process {
	struct str incarnation;
	struct slot slot;
	struct redis_link *link;
	struct publisher *publisher;
	struct beat_sender *beat;
	struct store *store;
	struct db *reader;
	struct bot *bots[BOT_COUNT];
	size_t running; /* bots that have not yet stopped */
};

static struct process process;

static enum status nerve_open(struct service *service)
{
	struct redis_address address;
	enum status status =
		redis_address_get(&service->config, REDIS_USER_BOTS, &service->arena, &address);

	if (status == STATUS_OK)
		status = redis_link_open(service->base, &address, &process.link);
	if (status == STATUS_OK)
		status = publisher_open(service->base, process.link, &process.publisher);
	if (status == STATUS_OK)
		status = beat_open(service->base, process.link, process.incarnation, STR("bots"),
				   str_from_c(process.slot.name), &process.beat);
	return status;
}

static enum status self_register(struct db *db, void *arg)
{
	(void)arg;
	return workers_add(db, process.incarnation, STR("bots"), str_from_c(process.slot.name),
			   clock_wall_ms());
}

static enum status self_leave(struct db *db, void *arg)
{
	(void)arg;
	return workers_leave(db, process.incarnation, clock_wall_ms());
}

static enum status records_open(struct service *service)
{
	const struct store_options options = {
		.dir = config_c(&service->config, "ECO_DIR"),
		.service = "bots",
		.incarnation = process.incarnation,
		.hooks = { publisher_send, publisher_confirmed, process.publisher },
	};
	enum status status = store_open(&options, &process.store);

	if (status == STATUS_OK)
		status = store_run(process.store, self_register, NULL);
	CRASH_POINT("bots.enlisted");
	if (status == STATUS_OK)
		status = store_reader_open(process.store, &process.reader);
	return status;
}

static enum status bots_open(struct service *service)
{
	const struct bot_options options = { service, process.store, process.reader,
					     process.incarnation };
	enum status status = STATUS_OK;

	for (size_t i = 0; i < BOT_COUNT && status == STATUS_OK; i++)
		status = bot_open(&bot_rows[i], &options, &process.bots[i]);
	return status;
}

static enum status start(struct service *service)
{
	enum status status;

	process.slot.fd = -1;
	process.incarnation = random_hex(&service->arena, 16);
	status = slot_take(config_c(&service->config, "ECO_DIR"), "bots", process.incarnation,
			   &service->arena, &process.slot);
	if (status == STATUS_OK)
		status = nerve_open(service);
	if (status == STATUS_OK)
		status = records_open(service);
	return status == STATUS_OK ? bots_open(service) : status;
}

static void told(void *arg)
{
	service_stopped(arg);
}

static void records_leave(void)
{
	store_reader_close(process.reader);
	process.reader = NULL;
	if (process.store != NULL && store_run(process.store, self_leave, NULL) != STATUS_OK)
		log_warn("bots.leave_failed", LOG_STR("incarnation", process.incarnation));
	CRASH_POINT("bots.left");
	store_close(process.store);
	process.store = NULL;
}

/* Redis hears of the last batch before we go. */
static void bot_stopped(void *arg)
{
	process.running--;
	if (process.running > 0)
		return;
	records_leave();
	publisher_drain(process.publisher, told, arg);
}

static void stop(struct service *service)
{
	process.running = BOT_COUNT;
	for (size_t i = 0; i < BOT_COUNT; i++)
		bot_stop(process.bots[i], bot_stopped, service);
}

static void close_all(struct service *service)
{
	(void)service;
	if (process.store != NULL)
		records_leave();
	for (size_t i = 0; i < BOT_COUNT; i++)
		bot_close(process.bots[i]);
	beat_close(process.beat);
	publisher_close(process.publisher);
	redis_link_close(process.link);
	slot_release(&process.slot);
}

static const struct service_spec spec = {
	.name = "bots",
	.purpose = "takes in what customers write to the Telegram bots",
	.rows = settings_rows,
	.row_count = 0,
	.start = start,
	.stop = stop,
	.close = close_all,
};

int main(int argc, char **argv)
{
	struct service_spec here = spec;

	here.row_count = settings_count;
	return service_main(&here, argc, argv);
}
