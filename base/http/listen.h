/* base/http/listen.h -- listening sockets, opened by their address or handed over by the parent.
 *
 * A parent that keeps them open lets its child be replaced and no caller notices: who connects in
 * between waits in the backlog. The protocol is systemd's (LISTEN_FDS, LISTEN_PID, from descriptor
 * 3), so a socket unit does it as well. */
#ifndef BASE_HTTP_LISTEN_H
#define BASE_HTTP_LISTEN_H

#include "base/status.h"

#include <stddef.h>

enum { HTTP_LISTENERS_MAX = 8 };

struct http_sockets {
	int fds[HTTP_LISTENERS_MAX];
	size_t count;
};

/* Listens on "host:port[,host:port...]"; an IPv6 address stands in brackets. FAILED: the log names
 * the address, and nothing is open. */
CHECKED enum status http_listen_open(const char *listen, struct http_sockets *sockets_out);
void http_listen_close(struct http_sockets *sockets);
/* Those that our parent hands to this very process, taken once; count 0: none. */
struct http_sockets http_listen_inherited(void);
/* Between fork and exec: the program to come inherits them. */
CHECKED enum status http_listen_hand_over(const struct http_sockets *sockets);

#endif
