/* api/messages.c -- /api/v1/appeals/{id}/messages: what was said, and answering. */
#include "api/cursor.h"
#include "api/handlers.h"
#include "store/desk.h"

enum { LIMIT_DEFAULT = 50 };

static enum status appeal_must_exist(struct call *call)
{
	struct appeal appeal;

	return appeals_get(call->db, call->ids[0], &call->arena, &appeal);
}

static enum status parse_cursor(struct call *call, int64_t *before_id_out)
{
	struct str cursor = CALL_QUERY(call, in_messages_query)->cursor;
	int64_t appeal_id = 0;

	if (cursor.data == NULL)
		return STATUS_OK;
	if (cursor_parse('m', cursor, &call->arena, &appeal_id, before_id_out) != STATUS_OK ||
	    appeal_id != call->ids[0])
		return call_refuse_field(
			call, "cursor",
			"must be the next_cursor of an earlier page of this appeal");
	return STATUS_OK;
}

static void page_cut(struct call *call, struct out_messages *out, size_t limit)
{
	if (out->count <= limit)
		return;
	out->count = limit;
	out->next_cursor = cursor_format('m', call->ids[0], out->items[limit - 1].id, &call->arena);
}

enum status messages_get_list(struct call *call)
{
	const struct in_messages_query *query = CALL_QUERY(call, in_messages_query);
	struct out_messages *out = ARENA_NEW(&call->arena, struct out_messages);
	int64_t limit = query->limit > 0 ? query->limit : LIMIT_DEFAULT, before_id = 0;
	enum status status = parse_cursor(call, &before_id);

	if (status == STATUS_OK)
		status = appeal_must_exist(call);
	if (status == STATUS_OK)
		status = messages_list(call->db, call->ids[0], before_id, limit + 1, &call->arena,
				       &out->items, &out->count);
	if (status == STATUS_OK)
		status = position_read(call->db, &out->position);
	if (status != STATUS_OK)
		return status;
	page_cut(call, out, (size_t)limit);
	call->answer.value = out;
	return STATUS_OK;
}

static enum status answer_message(struct call *call, int64_t id)
{
	struct message *message = ARENA_NEW(&call->arena, struct message);

	call->answer.value = message;
	return messages_get(call->db, id, &call->arena, message);
}

enum status messages_post(struct call *call)
{
	int64_t id = 0;
	enum status status = desk_answer(call->db, call->ids[0], call->claims.employee_id,
					 CALL_BODY(call, in_message_new)->text, call->now_ms,
					 &call->arena, &id);

	if (status == STATUS_CONFLICT)
		return call_refuse(call, PROBLEM_CONFLICT,
				   "The appeal is closed, or somebody else works on it");
	return status == STATUS_OK ? answer_message(call, id) : status;
}

enum status message_send_again(struct call *call)
{
	struct message message;
	enum status status = appeal_must_exist(call);

	if (status == STATUS_OK)
		status = messages_get(call->db, call->ids[1], &call->arena, &message);
	if (status == STATUS_OK && message.appeal_id != call->ids[0])
		status = STATUS_NOT_FOUND;
	if (status == STATUS_OK)
		status =
			messages_send_again(call->db, call->ids[1], call_actor(call), call->now_ms);
	if (status == STATUS_CONFLICT)
		return call_refuse(
			call, PROBLEM_CONFLICT,
			"Only a message that failed, or was not confirmed, is sent again");
	return status == STATUS_OK ? answer_message(call, call->ids[1]) : status;
}
