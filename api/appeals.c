/* api/appeals.c -- /api/v1/appeals and what hangs below one of them. */
#include "api/cursor.h"
#include "api/handlers.h"
#include "api/list_cache.h"
#include "store/desk.h"

enum { LIMIT_DEFAULT = 50 };

/* ---- reading ----------------------------------------------------------------------------- */

static enum status parse_states(struct call *call, struct str text, uint32_t *states_out)
{
	while (text.data != NULL) {
		enum appeal_state state;
		struct str name;

		text = str_cut(text, ',', &name);
		if (appeal_state_parse(name, &state) != STATUS_OK)
			return call_refuse_field(call, "state",
						 "must be some of new, in_work, closing, closed, "
						 "separated by commas");
		*states_out |= 1u << state;
	}
	return STATUS_OK;
}

static enum status parse_assignee(struct call *call, struct str text, int64_t *assignee_out)
{
	if (text.data == NULL)
		return STATUS_OK;
	if (str_eq_c(text, "me"))
		*assignee_out = call->claims.employee_id;
	else if (str_eq_c(text, "none"))
		*assignee_out = -1;
	else if (str_to_int(text, 1, INT64_MAX, assignee_out) != STATUS_OK)
		return call_refuse_field(call, "assignee",
					 "must be me, none or the id of an employee");
	return STATUS_OK;
}

static enum status parse_cursor(struct call *call, struct str text, struct appeal_filter *filter)
{
	if (text.data != NULL && cursor_parse('a', text, &call->arena, &filter->before_activity_ms,
					      &filter->before_id) != STATUS_OK)
		return call_refuse_field(call, "cursor",
					 "must be the next_cursor of an earlier page");
	return STATUS_OK;
}

static enum status filter_of(struct call *call, struct appeal_filter *filter)
{
	const struct in_appeals_query *query = CALL_QUERY(call, in_appeals_query);
	enum status status = parse_states(call, query->state, &filter->states);

	if (status == STATUS_OK)
		status = parse_assignee(call, query->assignee, &filter->assignee_id);
	if (status == STATUS_OK)
		status = parse_cursor(call, query->cursor, filter);
	filter->customer_id = query->customer;
	filter->limit = (query->limit > 0 ? query->limit : LIMIT_DEFAULT) +
			1; /* one more tells of a next page */
	return status;
}

/* One more than was asked for tells of a next page. */
static struct str page_cut(const struct appeal *items, size_t *count, size_t limit,
			   struct arena *arena)
{
	const struct appeal *last = &items[limit - 1];

	if (*count <= limit)
		return STR_NONE;
	*count = limit;
	return cursor_format('a', last->last_activity_at_ms, last->id, arena);
}

static enum status page_read(struct call *call, const struct appeal_filter *filter,
			     struct list_page *page_out)
{
	struct buf buf = buf_in(&call->arena);
	struct appeal *items;
	size_t count = 0;
	enum status status = appeals_list(call->db, filter, &call->arena, &items, &count);

	if (status != STATUS_OK)
		return status;
	page_out->next_cursor = page_cut(items, &count, (size_t)filter->limit - 1, &call->arena);
	shape_encode_list(&shape_appeal, items, count, &buf);
	page_out->items = buf_str(&buf);
	return STATUS_OK;
}

/* Everybody who asks the same sees the same. */
static struct str page_key(const struct appeal_filter *filter, struct arena *arena)
{
	return str_format(arena, "appeals %u %lld %lld %d %lld %lld", filter->states,
			  (long long)filter->assignee_id, (long long)filter->customer_id,
			  (int)filter->limit, (long long)filter->before_activity_ms,
			  (long long)filter->before_id);
}

enum status appeals_get_list(struct call *call)
{
	struct out_appeals *out = ARENA_NEW(&call->arena, struct out_appeals);
	struct list_cache *cache = call->app->lists;
	struct appeal_filter filter = { 0 };
	struct list_page page;
	struct str key;
	enum status status = filter_of(call, &filter);

	if (status == STATUS_OK)
		status = position_read(call->db, &out->position);
	if (status == STATUS_OK)
		status = appeals_count(call->db, call->claims.employee_id, &out->counts);
	if (status != STATUS_OK)
		return status;
	key = page_key(&filter, &call->arena);
	if (!list_cache_get(cache, key, &out->position, &call->arena, &page)) {
		status = page_read(call, &filter, &page);
		if (status != STATUS_OK)
			return status;
		list_cache_put(cache, key, &out->position, &page);
	}
	out->encoded = page.items;
	out->next_cursor = page.next_cursor;
	call->answer.value = out;
	return STATUS_OK;
}

