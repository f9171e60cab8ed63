/* store/appeals.c -- appeals at rest: opening, loading, listing, deleting. */
#include "store/appeals.h"

#include "store/appeals_private.h"
#include "store/customers.h"
#include "store/db_private.h"
#include "store/events.h"
#include "store/meta.h"
#include "store/tasks.h"

#include <assert.h>
#include <string.h>

enum { LIST_MAX = 1000 };

enum status appeal_note(struct db *db, enum event_kind kind, struct actor actor, int64_t appeal_id,
			struct str data, int64_t now_ms)
{
	struct event_new event = {
		.kind = kind, .actor = actor, .appeal_id = appeal_id, .data = data, .at_ms = now_ms
	};

	return events_add(db, &event);
}

struct str appeal_timer_key(struct arena *arena, int64_t appeal_id, int64_t generation)
{
	return str_format(arena, "close:%lld:%lld", (long long)appeal_id, (long long)generation);
}

enum status appeals_open(struct db *db, int64_t customer_id, enum appeal_state state,
			 int64_t assignee_id, int64_t previous_id, struct actor actor,
			 int64_t now_ms, int64_t *id_out)
{
	int64_t number = 0;
	enum status status = meta_next(db, META_APPEAL_NUMBER, &number);

	assert(state == APPEAL_NEW || assignee_id != 0);
	if (status == STATUS_OK)
		status = SQL_ONE_INT(db, SQL_appeals_open, id_out, V_INT(number),
				     V_INT(customer_id), V_INT(state), V_INT_OR_NULL(assignee_id),
				     V_INT_OR_NULL(previous_id), V_INT(now_ms),
				     state == APPEAL_NEW ? V_NULL : V_INT(now_ms));
	if (status == STATUS_OK)
		status = appeal_note(db, EVENT_APPEAL_OPENED, actor, *id_out, STR_NONE, now_ms);
	return status;
}

/* The columns of appeal_rows, in order. */
static void load(const struct sql_rows *rows, struct arena *arena, struct appeal *appeal_out)
{
	*appeal_out = (struct appeal){
		.id = sql_int(rows, 0),
		.number = sql_int(rows, 1),
		.state = (enum appeal_state)sql_int(rows, 2),
		.subject = sql_str(rows, 3, arena),
		.customer = {
			.id = sql_int(rows, 4),
			.telegram_id = sql_int(rows, 5),
			.bot_id = sql_int(rows, 6),
			.name = sql_str(rows, 7, arena),
			.username = sql_str(rows, 8, arena),
			.lang = str_eq_c(sql_borrow(rows, 9), lang_name(LANG_RU)) ? LANG_RU : LANG_EN,
			.reachable = sql_int(rows, 10) != 0,
		},
		.assignee_id = sql_int(rows, 11),
		.assignee_name = sql_str(rows, 12, arena),
		.previous_id = sql_int(rows, 13),
		.opened_at_ms = sql_int(rows, 14),
		.taken_at_ms = sql_int(rows, 15),
		.closing_at_ms = sql_int(rows, 16),
		.closed_at_ms = sql_int(rows, 17),
		.closed_by = (enum appeal_closer)sql_int(rows, 18),
		.generation = sql_int(rows, 19),
		.last_activity_at_ms = sql_int(rows, 20),
		.waiting_since_ms = sql_int(rows, 21),
		.message_count = sql_int(rows, 22),
		.last = {
			.id = sql_int(rows, 23),
			.author = (enum message_author)sql_int(rows, 24),
			.text = sql_str(rows, 25, arena),
			.created_at_ms = sql_int(rows, 26),
		},
	};
}

static enum status load_one(struct sql_rows rows, struct arena *arena, struct appeal *appeal_out)
{
	bool found = sql_next(&rows);
	enum status status;

	if (found)
		load(&rows, arena, appeal_out);
	status = sql_end(&rows);
	return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status appeals_get(struct db *db, int64_t id, struct arena *arena, struct appeal *appeal_out)
{
	return load_one(SQL_OPEN(db, SQL_appeals_get, V_INT(id)), arena, appeal_out);
}

enum status appeals_current(struct db *db, int64_t customer_id, struct arena *arena,
			    struct appeal *appeal_out)
{
	enum status status = load_one(SQL_OPEN(db, SQL_appeals_current_open, V_INT(customer_id)),
				      arena, appeal_out);

	if (status == STATUS_NOT_FOUND)
		status = load_one(SQL_OPEN(db, SQL_appeals_current_closed, V_INT(customer_id)),
				  arena, appeal_out);
	return status;
}

/* ---- lists ------------------------------------------------------------------------------- */

static struct sql_rows open_list(struct db *db, const struct appeal_filter *filter, int state)
{
	bool from_start = filter->before_activity_ms == 0 && filter->before_id == 0;
	struct sql_value before_ms = V_INT(from_start ? INT64_MAX : filter->before_activity_ms);
	struct sql_value before_id = V_INT(from_start ? INT64_MAX : filter->before_id);

