/* tests/fuzz/redis_fuzz.c -- any bytes as what Redis says: stream entries of a reader, and the
 * answers that the scheduler and ecoctl look at. Nothing of it may crash a process or put an entry
 * where there is no stream. The first byte picks the question. Build and run: `make fuzz`, or `make
 * CC=clang SAN=fuzz build/fuzz/redis_fuzz && build/fuzz/redis_fuzz tests/fuzz/corpus/redis_fuzz`.
 */
#include "tests/fuzz/must.h"

#include "base/log.h"
#include "redis/deaths.h"
#include "redis/queue.h"
#include "redis/reader_private.h"

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { TIMEOUT_MS = 1000, ROOM = 64 };

static const enum task_type types[] = { TASK_DELIVER, TASK_CLOSE_APPEAL, TASK_PURGE };

/* ---- the server: says the input to whoever connects, and hangs up ------------------------ */

static int listener;
static char dir[] = "/tmp/eco-fuzz-XXXXXX";
/* What it says; set before the client connects. */
static pthread_mutex_t script_lock = PTHREAD_MUTEX_INITIALIZER;
static struct str script;

static void script_set(const uint8_t *data, size_t size)
{
	pthread_mutex_lock(&script_lock);
	free((void *)(uintptr_t)script.data);
	script = exact(data, size);
	pthread_mutex_unlock(&script_lock);
}

static struct str script_get(void)
{
	struct str copy;

	pthread_mutex_lock(&script_lock);
	copy = exact((const uint8_t *)script.data, script.len);
	pthread_mutex_unlock(&script_lock);
	return copy;
}

static void say(int fd)
{
	struct str said = script_get(), rest = said;
	ssize_t sent = 1;

	while (rest.len > 0 && sent > 0) {
		sent = send(fd, rest.data, rest.len, MSG_NOSIGNAL);
		if (sent > 0)
			rest = str_skip(rest, (size_t)sent);
	}
	free((void *)(uintptr_t)said.data);
}

static void *serve(void *arg)
{
	char waste[65536];

	(void)arg;
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			return NULL;
		if (recv(fd, waste, sizeof(waste), 0) > 0)
			say(fd);
		shutdown(fd, SHUT_WR);
		while (recv(fd, waste, sizeof(waste), 0) > 0)
			;
		close(fd);
	}
}

static void socket_remove(void)
{
	char path[sizeof(dir) + 16];

	snprintf(path, sizeof(path), "%s/redis.sock", dir);
	unlink(path);
	rmdir(dir);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	pthread_t thread;

	(void)argc, (void)argv;
	hush();
	signal(SIGPIPE, SIG_IGN);
	must(mkdtemp(dir) != NULL);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/redis.sock", dir);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0);
	must(listen(listener, 16) == 0);
	atexit(socket_remove);
	must(pthread_create(&thread, NULL, serve, NULL) == 0);
	return 0;
}

/* ---- the questions ----------------------------------------------------------------------- */

static void check_held(const struct reader *reader)
{
	for (size_t i = 0; i < reader->held.count; i++) {
		const struct reader_entry *entry = &reader->held.entries[i];

		must(entry->type < TASK_TYPES && entry->class < TASK_CLASSES);
		must(entry->task_id >= 0);
		touch(entry->entry_id);
		touch(entry->order_key);
	}
}

/* Twice: after a full batch it reads that stream alone. */
static void ask_reader(struct redis_conn *conn, bool first)
{
	struct reader reader = { .conn = conn,
				 .options = { .slot = "worker-1",
					      .types = types,
					      .type_count = sizeof(types) / sizeof(*types),
					      .batch_max = 4 } };
	enum status status;

	pthread_mutex_init(&reader.lock, NULL);
	pthread_cond_init(&reader.changed, NULL);
	status = first ? reader_take_first(&reader) : reader_take_new(&reader, ROOM);
	check_held(&reader);
	if (status == STATUS_OK && !first) {
		status = reader_take_new(&reader, ROOM);
		check_held(&reader);
	}
	inflight_clear(&reader.inflight);
	arena_release(&reader.held.arena);
	arena_release(&reader.turn);
	pthread_cond_destroy(&reader.changed);
	pthread_mutex_destroy(&reader.lock);
}

static enum status ask_epoch(struct redis_conn *conn, struct arena *arena)
{
	struct queue_epoch epoch;
	enum status status = queue_epoch_get(conn, arena, &epoch);

	if (status == STATUS_OK)
		touch(epoch.run_id);
	return status;
}

static enum status ask_stats(struct redis_conn *conn, struct arena *arena)
{
	struct queue_stats *stats;
	size_t count = 0;
	enum status status = queue_stats(conn, arena, &stats, &count);

	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		must(stats[i].type < TASK_TYPES && stats[i].class < TASK_CLASSES);
	return status;
}

static enum status ask_beats(struct redis_conn *conn, struct arena *arena)
{
	struct beat *beats;
	size_t count = 0;
	enum status status = beats_list(conn, arena, &beats, &count);

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		touch(beats[i].incarnation);
		touch(beats[i].service);
		touch(beats[i].slot);
	}
	return status;
}

static enum status ask_names(struct redis_conn *conn, struct arena *arena, bool deaths)
{
	struct str *names;
	size_t count = 0;
	enum status status = deaths ? deaths_take(conn, arena, &names, &count)
				    : queue_slots(conn, arena, &names, &count);

	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		touch(names[i]);
	return status;
}

static enum status ask_numbers(struct redis_conn *conn, unsigned which)
{
	int64_t one = 0, two = 0;

	switch (which % 4) {
	case 0:
		return queue_promote(conn, 1, 1, &one, &two);
	case 1:
		return queue_take_over(conn, STR("worker-9"), 1, &one);
	case 2:
		return queue_first_entry_ms(conn, TASK_DELIVER, TASK_BULK, &one);
	default:
		return queue_trim(conn, 1);
	}
}

static void ask(struct redis_conn *conn, struct arena *arena, unsigned question)
{
	enum status status = STATUS_OK;

	switch (question % 8) {
	case 0:
	case 1:
		ask_reader(conn, question % 2 == 1);
		break;
	case 2:
		status = ask_epoch(conn, arena);
		break;
	case 3:
		status = ask_stats(conn, arena);
		break;
	case 4:
		status = ask_beats(conn, arena);
		break;
	case 5:
		status = ask_names(conn, arena, false);
		break;
	case 6:
		status = ask_names(conn, arena, true);
		break;
	default:
		status = ask_numbers(conn, question / 8);
		break;
	}
	(void)status; /* whatever it says, it said it in order */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct redis_address address;
	struct redis_conn *conn;

	if (size == 0)
		return 0;
	log_init("fuzz", LOG_ERROR);
	script_set(data + 1, size - 1);
	must(redis_address_parse(STR(""), dir, &arena, &address) == STATUS_OK);
	must(redis_conn_open(&address, TIMEOUT_MS, &conn) == STATUS_OK);
	ask(conn, &arena, data[0]);
	redis_conn_close(conn);
	arena_release(&arena);
	return 0;
}
