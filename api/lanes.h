/* api/lanes.h -- where requests are worked on, so that the loop never waits: threads that read, the
 * writer thread, and threads for what is slow on purpose. */
#ifndef API_LANES_H
#define API_LANES_H

#include "base/loop.h"
#include "base/status.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

enum lane {
	LANE_LOOP, /* at once, on the loop: for what waits on nothing */
	LANE_READ, /* ECO_READ_THREADS threads, each with its read-only connection, one snapshot per
		      job */
	LANE_WRITE, /* the writer thread, as one change; done after COMMIT */
	LANE_SLOW,  /* password hashing; may read, and may submit changes and wait for them */
	LANES,
};

struct job;
/* On the lane's thread. A write may run once more from the start if it was never committed. */
typedef enum status (*job_run)(struct job *job, struct db *db);
/* On the loop's thread. */
typedef void (*job_done)(struct job *job, enum status status);

/* Embedded in what it works on, which travels with it and must live until done() returned. Fill the
 * first three. */
struct job {
	job_run run;
	job_done done;		       /* once, after run (or instead of it: BUSY, it never ran) */
	void (*late)(struct job *job); /* on the loop: the deadline passed and run is still out;
					  done comes later. NULL: nobody waits */

	/* the lanes' own */
	struct lanes *lanes;
	enum lane lane;
	bool is_late;
	enum status status;
	int64_t queued_us, deadline_ms; /* monotonic */
	struct change change;
	STAILQ_ENTRY(job) queue_link;
	TAILQ_ENTRY(job) out_link;
};

struct lanes;

struct lanes_options {
	struct event_base *base;
	struct store *store;
	int read_threads, slow_threads; /* 0: 2 */
	size_t read_queue_max;		/* 0: 1024 */
	size_t slow_queue_max;		/* 0: 64 */
	int64_t read_deadline_ms;	/* 0: 5000 */
	int64_t write_deadline_ms; /* 0: 5000; looked at only when it is taken from the queue */
	int64_t slow_deadline_ms;  /* 0: 10000 */
};

CHECKED enum status lanes_open(const struct lanes_options *options, struct lanes **lanes_out);
/* BUSY: the lane is full; done is not called. Not for LANE_LOOP. Loop's thread only. */
CHECKED enum status lanes_submit(struct lanes *lanes, enum lane lane, struct job *job);
/* Finishes what is queued for reading and slow work and ends those threads; then the store may be
 * closed. NULL is fine. */
void lanes_stop(struct lanes *lanes);
/* After the store is closed: done() of everything that finished. NULL is fine. */
void lanes_close(struct lanes *lanes);

const char *lane_name(enum lane lane);
struct lane_counters {
	uint64_t jobs, refused, late;
	uint64_t queued, took_us; /* queued: now, waiting or running; took: all jobs, from
				     submitting to done */
};
/* Loop's thread only. */
struct lane_counters lanes_counters(const struct lanes *lanes, enum lane lane);

#endif
