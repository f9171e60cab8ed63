/* redis/script.h -- the Lua scripts of this room, called by name: EVALSHA, and EVAL when the server
 * does not know the script yet. Internal to redis/: others call the transitions in queue.h,
 * reader.h, publisher.h. */
#ifndef REDIS_SCRIPT_H
#define REDIS_SCRIPT_H

#include "redis/conn.h"
#include "redis/link.h"

enum redis_script {
#define SCRIPT(name, sha, text) SCRIPT_##name,
#include "redis/script_list.h"
#undef SCRIPT
	SCRIPTS,
};

/* One call: `keys` words first, then arguments. Words are added one by one; all borrowed until
 * sent. */
struct script_call {
	enum redis_script script;
	struct arena *arena;
	size_t keys;
	struct redis_command command; /* EVALSHA sha keys word... */
	size_t size;
};

struct script_call script_call(struct arena *arena, enum redis_script script);
void script_key(struct script_call *call, struct str key); /* all keys before the first argument */
void script_arg(struct script_call *call, struct str word);
void script_arg_int(struct script_call *call, int64_t number);
/* The names of all published types. */
void script_arg_types(struct script_call *call);

/* As redis_run. */
CHECKED enum status script_run(struct redis_conn *conn, struct script_call *call,
			       struct redis_value *value_out);
/* As above, for the many scripts that answer with a number. An answer that is an error: BUSY when
 * the server can't serve now (loading, out of memory, read-only), else FAILED, logged. */
CHECKED enum status script_run_int(struct redis_conn *conn, struct script_call *call,
				   int64_t *number_out);
/* As redis_link_send; the words are copied. */
CHECKED enum status script_send(struct redis_link *link, struct script_call *call,
				redis_link_done done, void *arg);

/* What an answer that is an error, or of another shape, means; logged unless it passes by itself.
 */
CHECKED enum status script_error(enum redis_script script, const struct redis_value *value);
/* The same of a plain command. */
CHECKED enum status command_error(const char *name, const struct redis_value *value);
const char *script_name(enum redis_script script);
struct str script_text(enum redis_script script);
struct str script_sha(enum redis_script script); /* what EVALSHA calls it by */

#endif
