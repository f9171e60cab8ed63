/* base/http/listen.c -- from addresses to listening sockets, and from a parent to its child. */
#include "base/http/listen.h"

#include "base/log.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	BACKLOG = 1024,
	INHERITED_FIRST = 3,
	ASIDE = 100, /* beyond the numbers that are handed over */
	NUMBER_BYTES = 16,
};

static enum status listen_failed(struct str address, const char *reason)
{
	log_error("http.listen", LOG_STR("address", address), LOG_C("reason", reason));
	return STATUS_FAILED;
}

/* ---- opening ----------------------------------------------------------------------------- */

static enum status open_info(struct http_sockets *sockets, struct str address,
			     const struct addrinfo *info)
{
	int one = 1;
	int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return listen_failed(address, strerror(errno));
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one)) != 0 ||
	    bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
		enum status status = listen_failed(address, strerror(errno));

		close(fd);
		return status;
	}
	sockets->fds[sockets->count++] = fd;
	return STATUS_OK;
}

/* "host:port" */
static enum status open_one(struct http_sockets *sockets, struct str address, struct arena *arena)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC,
				  .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_PASSIVE };
	struct addrinfo *info = NULL;
	char *host = str_to_c(arena, address), *colon = strrchr(host, ':');
	size_t len = colon == NULL ? 0 : (size_t)(colon - host);
	enum status status;
	int error;

	if (len == 0 || sockets->count == HTTP_LISTENERS_MAX)
		return listen_failed(address, len == 0 ? "not host:port" : "too many addresses");
	*colon = '\0';
	if (host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = '\0';
		host++;
	}
	error = getaddrinfo(host, colon + 1, &hints, &info);
	if (error != 0)
		return listen_failed(address, gai_strerror(error));
	status = open_info(sockets, address, info);
	freeaddrinfo(info);
	return status;
}

enum status http_listen_open(const char *listen, struct http_sockets *sockets_out)
{
	struct str rest = str_from_c(listen), address;
	struct arena arena = { 0 };
	enum status status = STATUS_OK;

	*sockets_out = (struct http_sockets){ .count = 0 };
	while (status == STATUS_OK && rest.data != NULL) {
		rest = str_cut(rest, ',', &address);
		status = open_one(sockets_out, str_trim(address), &arena);
	}
	arena_release(&arena);
	if (status != STATUS_OK)
		http_listen_close(sockets_out);
	return status;
}

void http_listen_close(struct http_sockets *sockets)
{
	while (sockets->count > 0)
		close(sockets->fds[--sockets->count]);
}

/* ---- handing over ------------------------------------------------------------------------ */

static int64_t number_of(const char *name)
{
	int64_t number = 0;

	return str_to_int(str_from_c(getenv(name)), 0, INT32_MAX, &number) == STATUS_OK ? number
											: 0;
}

struct http_sockets http_listen_inherited(void)
{
	struct http_sockets sockets = { .count = 0 };
	int64_t count = number_of("LISTEN_FDS");

	if (number_of("LISTEN_PID") != getpid() || count > HTTP_LISTENERS_MAX)
		return sockets;
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	for (int fd = INHERITED_FIRST; fd < INHERITED_FIRST + count; fd++)
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
			sockets.fds[sockets.count++] = fd;
	return sockets;
}

static enum status number_set(const char *name, long number)
{
	char text[NUMBER_BYTES];

	snprintf(text, sizeof(text), "%ld", number);
	return setenv(name, text, 1) == 0 ? STATUS_OK : STATUS_FAILED;
}

enum status http_listen_hand_over(const struct http_sockets *sockets)
{
	int aside[HTTP_LISTENERS_MAX];

	if (sockets->count == 0)
		return STATUS_OK;
	/* First out of each other's way: one may have a number that another is to get. */
	for (size_t i = 0; i < sockets->count; i++) {
		aside[i] = fcntl(sockets->fds[i], F_DUPFD_CLOEXEC, ASIDE);
		if (aside[i] < 0)
			return STATUS_FAILED;
	}
	for (size_t i = 0; i < sockets->count; i++)
		if (dup2(aside[i], INHERITED_FIRST + (int)i) < 0)
			return STATUS_FAILED;
	if (number_set("LISTEN_PID", getpid()) != STATUS_OK)
		return STATUS_FAILED;
	return number_set("LISTEN_FDS", (long)sockets->count);
}
