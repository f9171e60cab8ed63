/* ctl/queue.c -- `ecoctl queue`: how much work there is, by type and class, as Redis and the
 * records see it. */
#include "ctl/command.h"

#include "base/buf.h"
#include "base/clock.h"
#include "ctl/args.h"
#include "ctl/reach.h"
#include "ctl/words.h"
#include "redis/queue.h"
#include "store/tasks_people.h"

#include <stdio.h>

/* All that is known; `live` has NULL for what Redis does not carry, and everywhere when it is
 * away. */
struct overview {
	int64_t now_ms;
	bool redis_answers;
	const struct queue_stats *live[TASK_TYPES][TASK_CLASSES];
	struct task_tally rows[TASK_TYPES][TASK_CLASSES];
};

/* ---- gathering --------------------------------------------------------------------------- */

static enum status live_read(struct ctl *ctl, struct overview *overview)
{
	struct queue_stats *stats;
	struct redis_conn *conn;
	size_t count = 0;
	enum status status = reach_redis(ctl, REACH_REDIS_TIMEOUT_MS, &conn);

	if (status != STATUS_OK)
		return status;
	overview->redis_answers = queue_stats(conn, &ctl->arena, &stats, &count) == STATUS_OK;
	redis_conn_close(conn);
	for (size_t i = 0; i < count; i++)
		overview->live[stats[i].type][stats[i].class] = &stats[i];
	return STATUS_OK;
}

static enum status rows_read(struct ctl *ctl, struct overview *overview)
{
	struct db *db;
	enum status status = reach_records(ctl, &db);

	if (status != STATUS_OK)
		return status;
	overview->now_ms = clock_wall_ms();
	status = tasks_tally(db, overview->now_ms, overview->rows);
	look_close(db);
	return status;
}

static int64_t oldest_age_ms(const struct overview *overview, const struct task_tally *tally)
{
	return tally->oldest_due_at_ms == 0 ? 0 : overview->now_ms - tally->oldest_due_at_ms;
}

/* ---- as a table -------------------------------------------------------------------------- */

static void live_print(const struct queue_stats *live)
{
	if (live == NULL) {
		printf("%8s%8s%8s%8s", "-", "-", "-", "-");
		return;
	}
	printf("%8lld%8lld", (long long)live->length, (long long)live->pending);
	if (live->lag < 0)
		printf("%8s", "?");
	else
		printf("%8lld", (long long)live->lag);
	printf("%8lld", (long long)live->delayed);
}

static void row_print(struct arena *arena, const struct overview *overview, size_t type,
		      size_t class)
{
	const struct queue_stats *live = overview->live[type][class];
	const struct task_tally *tally = &overview->rows[type][class];

	printf("%-14s%-12s", task_type_name((enum task_type)type),
	       task_class_name((enum task_class) class));
	live_print(live);
	printf(" |%9lld%8lld%8lld%8lld%8lld%9s%s\n", (long long)tally->waiting,
	       (long long)tally->ready, (long long)tally->later, (long long)tally->running,
	       (long long)tally->dead,
	       tally->oldest_due_at_ms == 0 ? "-"
					    : words_duration(oldest_age_ms(overview, tally), arena),
	       live != NULL && live->paused ? "  paused" : "");
}

static void table_print(struct ctl *ctl, const struct overview *overview)
{
	printf("%-26s%-32s |  %s\n", "", "  in Redis", "in the records");
	printf("%-14s%-12s%8s%8s%8s%8s |%9s%8s%8s%8s%8s%9s\n", "type", "class", "stream", "pending",
	       "lag", "delayed", "waiting", "ready", "later", "running", "dead", "oldest");
	for (size_t type = 0; type < TASK_TYPES; type++)
		for (size_t class = 0; class < TASK_CLASSES; class ++)
			row_print(&ctl->arena, overview, type, class);
	if (!overview->redis_answers)
		printf("\nRedis does not answer: its columns are empty. The records are complete "
		       "without it.\n");
}

/* ---- as JSON ----------------------------------------------------------------------------- */

static void live_json(struct buf *json, const struct queue_stats *live)
{
	json_name(json, "redis");
	if (live == NULL) {
		json_none(json);
		return;
	}
	json_open(json, '{');
	json_add_int(json, "length", live->length);
	json_add_int(json, "pending", live->pending);
	json_name(json, "lag");
	if (live->lag < 0)
		json_none(json);
	else
		json_int(json, live->lag);
	json_add_int(json, "delayed", live->delayed);
	json_add_int(json, "dead", live->dead);
	json_add_bool(json, "paused", live->paused);
	json_close(json, '}');
}

static void row_json(struct buf *json, const struct overview *overview, size_t type, size_t class)
{
	const struct task_tally *tally = &overview->rows[type][class];

	json_open(json, '{');
	json_add_str(json, "type", str_from_c(task_type_name((enum task_type)type)));
	json_add_str(json, "class", str_from_c(task_class_name((enum task_class) class)));
	live_json(json, overview->live[type][class]);
	json_name(json, "records");
	json_open(json, '{');
	json_add_int(json, "waiting", tally->waiting);
	json_add_int(json, "ready", tally->ready);
	json_add_int(json, "later", tally->later);
	json_add_int(json, "running", tally->running);
	json_add_int(json, "dead", tally->dead);
	json_add_int(json, "oldest_age_ms", oldest_age_ms(overview, tally));
	json_close(json, '}');
	json_close(json, '}');
}

static void json_print(struct ctl *ctl, const struct overview *overview)
{
	struct buf json = buf_in(&ctl->arena);

	json_open(&json, '{');
	json_add_bool(&json, "redis_answers", overview->redis_answers);
	json_name(&json, "queues");
	json_open(&json, '[');
	for (size_t type = 0; type < TASK_TYPES; type++)
		for (size_t class = 0; class < TASK_CLASSES; class ++)
			row_json(&json, overview, type, class);
	json_close(&json, ']');
	json_close(&json, '}');
	printf("%.*s\n", STR_ARG(buf_str(&json)));
}

int queue_command(struct ctl *ctl, int argc, char **argv)
{
	struct overview overview = { 0 };
	bool as_json = false;
	const struct args_option options[] = { { "--json", NULL, &as_json } };
	const struct args_spec spec = { options, 1, NULL, 0 };

	if (args_parse(&spec, argc, argv) != STATUS_OK)
		return CTL_USAGE;
	if (rows_read(ctl, &overview) != STATUS_OK || live_read(ctl, &overview) != STATUS_OK)
		return CTL_FAILED;
	if (as_json)
		json_print(ctl, &overview);
	else
		table_print(ctl, &overview);
	return CTL_OK;
}
