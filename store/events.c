/* store/events.c -- the log of what happened. */
#include "store/events.h"

#include "store/db.h"
#include "store/outbox.h"

enum status events_add(struct db *db, const struct event_new *event)
{
	int64_t seq = 0;
	enum status status =
		SQL_INSERT(db, SQL_events_add, &seq, V_INT(event->kind), V_INT(event->actor.kind),
			   V_INT_OR_NULL(event->actor.id), V_INT_OR_NULL(event->appeal_id),
			   V_INT_OR_NULL(event->message_id), V_INT_OR_NULL(event->customer_id),
			   V_STR(event->data), V_INT(event->at_ms));

	if (status == STATUS_OK)
		outbox_add_event(db_outbox(db), seq);
	return status;
}

enum status events_max_seq(struct db *db, int64_t *seq_out)
{
	return SQL_ONE_INT(db, SQL_events_max_seq, seq_out, V_NULL);
}

static enum status load(struct sql_rows *rows, int64_t limit, struct arena *arena,
			struct event_row **rows_out, size_t *count_out)
{
	struct event_row *list = arena_array(arena, (size_t)limit, sizeof(*list));
	size_t count = 0;

	while (count < (size_t)limit && sql_next(rows))
		list[count++] = (struct event_row){
			.seq = sql_int(rows, 0),
			.kind = (enum event_kind)sql_int(rows, 1),
			.actor = { (enum actor_kind)sql_int(rows, 2), sql_int(rows, 3) },
			.actor_name = sql_str(rows, 4, arena),
			.appeal_id = sql_int(rows, 5),
			.message_id = sql_int(rows, 6),
			.customer_id = sql_int(rows, 7),
			.data = sql_str(rows, 8, arena),
			.at_ms = sql_int(rows, 9),
		};
	*rows_out = list;
	*count_out = count;
	return sql_end(rows);
}

enum status events_after(struct db *db, int64_t after_seq, int64_t limit, struct arena *arena,
			 struct event_row **rows_out, size_t *count_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_events_after, V_INT(after_seq), V_INT(limit));
	enum status status = load(&rows, limit, arena, rows_out, count_out);

	return status == STATUS_OK && *count_out == 0 ? STATUS_EMPTY : status;
}

enum status events_of_appeal(struct db *db, int64_t appeal_id, int64_t limit, struct arena *arena,
			     struct event_row **rows_out, size_t *count_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_events_of_appeal, V_INT(appeal_id), V_INT(limit));

	return load(&rows, limit, arena, rows_out, count_out);
}
