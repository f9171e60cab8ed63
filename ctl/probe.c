/* ctl/probe.c -- connects to sockets, asks /readyz. */
#include "ctl/probe.h"

#include "base/http/client.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { READYZ_TIMEOUT_MS = 1000 };

struct probe {
	struct ctl *ctl;
	struct http_client *client;
	const char *readyz; /* its address */
	bool asking, answered_200;
};

const char *probe_address(struct str listen, struct arena *arena)
{
	struct str first, host, port;
	size_t colon;

	str_cut(listen, ',', &first);
	first = str_trim(first);
	for (colon = first.len; colon > 0 && first.data[colon - 1] != ':'; colon--)
		;
	host = (struct str){ first.data, colon > 0 ? colon - 1 : 0 };
	port = str_skip(first, colon);
	if (host.len == 0 || str_eq_c(host, "0.0.0.0") || str_eq_c(host, "*") ||
	    str_eq_c(host, "[::]"))
		host = STR("127.0.0.1");
	return str_format(arena, "%.*s:%.*s", STR_ARG(host), STR_ARG(port)).data;
}

enum status probe_open(struct ctl *ctl, struct event_base *base, struct probe **probe_out)
{
	struct probe *probe = calloc(1, sizeof(*probe));
	const char *api = probe_address(config_str(&ctl->config, "ECO_LISTEN"), &ctl->arena);

	if (probe == NULL || http_client_open(base, 1, &probe->client) != STATUS_OK) {
		free(probe);
		return STATUS_FAILED;
	}
	probe->ctl = ctl;
	probe->readyz = str_format(&ctl->arena, "http://%s/readyz", api).data;
	*probe_out = probe;
	return STATUS_OK;
}

void probe_close(struct probe *probe)
{
	if (probe == NULL)
		return;
	http_client_close(probe->client);
	free(probe);
}

static bool address_takes(const struct sockaddr *address, socklen_t len)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool takes = fd >= 0 && connect(fd, address, len) == 0;
	struct timeval patience = { 0, 50000 };
	int error = -1;
	socklen_t error_len = sizeof(error);
	fd_set writable;

	/* On this machine the answer is there at once; a name elsewhere gets a short moment. */
	if (fd >= 0 && !takes && fd < FD_SETSIZE) {
		FD_ZERO(&writable);
		FD_SET(fd, &writable);
		takes = select(fd + 1, NULL, &writable, NULL, &patience) == 1 &&
			getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_len) == 0 && error == 0;
	}
	if (fd >= 0)
		close(fd);
	return takes;
}

static bool redis_takes(const char *dir)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/redis.sock", dir);
	return address_takes((const struct sockaddr *)&address, sizeof(address));
}

static bool port_takes(struct str listen)
{
	struct arena arena = { 0 };
	struct str host, port = str_cut(str_from_c(probe_address(listen, &arena)), ':', &host);
	const struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	bool takes = getaddrinfo(str_to_c(&arena, host), port.data, &hints, &found) == 0 &&
		     address_takes(found->ai_addr, found->ai_addrlen);

	if (found != NULL)
		freeaddrinfo(found);
	arena_release(&arena);
	return takes;
}

static void readyz_answered(const struct http_result *result, void *arg)
{
	struct probe *probe = arg;

	probe->asking = false;
	probe->answered_200 = result->fate == HTTP_ANSWERED && result->status == 200;
}

static bool api_is_ready(struct probe *probe)
{
	const struct http_send send = { .url = probe->readyz,
					.timeout_ms = READYZ_TIMEOUT_MS,
					.done = readyz_answered,
					.arg = probe };
	struct http_call *call;

	if (!probe->answered_200 && !probe->asking)
		probe->asking = http_client_send(probe->client, &send, &call) == STATUS_OK;
	return probe->answered_200;
}

void probe_forget_api(struct probe *probe)
{
	probe->answered_200 = false;
}

bool probe_look(struct probe *probe, enum ready_kind kind)
{
	switch (kind) {
	case READY_AT_ONCE:
		return true;
	case READY_REDIS:
		return redis_takes(probe->ctl->dir);
	case READY_SANDBOX:
		return port_takes(config_str(&probe->ctl->config, "ECO_SANDBOX_LISTEN"));
	case READY_API:
		return api_is_ready(probe);
	}
	return false;
}
