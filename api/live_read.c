/* api/live_read.c -- in the read lane: what happened after a point, with what it is about as that
 * is now, ready to send. */
#include "api/live_private.h"

#include "api/shapes.h"
#include "base/clock.h"
#include "store/meta.h"

#include <stddef.h>

/* Appeals of one read, so that a burst about one is loaded once. */
struct appeal_seen {
	int64_t id;
	const struct appeal *appeal; /* NULL: deleted */
};

struct reading {
	struct db *db;
	struct arena *arena;
	struct appeal_seen seen[LIVE_ROWS_MAX];
	size_t seen_count;
};

static enum status appeal_load(struct reading *reading, int64_t id,
			       const struct appeal **appeal_out)
{
	struct appeal *appeal;
	enum status status;

	*appeal_out = NULL;
	if (id == 0)
		return STATUS_OK;
	for (size_t i = 0; i < reading->seen_count; i++)
		if (reading->seen[i].id == id) {
			*appeal_out = reading->seen[i].appeal;
			return STATUS_OK;
		}
	appeal = ARENA_NEW(reading->arena, struct appeal);
	status = appeals_get(reading->db, id, reading->arena, appeal);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	*appeal_out = status == STATUS_OK ? appeal : NULL;
	if (reading->seen_count < LIVE_ROWS_MAX)
		reading->seen[reading->seen_count++] = (struct appeal_seen){ id, *appeal_out };
	return STATUS_OK;
}

/* What changes about a customer shows in the appeal they have. */
static enum status appeal_of_customer(struct reading *reading, struct event_row *row)
{
	struct appeal appeal;
	enum status status;

	if (row->kind != EVENT_CUSTOMER_UPDATED || row->appeal_id != 0)
		return STATUS_OK;
	status = appeals_current(reading->db, row->customer_id, reading->arena, &appeal);
	if (status == STATUS_OK)
		row->appeal_id = appeal.id;
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* Messages of a deleted appeal are gone for every reader, like the appeal itself. */
static enum status message_load(struct reading *reading, const struct out_event *event,
				const struct message **message_out)
{
	struct message *message;
	enum status status;

	*message_out = NULL;
	if (event->row.message_id == 0 || event->appeal == NULL)
		return STATUS_OK;
	message = ARENA_NEW(reading->arena, struct message);
	status = messages_get(reading->db, event->row.message_id, reading->arena, message);
	if (status == STATUS_OK)
		*message_out = message;
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status event_format(struct reading *reading, int64_t epoch, const struct event_row *row,
				struct str *text_out)
{
	struct out_event event = { .row = *row };
	struct buf buf = buf_in(reading->arena);
	enum status status = appeal_of_customer(reading, &event.row);

	if (status == STATUS_OK)
		status = appeal_load(reading, event.row.appeal_id, &event.appeal);
	if (status == STATUS_OK)
		status = message_load(reading, &event, &event.message);
	if (status != STATUS_OK)
		return status;
	buf_format(&buf, "id: %lld-%lld\nevent: %s\ndata: ", (long long)epoch, (long long)row->seq,
		   event_kind_name(row->kind));
	shape_encode(&shape_event, &event, &buf);
	buf_add_c(&buf, "\n\n");
	if (buf.len > LIVE_EVENT_BYTES_MAX)
		*text_out = STR("event: reset\ndata: {\"reason\":\"event_too_large\"}\n\n");
	else
		*text_out = buf_str(&buf);
	return STATUS_OK;
}

static enum status rows_format(struct live_read *read, struct reading *reading,
			       const struct event_row *rows, size_t count)
{
	size_t bytes = 0, i;

	read->texts = arena_array(&read->arena, count + 1, sizeof(*read->texts));
	for (i = 0; i < count && bytes < LIVE_BYTES_MAX; i++) {
		struct live_text *text = &read->texts[read->count];
		enum status status;

		read->upto = rows[i].seq;
		if (rows[i].kind == EVENT_SESSION_REVOKED)
			read->sessions_changed = true;
		if (!event_kind_is_live(rows[i].kind))
			continue;
		text->seq = rows[i].seq;
		status = event_format(reading, read->live->epoch, &rows[i], &text->text);
		if (status != STATUS_OK)
			return status;
		bytes += text->text.len;
		read->count++;
	}
	read->is_more = i < count || count == LIVE_ROWS_MAX;
	return STATUS_OK;
}

enum status live_read_run(struct job *job, struct db *db)
{
	struct live_read *read =
		(struct live_read *)(void *)((char *)job - offsetof(struct live_read, job));
	struct reading *reading = ARENA_NEW(&read->arena, struct reading);
	struct event_row *rows;
	size_t count = 0;
	enum status status;

	*reading = (struct reading){ .db = db, .arena = &read->arena };
	status = events_after(db, read->after, LIVE_ROWS_MAX, &read->arena, &rows, &count);
	if (status == STATUS_EMPTY)
		return STATUS_OK;
	return status == STATUS_OK ? rows_format(read, reading, rows, count) : status;
}

enum status live_check_run(struct job *job, struct db *db)
{
	struct live_check *check =
		(struct live_check *)(void *)((char *)job - offsetof(struct live_check, job));
	int64_t now_ms = clock_wall_ms();

	for (size_t i = 0; i < check->count; i++) {
		struct live_verdict *verdict = &check->verdicts[i];
		struct session session;
		enum status status =
			auth_check_session(db, &verdict->claims, now_ms, &check->arena, &session);

		/* Only a clear no ends a stream, not trouble with the records. */
		verdict->stands = status != STATUS_DENIED;
		if (status != STATUS_OK && status != STATUS_DENIED)
			return status;
	}
	return STATUS_OK;
}
