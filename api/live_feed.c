/* api/live_feed.c -- on the loop: reads of the feed are asked for and handed to the clients they
 * are for. */
#include "api/live_private.h"

#include "base/clock.h"
#include "base/log.h"

#include <string.h>

/* ---- handing out ------------------------------------------------------------------------- */

static size_t bytes_after(const struct live_read *read, int64_t seq)
{
	size_t bytes = 0;

	for (size_t i = 0; i < read->count; i++)
		if (read->texts[i].seq > seq)
			bytes += read->texts[i].text.len;
	return bytes;
}

/* false: dropped as too slow, and gone. */
static bool client_send(struct live_client *client, struct str text)
{
	struct live *live = client->live;
	uint64_t before = live->counters.clients;

	http_stream_send(client->stream, text);
	return live->counters.clients == before;
}

static bool client_send_after(struct live_client *client, const struct live_read *read)
{
	for (size_t i = 0; i < read->count; i++) {
		if (read->texts[i].seq <= client->seq)
			continue;
		if (!client_send(client, read->texts[i].text))
			return false;
		client->live->counters.events_sent++;
	}
	return true;
}

/* Everybody who has what this read begins after, and not yet all it ends with. Returns how many got
 * on. */
static size_t hand_out(struct live *live, const struct live_read *read, bool only_with_room)
{
	struct live_client *client, *next;
	size_t served = 0;

	for (client = TAILQ_FIRST(&live->clients); client != NULL; client = next) {
		next = TAILQ_NEXT(client, link);
		if (client->seq < read->after || client->seq >= read->upto)
			continue;
		if (only_with_room &&
		    http_stream_room(client->stream) < bytes_after(read, client->seq))
			continue;
		if (!client_send_after(client, read))
			continue;
		client->seq = read->upto;
		served++;
		/* Told that it has everything now, the dashboard shows so at once. */
		if (only_with_room && client->seq >= live->head)
			client_send(client, STR(": beat\n\n"));
	}
	return served;
}

/* ---- asking ------------------------------------------------------------------------------ */

static void read_ask(struct live_read *read, int64_t after, job_done done)
{
	struct live *live = read->live;

	arena_reset(&read->arena);
	read->after = read->upto = after;
	read->head = live->head;
	read->count = 0;
	read->is_more = read->sessions_changed = false;
	read->again = false;
	memset(&read->job, 0, sizeof(read->job));
	read->job.run = live_read_run;
	read->job.done = done;
	/* A full lane: the next look asks again. */
	read->is_out = lanes_submit(live->app->lanes, LANE_READ, &read->job) == STATUS_OK;
	live->counters.reads += read->is_out;
}

static void look_behind(struct live *live);

static void head_read(struct job *job, enum status status)
{
	struct live_read *read =
		(struct live_read *)(void *)((char *)job - offsetof(struct live_read, job));
	struct live *live = read->live;

	read->is_out = false;
	if (status != STATUS_OK) {
		log_warn("live.read_failed", LOG_STATUS(status));
		return;
	}
	hand_out(live, read, false);
	live->head = read->upto;
	if (read->sessions_changed)
		live_check_sessions(live);
	if (read->is_more || read->again)
		live_look(live);
}

static void behind_read(struct job *job, enum status status)
{
	struct live_read *read =
		(struct live_read *)(void *)((char *)job - offsetof(struct live_read, job));
	struct live *live = read->live;

	read->is_out = false;
	/* Read to its end, the snapshot holds all that was known when it was asked for, even if
	 * rows were purged. */
	if (status == STATUS_OK && !read->is_more && read->upto < read->head)
		read->upto = read->head;
	if (status == STATUS_OK && hand_out(live, read, true) > 0)
		look_behind(live);
	else
		loop_timer_set(live->lag_timer, LIVE_LAG_MS);
}

/* The client furthest behind decides where to read; all who have that much get on with it. */
static void look_behind(struct live *live)
{
	struct live_client *client;
	int64_t lowest = INT64_MAX;

	if (live->behind.is_out)
		return;
	TAILQ_FOREACH(client, &live->clients, link)
	if (client->seq < live->head && client->seq < lowest &&
	    http_stream_room(client->stream) > LIVE_BYTES_MAX)
		lowest = client->seq;
	if (lowest != INT64_MAX) {
		read_ask(&live->behind, lowest, behind_read);
		return;
	}
	TAILQ_FOREACH(client, &live->clients, link)
	if (client->seq < live->head) {
		loop_timer_set(live->lag_timer, LIVE_LAG_MS);
		return;
	}
}

void live_look(struct live *live)
{
	if (TAILQ_EMPTY(&live->clients) || live->app->lanes == NULL) /* the process ends */
		return;
	if (live->at_head.is_out)
		live->at_head.again = true;
	else
		read_ask(&live->at_head, live->head, head_read);
	look_behind(live);
}

/* ---- sessions ---------------------------------------------------------------------------- */

static struct live_client *client_of(struct live *live, uint64_t id)
{
	struct live_client *client;

	TAILQ_FOREACH(client, &live->clients, link)
	if (client->id == id)
		return client;
	return NULL;
}

static void sessions_checked(struct job *job, enum status status)
{
	struct live_check *check =
		(struct live_check *)(void *)((char *)job - offsetof(struct live_check, job));
	struct live *live = check->live;

	check->is_out = false;
	for (size_t i = 0; i < check->count && status == STATUS_OK; i++) {
		struct live_client *client = NULL;

		if (!check->verdicts[i].stands)
			client = client_of(live, check->verdicts[i].client_id);
		if (client != NULL)
			live_client_end(client);
	}
	if (check->again)
		live_check_sessions(live);
}

void live_check_sessions(struct live *live)
{
	struct live_check *check = &live->check;
	struct live_client *client;

	if (TAILQ_EMPTY(&live->clients))
		return;
	if (check->is_out) {
		check->again = true;
		return;
	}
	arena_reset(&check->arena);
	check->again = false;
	check->count = 0;
	check->verdicts =
		arena_array(&check->arena, live->counters.clients, sizeof(*check->verdicts));
	TAILQ_FOREACH(client, &live->clients, link)
	check->verdicts[check->count++] = (struct live_verdict){ client->id, client->claims, true };
	memset(&check->job, 0, sizeof(check->job));
	check->job.run = live_check_run;
	check->job.done = sessions_checked;
	check->is_out = lanes_submit(live->app->lanes, LANE_READ, &check->job) == STATUS_OK;
}
