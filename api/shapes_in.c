/* api/shapes_in.c -- the tables of what requests may say. */
#include "api/shapes.h"

#include "base/password.h"

#define OPT SHAPE_OPTIONAL
#define NUL SHAPE_NULLABLE
#define INSIDE(member) .offset = offsetof(struct ME, member)
#define GIVEN(member) .given_offset = SHAPE_AT(struct ME, member)

/* clang-format off */
#define NUMBER(name, member, flags, min, max, doc_, example_) \
	{ name, SHAPE_INT, flags, INSIDE(member), min, max, .doc = (doc_), .example = (example_) }
#define TEXT(name, member, flags, min, max, doc_, example_) \
	{ name, SHAPE_STR, flags, INSIDE(member), min, max, .doc = (doc_), .example = (example_) }

const struct shape shape_nothing = { NULL, "Nothing: an empty body, or {}", NULL, 0, sizeof(struct in_nothing) };

#define ME in_appeals_query
static const struct shape_field appeals_query[] = {
	TEXT("state", state, OPT, 1, 64, "States to show, separated by commas: new, in_work, closing, closed", "\"new,in_work\""),
	TEXT("assignee", assignee, OPT, 1, 20, "me, none, or the id of an employee", "\"me\""),
	NUMBER("customer", customer, OPT, 1, INT64_MAX, "Only appeals of this customer", "7"),
	TEXT("cursor", cursor, OPT, 1, 100, "next_cursor of the page before", "\"YToxNzY0MDAwMDAwMDAwOjQy\""),
	NUMBER("limit", limit, OPT, 1, 200, "How many, at most (50)", "50"),
};
const struct shape shape_appeals_query = { NULL, NULL, SHAPE_FIELDS(appeals_query), sizeof(struct ME) };
#undef ME

#define ME in_messages_query
static const struct shape_field messages_query[] = {
	TEXT("cursor", cursor, OPT, 1, 100, "next_cursor of the page before, leads to older messages", "\"bTo5OQ\""),
	NUMBER("limit", limit, OPT, 1, 200, "How many, at most (50)", "50"),
};
const struct shape shape_messages_query = { NULL, NULL, SHAPE_FIELDS(messages_query), sizeof(struct ME) };
#undef ME

#define ME in_events_query
static const struct shape_field events_query[] = {
	TEXT("after", after, OPT, 1, 50, "Resume after this event id, <epoch>-<seq>; the header Last-Event-ID goes before it", "\"1-1234\""),
};
const struct shape shape_events_query = { NULL, NULL, SHAPE_FIELDS(events_query), sizeof(struct ME) };
#undef ME

#define ME in_appeal_new
static const struct shape_field appeal_new[] = {
	NUMBER("customer_id", customer_id, 0, 1, INT64_MAX, "A customer who has written before", "7"),
	TEXT("text", text, SHAPE_NOT_BLANK, 1, MESSAGE_CHARS_MAX, "The first message to them", "\"Your refund is on its way\""),
};
const struct shape shape_appeal_new = { "AppealNew", "An appeal that an operator begins", SHAPE_FIELDS(appeal_new), sizeof(struct ME) };
#undef ME

#define ME in_appeal_patch
static const struct shape_field appeal_patch[] = {
	{ "subject", SHAPE_STR, OPT | NUL, INSIDE(subject), 0, 200, GIVEN(subject_given), .doc = "A short name for the appeal; null takes it away", .example = "\"Brake stuck\"" },
	{ "assignee_id", SHAPE_INT, OPT | NUL, INSIDE(assignee_id), 1, INT64_MAX, GIVEN(assignee_given), .doc = "Hands it to this employee; null: back to the queue", .example = "2" },
};
const struct shape shape_appeal_patch = { "AppealPatch", "What is to change, at least one member", SHAPE_FIELDS(appeal_patch), sizeof(struct ME) };
#undef ME

#define ME in_message_new
static const struct shape_field message_new[] = {
	TEXT("text", text, SHAPE_NOT_BLANK, 1, MESSAGE_CHARS_MAX, "Plain text to the customer", "\"We are on our way\""),
};
const struct shape shape_message_new = { "MessageNew", "An answer to the customer", SHAPE_FIELDS(message_new), sizeof(struct ME) };
#undef ME

#define ME in_token
static const struct shape_field token_form[] = {
	TEXT("grant_type", grant_type, 0, 1, 64, "password or refresh_token", "\"password\""),
	TEXT("username", username, OPT, 1, 64, "With password: the login", "\"admin\""),
	TEXT("password", password, OPT, 1, PASSWORD_BYTES_MAX, "With password", "\"correct horse battery staple\""),
	TEXT("refresh_token", refresh_token, OPT, 1, 128, "With refresh_token; it is used up, the answer has the next one", "\"kq3...\""),
};
const struct shape shape_token_form = { "TokenRequest", "An OAuth 2 token request (RFC 6749)", SHAPE_FIELDS(token_form), sizeof(struct ME) };
#undef ME

#define ME in_revoke
static const struct shape_field revoke_form[] = {
	TEXT("token", token, 0, 1, 4096, "A refresh token or an access token; its whole session ends", "\"kq3...\""),
};
const struct shape shape_revoke_form = { "RevokeRequest", "An OAuth 2 revocation (RFC 7009)", SHAPE_FIELDS(revoke_form), sizeof(struct ME) };
#undef ME
/* clang-format on */
