/* tests/bench/durable_bench.c -- tasks with rows: added the way every service adds them, one change
 * each, in the batches that the writer makes of them.
 *
 *   durable_bench ECO_DIR N KEYS     N timers that are void, over KEYS order keys (0: none)
 *
 * Told to the desk's Redis by the ordinary publisher; what it can't tell at once, the scheduler
 * does. */
#include "base/clock.h"
#include "base/loop.h"
#include "redis/publisher.h"
#include "store/store.h"
#include "store/tasks.h"

#include <event2/event.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { UNDER_WAY_MAX = 1000, PADDING = 150, MARK_WAITS_MAX = 200, MARK_WAIT_US = 50000 };

static struct bench {
	struct event_base *base;
	struct redis_link *link;
	struct publisher *publisher;
	struct store *store;
	sem_t free;
	int64_t keys, failed;
} bench;

struct add {
	struct change change;
	int64_t number;
};

static void must(enum status status, const char *what)
{
	if (status == STATUS_OK)
		return;
	fprintf(stderr, "durable_bench: %s: %s\n", what, status_name(status));
	exit(1);
}

static enum status add_run(struct db *db, void *arg)
{
	const struct add *add = arg;
	char payload[256], key[32];
	struct task_new task = { .type = TASK_CLOSE_APPEAL, .class = TASK_INTERACTIVE };
	int64_t id;

	snprintf(payload, sizeof(payload),
		 "{\"appeal_id\":%lld,\"generation\":1,\"note\":\"%0*d\"}",
		 (long long)(INT64_C(1000000000) + add->number), PADDING, 0);
	task.payload = str_from_c(payload);
	if (bench.keys > 0) {
		snprintf(key, sizeof(key), "bench:%lld", (long long)(add->number % bench.keys));
		task.order_key = str_from_c(key);
	}
	return tasks_add(db, &task, clock_wall_ms(), &id);
}

static void add_done(enum status status, void *arg)
{
	if (status != STATUS_OK)
		bench.failed++;
	free(arg);
	sem_post(&bench.free);
}

static void add_all(int64_t count)
{
	int64_t began_us = clock_mono_us();

	for (int64_t i = 0; i < count; i++) {
		struct add *add = calloc(1, sizeof(*add));

		sem_wait(&bench.free);
		add->number = i;
		add->change = (struct change){ .run = add_run, .done = add_done, .arg = add };
		must(store_submit(bench.store, &add->change), "submit");
	}
	for (int i = 0; i < UNDER_WAY_MAX; i++)
		sem_wait(&bench.free);
	printf("{\"per_s\":%.0f,\"failed\":%lld}\n",
	       (double)count * 1e6 / (double)(clock_mono_us() - began_us), (long long)bench.failed);
}

/* EMPTY: all rows that are ready are known to be told. */
static enum status look_unmarked(struct db *db, void *arg)
{
	struct arena arena = { 0 };
	struct task_scan scan = { .what = SCAN_UNPUBLISHED,
				  .due_before_ms = clock_wall_ms(),
				  .ready_before_ms = clock_wall_ms(),
				  .limit = 1 };
	struct task_notice *notices;
	size_t count = 0;
	enum status status = tasks_scan_ready(db, &scan, &arena, &notices, &count);

	(void)arg;
	arena_release(&arena);
	return status == STATUS_OK && count == 0 ? STATUS_EMPTY : status;
}

/* A service that lives on marks what was told; one that ended at once would leave all of it to the
 * relay. */
static void wait_until_marked(void)
{
	for (int i = 0; i < MARK_WAITS_MAX; i++) {
		if (store_run(bench.store, look_unmarked, NULL) == STATUS_EMPTY)
			return;
		usleep(MARK_WAIT_US);
	}
}

static void *loop_main(void *arg)
{
	event_base_loop(arg, EVLOOP_NO_EXIT_ON_EMPTY);
	return NULL;
}

static void open_all(const char *dir)
{
	static struct arena arena;
	struct redis_address address;
	struct store_options options = { .dir = dir, .service = "bench" };

	must(redis_address_parse(STR(""), dir, &arena, &address), "address");
	bench.base = loop_open();
	must(redis_link_open(bench.base, &address, &bench.link), "link");
	must(publisher_open(bench.base, bench.link, &bench.publisher), "publisher");
	while (!redis_link_is_up(bench.link))
		event_base_loop(bench.base, EVLOOP_ONCE);
	options.hooks =
		(struct store_hooks){ publisher_send, publisher_confirmed, bench.publisher };
	must(store_open(&options, &bench.store), "records");
	sem_init(&bench.free, 0, UNDER_WAY_MAX);
}

static void close_all(pthread_t loop)
{
	store_close(bench.store);
	event_base_loopbreak(bench.base);
	pthread_join(loop, NULL);
	publisher_close(bench.publisher);
	redis_link_close(bench.link);
	loop_close(bench.base);
}

int main(int argc, char **argv)
{
	pthread_t loop;
	int64_t count;

	signal(SIGPIPE, SIG_IGN);
	if (argc != 4 || str_to_int(str_from_c(argv[2]), 1, 100000000, &count) != STATUS_OK ||
	    str_to_int(str_from_c(argv[3]), 0, 100000000, &bench.keys) != STATUS_OK)
		return 2;
	open_all(argv[1]);
	pthread_create(&loop, NULL, loop_main, bench.base);
	add_all(count);
	wait_until_marked();
	close_all(loop);
	return 0;
}
