/* workers/commit.c -- the way of a change from the loop to the writer thread and back. */
#include "workers/commit.h"

#include <pthread.h>
#include <stdlib.h>

struct commits {
	struct store *store;
	struct loop_wake *wake;
	struct loop_timer *pause;
	pthread_mutex_t mutex;
	struct commit *ended, **ended_tail; /* under the mutex; filled by the writer thread */
	struct commit *paused;		    /* the loop's */
};

/* On the writer thread; on the loop's when the writer's queue is full. */
static void ended_add(enum status status, void *arg)
{
	struct commit *commit = arg;
	struct commits *commits = commit->owner;
	bool is_first;

	commit->status = status;
	commit->next = NULL;
	pthread_mutex_lock(&commits->mutex);
	is_first = commits->ended == NULL;
	*commits->ended_tail = commit;
	commits->ended_tail = &commit->next;
	pthread_mutex_unlock(&commits->mutex);
	if (is_first)
		loop_wake_send(commits->wake);
}

static void ended_tell(void *arg)
{
	struct commits *commits = arg;
	struct commit *commit;

	pthread_mutex_lock(&commits->mutex);
	commit = commits->ended;
	commits->ended = NULL;
	commits->ended_tail = &commits->ended;
	pthread_mutex_unlock(&commits->mutex);
	while (commit != NULL) {
		struct commit *next = commit->next;

		commit->then(commit->status, commit->arg);
		commit = next;
	}
}

static enum status commit_run(struct db *db, void *arg)
{
	struct commit *commit = arg;

	return commit->run(db, commit->arg);
}

static void commit_start(struct commit *commit)
{
	commit->change = (struct change){ .run = commit_run, .done = ended_add, .arg = commit };
	if (store_submit(commit->owner->store, &commit->change) != STATUS_OK)
		ended_add(STATUS_BUSY, commit);
}

void commits_submit(struct commits *commits, struct commit *commit, change_fn run,
		    void (*then)(enum status status, void *arg), void *arg)
{
	*commit = (struct commit){ .run = run, .then = then, .arg = arg, .owner = commits };
	commit_start(commit);
}

void commits_again(struct commits *commits, struct commit *commit)
{
	if (commits->paused == NULL)
		loop_timer_set(commits->pause, COMMIT_PAUSE_MS);
	commit->next = commits->paused;
	commits->paused = commit;
}

static void pause_over(void *arg)
{
	struct commits *commits = arg;
	struct commit *commit = commits->paused;

	commits->paused = NULL;
	while (commit != NULL) {
		struct commit *next = commit->next;

		commit_start(commit);
		commit = next;
	}
}

enum status commits_open(struct event_base *base, struct store *store, struct commits **commits_out)
{
	struct commits *commits = calloc(1, sizeof(*commits));

	if (commits == NULL)
		return STATUS_FAILED;
	commits->store = store;
	commits->ended_tail = &commits->ended;
	commits->wake = loop_wake_open(base, ended_tell, commits);
	commits->pause = loop_timer_open(base, pause_over, commits);
	pthread_mutex_init(&commits->mutex, NULL);
	*commits_out = commits;
	return STATUS_OK;
}

void commits_close(struct commits *commits)
{
	if (commits == NULL)
		return;
	loop_wake_close(commits->wake);
	loop_timer_close(commits->pause);
	pthread_mutex_destroy(&commits->mutex);
	free(commits);
}
