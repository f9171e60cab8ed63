/* api/metrics.c -- counters of this process, as Prometheus text. */
#include "api/metrics.h"

#include "api/call.h"
#include "api/handlers.h"
#include "api/live.h"
#include "base/version.h"
#include "redis/link.h"
#include "redis/publisher.h"
#include "store/tasks.h"

#include <stdlib.h>

enum { STATUSES_MAX = 24, BUCKETS = 12 };

static const int64_t bucket_us[BUCKETS] = {
	500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 5000000,
};

struct row {
	struct {
		int status;
		uint64_t count;
	} statuses[STATUSES_MAX];
	uint64_t buckets[BUCKETS]; /* each request in the first that holds it */
	uint64_t count, sum_us;
};

struct metrics {
	const struct route *routes;
	size_t count;
	struct row *rows; /* one per route, and one for requests that fitted none */
};

enum status metrics_open(const struct route *table, size_t count, struct metrics **metrics_out)
{
	struct metrics *metrics = calloc(1, sizeof(*metrics));
	struct row *rows = calloc(count + 1, sizeof(*rows));

	if (metrics == NULL || rows == NULL) {
		free(metrics);
		free(rows);
		return STATUS_FAILED;
	}
	*metrics = (struct metrics){ table, count, rows };
	*metrics_out = metrics;
	return STATUS_OK;
}

void metrics_close(struct metrics *metrics)
{
	if (metrics == NULL)
		return;
	free(metrics->rows);
	free(metrics);
}

void metrics_note(struct metrics *metrics, const struct route *route, int status, int64_t took_us)
{
	struct row *row =
		&metrics->rows[route != NULL ? (size_t)(route - metrics->routes) : metrics->count];

	row->count++;
	row->sum_us += (uint64_t)took_us;
	for (size_t i = 0; i < BUCKETS; i++)
		if (took_us <= bucket_us[i]) {
			row->buckets[i]++;
			break;
		}
	for (size_t i = 0; i < STATUSES_MAX; i++)
		if (row->statuses[i].status == status || row->statuses[i].count == 0) {
			row->statuses[i].status = status;
			row->statuses[i].count++;
			break;
		}
}

/* ---- text -------------------------------------------------------------------------------- */

