/* telegram/sandbox/drive.h -- the routes below /sandbox/v1 with which people, the page and tests
 * play Telegram's users. */
#ifndef TELEGRAM_SANDBOX_DRIVE_H
#define TELEGRAM_SANDBOX_DRIVE_H

#include "base/http/query.h"
#include "telegram/sandbox/state.h"

/* One request to a driving route, decoded. */
struct drive {
	struct sandbox *sandbox;
	struct bot *bot;
	struct http_request *request;
	struct arena *arena;
	struct query query;
	json_t *body;		     /* an object; NULL on GET and DELETE */
	int64_t user_id, message_id; /* of the path */
};

/* path is decoded and begins with "/sandbox/". */
void drive_handle(struct sandbox *sandbox, struct http_request *request, struct str path);

/* Each ends the request. json is stolen. */
void drive_reply(struct drive *drive, int status, json_t *json);
void drive_problem(struct drive *drive, int status, const char *detail);
void drive_field_problem(struct drive *drive, const char *field, const char *detail);

/* Members of the body. False: it is wrong, and the request has been answered. An absent one leaves
 * *out as it is, unless it is required. */
bool drive_str(struct drive *drive, const char *field, bool required, size_t units_max,
	       struct str *out);
bool drive_int(struct drive *drive, const char *field, bool required, int64_t min, int64_t max,
	       int64_t *out);
bool drive_bool(struct drive *drive, const char *field, bool *out);
/* A number in the query. */
bool drive_query_int(struct drive *drive, const char *name, int64_t min, int64_t max, int64_t *out);

/* drive_users.c */
void drive_users_get(struct drive *drive);
void drive_user_get(struct drive *drive);
void drive_user_post(struct drive *drive);
void drive_message_post(struct drive *drive);
void drive_edit_post(struct drive *drive);
void drive_press_post(struct drive *drive);
void drive_block_post(struct drive *drive);
void drive_chat_get(struct drive *drive);
/* drive_bot.c */
void drive_bot_get(struct drive *drive);
void drive_faults_get(struct drive *drive);
void drive_faults_post(struct drive *drive);
void drive_faults_delete(struct drive *drive);
void drive_calls_get(struct drive *drive);
void drive_limits_post(struct drive *drive);

#endif
