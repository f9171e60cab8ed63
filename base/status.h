/* base/status.h -- the one answer every function of the house gives: did it work; if not, how. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

/* A result that nobody looks at is a bug. */
#define CHECKED __attribute__((warn_unused_result))

enum status {
	STATUS_OK = 0,
	STATUS_EMPTY,	  /* nothing there now; no error */
	STATUS_NOT_FOUND, /* the named thing does not exist */
	STATUS_CONFLICT,  /* it exists, but not in the state this needs */
	STATUS_DENIED,	  /* the caller may not do this */
	STATUS_BUSY,	  /* full or locked; try later */
	STATUS_BAD_INPUT, /* what was given breaks a rule */
	STATUS_FAILED,	  /* the machinery failed; the detail is in the log */
};

/* "ok", "empty", ... for logs. */
const char *status_name(enum status status);

#endif
