/* redis/acl.c -- the tables of keys and commands, and the aclfile made from them. */
#include "redis/acl.h"

#include "base/buf.h"

#include <sodium.h>

/* One cell: r, w or rw, then the commands that this user runs on this key, also inside scripts.
 * Without commands: those that the user may run anyway. */
/* clang-format off */
#define NONE ""
const struct acl_key acl_keys[] = {
	{ "eco:stream:<type>:<class>", "eco:stream:*", false, {
		[REDIS_USER_API]       = "w xadd",
		[REDIS_USER_WORKERS]   = "rw xadd xreadgroup xack xpending xrange",
		[REDIS_USER_BOTS]      = "w xadd",
		[REDIS_USER_SCHEDULER] = "rw xadd xack xpending xrange xtrim xinfo|groups xinfo|consumers xgroup|create xgroup|delconsumer unlink",
		[REDIS_USER_CTL]       = "r exists xlen xrange xpending xinfo|groups",
		[REDIS_USER_OPS]       = "r" } },
	{ "eco:delayed:<type>:<class>", "eco:delayed:*", false, {
		[REDIS_USER_API]       = "w zadd",
		[REDIS_USER_WORKERS]   = "rw zadd",
		[REDIS_USER_BOTS]      = "w zadd",
		[REDIS_USER_SCHEDULER] = "rw zadd zrange zrangebyscore zrem unlink",
		[REDIS_USER_CTL]       = "r zcard",
		[REDIS_USER_OPS]       = "r" } },
	{ "eco:dead:<type>:<class>", "eco:dead:*", false, {
		[REDIS_USER_API]       = NONE,
		[REDIS_USER_WORKERS]   = "rw xadd",
		[REDIS_USER_BOTS]      = NONE,
		[REDIS_USER_SCHEDULER] = NONE,
		[REDIS_USER_CTL]       = "r xlen",
		[REDIS_USER_OPS]       = "r" } },
	{ "eco:paused", "eco:paused", false, {
		[REDIS_USER_API]       = NONE,
		[REDIS_USER_WORKERS]   = "r smembers",
		[REDIS_USER_BOTS]      = NONE,
		[REDIS_USER_SCHEDULER] = NONE,
		[REDIS_USER_CTL]       = "rw sadd srem sismember",
		[REDIS_USER_OPS]       = "r" } },
	{ "eco:epoch", "eco:epoch", false, {
		[REDIS_USER_API]       = "r get",
		[REDIS_USER_WORKERS]   = "r get",
		[REDIS_USER_BOTS]      = "r get",
		[REDIS_USER_SCHEDULER] = "rw get set",
		[REDIS_USER_CTL]       = "rw get set",
		[REDIS_USER_OPS]       = "r" } },
	{ "eco:run_id", "eco:run_id", false, {
		[REDIS_USER_API]       = NONE,
		[REDIS_USER_WORKERS]   = NONE,
		[REDIS_USER_BOTS]      = NONE,
		[REDIS_USER_SCHEDULER] = "rw get set",
		[REDIS_USER_CTL]       = "r get",
		[REDIS_USER_OPS]       = "r" } },
	{ "eco:generation", "eco:generation", false, {
		[REDIS_USER_API]       = NONE,
		[REDIS_USER_WORKERS]   = NONE,
		[REDIS_USER_BOTS]      = NONE,
		[REDIS_USER_SCHEDULER] = "rw get set",
		[REDIS_USER_CTL]       = NONE,
		[REDIS_USER_OPS]       = "r" } },
	{ "eco:lease:<name>", "eco:lease:*", false, {
		[REDIS_USER_API]       = NONE,
		[REDIS_USER_WORKERS]   = NONE,
		[REDIS_USER_BOTS]      = NONE,
		[REDIS_USER_SCHEDULER] = "rw get set del",
		[REDIS_USER_CTL]       = NONE,
		[REDIS_USER_OPS]       = "r" } },
	{ "eco:beats", "eco:beats", false, {
		[REDIS_USER_API]       = NONE,
		[REDIS_USER_WORKERS]   = "w sadd srem",
		[REDIS_USER_BOTS]      = "w sadd srem",
		[REDIS_USER_SCHEDULER] = "rw sadd srem smembers",
		[REDIS_USER_CTL]       = NONE,
		[REDIS_USER_OPS]       = "r" } },
	{ "eco:beat:<incarnation>", "eco:beat:*", false, {
		[REDIS_USER_API]       = NONE,
		[REDIS_USER_WORKERS]   = "w hset del",
		[REDIS_USER_BOTS]      = "w hset del",
		[REDIS_USER_SCHEDULER] = "rw hset hmget del",
		[REDIS_USER_CTL]       = NONE,
		[REDIS_USER_OPS]       = "r" } },
	{ "eco:deaths", "eco:deaths", false, {
		[REDIS_USER_API]       = NONE,
		[REDIS_USER_WORKERS]   = NONE,
		[REDIS_USER_BOTS]      = NONE,
		[REDIS_USER_SCHEDULER] = "rw spop",
		[REDIS_USER_CTL]       = "w sadd",
		[REDIS_USER_OPS]       = "r" } },
	{ "eco:events", "eco:events", true, {
		[REDIS_USER_API]       = "rw publish subscribe",
		[REDIS_USER_WORKERS]   = "w publish",
		[REDIS_USER_BOTS]      = "w publish",
		[REDIS_USER_SCHEDULER] = "w publish",
		[REDIS_USER_CTL]       = NONE,
		[REDIS_USER_OPS]       = "r" } },
	{ "eco:live:hits:<hash>", "eco:live:hits:*", false, {
		[REDIS_USER_API]       = "rw hget hset hincrby pexpire del",
		[REDIS_USER_WORKERS]   = NONE,
		[REDIS_USER_BOTS]      = NONE,
		[REDIS_USER_SCHEDULER] = NONE,
		[REDIS_USER_CTL]       = NONE,
		[REDIS_USER_OPS]       = "r" } },
	/* The chat's too. */
	{ "eco:live:send:<bot>", "eco:live:send:*", false, {
		[REDIS_USER_API]       = NONE,
		[REDIS_USER_WORKERS]   = "rw hget hmget hset pexpire",
		[REDIS_USER_BOTS]      = NONE,
		[REDIS_USER_SCHEDULER] = NONE,
		[REDIS_USER_CTL]       = NONE,
		[REDIS_USER_OPS]       = "r" } },
};

