/* api/live.c -- GET /api/v1/events: clients come, are beaten to, and go. */
#include "api/live_private.h"

#include "api/call.h"
#include "api/handlers.h"
#include "base/clock.h"
#include "redis/link.h"

#include <assert.h>
#include <stdlib.h>

/* ---- clients ----------------------------------------------------------------------------- */

static void client_forget(struct live_client *client)
{
	TAILQ_REMOVE(&client->live->clients, client, link);
	client->live->counters.clients--;
	free(client);
}

/* The peer went away, was too slow, or the server drains. */
static void client_closed(void *arg)
{
	client_forget(arg);
}

void live_client_end(struct live_client *client)
{
	http_stream_end(client->stream);
	client_forget(client);
}

static struct live_client *client_new(struct live *live, const struct token_claims *claims,
				      int64_t seq)
{
	struct live_client *client = calloc(1, sizeof(*client));

	if (client == NULL)
		abort();
	client->live = live;
	client->id = ++live->next_id;
	client->claims = *claims;
	client->seq = seq;
	TAILQ_INSERT_TAIL(&live->clients, client, link);
	live->counters.clients++;
	return client;
}

/* ---- the clock --------------------------------------------------------------------------- */

static void end_expired(struct live *live)
{
	int64_t now_s = clock_wall_ms() / 1000;
	struct live_client *client, *next;

	for (client = TAILQ_FIRST(&live->clients); client != NULL; client = next) {
		next = TAILQ_NEXT(client, link);
		if (now_s >= client->claims.expires_at_s)
			live_client_end(client);
	}
}

/* Only to those who have everything: a beat says just that. */
static void beat(struct live *live)
{
	struct live_client *client, *next;

	for (client = TAILQ_FIRST(&live->clients); client != NULL; client = next) {
		next = TAILQ_NEXT(client, link);
		if (client->seq >= live->head)
			http_stream_send(client->stream, STR(": beat\n\n"));
	}
}

static void look_timer_fired(void *arg)
{
	struct live *live = arg;

	live->looks++;
	end_expired(live);
	live_look(live);
	if (live->looks % LIVE_CHECK_LOOKS == 0)
		live_check_sessions(live);
	if (live->looks % LIVE_BEAT_LOOKS == 0)
		beat(live);
}

/* ---- wake-ups ---------------------------------------------------------------------------- */

static void woken(void *arg)
{
	live_look(arg);
}

void live_wake(struct live *live)
{
	loop_wake_send(live->wake);
}

/* The payload is the highest sequence number: our own commits are known already. */
static void feed_told(const struct redis_value *value, void *arg)
{
	struct live *live = arg;
	int64_t seq;

	if (value == NULL || str_to_int(value->text, 0, INT64_MAX, &seq) != STATUS_OK ||
	    seq > live->head)
		live_look(live);
}

enum status live_open(struct app *app, struct live **live_out)
{
	struct live *live = calloc(1, sizeof(*live));

	if (live == NULL)
		return STATUS_FAILED;
	live->app = app;
	TAILQ_INIT(&live->clients);
	live->at_head.live = live->behind.live = live->check.live = live;
	live->wake = loop_wake_open(app->service->base, woken, live);
	live->look_timer = loop_timer_open(app->service->base, look_timer_fired, live);
	live->lag_timer = loop_timer_open(app->service->base, woken, live);
	loop_timer_every(live->look_timer, LIVE_LOOK_MS);
	*live_out = live;
	return redis_link_subscribe(app->feed, STR("eco:events"), feed_told, live);
}

void live_close(struct live *live)
{
	if (live == NULL)
		return;
	assert(TAILQ_EMPTY(&live->clients));
	loop_timer_close(live->look_timer);
	loop_timer_close(live->lag_timer);
	loop_wake_close(live->wake);
	arena_release(&live->at_head.arena);
	arena_release(&live->behind.arena);
	arena_release(&live->check.arena);
	free(live);
}

struct live_counters live_counters(const struct live *live)
{
	return live->counters;
}

/* ---- GET /api/v1/events ------------------------------------------------------------------ */

/* Where a client begins. */
struct beginning {
	int64_t epoch, head; /* in the snapshot of the call */
	int64_t after;
	const char *reset; /* NULL: exactly after `after` */
};

static bool parse_event_id(struct str id, int64_t *epoch_out, int64_t *seq_out)
{
	struct str epoch, seq = str_cut(id, '-', &epoch);

	return seq.data != NULL && str_to_int(epoch, 0, INT64_MAX, epoch_out) == STATUS_OK &&
	       str_to_int(seq, 0, INT64_MAX, seq_out) == STATUS_OK;
}

static enum status begin_after(struct call *call, const char *field, struct str id,
			       struct beginning *begin)
{
	int64_t epoch, seq;

	if (!parse_event_id(id, &epoch, &seq))
		return call_refuse_field(call, field, "must be an event id, <epoch>-<seq>");
	if (epoch != begin->epoch || seq > begin->head)
		begin->reset = "another_epoch";
	else if (begin->head - seq > LIVE_BEHIND_MAX)
		begin->reset = "too_far_behind";
	else
		begin->after = seq;
	return STATUS_OK;
}

static void greet(struct live *live, struct live_client *client, const struct beginning *begin)
{
	struct arena arena = { 0 };
	struct buf buf = buf_in(&arena);

	buf_add_c(&buf, ": hello\nretry: 2000\n\n");
	if (begin->reset != NULL) {
		buf_format(&buf, "event: reset\ndata: {\"reason\":\"%s\"}\n\n", begin->reset);
		live->counters.resets++;
	}
	if (client->seq >= live->head)
		buf_add_c(&buf, ": beat\n\n");
	http_stream_send(client->stream, buf_str(&buf));
	arena_release(&arena);
}

static void stream_begin(struct call *call)
{
	const struct beginning *begin = call->answer.state;
	struct live *live = call->app->live;
	struct http_header headers[CALL_HEADERS_ALL];
	struct live_client *client;
	size_t count;

	call_add_header(call, "X-Accel-Buffering", STR("no"));
	if (call->is_head) {
		call_reply(call);
		return;
	}
	count = call_headers(call, &call->answer, &call->arena, headers);
	/* Alone, this client decides where the feed stands; else that is known, and never ahead of
	 * what was read. */
	if (TAILQ_EMPTY(&live->clients) && !live->at_head.is_out) {
		live->epoch = begin->epoch;
		live->head = begin->head;
	}
	client = client_new(live, &call->claims, begin->after);
	client->stream =
		http_stream_start(call->request, 200, headers, count, client_closed, client);
	call->request = NULL;
	call_note(call, 200);
	greet(live, client, begin);
	live_look(live);
}

enum status events_get(struct call *call)
{
	const struct in_events_query *query = CALL_QUERY(call, in_events_query);
	struct beginning *begin = ARENA_NEW(&call->arena, struct beginning);
	struct out_position position;
	enum status status = position_read(call->db, &position);

	if (status != STATUS_OK)
		return status;
	*begin = (struct beginning){ .epoch = position.epoch,
				     .head = position.as_of_seq,
				     .after = position.as_of_seq };
	if (call->last_event_id.len > 0)
		status = begin_after(call, "Last-Event-ID", call->last_event_id, begin);
	else if (query->after.data != NULL)
		status = begin_after(call, "after", query->after, begin);
	call->answer.state = begin;
	call->answer.finish = stream_begin;
	return status;
}
