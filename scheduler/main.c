/* scheduler/main.c -- the clock of the desk: one thread that may wait runs the chores; the loop
 * beats and tells Redis of new tasks. */
#include "base/log.h"
#include "base/random.h"
#include "base/service.h"
#include "base/slot.h"
#include "domain/settings.h"
#include "redis/beat.h"
#include "redis/publisher.h"
#include "redis/users.h"
#include "scheduler/scheduler.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

struct process {
	struct service *service;
	struct str incarnation;
	struct slot slot;
	struct redis_address redis;
	struct redis_link *link;
	struct publisher *publisher;
	struct beat_sender *beat;
	struct store *store;
	struct scheduler scheduler;
	pthread_t thread;
	bool runs;
	atomic_bool stopping;
	enum status ended; /* how the thread ended; read after its wake-up */
	struct loop_wake *wake;
};

static void nap(int64_t ms)
{
	struct timespec pause = { .tv_nsec = (long)ms * 1000000 };

	if (ms > 0)
		nanosleep(&pause, NULL);
}

static void *thread_run(void *arg)
{
	struct process *process = arg;
	struct scheduler_options options = { .store = process->store,
					     .dir = config_c(&process->service->config, "ECO_DIR"),
					     .redis = &process->redis,
					     .incarnation = process->incarnation,
					     .jobs = jobs,
					     .job_count = job_count };

	process->ended = scheduler_open(&options, &process->scheduler);
	while (process->ended == STATUS_OK && !atomic_load(&process->stopping))
		nap(scheduler_turn(&process->scheduler));
	scheduler_close(&process->scheduler);
	loop_wake_send(process->wake);
	return NULL;
}

static void told(void *arg)
{
	service_stopped(((struct process *)arg)->service);
}

static void thread_ended(void *arg)
{
	struct process *process = arg;

	pthread_join(process->thread, NULL);
	process->runs = false;
	store_close(process->store);
	process->store = NULL;
	beat_close(process->beat);
	process->beat = NULL;
	if (process->ended != STATUS_OK) {
		log_error("scheduler.failed", LOG_STATUS(process->ended));
		process->service->exit_code = 1;
	}
	publisher_drain(process->publisher, told, process);
}

static enum status redis_open(struct process *process)
{
	struct service *service = process->service;
	enum status status = redis_address_get(&service->config, REDIS_USER_SCHEDULER,
					       &service->arena, &process->redis);

	if (status == STATUS_OK)
		status = redis_link_open(service->base, &process->redis, &process->link);
	if (status == STATUS_OK)
		status = publisher_open(service->base, process->link, &process->publisher);
	if (status == STATUS_OK)
		status = beat_open(service->base, process->link, process->incarnation,
				   STR("scheduler"), str_from_c(process->slot.name),
				   &process->beat);
	return status;
}

/* Calendar jobs go by the business's clock. */
static enum status zone_set(const char *zone)
{
	if (setenv("TZ", zone, 1) != 0)
		return STATUS_FAILED;
	tzset();
	return STATUS_OK;
}

static enum status start(struct service *service)
{
	struct process *process = service->state = ARENA_NEW(&service->arena, struct process);
	const char *dir = config_c(&service->config, "ECO_DIR");
	struct store_options options = { .dir = dir, .service = "scheduler" };
	enum status status = zone_set(config_c(&service->config, "ECO_TIMEZONE"));

	process->service = service;
	process->slot.fd = -1;
	process->incarnation = options.incarnation = random_hex(&service->arena, 16);
	if (status == STATUS_OK)
		status = slot_take(dir, "scheduler", process->incarnation, &service->arena,
				   &process->slot);
	if (status == STATUS_OK)
		status = redis_open(process);
	options.hooks =
		(struct store_hooks){ publisher_send, publisher_confirmed, process->publisher };
	if (status == STATUS_OK)
		status = store_open(&options, &process->store);
	if (status != STATUS_OK)
		return status;
	process->wake = loop_wake_open(service->base, thread_ended, process);
	process->runs = pthread_create(&process->thread, NULL, thread_run, process) == 0;
	return process->runs ? STATUS_OK : STATUS_FAILED;
}

static void stop(struct service *service)
{
	struct process *process = service->state;

	atomic_store(&process->stopping, true);
}

static void finish(struct service *service)
{
	struct process *process = service->state;

	if (process->runs)
		pthread_join(process->thread, NULL);
	store_close(process->store);
	beat_close(process->beat);
	if (process->publisher != NULL)
		publisher_close(process->publisher);
	if (process->link != NULL)
		redis_link_close(process->link);
	loop_wake_close(process->wake);
	slot_release(&process->slot);
}

static const struct service_spec spec = {
	.name = "scheduler",
	.purpose = "runs what is due, and repairs what was lost",
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
