/* tests/unit/redis_acl_test.c -- Redis's users: KEYS.md says what the table says, every key in the
 * code has a row, and a real server allows each user its commands on its keys and nothing else. */
#include "redis/acl.h"
#include "redis/users.h"

#include "tests/unit/redis_fixture.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

static struct redis_fixture redis;

static struct str file_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat info;
	char *bytes;

	assert_true(fd >= 0 && fstat(fd, &info) == 0);
	bytes = arena_alloc(&redis.arena, (size_t)info.st_size + 1);
	assert_int_equal(read(fd, bytes, (size_t)info.st_size), info.st_size);
	close(fd);
	return (struct str){ bytes, (size_t)info.st_size };
}

static const struct acl_key *row_of(struct str key)
{
	for (size_t i = 0; i < acl_key_count; i++)
		if (fnmatch(acl_keys[i].pattern, str_to_c(&redis.arena, key), 0) == 0)
			return &acl_keys[i];
	return NULL;
}

/* ---- what is written down ---------------------------------------------------------------- */

/* "| `eco:..` | type | lifetime | who may | look at it |" */
static void row_check(struct str line, bool *named)
{
	struct str cells[5], name, rest = str_skip(line, 1);
	const struct acl_key *row;

	for (size_t i = 0; i < 5; i++) {
		rest = str_cut(rest, '|', &cells[i]);
		cells[i] = str_trim(cells[i]);
	}
	str_cut(str_skip(cells[0], 1), '`', &name);
	row = row_of(name);
	if (row == NULL) {
		fail_msg("%.*s of KEYS.md is not in redis/acl.c", STR_ARG(name));
		return;
	}
	if (str_eq_c(name, row->name))
		named[row - acl_keys] = true;
	if (!str_eq(cells[3], acl_key_words(row, &redis.arena)))
		fail_msg("%.*s: KEYS.md says %.*s, redis/acl.c says %.*s", STR_ARG(name),
			 STR_ARG(cells[3]), STR_ARG(acl_key_words(row, &redis.arena)));
}

static void the_key_page_says_what_the_table_says(void **state)
{
	struct str rest = file_read("redis/KEYS.md"), line;
	bool named[64] = { false };

	(void)state;
	while (rest.data != NULL) {
		rest = str_cut(rest, '\n', &line);
		if (str_starts(line, STR("| `eco:")))
			row_check(line, named);
	}
	for (size_t i = 0; i < acl_key_count; i++)
		if (!named[i])
			fail_msg("%s of redis/acl.c is not in KEYS.md", acl_keys[i].name);
}

static bool is_key_byte(char c)
{
	return (c >= 'a' && c <= 'z') || c == '_' || c == ':';
}

/* Every "eco:..." and 'eco:...' of a source file, as far as it is written out. */
static size_t keys_check(const char *path)
{
	struct str text = file_read(path);
	size_t found = 0;

	for (size_t i = 0; i + 5 < text.len; i++) {
		size_t len = 0;

		if ((text.data[i] != '"' && text.data[i] != '\'') ||
		    !str_starts(str_skip(text, i + 1), STR("eco:")))
			continue;
		while (is_key_byte(text.data[i + 1 + len]))
			len++;
		/* "eco:%s:%s:%s" is put together of kinds that keys.c names. */
		if (len > 4 && row_of((struct str){ text.data + i + 1, len }) == NULL)
			fail_msg("%s: no row of redis/acl.c covers %.*s", path, (int)len,
				 text.data + i + 1);
		found += len > 4;
	}
	return found;
}

