/* tests/unit/api_live_fixture.h -- the API in one process, without Redis, on a port of its own; and
 * listeners to its live updates. */
#ifndef TESTS_API_LIVE_FIXTURE_H
#define TESTS_API_LIVE_FIXTURE_H

#include "tests/unit/api_fixture.h"
#include "tests/unit/http_help.h"
#include "tests/unit/slow.h"

#include "api/auth.h"
#include "api/dispatch.h"
#include "api/list_cache.h"
#include "api/live.h"
#include "api/metrics.h"
#include "api/routes.h"
#include "api/throttle.h"
#include "redis/link.h"
#include "store/appeals.h"
#include "store/customers.h"
#include "store/events.h"
#include "store/messages.h"
#include "store/meta.h"

#include <event2/event.h>
#include <event2/thread.h>
#include <fcntl.h>
#include <sys/socket.h>

enum { RIG_DEADLINE_MS = 60000, LISTENERS_MAX = 50 };

struct rig {
	struct office office; /* its store is the app's */
	struct service service;
	struct app app;
	struct redis_address nowhere;
	struct signing_key key;
	int64_t employee_id, epoch;
};

/* Moves the wall clock of this process on; one mapping for all tests. */
static inline void rig_clock_move(int64_t ms)
{
	static char path[] = "/tmp/eco-clock-XXXXXX";
	static int fd = -1;
	static int64_t offset_ms;

	if (fd < 0) {
		fd = mkstemp(path);
		assert_true(fd >= 0);
		assert_ok(clock_map_offset(path));
		unlink(path);
	}
	offset_ms += ms;
	assert_int_equal(pwrite(fd, &offset_ms, sizeof(offset_ms), 0), sizeof(offset_ms));
}

static inline void rig_published(void *arg, const struct notice_batch *batch)
{
	struct app *app = arg;

	if (batch->event_seq > 0)
		live_wake(app->live);
}

static inline enum status rig_run_begin(struct db *db, void *arg)
{
	struct rig *rig = arg;
	enum status status =
		signing_key_ensure(db, clock_wall_ms(), &rig->service.arena, &rig->key);

	return status == STATUS_OK ? meta_get(db, META_RECORDS_EPOCH, &rig->epoch) : status;
}

static inline void rig_records(struct rig *rig)
{
	struct store_options options = { .dir = rig->office.dir,
					 .service = "api",
					 .hooks = { .publish = rig_published, .arg = &rig->app } };

	snprintf(rig->office.dir, sizeof(rig->office.dir), "/tmp/eco-live-XXXXXX");
	assert_non_null(mkdtemp(rig->office.dir));
	assert_ok(
		redis_address_parse(STR(""), rig->office.dir, &rig->service.arena, &rig->nowhere));
	assert_ok(redis_link_open(rig->service.base, &rig->nowhere, &rig->app.feed));
	assert_ok(live_open(&rig->app, &rig->app.live));
	assert_ok(store_open(&options, &rig->office.store));
	rig->app.store = rig->office.store;
	assert_ok(store_run(rig->app.store, rig_run_begin, rig));
	rig->employee_id = office_hire(&rig->office, "olga", ROLE_OPERATOR);
}

/* As main.c does it. */
static inline void rig_open(struct rig *rig)
{
	struct lanes_options lanes = { 0 };
	struct http_limits limits = { .body_bytes_max = BODY_BYTES_MAX };

	*rig = (struct rig){ 0 };
	log_init("test", LOG_ERROR);
	rig_clock_move(0); /* before there are threads */
	evthread_use_pthreads();
	rig->service.base = loop_open();
	rig->app.service = &rig->service;
	rig_records(rig);
	lanes.base = rig->service.base;
	lanes.store = rig->app.store;
	assert_ok(auth_open(&rig->key, &rig->app.auth));
	assert_ok(lanes_open(&lanes, &rig->app.lanes));
	assert_ok(throttle_open(NULL, &rig->app.throttle));
	assert_ok(metrics_open(routes, route_count, &rig->app.metrics));
	rig->app.calls = call_pool_open();
	rig->app.lists = list_cache_open();
	assert_ok(http_server_open(rig->service.base, "127.0.0.1:0", &limits, dispatch_request,
				   &rig->app, &rig->app.server));
}

static inline void rig_flag(void *arg)
{
	*(bool *)arg = true;
}

static inline void rig_close(struct rig *rig)
{
	bool drained = false;

	http_server_drain(rig->app.server, rig_flag, &drained);
	run_until(rig->service.base, &drained);
	lanes_stop(rig->app.lanes);
	store_close(rig->app.store);
	lanes_close(rig->app.lanes);
	redis_link_close(rig->app.feed);
	http_server_close(rig->app.server);
	live_close(rig->app.live);
	throttle_close(rig->app.throttle);
	metrics_close(rig->app.metrics);
	list_cache_close(rig->app.lists);
	auth_close(rig->app.auth);
	call_pool_close(rig->app.calls);
	loop_close(rig->service.base);
	folder_remove(rig->office.dir);
	arena_release(&rig->service.arena);
}

