/* api/routes.c -- the product at a glance. */
#include "api/routes.h"

#include "api/handlers.h"

#define V1 "/api/v1"
#define BUSY_ELSEWHERE "Somebody else works on it, or it is closed"

/* clang-format off */
const struct route routes[] = {
	/* method, pattern, scope, lane, query, body, its shape, answer's shape, success, handler, more */

	/* signing in */
	{ HTTP_POST,   "/oauth/token",                            SCOPE_PUBLIC,         LANE_SLOW,  NULL,                  BODY_FORM, &shape_token_form,   &shape_token,    200, oauth_token,        .gate = oauth_token_gate, .ended = oauth_token_ended, .summary = "Sign in, or renew a token" },
	{ HTTP_POST,   "/oauth/revoke",                           SCOPE_PUBLIC,         LANE_WRITE, NULL,                  BODY_FORM, &shape_revoke_form,  NULL,            200, oauth_revoke,       .gate = oauth_revoke_gate, .summary = "Sign out: end the session of a token" },
	{ HTTP_GET,    "/.well-known/oauth-authorization-server", SCOPE_PUBLIC,         LANE_LOOP,  NULL,                  BODY_NONE, NULL,                &shape_metadata, 200, oauth_metadata,     .summary = "Where and how to sign in (RFC 8414)" },
	{ HTTP_GET,    V1 "/me",                                  SCOPE_SIGNED_IN,      LANE_READ,  NULL,                  BODY_NONE, NULL,                &shape_me,       200, me_get,             .summary = "Who am I, and what may I do" },

	/* the desk */
	{ HTTP_GET,    V1 "/appeals",                             SCOPE_APPEALS_READ,   LANE_READ,  &shape_appeals_query,  BODY_NONE, NULL,                &shape_appeals,  200, appeals_get_list,   .summary = "Appeals, newest activity first" },
	{ HTTP_POST,   V1 "/appeals",                             SCOPE_APPEALS_WRITE,  LANE_WRITE, NULL,                  BODY_JSON, &shape_appeal_new,   &shape_appeal,   201, appeals_post,       .conflict = "The customer has an open appeal", .summary = "Write first to a known customer" },
	{ HTTP_GET,    V1 "/appeals/:id",                         SCOPE_APPEALS_READ,   LANE_READ,  NULL,                  BODY_NONE, NULL,                &shape_appeal,   200, appeal_get,         .summary = "One appeal" },
	{ HTTP_PATCH,  V1 "/appeals/:id",                         SCOPE_APPEALS_WRITE,  LANE_WRITE, NULL,                  BODY_JSON, &shape_appeal_patch, &shape_appeal,   200, appeal_patch,       .conflict = BUSY_ELSEWHERE, .summary = "Name an appeal, hand it on, or give it back" },
	{ HTTP_DELETE, V1 "/appeals/:id",                         SCOPE_APPEALS_DELETE, LANE_WRITE, NULL,                  BODY_NONE, NULL,                NULL,            204, appeal_delete,      .summary = "Erase an appeal's texts; its number stands" },
	{ HTTP_POST,   V1 "/appeals/:id/take",                    SCOPE_APPEALS_WRITE,  LANE_WRITE, NULL,                  BODY_JSON, &shape_nothing,      &shape_appeal,   200, appeal_take,        .conflict = BUSY_ELSEWHERE, .summary = "Take an appeal to work on it" },
	{ HTTP_POST,   V1 "/appeals/:id/close",                   SCOPE_APPEALS_WRITE,  LANE_WRITE, NULL,                  BODY_JSON, &shape_nothing,      &shape_appeal,   200, appeal_close,       .conflict = "It is not in work, or not yours", .summary = "Close an appeal; the customer has some minutes to come back" },
	{ HTTP_GET,    V1 "/appeals/:id/messages",                SCOPE_APPEALS_READ,   LANE_READ,  &shape_messages_query, BODY_NONE, NULL,                &shape_messages, 200, messages_get_list,  .summary = "Messages of an appeal, newest first" },
	{ HTTP_POST,   V1 "/appeals/:id/messages",                SCOPE_APPEALS_WRITE,  LANE_WRITE, NULL,                  BODY_JSON, &shape_message_new,  &shape_message,  201, messages_post,      .conflict = BUSY_ELSEWHERE, .summary = "Answer the customer" },
	{ HTTP_POST,   V1 "/appeals/:id/messages/:message_id/send-again", SCOPE_APPEALS_WRITE, LANE_WRITE, NULL,           BODY_JSON, &shape_nothing,      &shape_message,  200, message_send_again, .conflict = "It did not fail", .summary = "Send a message again that failed or was not confirmed" },
	{ HTTP_GET,    V1 "/events",                              SCOPE_APPEALS_READ,   LANE_READ,  &shape_events_query,   BODY_NONE, NULL,                NULL,            200, events_get,         .media = "text/event-stream", .summary = "Live updates, resumable by event id" },

	/* the house */
	{ HTTP_GET,    "/healthz",                                SCOPE_PUBLIC,         LANE_LOOP,  NULL,                  BODY_NONE, NULL,                &shape_health,   200, healthz_get,        .summary = "Does the process live" },
	{ HTTP_GET,    "/readyz",                                 SCOPE_PUBLIC,         LANE_READ,  NULL,                  BODY_NONE, NULL,                &shape_ready,    200, readyz_get,         .fallback = readyz_down, .summary = "Can it work (503 if not)" },
	{ HTTP_GET,    "/metrics",                                SCOPE_PUBLIC,         LANE_READ,  NULL,                  BODY_NONE, NULL,                NULL,            200, metrics_get,        .media = "text/plain; version=0.0.4; charset=utf-8", .summary = "Numbers for Prometheus" },
	{ HTTP_GET,    "/openapi.json",                           SCOPE_PUBLIC,         LANE_LOOP,  NULL,                  BODY_NONE, NULL,                NULL,            200, openapi_get,        .media = "application/json", .summary = "This document" },
	{ HTTP_GET,    "/docs",                                   SCOPE_PUBLIC,         LANE_LOOP,  NULL,                  BODY_NONE, NULL,                NULL,            200, docs_get,           .media = "text/html; charset=utf-8", .summary = "This document, to read and try" },
	{ HTTP_GET,    "/ui/config.json",                         SCOPE_PUBLIC,         LANE_LOOP,  NULL,                  BODY_NONE, NULL,                &shape_ui_config, 200, ui_config_get,     .summary = "What the dashboard must know before signing in" },
	{ HTTP_GET,    "/*",                                      SCOPE_PUBLIC,         LANE_LOOP,  NULL,                  BODY_NONE, NULL,                NULL,            200, pages_get,          .media = "text/html; charset=utf-8", .summary = "The dashboard" },
};
/* clang-format on */

const size_t route_count = sizeof(routes) / sizeof(*routes);
