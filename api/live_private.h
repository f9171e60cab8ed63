/* api/live_private.h -- what the files of live updates share. */
#ifndef API_LIVE_PRIVATE_H
#define API_LIVE_PRIVATE_H

#include "api/auth.h"
#include "api/lanes.h"
#include "api/live.h"
#include "base/http/server.h"

#include <sys/queue.h>

enum {
	LIVE_BEHIND_MAX = 10000, /* further behind: load anew */
	LIVE_LOOK_MS = 500,
	LIVE_CHECK_LOOKS = 4,	   /* sessions are looked at every so many looks */
	LIVE_BEAT_LOOKS = 20,	   /* 10 s */
	LIVE_LAG_MS = 50,	   /* before a client without room is tried again */
	LIVE_ROWS_MAX = 128,	   /* of one read */
	LIVE_BYTES_MAX = 96 << 10, /* of one read; with what waits it fits in a stream's 256 KB */
	LIVE_EVENT_BYTES_MAX = 128 << 10, /* a larger single event is told as a reset */
};

/* One event as it goes over the wire. */
struct live_text {
	int64_t seq;
	struct str text;
};

/* One read of the feed. Two may be out: for those at the head, and for those behind. */
struct live_read {
	struct live *live;
	struct job job;
	struct arena arena;
	bool is_out, again;
	int64_t after; /* asked */
	int64_t head;  /* known when it was asked, so surely in its snapshot */
	int64_t upto;  /* everything up to here was looked at */
	bool is_more;  /* there may be more behind it */
	bool sessions_changed;
	struct live_text *texts;
	size_t count;
};

struct live_verdict {
	uint64_t client_id;
	struct token_claims claims;
	bool stands;
};

/* One look at all clients' sessions. */
struct live_check {
	struct live *live;
	struct job job;
	struct arena arena;
	bool is_out, again;
	struct live_verdict *verdicts;
	size_t count;
};

struct live_client {
	struct live *live;
	uint64_t id;
	struct http_stream *stream;
	struct token_claims claims;
	int64_t seq; /* has everything up to here */
	TAILQ_ENTRY(live_client) link;
};

struct live {
	struct app *app;
	TAILQ_HEAD(, live_client) clients;
	uint64_t next_id;
	int64_t epoch;
	int64_t head; /* those at it have everything we know of */
	struct live_read at_head, behind;
	struct live_check check;
	struct loop_wake *wake;
	struct loop_timer *look_timer, *lag_timer;
	uint64_t looks;
	struct live_counters counters;
};

/* live_read.c: in the lane; job->run of a read and of a check. */
CHECKED enum status live_read_run(struct job *job, struct db *db);
CHECKED enum status live_check_run(struct job *job, struct db *db);

/* live_feed.c */
void live_look(struct live *live);
void live_check_sessions(struct live *live);
void live_client_end(struct live_client *client);

#endif
