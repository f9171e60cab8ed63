/* api/shapes.h -- the shapes of the API and the C structs behind them. */
#ifndef API_SHAPES_H
#define API_SHAPES_H

#include "api/shape.h"
#include "domain/role.h"
#include "store/appeals.h"
#include "store/events.h"
#include "store/messages.h"

/* ---- asked ------------------------------------------------------------------------------- */

struct in_nothing {
	char unused;
};

struct in_appeals_query {
	struct str state, assignee, cursor; /* STR_NONE: not given */
	int64_t customer, limit;	    /* 0: not given */
};

struct in_messages_query {
	struct str cursor;
	int64_t limit;
};

struct in_events_query {
	struct str after;
};

struct in_appeal_new {
	int64_t customer_id;
	struct str text;
};

struct in_appeal_patch {
	struct str subject;
	int64_t assignee_id; /* 0: null */
	bool subject_given, assignee_given;
};

struct in_message_new {
	struct str text;
};

struct in_token {
	struct str grant_type, username, password, refresh_token;
};

struct in_revoke {
	struct str token;
};

extern const struct shape shape_nothing, shape_appeals_query, shape_messages_query,
	shape_events_query;
extern const struct shape shape_appeal_new, shape_appeal_patch, shape_message_new, shape_token_form,
	shape_revoke_form;

/* ---- answered ---------------------------------------------------------------------------- */

/* Where a list stands in the feed of live updates: read in its own transaction. */
struct out_position {
	int64_t epoch, as_of_seq;
};

struct out_appeals {
	struct appeal *items;
	size_t count;
	struct str encoded; /* the items, when their JSON is there already */
	struct str next_cursor;
	struct out_position position;
	struct appeal_counts counts;
};

struct out_messages {
	struct message *items;
	size_t count;
	struct str next_cursor;
	struct out_position position;
};

struct out_me {
	int64_t id;
	struct str login, name;
	enum role role;
	struct str *scopes;
	size_t scope_count;
	enum lang language;
};

struct out_token {
	struct str access_token, token_type;
	int64_t expires_in;
	struct str refresh_token, scope;
};

/* One event of the feed, with what it is about as that is now. */
struct out_event {
	struct event_row row;
	const struct appeal *appeal; /* NULL: none, or deleted */
	const struct message *message;
};

struct out_metadata {
	struct str issuer, token_endpoint, revocation_endpoint;
	struct str *grants, *scopes, *methods, *responses;
	size_t grant_count, scope_count, method_count, response_count;
};

struct out_health {
	struct str status;
};

struct out_ready {
	struct str status, records, redis;
};

struct out_ui_config {
	int64_t close_after_s;
	struct str timezone, sandbox_url, version;
};

/* Written by problem_format; here for the documentation. */
struct out_problem_field {
	struct str field, detail;
};

struct out_problem {
	struct str type, title, detail, request_id;
	int64_t status;
	struct out_problem_field *errors;
	size_t error_count;
};

extern const struct shape shape_appeal, shape_appeals, shape_message, shape_messages, shape_me,
	shape_token, shape_event;
extern const struct shape shape_metadata, shape_health, shape_ready, shape_ui_config, shape_problem;

#endif
