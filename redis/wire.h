/* redis/wire.h -- what conn and link share inside this room: hiredis' replies and arguments as
 * ours. */
#ifndef REDIS_WIRE_H
#define REDIS_WIRE_H

#include "redis/conn.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>

/* Deep copy into the arena: for the link, as hiredis's asynchronous side looks into redisReply
 * itself. */
struct redis_value wire_value(struct arena *arena, const redisReply *reply);

/* What this blocking connection answers is read as struct redis_value, made in the arena at once;
 * there is nothing to free. */
void wire_answers_into(redisContext *context, struct arena *arena);

/* The words as hiredis takes them, in the arena (the bytes stay borrowed). */
struct wire_args {
	const char **data;
	size_t *lens;
	int count;
};
struct wire_args wire_args(struct arena *arena, const struct redis_command *command);

/* The words that must come first on a new connection: AUTH and SELECT as far as the address asks
 * for them. At most 2. */
size_t wire_greeting(struct arena *arena, const struct redis_address *address,
		     struct redis_command *commands_out);

/* For a socket that was just made. No child may keep it (epoll would go on reporting a socket that
 * we closed, under a number that means another one by then), and a peer that vanished is noticed.
 */
void wire_tame_socket(redisContext *context, const struct redis_address *address);

/* An answer that says that this server can't serve us (any more): drop the connection, look for the
 * master again. */
bool wire_is_wrong_server(const struct redis_value *value);

/* A copy that lives in the arena. */
struct redis_address wire_address_copy(struct arena *arena, const struct redis_address *address);

#endif