	if (filter->customer_id != 0)
		return SQL_OPEN(db, SQL_appeals_list_customer, V_INT(state), before_ms, before_id,
				V_INT(filter->limit), V_INT(filter->customer_id),
				V_INT(filter->assignee_id));
	if (filter->assignee_id > 0)
		return SQL_OPEN(db, SQL_appeals_list_assignee, V_INT(state), before_ms, before_id,
				V_INT(filter->limit), V_INT(filter->assignee_id));
	if (filter->assignee_id < 0)
		return SQL_OPEN(db, SQL_appeals_list_nobody, V_INT(state), before_ms, before_id,
				V_INT(filter->limit));
	return SQL_OPEN(db, SQL_appeals_list, V_INT(state), before_ms, before_id,
			V_INT(filter->limit));
}

static bool is_newer(const struct appeal *a, const struct appeal *b)
{
	if (a->last_activity_at_ms != b->last_activity_at_ms)
		return a->last_activity_at_ms > b->last_activity_at_ms;
	return a->id > b->id;
}

/* The first `limit` of two sorted lists. */
static struct appeal *merge(const struct appeal *list, size_t count, const struct appeal *more,
			    size_t more_count, size_t limit, struct arena *arena, size_t *count_out)
{
	struct appeal *merged = arena_array(arena, limit, sizeof(*merged));
	size_t i = 0, j = 0, out = 0;

	while (out < limit && (i < count || j < more_count)) {
		bool take_more = i == count || (j < more_count && is_newer(&more[j], &list[i]));

		merged[out++] = take_more ? more[j++] : list[i++];
	}
	*count_out = out;
	return merged;
}

static enum status load_list(struct sql_rows rows, size_t limit, struct arena *arena,
			     struct appeal *list, size_t *count_out)
{
	*count_out = 0;
	while (*count_out < limit && sql_next(&rows))
		load(&rows, arena, &list[(*count_out)++]);
	return sql_end(&rows);
}

enum status appeals_list(struct db *db, const struct appeal_filter *filter, struct arena *arena,
			 struct appeal **appeals_out, size_t *count_out)
{
	size_t limit = (size_t)filter->limit, count = 0;
	struct appeal *list = arena_array(arena, limit, sizeof(*list));

	assert(filter->limit > 0 && filter->limit <= LIST_MAX);
	for (int state = 0; state < APPEAL_STATES; state++) {
		struct appeal *one = list;
		size_t found = 0;
		enum status status;

		if (filter->states != 0 && (filter->states & 1u << state) == 0)
			continue;
		if (count > 0)
			one = arena_array(arena, limit, sizeof(*one));
		status = load_list(open_list(db, filter, state), limit, arena, one, &found);
		if (status != STATUS_OK)
			return status;
		if (count > 0)
			list = merge(list, count, one, found, limit, arena, &found);
		count = found;
	}
	*appeals_out = list;
	*count_out = count;
	return STATUS_OK;
}

enum status appeals_count(struct db *db, int64_t asker_id, struct appeal_counts *counts_out)
{
	enum status status =
		SQL_ONE_INT(db, SQL_appeals_count, &counts_out->new_count, V_INT(APPEAL_NEW));

	if (status == STATUS_OK)
		status = SQL_ONE_INT(db, SQL_appeals_count, &counts_out->in_work,
				     V_INT(APPEAL_IN_WORK));
	if (status == STATUS_OK)
		status = SQL_ONE_INT(db, SQL_appeals_count, &counts_out->closing,
				     V_INT(APPEAL_CLOSING));
	if (status == STATUS_OK)
		status =
			SQL_ONE_INT(db, SQL_appeals_count_mine, &counts_out->mine, V_INT(asker_id));
	return status;
}

/* ---- changes that are no moves ----------------------------------------------------------- */

enum status appeals_set_subject(struct db *db, int64_t id, struct str subject, struct actor actor,
				int64_t now_ms)
{
	int64_t changed = 0;
	enum status status =
		SQL_RUN(db, SQL_appeals_set_subject, &changed, V_INT(id), V_STR(subject));

	if (status == STATUS_OK && changed == 0)
		return STATUS_NOT_FOUND;
	if (status == STATUS_OK)
		status = appeal_note(db, EVENT_APPEAL_UPDATED, actor, id,
				     STR("{\"changed\":\"subject\"}"), now_ms);
	return status;
}

/* What the customer wrote must be gone from the file, also from pages that become free. */
static enum status erase(struct db *db, int64_t id)
{
	enum status status = STATUS_FAILED;

	if (sqlite3_exec(db->handle, "PRAGMA secure_delete = ON", NULL, NULL, NULL) == SQLITE_OK)
		status = SQL_RUN(db, SQL_appeals_erase_versions, NULL, V_INT(id));
	if (status == STATUS_OK)
		status = SQL_RUN(db, SQL_appeals_erase_messages, NULL, V_INT(id));
	sqlite3_exec(db->handle, "PRAGMA secure_delete = FAST", NULL, NULL, NULL);
	return status;
}

enum status appeals_delete(struct db *db, int64_t id, struct actor actor, int64_t now_ms)
{
	struct sql_rows rows;
	int64_t generation = 0;
	bool found;
	enum status status = tasks_cancel_deliveries(db, id, now_ms);

	if (status != STATUS_OK)
		return status;
	rows = SQL_OPEN(db, SQL_appeals_delete, V_INT(id), V_INT(now_ms));
	found = sql_next(&rows);
	if (found)
		generation = sql_int(&rows, 1);
	status = sql_end(&rows);
	if (status == STATUS_OK && !found)
		return STATUS_NOT_FOUND;
	if (status == STATUS_OK)
		status = tasks_cancel(db, appeal_timer_key(db_scratch(db), id, generation), now_ms);
	if (status == STATUS_OK)
		status = erase(db, id);
	if (status == STATUS_OK)
		status = appeal_note(db, EVENT_APPEAL_DELETED, actor, id, STR_NONE, now_ms);
	return status;
}