enum status appeal_get(struct call *call)
{
	struct appeal *appeal = ARENA_NEW(&call->arena, struct appeal);

	call->answer.value = appeal;
	return appeals_get(call->db, call->ids[0], &call->arena, appeal);
}

/* ---- changing ---------------------------------------------------------------------------- */

/* What an operator may read when the state is not what they thought. */
static const char *conflict_of(struct call *call, int64_t appeal_id)
{
	struct appeal appeal;

	if (appeals_get(call->db, appeal_id, &call->arena, &appeal) != STATUS_OK)
		return NULL;
	if (appeal.assignee_id != 0 && appeal.assignee_id != call->claims.employee_id &&
	    appeal.state != APPEAL_CLOSED)
		return str_format(&call->arena, "%.*s works on this appeal",
				  STR_ARG(appeal.assignee_name))
			.data;
	return str_format(&call->arena, "The appeal is %s", appeal_state_name(appeal.state)).data;
}

static enum status or_conflict(struct call *call, enum status status)
{
	if (status != STATUS_CONFLICT)
		return status;
	return call_refuse(call, PROBLEM_CONFLICT, conflict_of(call, call->ids[0]));
}

enum status appeals_post(struct call *call)
{
	const struct in_appeal_new *in = CALL_BODY(call, in_appeal_new);
	struct appeal *appeal = ARENA_NEW(&call->arena, struct appeal);
	enum status status = desk_begin(call->db, in->customer_id, call->claims.employee_id,
					in->text, call->now_ms, &call->arena, appeal);

	if (status == STATUS_NOT_FOUND) {
		enum status refused =
			call_refuse(call, PROBLEM_NOT_FOUND, "There is no such customer");

		problem_add_field(&call->answer.problem, &call->arena, STR("customer_id"),
				  STR("names no customer"));
		return refused;
	}
	if (status == STATUS_CONFLICT)
		return call_refuse(call, PROBLEM_CONFLICT,
				   str_format(&call->arena,
					      "The customer has an open appeal already: %lld",
					      (long long)appeal->id)
					   .data);
	call->answer.location =
		str_format(&call->arena, "/api/v1/appeals/%lld", (long long)appeal->id);
	call->answer.value = appeal;
	return status;
}

static enum status patch_subject(struct call *call, const struct in_appeal_patch *in)
{
	if (!in->subject_given)
		return STATUS_OK;
	return appeals_set_subject(call->db, call->ids[0],
				   in->subject.len > 0 ? in->subject : STR_NONE, call_actor(call),
				   call->now_ms);
}

static enum status patch_assignee(struct call *call, const struct in_appeal_patch *in)
{
	struct appeal appeal;
	enum status status;

	if (!in->assignee_given)
		return STATUS_OK;
	if (in->assignee_id == 0)
		return or_conflict(call,
				   desk_release(call->db, call->ids[0], call->claims.employee_id,
						call->now_ms, &call->arena, &appeal));
	status = desk_assign(call->db, call->ids[0], call->claims.employee_id, in->assignee_id,
			     call->now_ms, &call->arena, &appeal);
	if (status == STATUS_BAD_INPUT)
		return call_refuse_field(call, "assignee_id",
					 "names no employee who could take it");
	return or_conflict(call, status);
}

enum status appeal_patch(struct call *call)
{
	const struct in_appeal_patch *in = CALL_BODY(call, in_appeal_patch);
	enum status status;

	if (!in->subject_given && !in->assignee_given)
		return call_refuse_field(call, "body", "must have subject or assignee_id");
	status = patch_subject(call, in);
	if (status == STATUS_OK)
		status = patch_assignee(call, in);
	return status == STATUS_OK ? appeal_get(call) : status;
}

enum status appeal_delete(struct call *call)
{
	return appeals_delete(call->db, call->ids[0], call_actor(call), call->now_ms);
}

enum status appeal_take(struct call *call)
{
	struct appeal *appeal = ARENA_NEW(&call->arena, struct appeal);

	call->answer.value = appeal;
	return or_conflict(call, desk_take(call->db, call->ids[0], call->claims.employee_id,
					   call->now_ms, &call->arena, appeal));
}

enum status appeal_close(struct call *call)
{
	struct appeal *appeal = ARENA_NEW(&call->arena, struct appeal);

	call->answer.value = appeal;
	return or_conflict(call, desk_close(call->db, call->ids[0], call->claims.employee_id,
					    call->app->close_after_ms, call->now_ms, &call->arena,
					    appeal));
}