/* What each may run without a key, or on any of its keys. Redis asks for the keys that a script is given as for reading and
 * writing: what a script does to them is asked for again, command by command. */
static const struct {
	const char *name, *commands;
} users[REDIS_USERS] = {
	[REDIS_USER_API]       = { "api",       "ping select eval evalsha" },
	[REDIS_USER_WORKERS]   = { "workers",   "ping select eval evalsha time" },
	[REDIS_USER_BOTS]      = { "bots",      "ping select eval evalsha" },
	[REDIS_USER_SCHEDULER] = { "scheduler", "ping select eval evalsha info" },
	[REDIS_USER_CTL]       = { "ctl",       "ping select eval evalsha info time" },
	[REDIS_USER_OPS]       = { "ops",       "@read -keys ping select info time subscribe psubscribe unsubscribe punsubscribe command "
						"dbsize slowlog|get slowlog|len latency|latest latency|history memory|usage memory|stats "
						"client|list client|setname hello" },
};
/* clang-format on */

const size_t acl_key_count = sizeof(acl_keys) / sizeof(*acl_keys);

const char *redis_user_name(enum redis_user user)
{
	return users[user].name;
}

/* "rw"; commands_out: the rest, STR_NONE if there is none. */
static struct str access_cut(const char *cell, struct str *commands_out)
{
	struct str access;

	*commands_out = str_cut(str_from_c(cell), ' ', &access);
	return access;
}

struct str acl_key_words(const struct acl_key *key, struct arena *arena)
{
	struct buf words = buf_in(arena);
	struct str commands;

	for (size_t user = 0; user < REDIS_USERS; user++)
		if (*key->access[user] != '\0')
			buf_format(&words, "%s%s %.*s", words.len > 0 ? ", " : "", users[user].name,
				   STR_ARG(access_cut(key->access[user], &commands)));
	return buf_str(&words);
}

/* ---- the file ---------------------------------------------------------------------------- */

static void add_password(struct buf *line, struct str password)
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const unsigned char *)password.data, password.len);
	buf_format(line, " #%.*s", STR_ARG(str_hex(line->arena, hash, sizeof(hash))));
}

static void add_key(struct buf *line, const struct acl_key *key, struct str access)
{
	if (key->is_channel)
		buf_format(line, "&%s", key->pattern);
	else if (str_eq_c(access, "rw"))
		buf_format(line, "~%s", key->pattern);
	else
		buf_format(line, "%%%s~%s", str_eq_c(access, "r") ? "R" : "W", key->pattern);
}

static void add_commands(struct buf *line, struct str rest)
{
	struct str word;

	while (rest.data != NULL) {
		rest = str_cut(rest, ' ', &word);
		buf_format(line, " %s%.*s", word.data[0] == '-' ? "" : "+", STR_ARG(word));
	}
}

/* What the user may run on any of its keys: for scripts those that it reads and writes. */
static void add_common(struct buf *line, enum redis_user user)
{
	for (size_t i = 0; i < acl_key_count; i++) {
		struct str commands, access = access_cut(acl_keys[i].access[user], &commands);
		bool is_for_scripts = str_eq_c(access, "rw") && !acl_keys[i].is_channel;

		if (access.len == 0 || (commands.data != NULL && !is_for_scripts))
			continue;
		buf_add_c(line, " ");
		add_key(line, &acl_keys[i], access);
	}
	buf_add_c(line, " -@all");
	add_commands(line, str_from_c(users[user].commands));
}

/* A selector for each key: these commands there and nowhere else. */
static void add_selectors(struct buf *line, enum redis_user user)
{
	for (size_t i = 0; i < acl_key_count; i++) {
		struct str commands, access = access_cut(acl_keys[i].access[user], &commands);

		if (commands.data == NULL)
			continue;
		buf_add_c(line, " (");
		add_key(line, &acl_keys[i], access);
		add_commands(line, commands);
		buf_add_c(line, ")");
	}
}

struct str acl_file(const struct str passwords[REDIS_USERS], struct arena *arena)
{
	struct buf file = buf_in(arena);

	buf_add_c(&file, "user default off\n");
	for (size_t i = 0; i < REDIS_USERS; i++) {
		enum redis_user user = (enum redis_user)i;

		buf_format(&file, "user %s on", users[user].name);
		add_password(&file, passwords[user]);
		add_common(&file, user);
		add_selectors(&file, user);
		buf_add_c(&file, "\n");
	}
	return buf_str(&file);
}