static void every_key_in_the_code_has_a_row(void **state)
{
	glob_t files = { 0 };
	size_t found = 0;

	(void)state;
	assert_int_equal(glob("redis/*.c", 0, NULL, &files), 0);
	assert_int_equal(glob("redis/*.lua", GLOB_APPEND, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++)
		if (strcmp(files.gl_pathv[i], "redis/acl.c") != 0)
			found += keys_check(files.gl_pathv[i]);
	globfree(&files);
	assert_true(found >= 39);
}

/* ---- what a server makes of it ------------------------------------------------------------ */

/* One valid call of each command; K stands for the key. */
static const char *const calls[] = {
	"xadd K * a b",
	"xreadgroup GROUP workers w STREAMS K >",
	"xack K workers 1-1",
	"xpending K workers",
	"xrange K - +",
	"xtrim K MINID 1",
	"xlen K",
	"xinfo|groups GROUPS K",
	"xinfo|consumers CONSUMERS K workers",
	"xgroup|create CREATE K workers 0",
	"xgroup|delconsumer DELCONSUMER K workers w",
	"unlink K",
	"exists K",
	"zadd K 1 a",
	"zrange K 0 1",
	"zrangebyscore K 0 1",
	"zrem K a",
	"zcard K",
	"smembers K",
	"sismember K a",
	"sadd K a",
	"srem K a",
	"spop K",
	"get K",
	"set K v",
	"del K",
	"hset K f v",
	"hget K f",
	"hmget K f",
	"hincrby K f 1",
	"pexpire K 1",
	"publish K v",
	"subscribe K",
};
enum { CALLS = sizeof(calls) / sizeof(*calls) };

static bool has_word(struct str words, struct str word)
{
	struct str one;

	while (words.data != NULL) {
		words = str_cut(words, ' ', &one);
		if (str_eq(one, word))
			return true;
	}
	return false;
}

static bool server_allows(enum redis_user user, const char *call, const char *key)
{
	struct str words[16] = { STR("ACL"), STR("DRYRUN"), str_from_c(redis_user_name(user)) };
	struct str rest = str_from_c(call), name;
	struct redis_command command;
	struct redis_value value;
	size_t count = 3;

	rest = str_cut(rest, ' ', &name);
	str_cut(name, '|', &words[count++]);
	while (rest.data != NULL) {
		rest = str_cut(rest, ' ', &words[count]);
		if (str_eq(words[count], STR("K")))
			words[count] = str_from_c(key);
		count++;
	}
	command = redis_command_of(&redis.arena, words, count);
	assert_int_equal(redis_run(redis.conn, &command, &redis.arena, &value), STATUS_OK);
	if (value.type == REDIS_IS_ERROR)
		fail_msg("%s: %.*s", call, STR_ARG(value.text));
	return str_eq_c(value.text, "OK");
}

/* A key that its pattern covers. */
static const char *example(const struct acl_key *row)
{
	size_t len = strlen(row->pattern);

	return row->pattern[len - 1] != '*'
		       ? row->pattern
		       : str_format(&redis.arena, "%.*sx", (int)len - 1, row->pattern).data;
}

static void cell_check(const struct acl_key *row, enum redis_user user)
{
	for (size_t i = 0; i < CALLS; i++) {
		struct str name;
		bool allowed = server_allows(user, calls[i], example(row)), expected;

		str_cut(str_from_c(calls[i]), ' ', &name);
		expected = has_word(str_from_c(row->access[user]), name);
		if (allowed != expected)
			fail_msg("%s on %s: %.*s is %s", redis_user_name(user), row->name,
				 STR_ARG(name), allowed ? "allowed" : "refused");
	}
}

static void each_user_may_run_its_commands_on_its_keys_and_no_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < acl_key_count; i++)
		for (enum redis_user user = 0; user < REDIS_USER_OPS; user++)
			cell_check(&acl_keys[i], user);
}

/* Commands that the calls above lack would never be tested. */
static void every_command_of_the_table_is_tried(void **state)
{
	(void)state;
	for (size_t i = 0; i < acl_key_count; i++)
		for (enum redis_user user = 0; user < REDIS_USERS; user++) {
			struct str rest = str_cut(str_from_c(acl_keys[i].access[user]), ' ',
						  &(struct str){ 0 });
			struct str word, name;

			while (rest.data != NULL) {
				bool tried = false;

				rest = str_cut(rest, ' ', &word);
				for (size_t j = 0; j < CALLS; j++) {
					str_cut(str_from_c(calls[j]), ' ', &name);
					tried = tried || str_eq(name, word);
				}
				if (!tried)
					fail_msg("no call of %.*s", STR_ARG(word));
			}
		}
}

