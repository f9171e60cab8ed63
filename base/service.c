/* base/service.c -- the life of a process, top to bottom. */
#include "base/service.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/thread.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	STOP_DEADLINE_MS = 9000, /* under the 10 s that a supervisor waits */
	ALIVE_PERIOD_MS = 2000,
	KEEP_FREE_BYTES = 512 << 10,
};

const char *service_path(struct service *service, const char *file)
{
	return str_format(&service->arena, "%s/%s", config_c(&service->config, "ECO_DIR"), file)
		.data;
}

void service_stopped(struct service *service)
{
	event_base_loopexit(service->base, NULL);
}

static void deadline_passed(void *arg)
{
	struct service *service = arg;

	log_warn("service.stop_deadline", LOG_INT("after_ms", STOP_DEADLINE_MS));
	service_stopped(service);
}

static void stop_begin(struct service *service)
{
	if (service->deadline != NULL)
		return;
	service->deadline = loop_timer_open(service->base, deadline_passed, service);
	loop_timer_set(service->deadline, STOP_DEADLINE_MS);
	if (service->spec->stop != NULL)
		service->spec->stop(service);
	else
		service_stopped(service);
}

void service_fail(struct service *service)
{
	service->exit_code = 1;
	stop_begin(service);
}

/* Touches $ECO_DIR/alive/<service>.<host>, so that a health check sees that the loop turns. */
static void alive_touch(void *arg)
{
	struct service *service = arg;
	int fd = open(service->alive_file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || futimens(fd, NULL) != 0)
		log_warn("service.alive_failed", LOG_C("reason", strerror(errno)));
	if (fd >= 0)
		close(fd);
}

static void alive_open(struct service *service)
{
	char host[65] = "localhost";

	(void)gethostname(host, sizeof(host) - 1);
	(void)mkdir(service_path(service, "alive"), 0700);
	service->alive_file = str_format(&service->arena, "%s/%s.%s",
					 service_path(service, "alive"), service->spec->name, host)
				      .data;
	service->alive = loop_timer_open(service->base, alive_touch, service);
	alive_touch(service);
	loop_timer_every(service->alive, ALIVE_PERIOD_MS);
}

static void alive_close(struct service *service)
{
	if (service->alive == NULL)
		return;
	loop_timer_close(service->alive);
	unlink(service->alive_file);
}

static void signalled(evutil_socket_t number, short what, void *arg)
{
	(void)what;
	log_info("service.stopping", LOG_INT("signal", number));
	stop_begin(arg);
}

static enum status directory_make(const char *path)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return STATUS_OK;
	fprintf(stderr, "ECO_DIR %s: %s\n", path, strerror(errno));
	return STATUS_FAILED;
}

static const char *environment_or(const char *name, const char *fallback)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : fallback;
}

static enum status level_read(struct service *service, enum log_level *level_out)
{
	enum status status =
		log_level_from_name(config_str(&service->config, "ECO_LOG_LEVEL"), level_out);

	if (status != STATUS_OK)
		fputs("ECO_LOG_LEVEL must be debug, info, warn or error\n", stderr);
	return status;
}

static enum status clock_map(const char *path)
{
	enum status status = clock_map_offset(path);

	if (status != STATUS_OK)
		fprintf(stderr, "%s: the test clock can't be mapped\n", path);
	return status;
}

static enum status settings_load(struct service *service)
{
	const struct service_spec *spec = service->spec;
	enum log_level level = LOG_INFO;
	const char *file =
		str_format(&service->arena, "%s/eco.conf", environment_or("ECO_DIR", "var")).data;
	enum status status = config_load(&service->config, spec->rows, spec->row_count, "ECO_",
					 environment_or("ECO_CONFIG", file), &service->arena);

	if (status == STATUS_OK)
		status = level_read(service, &level);
	if (status == STATUS_OK)
		status = directory_make(config_c(&service->config, "ECO_DIR"));
	if (status == STATUS_OK && config_int(&service->config, "ECO_TEST") == 1)
		status = clock_map(service_path(service, "clock"));
	if (status == STATUS_OK && config_int(&service->config, "ECO_TEST") == 1)
		status = crash_arm(config_c(&service->config, "ECO_CRASH"),
				   config_c(&service->config, "ECO_DIR"), spec->name);
	log_init(spec->name, level);
	return status;
}

static int service_run(struct service *service)
{
	struct event *term, *interrupt;

	evthread_use_pthreads();
	signal(SIGPIPE, SIG_IGN);
	/* Blocks that come and go with every batch stay: giving them back to the kernel each time
	 * stops all threads for a moment. */
	mallopt(M_MMAP_THRESHOLD, KEEP_FREE_BYTES);
	mallopt(M_TRIM_THRESHOLD, KEEP_FREE_BYTES);
	service->base = loop_open();
	term = evsignal_new(service->base, SIGTERM, signalled, service);
	interrupt = evsignal_new(service->base, SIGINT, signalled, service);
	evsignal_add(term, NULL);
	evsignal_add(interrupt, NULL);
	if (service->spec->start(service) == STATUS_OK) {
		log_info("service.started", LOG_INT("pid", getpid()));
		alive_open(service);
		event_base_dispatch(service->base);
	} else {
		service->exit_code = 1;
	}
	alive_close(service);
	if (service->spec->close != NULL)
		service->spec->close(service);
	log_info("service.stopped", LOG_INT("exit_code", service->exit_code));
	loop_timer_close(service->deadline);
	event_free(term);
	event_free(interrupt);
	loop_close(service->base);
	return service->exit_code;
}

static int usage(const struct service_spec *spec)
{
	printf("%s -- %s\n\n"
	       "  %s                  run\n"
	       "  %s --config         print the settings in force\n"
	       "  %s --crash-points   print where tests may end it (ECO_CRASH)\n",
	       spec->name, spec->purpose, spec->name, spec->name, spec->name);
	return 0;
}

int service_main(const struct service_spec *spec, int argc, char **argv)
{
	struct service service = { .spec = spec };
	int code = 2;

	if (argc > 1 && strcmp(argv[1], "--crash-points") == 0) {
		crash_print();
		return 0;
	}
	if (argc > 1 && strcmp(argv[1], "--config") != 0)
		return strcmp(argv[1], "--help") == 0 ? usage(spec) : (usage(spec), 2);
	if (settings_load(&service) == STATUS_OK) {
		code = 0;
		if (argc > 1)
			config_print(&service.config);
		else
			code = service_run(&service);
	}
	arena_release(&service.arena);
	return code;
}
