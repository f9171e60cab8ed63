/* redis/address.c -- where Redis is: the two kinds of url. */
#include "redis/conn.h"

#include "base/buf.h"

#include <stdio.h>

enum {
	PORT_DEFAULT = 6379,
	DATABASE_MAX = 1023,
	UNIX_PATH_BYTES_MAX = 107, /* sun_path; hiredis would cut a longer one silently */
};

static enum status bad(const char *what)
{
	fprintf(stderr,
		"redis url: %s (redis://[user:password@]host[:port][/db] or unix:///path[?db=n])\n",
		what);
	return STATUS_BAD_INPUT;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %XX undone; passwords may hold any character that way. An escape that is none stays as it is. */
static struct str unescape(struct arena *arena, struct str s)
{
	char *text = str_to_c(arena, s);
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] == '%' && i + 2 < s.len && hex_digit(s.data[i + 1]) >= 0 &&
		    hex_digit(s.data[i + 2]) >= 0) {
			text[len++] =
				(char)(hex_digit(s.data[i + 1]) * 16 + hex_digit(s.data[i + 2]));
			i += 2;
		} else {
			text[len++] = s.data[i];
		}
	}
	return (struct str){ text, len };
}

static enum status parse_database(struct str text, int *database_out)
{
	int64_t number = 0;

	if (text.len > 0 && str_to_int(text, 0, DATABASE_MAX, &number) != STATUS_OK)
		return bad("the database is no number of 0..1023");
	*database_out = (int)number;
	return STATUS_OK;
}

static enum status parse_unix(struct str rest, struct arena *arena, struct redis_address *address)
{
	struct str path, query = str_cut(rest, '?', &path);

	if (path.len == 0 || path.len > UNIX_PATH_BYTES_MAX)
		return bad("the path of the socket is empty or longer than 107 bytes");
	address->path = str_copy(arena, path);
	if (query.len == 0)
		return STATUS_OK;
	if (!str_starts(query, STR("db=")))
		return bad("behind ? only db=n may stand");
	return parse_database(str_skip(query, 3), &address->database);
}

/* The last @ divides: a password may hold one too. */
static struct str cut_credentials(struct str authority, struct arena *arena,
				  struct redis_address *address)
{
	for (size_t i = authority.len; i > 0; i--) {
		struct str user, password;

		if (authority.data[i - 1] != '@')
			continue;
		password = str_cut((struct str){ authority.data, i - 1 }, ':', &user);
		address->user = user.len > 0 ? unescape(arena, user) : STR_NONE;
		address->password = password.data != NULL ? unescape(arena, password) : STR_NONE;
		return str_skip(authority, i);
	}
	return authority;
}

/* host, host:port, [v6]:port */
static enum status parse_host(struct str text, struct arena *arena, struct redis_address *address)
{
	struct str host, port;
	int64_t number = PORT_DEFAULT;

	if (text.len > 0 && text.data[0] == '[') {
		port = str_cut(str_skip(text, 1), ']', &host);
		if (port.len > 0 && port.data[0] != ':')
			return bad("behind ] only :port may stand");
		port = str_skip(port, 1);
	} else {
		port = str_cut(text, ':', &host);
	}
	if (host.len == 0)
		return bad("the host is missing");
	if (port.len > 0 && str_to_int(port, 1, 65535, &number) != STATUS_OK)
		return bad("the port is no number of 1..65535");
	address->host = str_copy(arena, host);
	address->port = (int)number;
	return STATUS_OK;
}

static enum status parse_tcp(struct str rest, struct arena *arena, struct redis_address *address)
{
	struct str authority, database = str_cut(rest, '/', &authority);
	enum status status = parse_host(cut_credentials(authority, arena, address), arena, address);

	return status == STATUS_OK ? parse_database(database, &address->database) : status;
}

enum status redis_address_parse(struct str url, const char *dir, struct arena *arena,
				struct redis_address *address_out)
{
	*address_out = (struct redis_address){ 0 };
	if (url.len == 0)
		return parse_unix(str_format(arena, "%s/redis.sock", dir), arena, address_out);
	if (str_starts(url, STR("unix://")))
		return parse_unix(str_skip(url, 7), arena, address_out);
	if (str_starts(url, STR("redis://")))
		return parse_tcp(str_skip(url, 8), arena, address_out);
	return bad("it begins neither with redis:// nor with unix://");
}