static void ops_reads_every_key_and_writes_none(void **state)
{
	static const char *const reads[] = {
		"get K",	"xrange K - +", "smembers K",	      "hgetall K",
		"zrange K 0 1", "pttl K",	"xinfo STREAM K FULL"
	};
	static const char *const writes[] = { "set K v",   "del K",	  "xadd K * a b",
					      "sadd K a",  "publish K v", "pexpire K 1",
					      "hset K f v" };

	(void)state;
	for (size_t i = 0; i < acl_key_count; i++) {
		for (size_t j = 0; j < sizeof(reads) / sizeof(*reads); j++)
			assert_true(acl_keys[i].is_channel ||
				    server_allows(REDIS_USER_OPS, reads[j], example(&acl_keys[i])));
		for (size_t j = 0; j < sizeof(writes) / sizeof(*writes); j++)
			assert_false(
				server_allows(REDIS_USER_OPS, writes[j], example(&acl_keys[i])));
	}
	assert_false(server_allows(REDIS_USER_OPS, "get K", "something:else"));
}

static void nobody_may_run_what_harms(void **state)
{
	static const char *const harms[] = {
		"flushall",	    "flushdb",	    "config GET dir", "shutdown",
		"debug JMAP",	    "acl LIST",	    "keys *",	      "monitor",
		"replicaof no one", "script FLUSH", "save",	      "client KILL TYPE normal"
	};

	(void)state;
	for (enum redis_user user = 0; user < REDIS_USERS; user++)
		for (size_t i = 0; i < sizeof(harms) / sizeof(*harms); i++)
			if (server_allows(user, harms[i], ""))
				fail_msg("%s may %s", redis_user_name(user), harms[i]);
}

/* ---- passwords on disk -------------------------------------------------------------------- */

static void passwords_are_made_once_and_hidden(void **state)
{
	const char *dir = str_format(&redis.arena, "%s/users", redis.dir).data, *aclfile;
	const char *api = str_format(&redis.arena, "%s/api", dir).data;
	struct str first, again;
	struct stat info;

	(void)state;
	assert_int_equal(redis_users_make(dir, &aclfile, &redis.arena), STATUS_OK);
	first = file_read(api);
	assert_int_equal(stat(api, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_int_equal(stat(aclfile, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_null(memmem(file_read(aclfile).data, file_read(aclfile).len, first.data,
			   str_trim(first).len));
	assert_int_equal(redis_users_make(dir, &aclfile, &redis.arena), STATUS_OK);
	again = file_read(api);
	assert_true(str_eq(first, again));
	assert_false(str_eq(first, file_read(str_format(&redis.arena, "%s/ops", dir).data)));
}

/* "user api on ..." as the server takes it without a file. A selector in brackets is one word. */
static void user_set(struct str line)
{
	struct str words[64] = { STR("ACL"), STR("SETUSER") };
	struct redis_command command;
	struct redis_value value;
	size_t count = 2, begin = 5; /* after "user " */
	bool inside = false;

	for (size_t i = begin; i <= line.len; i++) {
		if (i < line.len && line.data[i] == '(')
			inside = true;
		if (i < line.len && line.data[i] == ')')
			inside = false;
		if (i < line.len && (line.data[i] != ' ' || inside))
			continue;
		assert_true(count < 64);
		words[count++] = (struct str){ line.data + begin, i - begin };
		begin = i + 1;
	}
	command = redis_command_of(&redis.arena, words, count);
	assert_int_equal(redis_run(redis.conn, &command, &redis.arena, &value), STATUS_OK);
	if (value.type == REDIS_IS_ERROR)
		fail_msg("%.*s: %.*s", STR_ARG(line), STR_ARG(value.text));
}

static int open_redis(void **state)
{
	struct str passwords[REDIS_USERS], rest, line;

	(void)state;
	fixture_open(&redis);
	for (size_t i = 0; i < REDIS_USERS; i++)
		passwords[i] = STR("x");
	rest = str_cut(acl_file(passwords, &redis.arena), '\n', &line);
	assert_true(str_eq_c(line, "user default off"));
	while (rest.len > 0) {
		rest = str_cut(rest, '\n', &line);
		user_set(line);
	}
	return 0;
}

static int close_redis(void **state)
{
	(void)state;
	fixture_close(&redis);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_key_page_says_what_the_table_says),
		cmocka_unit_test(every_key_in_the_code_has_a_row),
		cmocka_unit_test(each_user_may_run_its_commands_on_its_keys_and_no_others),
		cmocka_unit_test(every_command_of_the_table_is_tried),
		cmocka_unit_test(ops_reads_every_key_and_writes_none),
		cmocka_unit_test(nobody_may_run_what_harms),
		cmocka_unit_test(passwords_are_made_once_and_hidden),
	};

	return cmocka_run_group_tests_name("redis_acl", tests, open_redis, close_redis);
}
