/* base/service.h -- what every process does alike: settings, log, loop, signals, an orderly end. */
#ifndef BASE_SERVICE_H
#define BASE_SERVICE_H

#include "base/arena.h"
#include "base/config.h"
#include "base/loop.h"
#include "base/status.h"

struct service;

/* One process, told by one const record in its main.c. */
struct service_spec {
	const char *name;
	const char *purpose;	       /* one line for --help */
	const struct config_row *rows; /* the product's settings */
	size_t row_count;
	/* Opens everything, hands its state over in service->state. Not OK: the process ends with
	 * 1; what went wrong has been logged. */
	enum status (*start)(struct service *service);
	/* SIGTERM or SIGINT: take nothing new, finish what runs, then call service_stopped. May be
	 * NULL. */
	void (*stop)(struct service *service);
	/* After the loop: closes everything. Also after a half-way failed start. May be NULL. */
	void (*close)(struct service *service);
};

struct service {
	const struct service_spec *spec;
	struct config config;
	struct arena arena; /* lives as long as the process */
	struct event_base *base;
	void *state;
	int exit_code;
	struct loop_timer *deadline; /* set while stopping */
	struct loop_timer *alive;    /* touches alive_file while the loop turns */
	const char *alive_file;
};

/* main() of a process: parses --help and --config, loads settings, runs. Returns the exit code. */
int service_main(const struct service_spec *spec, int argc, char **argv);
/* Ends the loop: the orderly stop is done. */
void service_stopped(struct service *service);
/* Something made going on pointless: stop in order, end with 1. */
void service_fail(struct service *service);
/* $ECO_DIR joined with a file name, in the service's arena. */
const char *service_path(struct service *service, const char *file);

#endif
