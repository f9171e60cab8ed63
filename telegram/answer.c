/* telegram/answer.c -- the table of Telegram's answers: code and parameters first, its words
 * second. */
#include "telegram/answer.h"

#include <limits.h>
#include <strings.h>

enum { RETRY_AFTER_S_MAX = 24 * 3600 };

struct wording {
	int code;
	const char *part; /* of the description; Telegram's case varies */
	enum bot_fate fate;
	bool of_edits_only;
};

/* clang-format off */
static const struct wording wordings[] = {
	{ 400, "chat not found",            BOT_UNREACHABLE, false },
	{ 400, "user not found",            BOT_UNREACHABLE, false },
	{ 400, "PEER_ID_INVALID",           BOT_UNREACHABLE, false },
	{ 400, "user is deactivated",       BOT_UNREACHABLE, false },
	{ 400, "bot was blocked",           BOT_UNREACHABLE, false },
	{ 400, "message is not modified",   BOT_OK,          true },
	{ 400, "message to edit not found", BOT_OK,          true },
	{ 400, "MESSAGE_ID_INVALID",        BOT_OK,          true },
};
/* clang-format on */

static bool contains_nocase(struct str text, struct str part)
{
	for (size_t i = 0; i + part.len <= text.len; i++)
		if (str_eq_nocase((struct str){ text.data + i, part.len }, part))
			return true;
	return false;
}

/* Nobody can tell whether the call had its effect. */
static enum bot_fate doubt(enum answer_kind kind)
{
	return kind == ANSWER_SEND ? BOT_UNKNOWN : BOT_NOT_SENT;
}

static enum bot_fate fate_of_400(struct str description, enum answer_kind kind)
{
	for (size_t i = 0; i < sizeof(wordings) / sizeof(*wordings); i++) {
		const struct wording *is = &wordings[i];

		if ((!is->of_edits_only || kind == ANSWER_EDIT) &&
		    contains_nocase(description, str_from_c(is->part)))
			return is->fate;
	}
	return BOT_REFUSED;
}

static enum bot_fate fate_of_code(int code, struct str description, enum answer_kind kind)
{
	switch (code) {
	case 400:
		return fate_of_400(description, kind);
	/* The cloud answers 404 to a malformed token; all methods we call exist. */
	case 401:
	case 404:
		return BOT_UNAUTHORIZED;
	case 403:
		return BOT_UNREACHABLE;
	case 409:
		return BOT_CONFLICT;
	case 429:
		return BOT_SLOW_DOWN;
	default:
		return code >= 400 && code < 500 ? BOT_REFUSED : doubt(kind);
	}
}

static int64_t member_int(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static struct str member_str(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_string(value)
		       ? (struct str){ json_string_value(value), json_string_length(value) }
		       : STR_NONE;
}

static int retry_after(const json_t *parameters, const struct http_result *result)
{
	int64_t seconds = member_int(parameters, "retry_after");

	if (seconds <= 0)
		seconds = result->retry_after_s;
	if (seconds <= 0)
		seconds = 1;
	return seconds < RETRY_AFTER_S_MAX ? (int)seconds : RETRY_AFTER_S_MAX;
}

/* The Bot API itself said no. */
static void take_refusal(const json_t *json, const struct http_result *result,
			 enum answer_kind kind, struct bot_answer *answer)
{
	const json_t *parameters = json_object_get(json, "parameters");
	int64_t code = member_int(json, "error_code");
	struct str description = member_str(json, "description");

	answer->error_code = code > 0 && code < INT_MAX ? (int)code : result->status;
	if (description.data != NULL)
		answer->description = description;
	answer->fate = fate_of_code(answer->error_code, answer->description, kind);
	answer->migrate_to_chat_id = member_int(parameters, "migrate_to_chat_id");
	if (answer->fate == BOT_SLOW_DOWN)
		answer->retry_after_s = retry_after(parameters, result);
}

/* Something between us and Telegram spoke, or the answer was cut. A plain 4xx was never passed on.
 */
static void take_noise(const struct http_result *result, enum answer_kind kind,
		       struct bot_answer *answer)
{
	bool cut = result->body.len > 0 && result->body.data[0] == '{';

	answer->error_code = result->status >= 400 ? result->status : 0;
	answer->description = STR("not an answer of the Bot API");
	answer->fate = doubt(kind);
	if (result->status == 429) {
		answer->fate = BOT_SLOW_DOWN;
		answer->retry_after_s = retry_after(NULL, result);
	} else if (result->status >= 400 && result->status < 500) {
		answer->fate = cut ? fate_of_code(result->status, STR_NONE, kind) : BOT_NOT_SENT;
	}
}

void answer_classify(const struct http_result *result, enum answer_kind kind,
		     struct bot_answer *answer_out, json_t **json_out)
{
	json_t *json = NULL;

	*answer_out = (struct bot_answer){ .fate = BOT_NOT_SENT,
					   .description = str_from_c(result->reason) };
	*json_out = NULL;
	if (result->fate == HTTP_NOT_SENT)
		return;
	answer_out->fate = doubt(kind);
	if (result->fate == HTTP_UNKNOWN)
		return;
	if (result->body.len > 0)
		json = json_loadb(result->body.data, result->body.len, JSON_ALLOW_NUL, NULL);
	*json_out = json;
	answer_out->result = json_object_get(json, "result");
	if (json_is_true(json_object_get(json, "ok")) && answer_out->result != NULL &&
	    result->status / 100 == 2)
		answer_out->fate = BOT_OK;
	else if (json_is_false(json_object_get(json, "ok")))
		take_refusal(json, result, kind, answer_out);
	else
		take_noise(result, kind, answer_out);
	if (answer_out->fate != BOT_OK)
		answer_out->result = NULL;
}
