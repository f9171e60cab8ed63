/* tests/bench/engine_bench.c -- the queue engine without records: no-op tasks published, read and
 * acked through the same rooms as the product's.
 *
 *   engine_bench REDIS_URL publish N BATCH   tells N tasks, BATCH a call
 *   engine_bench REDIS_URL work N            one worker reads and acks what is there
 *   engine_bench REDIS_URL latency N         N tasks, 10 ms apart, from told to seen
 *
 * The Redis at REDIS_URL is the bench's own: `publish` builds its streams anew. */
#include "base/clock.h"
#include "base/loop.h"
#include "redis/queue.h"
#include "redis/reader.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READ_MAX = 128, PAYLOAD_BYTES = 200, LATENCY_PAUSE_US = 10000, TIMEOUT_MS = 5000 };

static struct arena arena;
static struct redis_address address;

static void must(enum status status, const char *what)
{
	if (status == STATUS_OK)
		return;
	fprintf(stderr, "engine_bench: %s: %s\n", what, status_name(status));
	exit(1);
}

static int64_t peak_kb(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static struct redis_conn *connect_to_redis(void)
{
	struct redis_conn *conn;

	must(redis_conn_open(&address, TIMEOUT_MS, &conn), "connect");
	return conn;
}

static void build_streams(struct redis_conn *conn)
{
	must(queue_rebuild_begin(conn, 1, 1), "begin");
	must(queue_rebuild_end(conn, 1), "end");
}

static struct task_notice notice_of(int64_t id, struct str order_key)
{
	static char payload[PAYLOAD_BYTES];

	memset(payload, 'x', sizeof(payload));
	return (struct task_notice){ .id = id,
				     .type = TASK_CLOSE_APPEAL,
				     .class = TASK_INTERACTIVE,
				     .order_key = order_key,
				     .payload = { payload, sizeof(payload) } };
}

static void publish(int64_t count, size_t batch)
{
	struct redis_conn *conn = connect_to_redis();
	struct task_notice *notices = calloc(batch, sizeof(*notices));
	int64_t began_us;

	build_streams(conn);
	began_us = clock_mono_us();
	for (int64_t at = 0; at < count; at += (int64_t)batch) {
		size_t some = count - at < (int64_t)batch ? (size_t)(count - at) : batch;

		for (size_t i = 0; i < some; i++)
			notices[i] = notice_of(at + (int64_t)i + 1, STR(""));
		must(queue_publish(conn, notices, some), "publish");
	}
	printf("{\"per_s\":%.0f}\n", (double)count * 1e6 / (double)(clock_mono_us() - began_us));
	free(notices);
	redis_conn_close(conn);
}

/* ---- one worker -------------------------------------------------------------------------- */

struct worker {
	struct event_base *base;
	struct redis_link *link;
	struct reader *reader;
	struct loop_timer *settling;
	int64_t wanted, seen, began_us, ended_us;
	int64_t *late_us; /* latency: of each, else NULL */
};

/* The last acks are part of the work. */
static void settle(void *arg)
{
	struct worker *worker = arg;

	if (reader_unsettled(worker->reader) > 0) {
		loop_timer_set(worker->settling, 1);
		return;
	}
	worker->ended_us = clock_mono_us();
	event_base_loopbreak(worker->base);
}

static void entries_come(const struct reader_entry *entries, size_t count, void *arg)
{
	struct worker *worker = arg;
	int64_t now_us = clock_mono_us(), told_us;

	if (worker->seen == 0)
		worker->began_us = now_us;
	for (size_t i = 0; i < count; i++) {
		if (worker->late_us != NULL) {
			must(str_to_int(entries[i].order_key, 0, INT64_MAX, &told_us), "key");
			worker->late_us[worker->seen] = now_us - told_us;
		}
		worker->seen++;
		reader_ack(worker->reader, entries[i].type, entries[i].class, entries[i].entry_id);
	}
	reader_allow(worker->reader, (int)count);
	if (worker->seen == worker->wanted)
		settle(worker);
}

static void worker_run(struct worker *worker)
{
	static const enum task_type types[] = { TASK_CLOSE_APPEAL };
	struct reader_options options = { .address = &address,
					  .slot = "worker-1",
					  .types = types,
					  .type_count = 1,
					  .batch_max = READ_MAX,
					  .entries = entries_come,
					  .arg = worker };

	worker->base = options.base = loop_open();
	worker->settling = loop_timer_open(worker->base, settle, worker);
	must(redis_link_open(worker->base, &address, &worker->link), "link");
	options.link = worker->link;
	must(reader_open(&options, &worker->reader), "reader");
	reader_allow(worker->reader, READ_MAX);
	event_base_dispatch(worker->base);
	reader_close(worker->reader);
	loop_timer_close(worker->settling);
	redis_link_close(worker->link);
	loop_close(worker->base);
}

static void work(int64_t count)
{
	struct worker worker = { .wanted = count };

	worker_run(&worker);
	printf("{\"per_s\":%.0f,\"peak_kb\":%lld}\n",
	       (double)count * 1e6 / (double)(worker.ended_us - worker.began_us),
	       (long long)peak_kb());
}

/* ---- latency ----------------------------------------------------------------------------- */

static void tell_slowly(int64_t count)
{
	struct redis_conn *conn = connect_to_redis();

	usleep(500000); /* the worker is up and idle by then; it only makes the first ones late */
	for (int64_t i = 0; i < count; i++) {
		struct task_notice notice =
			notice_of(i + 1, redis_word_int(&arena, clock_mono_us()));

		must(queue_publish(conn, &notice, 1), "publish");
		usleep(LATENCY_PAUSE_US);
	}
	redis_conn_close(conn);
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void latency(int64_t count)
{
	struct redis_conn *conn = connect_to_redis();
	struct worker worker = { .wanted = count };
	pid_t child;

	build_streams(conn);
	redis_conn_close(conn);
	worker.late_us = calloc((size_t)count, sizeof(*worker.late_us));
	child = fork();
	if (child == 0) {
		tell_slowly(count);
		_exit(0);
	}
	worker_run(&worker);
	waitpid(child, NULL, 0);
	qsort(worker.late_us, (size_t)count, sizeof(*worker.late_us), by_size);
	printf("{\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n", (double)worker.late_us[count / 2] / 1e3,
	       (double)worker.late_us[count * 99 / 100] / 1e3);
	free(worker.late_us);
}

static int64_t number(const char *text)
{
	int64_t value;

	must(str_to_int(str_from_c(text), 1, 100000000, &value), text);
	return value;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc < 4)
		return 2;
	must(redis_address_parse(str_from_c(argv[1]), ".", &arena, &address), argv[1]);
	if (strcmp(argv[2], "publish") == 0 && argc == 5)
		publish(number(argv[3]), (size_t)number(argv[4]));
	else if (strcmp(argv[2], "work") == 0)
		work(number(argv[3]));
	else if (strcmp(argv[2], "latency") == 0)
		latency(number(argv[3]));
	else
		return 2;
	arena_release(&arena);
	return 0;
}
