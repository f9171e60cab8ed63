/* telegram/sandbox/faults.h -- what may go wrong on purpose, and how often. */
#ifndef TELEGRAM_SANDBOX_FAULTS_H
#define TELEGRAM_SANDBOX_FAULTS_H

#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum fault_kind {
	FAULT_NONE,
	/* The call has no effect: */
	FAULT_RATE_LIMIT,   /* 429 with retry_after seconds */
	FAULT_BLOCKED,	    /* 403 bot was blocked by the user */
	FAULT_BAD_REQUEST,  /* 400 */
	FAULT_UNAUTHORIZED, /* 401 */
	FAULT_CONFLICT_409, /* 409, as when a second poller runs */
	FAULT_ERROR_500,    /* 500 with a Bot API body */
	FAULT_HTML_502,	    /* 502 with HTML */
	FAULT_RESET_BEFORE, /* the connection is reset */
	/* The call has its effect: */
	FAULT_DELAY,	  /* the answer comes delay_ms later */
	FAULT_REPLY_LOST, /* the connection is reset instead of an answer */
	FAULT_TRUNCATED,  /* the JSON is cut in the middle */
	/* Of getUpdates: */
	FAULT_DUPLICATE_UPDATE, /* answers with the latest batch once more, confirmed or not */
	FAULT_ID_JUMP_DOWN,	/* ids go on from a lower number: no call is touched */
	FAULT_KINDS,
};

enum {
	FAULTS_MAX = 64,
	FAULT_METHOD_BYTES_MAX = 40,
	FAULT_COUNT_MAX = 1000000,
	FAULT_DELAY_MS_MAX = 600000
};

struct fault {
	enum fault_kind kind;
	char method[FAULT_METHOD_BYTES_MAX + 1]; /* "*": any but getUpdates */
	int64_t user;				 /* chat id; 0: any */
	int64_t count;				 /* calls still to hit */
	int64_t seconds;			 /* retry_after */
	int64_t delay_ms;
	bool accepted; /* error_500, html_502: the call has its effect before the error */
};

/* Zeroed: none. In the order armed. */
struct faults {
	struct fault rows[FAULTS_MAX];
	size_t count;
};

const char *fault_kind_name(enum fault_kind kind); /* "rate_limit", ... */
CHECKED enum status fault_kind_from_name(struct str name, enum fault_kind *kind_out);
/* BUSY: FAULTS_MAX are armed. */
CHECKED enum status faults_add(struct faults *faults, const struct fault *fault);
/* Uses up one hit of the first that fits. EMPTY: none. */
CHECKED enum status faults_take(struct faults *faults, const char *method, int64_t chat_id,
				struct fault *fault_out);
bool fault_fits(const struct fault *fault, const char *method, int64_t chat_id);

#endif
