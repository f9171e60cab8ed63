/* telegram/sandbox/sandbox.h -- a Bot API server for development and tests, with the phones of its
 * users. */
#ifndef TELEGRAM_SANDBOX_SANDBOX_H
#define TELEGRAM_SANDBOX_SANDBOX_H

#include "base/loop.h"
#include "base/status.h"

struct sandbox;

struct sandbox_options {
	struct event_base *base;
	const char *listen;   /* "host:port[,host:port...]" */
	const char *ids_file; /* where numbering starts, see ids.h */
};

CHECKED enum status sandbox_open(const struct sandbox_options *options,
				 struct sandbox **sandbox_out);
int sandbox_port(const struct sandbox *sandbox);
/* Answers all held polls, takes nothing new; done(arg) when nothing is left. */
void sandbox_drain(struct sandbox *sandbox, loop_fn done, void *arg);
void sandbox_close(struct sandbox *sandbox); /* NULL is fine */

#endif
