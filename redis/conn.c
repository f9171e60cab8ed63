/* redis/conn.c -- hiredis' blocking connection: lazy, with timeouts, made anew after every error.
 */
#include "redis/conn.h"

#include "base/clock.h"
#include "base/log.h"
#include "redis/wire.h"

#include <stdio.h>
#include <stdlib.h>

enum { RETRY_PAUSE_MS = 100, GREETING_MAX = 2, TROUBLE_BYTES = 160 };

struct redis_conn {
	redisContext *context; /* NULL: not connected */
	struct redis_address address;
	struct arena arena; /* the address */
	struct timeval timeout;
	int64_t retry_at_ms; /* monotonic */
	bool lost_logged;    /* one line per outage */
	char trouble[TROUBLE_BYTES];
};

enum status redis_conn_open(const struct redis_address *address, int timeout_ms,
			    struct redis_conn **conn_out)
{
	struct redis_conn *conn = calloc(1, sizeof(*conn));

	if (conn == NULL)
		return STATUS_FAILED;
	conn->address = wire_address_copy(&conn->arena, address);
	conn->timeout = (struct timeval){ timeout_ms / 1000, timeout_ms % 1000 * 1000L };
	*conn_out = conn;
	return STATUS_OK;
}

/* After any error a hiredis context is dead. */
static void conn_drop(struct redis_conn *conn, const char *reason)
{
	if (!conn->lost_logged)
		log_warn("redis.conn_lost", LOG_C("reason", reason));
	conn->lost_logged = true;
	snprintf(conn->trouble, sizeof(conn->trouble), "%s", reason);
	if (conn->context != NULL)
		redisFree(conn->context);
	conn->context = NULL;
	conn->retry_at_ms = clock_mono_ms() + RETRY_PAUSE_MS;
}

void redis_conn_close(struct redis_conn *conn)
{
	if (conn == NULL)
		return;
	if (conn->context != NULL)
		redisFree(conn->context);
	arena_release(&conn->arena);
	free(conn);
}

const char *redis_conn_trouble(const struct redis_conn *conn)
{
	return conn->trouble;
}

/* Sends all, then takes one answer for each. BUSY: the connection is gone. */
static enum status exchange(struct redis_conn *conn, const struct redis_command *commands,
			    size_t count, struct arena *arena, struct redis_value *values_out)
{
	for (size_t i = 0; i < count; i++) {
		struct wire_args args = wire_args(arena, &commands[i]);

		if (redisAppendCommandArgv(conn->context, args.count, args.data, args.lens) !=
		    REDIS_OK) {
			conn_drop(conn, conn->context->errstr);
			return STATUS_BUSY;
		}
	}
	wire_answers_into(conn->context, arena);
	for (size_t i = 0; i < count; i++) {
		void *value = NULL;

		if (redisGetReply(conn->context, &value) != REDIS_OK || value == NULL) {
			conn_drop(conn, conn->context->errstr);
			return STATUS_BUSY;
		}
		values_out[i] = *(struct redis_value *)value;
	}
	return STATUS_OK;
}

static enum status greet(struct redis_conn *conn, struct arena *arena)
{
	struct redis_command commands[GREETING_MAX];
	struct redis_value values[GREETING_MAX];
	size_t count = wire_greeting(arena, &conn->address, commands);
	enum status status = count == 0 ? STATUS_OK
					: exchange(conn, commands, count, arena, values);

	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		if (values[i].type == REDIS_IS_ERROR) {
			log_error("redis.refused", LOG_STR("reason", values[i].text));
			conn_drop(conn, str_to_c(arena, values[i].text));
			status = STATUS_BUSY;
		}
	return status;
}

static enum status connect_now(struct redis_conn *conn, struct arena *arena)
{
	const struct redis_address *address = &conn->address;

	if (clock_mono_ms() < conn->retry_at_ms)
		return STATUS_BUSY;
	if (address->path.data != NULL)
		conn->context = redisConnectUnixWithTimeout(address->path.data, conn->timeout);
	else
		conn->context =
			redisConnectWithTimeout(address->host.data, address->port, conn->timeout);
	if (conn->context == NULL || conn->context->err != 0 ||
	    redisSetTimeout(conn->context, conn->timeout) != REDIS_OK) {
		conn_drop(conn, conn->context == NULL ? "out of memory" : conn->context->errstr);
		return STATUS_BUSY;
	}
	wire_tame_socket(conn->context, address);
	return greet(conn, arena);
}

enum status redis_run_all(struct redis_conn *conn, const struct redis_command *commands,
			  size_t count, struct arena *arena, struct redis_value *values_out)
{
	enum status status = conn->context == NULL ? connect_now(conn, arena) : STATUS_OK;

	if (status == STATUS_OK)
		status = exchange(conn, commands, count, arena, values_out);
	if (status != STATUS_OK)
		return status;
	conn->lost_logged = false;
	for (size_t i = 0; i < count; i++)
		if (wire_is_wrong_server(&values_out[i])) {
			conn_drop(conn, values_out[i].text.data);
			break;
		}
	return STATUS_OK;
}

enum status redis_run(struct redis_conn *conn, const struct redis_command *command,
		      struct arena *arena, struct redis_value *value_out)
{
	return redis_run_all(conn, command, 1, arena, value_out);
}