#define RIG_UNTIL(rig, condition)                                                                  \
	do {                                                                                       \
		int64_t until_ms_ = clock_mono_ms() + RIG_DEADLINE_MS * slow_times();              \
		while (!(condition)) {                                                             \
			assert_true(clock_mono_ms() < until_ms_);                                  \
			run_turn((rig)->service.base);                                             \
		}                                                                                  \
	} while (0)

/* ---- what happens ------------------------------------------------------------------------ */

struct rig_add {
	int count;
};

static inline enum status rig_run_events(struct db *db, void *arg)
{
	const struct rig_add *add = arg;
	enum status status = STATUS_OK;

	for (int i = 0; i < add->count && status == STATUS_OK; i++) {
		struct event_new event = { .kind = EVENT_CUSTOMER_UPDATED,
					   .actor = { ACTOR_SYSTEM, 0 },
					   .at_ms = clock_wall_ms() };

		status = events_add(db, &event);
	}
	return status;
}

static inline void rig_events(struct rig *rig, int count)
{
	struct rig_add add = { count };

	assert_ok(store_run(rig->app.store, rig_run_events, &add));
}

static inline enum status rig_run_head(struct db *db, void *arg)
{
	return events_max_seq(db, arg);
}

static inline int64_t rig_head(struct rig *rig)
{
	int64_t seq = 0;

	assert_ok(store_run(rig->app.store, rig_run_head, &seq));
	return seq;
}

/* ---- who signed in ----------------------------------------------------------------------- */

struct rig_session {
	struct rig *rig;
	int64_t id;
};

static inline enum status rig_run_session(struct db *db, void *arg)
{
	struct rig_session *session = arg;

	return sessions_open(db, session->rig->employee_id, clock_wall_ms(), 86400000,
			     &session->id);
}

static inline enum status rig_run_revoke(struct db *db, void *arg)
{
	struct rig_session *session = arg;

	return sessions_revoke(db, session->id, (struct actor){ ACTOR_SYSTEM, 0 }, clock_wall_ms());
}

static inline struct rig_session rig_sign_in(struct rig *rig)
{
	struct rig_session session = { .rig = rig };

	assert_ok(store_run(rig->app.store, rig_run_session, &session));
	return session;
}

static inline struct str rig_token(struct rig *rig, int64_t session_id)
{
	struct token_claims claims = { .employee_id = rig->employee_id,
				       .session_id = session_id,
				       .role = ROLE_OPERATOR,
				       .scopes = token_scopes(ROLE_OPERATOR),
				       .issued_at_s = clock_wall_ms() / 1000 };
	struct str token;

	claims.expires_at_s = claims.issued_at_s + TOKEN_LIFETIME_S;
	assert_ok(token_sign(&rig->key, &claims, &rig->service.arena, &token));
	return token;
}

/* ---- listeners --------------------------------------------------------------------------- */

struct listener {
	struct raw raw;
	size_t scanned;
	int64_t first, last; /* events' numbers; 0: none yet */
	size_t events;
	bool in_order; /* each one more than the one before */
};

/* Takes what has come and looks at the ids in it. */
static inline void listener_take(struct listener *listener)
{
	struct raw *raw = &listener->raw;
	long long epoch, seq;

	raw_take(raw);
	raw->data[raw->len] = '\0';
	for (;;) {
		char *at = strstr(raw->data + listener->scanned, "id: "), *end;

		end = at != NULL ? strchr(at, '\n') : NULL;
		if (end == NULL)
			break;
		assert_int_equal(sscanf(at, "id: %lld-%lld\n", &epoch, &seq), 2);
		if (listener->events++ == 0)
			listener->first = seq;
		else
			listener->in_order = listener->in_order && seq == listener->last + 1;
		listener->last = seq;
		listener->scanned = (size_t)(end - raw->data);
	}
	if (raw->len > (1 << 20)) { /* the head of the answer is not needed any more */
		memmove(raw->data, raw->data + listener->scanned, raw->len - listener->scanned);
		raw->len -= listener->scanned;
		listener->scanned = 0;
	}
}

/* `after` is written as in the query; "": from now on. */
static inline struct listener listener_open(struct rig *rig, int64_t session_id, const char *after)
{
	struct listener listener = { .in_order = true };
	struct str token = rig_token(rig, session_id);

	listener.raw = raw_open(rig->service.base, http_server_port(rig->app.server));
	raw_write(&listener.raw,
		  str_format(&rig->service.arena,
			     "GET /api/v1/events%s%s HTTP/1.1\r\nHost: x\r\n"
			     "Authorization: Bearer %.*s\r\n\r\n",
			     *after != '\0' ? "?after=" : "", after, STR_ARG(token)));
	return listener;
}

static inline const char *event_id(struct rig *rig, int64_t seq)
{
	return str_format(&rig->service.arena, "%lld-%lld", (long long)rig->epoch, (long long)seq)
		.data;
}

/* It is greeted: from here on it hears everything. */
static inline void listener_greeted(struct listener *listener)
{
	raw_wait(&listener->raw, ": hello");
}

#endif
