/* redis/reader.h -- a worker's hands in the streams: a thread that waits for entries and hands them
 * to the loop, at most as many as there are free slots, interactive before bulk; and the acks on
 * their way back. At least once: an entry stays pending under this worker's slot name until it is
 * acked. */
#ifndef REDIS_READER_H
#define REDIS_READER_H

#include "base/loop.h"
#include "domain/task.h"
#include "redis/conn.h"
#include "redis/link.h"

#include <stdbool.h>

struct reader;

struct reader_entry {
	enum task_type type;
	enum task_class class;
	struct str entry_id; /* of the stream */
	int64_t task_id;
	struct str order_key; /* as published: "chat:<bot id>:<chat id>"; STR_NONE: none */
	bool suspect; /* it was pending under a dead worker: run it alone, after tasks_suspect */
};

/* On the loop's thread; the entries are borrowed during the call. */
typedef void (*reader_entries)(const struct reader_entry *entries, size_t count, void *arg);

struct reader_options {
	const struct redis_address *address;
	struct event_base *base;
	struct redis_link *link;     /* for acks */
	const char *slot;	     /* stable consumer name: "worker-1" */
	const enum task_type *types; /* which streams */
	size_t type_count;
	int batch_max; /* entries per read */
	reader_entries entries;
	void *arg;
};

/* Reads its own pending first (what the process before it under this slot name left: suspects),
 * then what is new. On NOGROUP it waits for the rebuild, with a pause. */
CHECKED enum status reader_open(const struct reader_options *options, struct reader **reader_out);
/* Lets up to `count` more entries in (starts at 0). A transactional batch gives back as many as it
 * took when done. */
void reader_allow(struct reader *reader, int count);
/* Done with it in the stream; pipelined, retried until the link took it. */
void reader_ack(struct reader *reader, enum task_type type, enum task_class class,
		struct str entry_id);
/* Done here, again at due_at: ack and delayed set in one script. */
void reader_delay(struct reader *reader, const struct task_notice *notice, struct str entry_id);
/* Given up: ack and dead list in one script. An empty entry_id: it was acked when its task was
 * claimed. */
void reader_bury(struct reader *reader, const struct task_notice *notice, struct str entry_id,
		 struct str reason);
/* Acked, delayed or buried, but not yet confirmed by Redis: an orderly end waits a little for 0. */
size_t reader_unsettled(const struct reader *reader);
/* No new entries; what was handed over may still be acked. What was not goes back to its stream. */
void reader_stop(struct reader *reader);
/* Waits for the thread, at most a few seconds. Before the link is closed. */
void reader_close(struct reader *reader);

#endif
