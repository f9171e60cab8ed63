/* api/shapes_out.c -- the tables of what answers say. */
#include "api/shapes.h"

#define NUL SHAPE_NULLABLE
#define INSIDE(member) .offset = offsetof(struct ME, member)
#define COUNTED(member) .count_offset = offsetof(struct ME, member)
#define NULL_WITHOUT(member) .null_offset = SHAPE_AT(struct ME, member)

/* clang-format off */
#define NUMBER(name, member, flags, doc_, example_) \
	{ name, SHAPE_INT, flags, INSIDE(member), .doc = (doc_), .example = (example_) }
#define TIME(name, member, flags, doc_) \
	{ name, SHAPE_INT, (flags) | SHAPE_TIME, INSIDE(member), .doc = (doc_), .example = "1764000000000" }
#define TEXT(name, member, flags, doc_, example_) \
	{ name, SHAPE_STR, flags, INSIDE(member), .doc = (doc_), .example = (example_) }
#define NAMED(name, member, flags, enum_names, doc_, example_) \
	{ name, SHAPE_ENUM, flags, INSIDE(member), .names = &(enum_names), .doc = (doc_), .example = (example_) }
#define FLAG(name, member, doc_) \
	{ name, SHAPE_BOOL, 0, INSIDE(member), .doc = (doc_) }

