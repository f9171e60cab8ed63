/* api/idempotency.c -- answers kept by (employee, method and path, key), with a hash of what was
 * asked. */
#include "api/idempotency.h"

#include "store/idempotency.h"

#include <sodium.h>

enum { KEY_CHARS_MAX = 128 };

static bool is_printable(struct str key)
{
	for (size_t i = 0; i < key.len; i++)
		if (key.data[i] < 0x20 || key.data[i] > 0x7e)
			return false;
	return true;
}

bool idempotency_applies(const struct call *call)
{
	return call->idempotency_key.data != NULL && call->route->lane == LANE_WRITE &&
	       call->route->scope != SCOPE_PUBLIC;
}

enum status idempotency_prepare(struct call *call)
{
	unsigned char hash[crypto_generichash_BYTES];
	struct str body = http_request_body(call->request);

	if (call->idempotency_key.len < 1 || call->idempotency_key.len > KEY_CHARS_MAX ||
	    !is_printable(call->idempotency_key))
		return call_refuse_field(call, "Idempotency-Key",
					 "must have 1 to 128 printable ASCII characters");
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)body.data, body.len, NULL, 0);
	call->body_hash = str_hex(&call->arena, hash, sizeof(hash));
	return STATUS_OK;
}

static enum status replay(struct call *call, const struct idempotency_answer *kept)
{
	call->answer.status = kept->status;
	call->answer.text = kept->body;
	call->answer.location = kept->location;
	call->answer.is_replayed = true;
	return STATUS_OK;
}

static enum status run_and_keep(struct call *call, const struct idempotency_key *key)
{
	struct idempotency_answer answer;
	enum status status = call->route->handler(call);

	if (status != STATUS_OK)
		return status;
	call_encode(call);
	answer = (struct idempotency_answer){
		.status = call->answer.status != 0 ? call->answer.status : call->route->success,
		.body = call->answer.text,
		.location = call->answer.location,
	};
	return idempotency_keep(call->db, key, &answer, call->now_ms);
}

enum status idempotency_run(struct call *call)
{
	struct idempotency_answer kept;
	const struct idempotency_key key = {
		.actor_id = call->claims.employee_id,
		.route = str_format(&call->arena, "%s %.*s", http_method_name(call->method),
				    STR_ARG(call->path)),
		.key = call->idempotency_key,
		.body_hash = call->body_hash,
	};
	enum status status = idempotency_find(call->db, &key, call->now_ms, &call->arena, &kept);

	if (status == STATUS_OK)
		return replay(call, &kept);
	if (status == STATUS_NOT_FOUND)
		return run_and_keep(call, &key);
	if (status == STATUS_CONFLICT)
		return call_refuse(call, PROBLEM_UNPROCESSABLE,
				   "This Idempotency-Key was sent before with another body");
	return status;
}
