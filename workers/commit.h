/* workers/commit.h -- changes that the loop submits to the writer and hears of again, on the loop,
 * when they are durable. */
#ifndef WORKERS_COMMIT_H
#define WORKERS_COMMIT_H

#include "base/loop.h"
#include "store/store.h"

enum { COMMIT_PAUSE_MS = 200 }; /* before a change that could not be committed is tried again */

struct commits;

struct commit {
	change_fn run; /* on the writer thread */
	void (*then)(enum status status,
		     void *arg); /* on the loop's thread; status as in store.h's change_done */
	void *arg;
	struct change change; /* the rest is private */
	struct commits *owner;
	struct commit *next;
	enum status status;
};

CHECKED enum status commits_open(struct event_base *base, struct store *store,
				 struct commits **commits_out);
/* Only when the store is closed: nothing is under way then. Ends that were not yet told never will
 * be. NULL is fine. */
void commits_close(struct commits *commits);
/* `commit` is borrowed until then() begins. A full writer ends as BUSY. */
void commits_submit(struct commits *commits, struct commit *commit, change_fn run,
		    void (*then)(enum status status, void *arg), void *arg);
/* The same once more after the pause. */
void commits_again(struct commits *commits, struct commit *commit);

#endif
