/* workers/main.c -- the worker: runs the tasks that the records hold and Redis tells of. */
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/random.h"
#include "base/service.h"
#include "base/slot.h"
#include "domain/settings.h"
#include "redis/publisher.h"
#include "redis/users.h"
#include "store/tasks.h"
#include "workers/runner.h"

struct worker {
	struct service *service;
	struct str incarnation;
	struct slot slot;
	struct redis_address redis;
	struct redis_link *link;
	struct publisher *publisher;
	struct beat_sender *beat;
	struct store *store;
	struct commits *commits;
	struct senders senders;
	struct budget *budget;
	struct runner *runner;
	struct commit leave;
	struct loop_timer *settling;
	int64_t settle_until_mono_ms;
};

enum { SETTLE_MS_MAX = 1000, SETTLE_LOOK_MS = 5 };

static enum status enlist(struct db *db, void *arg)
{
	const struct worker *worker = arg;

	return workers_add(db, worker->incarnation, STR("workers"), str_from_c(worker->slot.name),
			   clock_wall_ms());
}

static enum status leave(struct db *db, void *arg)
{
	const struct worker *worker = arg;

	return workers_leave(db, worker->incarnation, clock_wall_ms());
}

static void told(void *arg)
{
	service_stopped(((struct worker *)arg)->service);
}

/* Acks that were not heard would make suspects of tasks that are done. */
static void settle(void *arg)
{
	struct worker *worker = arg;

	if (runner_unsettled(worker->runner) > 0 &&
	    clock_mono_ms() < worker->settle_until_mono_ms) {
		loop_timer_set(worker->settling, SETTLE_LOOK_MS);
		return;
	}
	CRASH_POINT("worker.settled");
	beat_close(worker->beat);
	worker->beat = NULL;
	publisher_drain(worker->publisher, told, worker);
}

static void left(enum status status, void *arg)
{
	struct worker *worker = arg;

	if (status == STATUS_BUSY || status == STATUS_FAILED) {
		commits_again(worker->commits, &worker->leave);
		return;
	}
	CRASH_POINT("worker.left");
	store_close(worker->store);
	worker->store = NULL;
	worker->settling = loop_timer_open(worker->service->base, settle, worker);
	worker->settle_until_mono_ms = clock_mono_ms() + SETTLE_MS_MAX;
	loop_timer_set(worker->settling, SETTLE_LOOK_MS);
}

static void all_recorded(void *arg)
{
	struct worker *worker = arg;

	commits_submit(worker->commits, &worker->leave, leave, left, worker);
}

static void died(void *arg)
{
	service_fail(((struct worker *)arg)->service);
}

static enum status redis_open(struct worker *worker)
{
	struct service *service = worker->service;
	enum status status = redis_address_get(&service->config, REDIS_USER_WORKERS,
					       &service->arena, &worker->redis);

	if (status == STATUS_OK)
		status = redis_link_open(service->base, &worker->redis, &worker->link);
	if (status == STATUS_OK)
		status = publisher_open(service->base, worker->link, &worker->publisher);
	return status;
}

static enum status records_open(struct worker *worker)
{
	struct service *service = worker->service;
	const char *dir = config_c(&service->config, "ECO_DIR");
	struct store_options options = { .dir = dir,
					 .service = "workers",
					 .hooks = { publisher_send, publisher_confirmed,
						    worker->publisher } };
	enum status status;

	worker->incarnation = options.incarnation = random_hex(&service->arena, 16);
	status = slot_take(dir, "worker", worker->incarnation, &service->arena, &worker->slot);
	CRASH_POINT("worker.slot_taken");
	if (status == STATUS_OK)
		status = store_open(&options, &worker->store);
	if (status == STATUS_OK)
		status = store_run(worker->store, enlist, worker);
	CRASH_POINT("worker.enlisted");
	if (status == STATUS_OK)
		status = commits_open(service->base, worker->store, &worker->commits);
	return status;
}

static enum status sending_open(struct worker *worker)
{
	struct service *service = worker->service;
	struct budget_options options = {
		.base = service->base,
		.link = worker->link,
		.bot_per_s = config_int(&service->config, "ECO_SEND_PER_S"),
		.chat_per_s = config_int(&service->config, "ECO_CHAT_PER_S")
	};
	enum status status = beat_open(service->base, worker->link, worker->incarnation,
				       STR("workers"), str_from_c(worker->slot.name),
				       &worker->beat);

	if (status == STATUS_OK)
		status = senders_open(&service->config, service->base,
				      (int)config_int(&service->config, "ECO_WORKER_SLOTS"),
				      &service->arena, &worker->senders);
	if (status == STATUS_OK)
		status = budget_open(&options, &worker->budget);
	return status;
}

static enum status start(struct service *service)
{
	struct worker *worker = service->state = ARENA_NEW(&service->arena, struct worker);
	struct runner_options options;
	enum status status;

	*worker = (struct worker){ .service = service, .slot = { .fd = -1 } };
	status = redis_open(worker);
	if (status == STATUS_OK)
		status = records_open(worker);
	if (status == STATUS_OK)
		status = sending_open(worker);
	options = (struct runner_options){ .base = service->base,
					   .commits = worker->commits,
					   .redis = &worker->redis,
					   .link = worker->link,
					   .beat = worker->beat,
					   .senders = &worker->senders,
					   .budget = worker->budget,
					   .incarnation = worker->incarnation,
					   .slot = worker->slot.name,
					   .died = died,
					   .arg = worker,
					   .calls_max = (int)config_int(&service->config,
									"ECO_WORKER_SLOTS") };
	if (status == STATUS_OK)
		status = runner_open(&options, &worker->runner);
	if (status != STATUS_OK)
		log_error("worker.start_failed", LOG_STATUS(status));
	return status;
}

static void stop(struct service *service)
{
	struct worker *worker = service->state;

	runner_stop(worker->runner, all_recorded, worker);
}

static void finish(struct service *service)
{
	struct worker *worker = service->state;

	store_close(worker->store);
	runner_close(worker->runner);
	commits_close(worker->commits);
	senders_close(&worker->senders);
	beat_close(worker->beat);
	if (worker->publisher != NULL)
		publisher_close(worker->publisher);
	if (worker->link != NULL)
		redis_link_close(worker->link);
	budget_close(worker->budget);
	loop_timer_close(worker->settling);
	slot_release(&worker->slot);
}

static const struct service_spec spec = {
	.name = "workers",
	.purpose = "runs tasks: sends messages, closes appeals, cleans up",
	.rows = settings_rows,
	.start = start,
	.stop = stop,
	.close = finish,
};

int main(int argc, char **argv)
{
	struct service_spec here = spec;

	here.row_count = settings_count;
	return service_main(&here, argc, argv);
}