static void head(struct buf *buf, const char *name, const char *type, const char *help)
{
	buf_format(buf, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void single(struct buf *buf, const char *name, const char *type, const char *help,
		   uint64_t value)
{
	head(buf, name, type, help);
	buf_format(buf, "%s %llu\n", name, (unsigned long long)value);
}

/* method="GET",route="/api/v1/appeals/:id" */
static struct str labels_of(const struct metrics *metrics, size_t i, struct arena *arena)
{
	if (i == metrics->count)
		return STR("method=\"any\",route=\"none\"");
	return str_format(arena, "method=\"%s\",route=\"%s\"",
			  http_method_name(metrics->routes[i].method), metrics->routes[i].pattern);
}

static void add_requests(const struct metrics *metrics, struct buf *buf)
{
	head(buf, "eco_http_requests_total", "counter", "Answered requests by route and status");
	for (size_t i = 0; i <= metrics->count; i++) {
		struct str labels = labels_of(metrics, i, buf->arena);

		for (size_t j = 0; j < STATUSES_MAX && metrics->rows[i].statuses[j].count > 0; j++)
			buf_format(buf, "eco_http_requests_total{%.*s,status=\"%d\"} %llu\n",
				   STR_ARG(labels), metrics->rows[i].statuses[j].status,
				   (unsigned long long)metrics->rows[i].statuses[j].count);
	}
}

static void add_latency(const struct row *row, struct str labels, struct buf *buf)
{
	uint64_t below = 0;

	for (size_t i = 0; i < BUCKETS; i++) {
		below += row->buckets[i];
		buf_format(buf, "eco_http_request_seconds_bucket{%.*s,le=\"%g\"} %llu\n",
			   STR_ARG(labels), (double)bucket_us[i] / 1e6, (unsigned long long)below);
	}
	buf_format(buf, "eco_http_request_seconds_bucket{%.*s,le=\"+Inf\"} %llu\n", STR_ARG(labels),
		   (unsigned long long)row->count);
	buf_format(buf, "eco_http_request_seconds_sum{%.*s} %.6f\n", STR_ARG(labels),
		   (double)row->sum_us / 1e6);
	buf_format(buf, "eco_http_request_seconds_count{%.*s} %llu\n", STR_ARG(labels),
		   (unsigned long long)row->count);
}

static void add_latencies(const struct metrics *metrics, struct buf *buf)
{
	head(buf, "eco_http_request_seconds", "histogram",
	     "From the request's arrival to its answer, by route");
	for (size_t i = 0; i <= metrics->count; i++)
		if (metrics->rows[i].count > 0)
			add_latency(&metrics->rows[i], labels_of(metrics, i, buf->arena), buf);
}

static void add_lanes(const struct lanes *lanes, struct buf *buf)
{
	static const char *const names[] = { "jobs_total", "refused_total", "late_total", "queued",
					     "seconds_total" };
	static const char *const helps[] = {
		"Jobs a lane took",
		"Jobs refused because the lane was full",
		"Jobs whose deadline passed",
		"Jobs waiting or running",
		"Time of all jobs from submitting to done",
	};

	for (size_t n = 0; n < sizeof(names) / sizeof(*names); n++) {
		buf_format(buf, "# HELP eco_lane_%s %s\n# TYPE eco_lane_%s %s\n", names[n],
			   helps[n], names[n], n == 3 ? "gauge" : "counter");
		for (int i = LANE_READ; i < LANES; i++) {
			struct lane_counters counters = lanes_counters(lanes, (enum lane)i);
			double values[] = { (double)counters.jobs, (double)counters.refused,
					    (double)counters.late, (double)counters.queued,
					    (double)counters.took_us / 1e6 };

			buf_format(buf, "eco_lane_%s{lane=\"%s\"} %.15g\n", names[n],
				   lane_name((enum lane)i), values[n]);
		}
	}
}

static void add_store(const struct store *store, struct buf *buf)
{
	struct store_counters counters = store_counters(store);

	single(buf, "eco_store_changes_total", "counter", "Changes run by the writer",
	       counters.changes);
	single(buf, "eco_store_batches_total", "counter", "Transactions committed",
	       counters.batches);
	single(buf, "eco_store_batches_failed_total", "counter", "Transactions that failed",
	       counters.batches_failed);
	single(buf, "eco_store_batches_repeated_total", "counter",
	       "Transactions run again because a change failed after it had written",
	       counters.batches_repeated);
	single(buf, "eco_store_queue", "gauge", "Changes waiting", counters.queue_length);
	single(buf, "eco_store_wal_bytes", "gauge", "Size of the write-ahead log",
	       counters.wal_bytes);
	head(buf, "eco_store_lock_wait_seconds_total", "counter",
	     "Waiting for the write lock of other processes");
	buf_format(buf, "eco_store_lock_wait_seconds_total %.3f\n",
		   (double)counters.lock_waits_ms / 1e3);
}

static void add_http(const struct app *app, struct buf *buf)
{
	struct http_counters http = http_server_counters(app->server);
	struct live_counters live = live_counters(app->live);

	single(buf, "eco_http_received_total", "counter",
	       "Requests, with those refused by the guard", http.requests);
	single(buf, "eco_http_refused_total", "counter", "Requests refused by the guard",
	       http.refused_by_guard);
	single(buf, "eco_http_in_flight", "gauge", "Requests not answered yet", http.in_flight);
	single(buf, "eco_sse_clients", "gauge", "Open streams of live updates", live.clients);
	single(buf, "eco_sse_dropped_slow_total", "counter", "Streams dropped as too slow",
	       http.streams_dropped_slow);
	single(buf, "eco_sse_events_total", "counter", "Events sent, to all clients",
	       live.events_sent);
	single(buf, "eco_sse_resets_total", "counter", "Clients told to load anew", live.resets);
	single(buf, "eco_sse_reads_total", "counter", "Reads of the feed", live.reads);
	single(buf, "eco_redis_up", "gauge", "1: connected to Redis", redis_link_is_up(app->link));
	single(buf, "eco_redis_publish_dropped_total", "counter", "Notices left to the relay",
	       publisher_dropped(app->publisher));
}

struct task_counts {
	struct task_count *items;
	size_t count;
};

static void add_tasks(const struct task_counts *tasks, int64_t now_ms, struct buf *buf)
{
	head(buf, "eco_tasks", "gauge", "Tasks in the records by type and state");
	for (size_t i = 0; i < tasks->count; i++)
		buf_format(buf, "eco_tasks{type=\"%s\",state=\"%s\"} %lld\n",
			   task_type_name(tasks->items[i].type),
			   task_state_name(tasks->items[i].state),
			   (long long)tasks->items[i].count);
	head(buf, "eco_tasks_oldest_seconds", "gauge", "Age of the oldest task by type and state");
	for (size_t i = 0; i < tasks->count; i++)
		buf_format(buf, "eco_tasks_oldest_seconds{type=\"%s\",state=\"%s\"} %.3f\n",
			   task_type_name(tasks->items[i].type),
			   task_state_name(tasks->items[i].state),
			   (double)(now_ms - tasks->items[i].oldest_at_ms) / 1e3);
}

static void metrics_finish(struct call *call)
{
	const struct app *app = call->app;
	struct buf buf = buf_in(&call->arena);

	head(&buf, "eco_info", "gauge", "The product");
	buf_add_c(&buf, "eco_info{version=\"" ECO_VERSION "\",service=\"api\"} 1\n");
	add_requests(app->metrics, &buf);
	add_latencies(app->metrics, &buf);
	add_lanes(app->lanes, &buf);
	add_store(app->store, &buf);
	add_http(app, &buf);
	add_tasks(call->answer.state, call->now_ms, &buf);
	call->answer.text = buf_str(&buf);
	call_reply(call);
}

enum status metrics_get(struct call *call)
{
	struct task_counts *tasks = ARENA_NEW(&call->arena, struct task_counts);

	call->answer.state = tasks;
	call->answer.finish = metrics_finish;
	return tasks_count(call->db, &call->arena, &tasks->items, &tasks->count);
}
