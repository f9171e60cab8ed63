/* ctl/reach.c -- opens Redis and the records for one command. */
#include "ctl/reach.h"

#include "redis/users.h"

#include <stdio.h>

enum status reach_redis(struct ctl *ctl, int timeout_ms, struct redis_conn **conn_out)
{
	struct redis_address address;
	enum status status = redis_address_get(&ctl->config, REDIS_USER_CTL, &ctl->arena, &address);

	return status == STATUS_OK ? redis_conn_open(&address, timeout_ms, conn_out) : status;
}

const char *reach_words(enum status status, const struct look *look, const char *dir,
			struct arena *arena)
{
	if (status == STATUS_NOT_FOUND)
		return str_format(arena, "there are no records in %s", dir).data;
	if (status == STATUS_BUSY)
		return str_format(arena, "%s (pid %d) keeps the write lock of the records",
				  look->holder.service[0] != '\0' ? look->holder.service
								  : "somebody",
				  (int)look->holder.pid)
			.data;
	if (status == STATUS_CONFLICT)
		return str_format(arena,
				  "the records have tables of version %d, this ecoctl knows %d",
				  look->version, look->known_version)
			.data;
	return str_format(arena, "the records can't be read: %.*s", STR_ARG(look->trouble)).data;
}

enum status reach_records(struct ctl *ctl, struct db **db_out)
{
	struct look look;
	enum status status = look_open(ctl->dir, &ctl->arena, &look, db_out);

	if (status != STATUS_OK)
		fprintf(stderr, "ecoctl: %s\n", reach_words(status, &look, ctl->dir, &ctl->arena));
	return status;
}

enum status reach_change(struct ctl *ctl, change_fn run, void *arg)
{
	const struct store_options options = { .dir = ctl->dir, .service = "ecoctl" };
	struct store *store;
	enum status status = store_open(&options, &store);

	if (status != STATUS_OK)
		return status;
	status = store_run(store, run, arg);
	store_close(store);
	return status;
}