#define NAMES(table, function, type, values) \
	static const char *table##_name(int value) { return function((type)value); } \
	static const struct shape_enum table = { table##_name, (values) }

NAMES(states, appeal_state_name, enum appeal_state, APPEAL_STATES);
NAMES(closers, appeal_closer_name, enum appeal_closer, APPEAL_CLOSERS);
NAMES(languages, lang_name, enum lang, LANGS);
NAMES(authors, message_author_name, enum message_author, MESSAGE_AUTHORS);
NAMES(kinds, message_kind_name, enum message_kind, MESSAGE_KINDS);
NAMES(deliveries, delivery_name, enum delivery, DELIVERY_STATES);
NAMES(role_names, role_name, enum role, ROLES);
NAMES(actors, actor_kind_name, enum actor_kind, ACTOR_KINDS);

/* Audit-only kinds are never sent. */
static const char *live_kind_name(int kind)
{
	return event_kind_is_live((enum event_kind)kind) ? event_kind_name((enum event_kind)kind) : NULL;
}
static const struct shape_enum live_kinds = { live_kind_name, EVENT_KINDS };

/* ---- appeals: parts of struct appeal ----------------------------------------------------- */

#define ME appeal
static const struct shape_field customer_fields[] = {
	NUMBER("id", customer.id, 0, "Number of the customer", "7"),
	TEXT("name", customer.name, 0, "As Telegram says", "\"Anna\""),
	TEXT("username", customer.username, NUL, "On Telegram, without @", "\"anna\""),
	NAMED("language", customer.lang, 0, languages, "What the bot speaks with them", "\"ru\""),
	FLAG("reachable", customer.reachable, "false: they blocked the bot, or their account is gone"),
};
static const struct shape customer = { "Customer", "Who wrote to the support bot", SHAPE_FIELDS(customer_fields), sizeof(struct ME) };

static const struct shape_field assignee_fields[] = {
	NUMBER("id", assignee_id, 0, "Number of the employee", "2"),
	TEXT("name", assignee_name, 0, "Their name", "\"Boris\""),
};
static const struct shape assignee = { "EmployeeRef", "An employee", SHAPE_FIELDS(assignee_fields), sizeof(struct ME) };

static const struct shape_field last_message_fields[] = {
	NUMBER("id", last.id, 0, "Number of the message", "101"),
	NAMED("author", last.author, 0, authors, "Who wrote it", "\"customer\""),
	TEXT("text", last.text, 0, "The first 120 characters", "\"The brake is stuck\""),
	TIME("created_at", last.created_at_ms, 0, "When it was written"),
};
static const struct shape last_message = { "MessagePreview", "The newest message of an appeal", SHAPE_FIELDS(last_message_fields), sizeof(struct ME) };

static const struct shape_field appeal_fields[] = {
	NUMBER("id", id, 0, "Its address", "42"),
	NUMBER("number", number, 0, "What people call it by", "1042"),
	NAMED("state", state, 0, states, "new waits in the queue, in_work has an operator, closing waits for the customer until closing_at", "\"in_work\""),
	TEXT("subject", subject, NUL, "A short name given by operators", "\"Brake stuck\""),
	{ "customer", SHAPE_OBJECT, 0, .shape = &customer, .doc = "Who wrote" },
	{ "assignee", SHAPE_OBJECT, NUL, .shape = &assignee, NULL_WITHOUT(assignee_id), .doc = "Who works on it" },
	NUMBER("previous_id", previous_id, NUL, "The customer's closed appeal before this one", "null"),
	TIME("opened_at", opened_at_ms, 0, "When it was opened"),
	TIME("taken_at", taken_at_ms, NUL, "When an operator took it"),
	{ "closing_at", SHAPE_INT, NUL | SHAPE_TIME, INSIDE(closing_at_ms), .doc = "When it is closed for good unless the customer writes", .example = "null" },
	{ "closed_at", SHAPE_INT, NUL | SHAPE_TIME, INSIDE(closed_at_ms), .doc = "When it was closed for good", .example = "null" },
	NAMED("closed_by", closed_by, NUL, closers, "Who ended it", "null"),
	TIME("last_activity_at", last_activity_at_ms, 0, "Lists are ordered by it"),
	TIME("waiting_since", waiting_since_ms, NUL, "The oldest customer message without an answer"),
	NUMBER("message_count", message_count, 0, "All messages, both ways", "5"),
	{ "last_message", SHAPE_OBJECT, NUL, .shape = &last_message, NULL_WITHOUT(last.id), .doc = "The newest message" },
};
const struct shape shape_appeal = { "Appeal", "A customer's request for help, from its first message to its end", SHAPE_FIELDS(appeal_fields), sizeof(struct ME) };
#undef ME

#define ME appeal_counts
static const struct shape_field counts_fields[] = {
	NUMBER("new", new_count, 0, "Waiting in the queue", "3"),
	NUMBER("in_work", in_work, 0, "With an operator", "5"),
	NUMBER("closing", closing, 0, "Waiting for their customer's last word", "1"),
	NUMBER("mine", mine, 0, "Mine, and not closed", "2"),
};
static const struct shape counts = { "AppealCounts", "All appeals, whatever the filter", SHAPE_FIELDS(counts_fields), sizeof(struct ME) };
#undef ME

#define LIST(item_shape, doc_, raw) \
	{ "items", SHAPE_LIST, 0, INSIDE(items), .shape = &(item_shape), COUNTED(count), .doc = (doc_), .raw_offset = (raw) }, \
	TEXT("next_cursor", next_cursor, NUL, "Pass it as cursor for the next page; null: this is the last", "null"), \
	NUMBER("epoch", position.epoch, 0, "Of the event feed, for ids <epoch>-<seq>", "1"), \
	NUMBER("as_of_seq", position.as_of_seq, 0, "The last event that this list knows of", "1234")

#define ME out_appeals
static const struct shape_field appeals_fields[] = {
	LIST(shape_appeal, "Newest activity first", SHAPE_AT(struct ME, encoded)),
	{ "counts", SHAPE_OBJECT, 0, INSIDE(counts), .shape = &counts, .doc = "How many there are" },
};
const struct shape shape_appeals = { "AppealList", NULL, SHAPE_FIELDS(appeals_fields), sizeof(struct ME) };
#undef ME

/* ---- messages ---------------------------------------------------------------------------- */

#define ME message_version
static const struct shape_field version_fields[] = {
	TEXT("text", text, 0, "An older text", "\"The brake\""),
	TIME("at", at_ms, 0, "When it was written"),
};
static const struct shape version = { "MessageVersion", NULL, SHAPE_FIELDS(version_fields), sizeof(struct ME) };
#undef ME

#define ME message
static const struct shape_field message_fields[] = {
	NUMBER("id", id, 0, "Its number", "101"),
	NUMBER("appeal_id", appeal_id, 0, "The appeal it belongs to", "42"),
	NAMED("author", author, 0, authors, "Who wrote it; bot: automatic texts to the customer", "\"customer\""),
	TEXT("author_name", author_name, NUL, "Their name", "\"Anna\""),
	NAMED("kind", kind, 0, kinds, "unsupported: something that can't be shown yet, named by the text", "\"text\""),
	TEXT("text", text, 0, "Plain text", "\"The brake is stuck\""),
	TIME("created_at", created_at_ms, 0, "When it was written"),
	NAMED("delivery", delivery, NUL, deliveries, "How far an outgoing message got; null: incoming. unknown: it may have arrived, Telegram's answer was lost", "null"),
	TEXT("delivery_reason", delivery_reason, NUL, "Why it failed, or is unknown", "null"),
	{ "delivered_at", SHAPE_INT, NUL | SHAPE_TIME, INSIDE(delivered_at_ms), .doc = "When Telegram took it", .example = "null" },
	NUMBER("telegram_message_id", telegram_message_id, NUL, "Its number on Telegram", "17"),
	{ "edited_at", SHAPE_INT, NUL | SHAPE_TIME, INSIDE(edited_at_ms), .doc = "When the customer edited it last", .example = "null" },
	{ "versions", SHAPE_LIST, 0, INSIDE(versions), .shape = &version, COUNTED(version_count), .doc = "Older texts, oldest first", .example = "[]" },
};
const struct shape shape_message = { "Message", "One message of an appeal", SHAPE_FIELDS(message_fields), sizeof(struct ME) };
#undef ME

#define ME out_messages
static const struct shape_field messages_fields[] = {
	LIST(shape_message, "Newest first", 0),
};
const struct shape shape_messages = { "MessageList", NULL, SHAPE_FIELDS(messages_fields), sizeof(struct ME) };
#undef ME

/* ---- the feed ---------------------------------------------------------------------------- */

#define ME event_row
static const struct shape_field actor_fields[] = {
	NAMED("kind", actor.kind, 0, actors, "Who did it", "\"customer\""),
	NUMBER("id", actor.id, NUL, "Their number; null: the system", "7"),
	TEXT("name", actor_name, NUL, "Their name as it is now", "\"Anna\""),
};
static const struct shape event_actor = { "Actor", NULL, SHAPE_FIELDS(actor_fields), sizeof(struct ME) };
#undef ME

#define ME out_event
static const struct shape_field event_fields[] = {
	NUMBER("seq", row.seq, 0, "Ascending, with gaps", "1234"),
	NAMED("kind", row.kind, 0, live_kinds, "What happened", "\"message.added\""),
	TIME("at", row.at_ms, 0, "When"),
	{ "actor", SHAPE_OBJECT, 0, INSIDE(row), .shape = &event_actor, .doc = "Who did it" },
	NUMBER("appeal_id", row.appeal_id, NUL, "The appeal it is about", "42"),
	NUMBER("message_id", row.message_id, NUL, "The message it is about", "101"),
	{ "appeal", SHAPE_OBJECT, NUL | SHAPE_POINTER, INSIDE(appeal), .shape = &shape_appeal, .doc = "As it is now" },
	{ "message", SHAPE_OBJECT, NUL | SHAPE_POINTER, INSIDE(message), .shape = &shape_message, .doc = "As it is now" },
};
const struct shape shape_event = { "Event", "The data of one live event", SHAPE_FIELDS(event_fields), sizeof(struct ME) };
#undef ME

/* ---- people, tokens, the house ----------------------------------------------------------- */

#define ME out_me
static const struct shape_field me_fields[] = {
	NUMBER("id", id, 0, "My number", "2"),
	TEXT("login", login, 0, "What I sign in with", "\"boris\""),
	TEXT("name", name, 0, "What customers and colleagues see", "\"Boris\""),
	NAMED("role", role, 0, role_names, "What I am", "\"operator\""),
	{ "scopes", SHAPE_STRS, 0, INSIDE(scopes), COUNTED(scope_count), .doc = "What I may do", .example = "[\"appeals:read\",\"appeals:write\"]" },
	NAMED("language", language, 0, languages, "What I read", "\"ru\""),
};
const struct shape shape_me = { "Me", "The employee who asks", SHAPE_FIELDS(me_fields), sizeof(struct ME) };
#undef ME

#define ME out_token
static const struct shape_field token_fields[] = {
	TEXT("access_token", access_token, 0, "For Authorization: Bearer", "\"eyJ...\""),
	TEXT("token_type", token_type, 0, "Always Bearer", "\"Bearer\""),
	NUMBER("expires_in", expires_in, 0, "Seconds", "900"),
	TEXT("refresh_token", refresh_token, 0, "For the next access token; good for one use", "\"kq3...\""),
	TEXT("scope", scope, 0, "What the token may do", "\"appeals:read appeals:write\""),
};
const struct shape shape_token = { "Token", "OAuth 2 tokens", SHAPE_FIELDS(token_fields), sizeof(struct ME) };
#undef ME

#define ME out_metadata
#define STRS(name, member, counter, doc_, example_) \
	{ name, SHAPE_STRS, 0, INSIDE(member), COUNTED(counter), .doc = (doc_), .example = (example_) }
static const struct shape_field metadata_fields[] = {
	TEXT("issuer", issuer, 0, "Who signs", "\"http://127.0.0.1:8080\""),
	TEXT("token_endpoint", token_endpoint, 0, "Where tokens are", "\"http://127.0.0.1:8080/oauth/token\""),
	TEXT("revocation_endpoint", revocation_endpoint, 0, "Where they end", "\"http://127.0.0.1:8080/oauth/revoke\""),
	STRS("grant_types_supported", grants, grant_count, "Grants", "[\"password\",\"refresh_token\"]"),
	STRS("response_types_supported", responses, response_count, "None: there is no authorization endpoint", "[]"),
	STRS("scopes_supported", scopes, scope_count, "Scopes", "[\"appeals:read\"]"),
	STRS("token_endpoint_auth_methods_supported", methods, method_count, "Clients are public", "[\"none\"]"),
};
const struct shape shape_metadata = { "AuthorizationServer", "RFC 8414", SHAPE_FIELDS(metadata_fields), sizeof(struct ME) };
#undef ME

#define ME out_health
static const struct shape_field health_fields[] = {
	TEXT("status", status, 0, "ok", "\"ok\""),
};
const struct shape shape_health = { "Health", "The process lives", SHAPE_FIELDS(health_fields), sizeof(struct ME) };
#undef ME

#define ME out_ready
static const struct shape_field checks_fields[] = {
	TEXT("records", records, 0, "ok or down", "\"ok\""),
	TEXT("redis", redis, 0, "ok or down; without it work goes on, live updates come a little later", "\"ok\""),
};
static const struct shape checks = { "Checks", NULL, SHAPE_FIELDS(checks_fields), sizeof(struct ME) };
static const struct shape_field ready_fields[] = {
	TEXT("status", status, 0, "ok, degraded or down", "\"ok\""),
	{ "checks", SHAPE_OBJECT, 0, .shape = &checks, .doc = "Each part" },
};
const struct shape shape_ready = { "Readiness", "Whether requests can be served", SHAPE_FIELDS(ready_fields), sizeof(struct ME) };
#undef ME

#define ME out_ui_config
static const struct shape_field ui_config_fields[] = {
	NUMBER("close_after_s", close_after_s, 0, "How long a closing appeal waits for its customer", "600"),
	TEXT("timezone", timezone, 0, "Of the business", "\"Europe/Moscow\""),
	TEXT("sandbox_url", sandbox_url, NUL, "The sandbox Telegram's page, while a bot lives there", "\"http://127.0.0.1:8081/\""),
	TEXT("version", version, 0, "Of the product", "\"1.0.0\""),
};
const struct shape shape_ui_config = { "UiConfig", "How this desk is set up", SHAPE_FIELDS(ui_config_fields), sizeof(struct ME) };
#undef ME

#define ME out_problem_field
static const struct shape_field problem_field_fields[] = {
	TEXT("field", field, 0, "Which one", "\"text\""),
	TEXT("detail", detail, 0, "What it must be", "\"must have 1 to 4096 characters, has 0\""),
};
static const struct shape problem_field = { "ProblemField", NULL, SHAPE_FIELDS(problem_field_fields), sizeof(struct ME) };
#undef ME

#define ME out_problem
static const struct shape_field problem_fields[] = {
	TEXT("type", type, 0, "/problems/ and a word that programs may rely on", "\"/problems/validation\""),
	TEXT("title", title, 0, "What kind of problem", "\"Some fields are not as they must be\""),
	NUMBER("status", status, 0, "The HTTP status", "400"),
	TEXT("detail", detail, 0, "What happened", "\"Some fields are not as they must be\""),
	{ "errors", SHAPE_LIST, SHAPE_OPTIONAL, INSIDE(errors), .shape = &problem_field, COUNTED(error_count), .doc = "Field by field" },
	TEXT("request_id", request_id, 0, "Name it when you ask for help", "\"1f2e3d4c-1a\""),
};
const struct shape shape_problem = { "Problem", "What went wrong (RFC 9457)", SHAPE_FIELDS(problem_fields), sizeof(struct ME) };
#undef ME
/* clang-format on */
