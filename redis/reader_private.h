/* redis/reader_private.h -- what the loop's half of the reader (reader.c) and its thread
 * (reader_thread.c) share. */
#ifndef REDIS_READER_PRIVATE_H
#define REDIS_READER_PRIVATE_H

#include "redis/inflight.h"
#include "redis/reader.h"
#include "redis/settle.h"

#include <pthread.h>

enum {
	READER_BLOCK_MS = 500,	     /* also how long an orderly end may wait */
	READER_TIMEOUT_MS = 2000,    /* of its connection; above the block */
	READER_PAUSE_MS = 100,	     /* after an error, while rebuilding */
	READER_INFLIGHT_MAX = 10000, /* handed over and not settled; above, nothing is read */
	ENTRY_ID_BYTES = 48,
};

/* Entries with their strings in an arena of their own. */
struct entry_list {
	struct arena arena;
	struct reader_entry *entries;
	size_t count, size;
};

struct reader {
	struct reader_options options; /* address and types copied */
	struct arena arena;
	struct redis_conn *conn; /* the thread's */
	struct loop_wake *wake;
	struct settler *settler;
	pthread_t thread;

	pthread_mutex_t lock; /* guards from here */
	pthread_cond_t changed;
	int free_slots;
	bool stopping;
	struct entry_list out; /* for the loop */
	struct inflight inflight;

	/* the thread's own */
	struct arena turn;	/* answers of one turn */
	struct entry_list held; /* read, but there was no room */
	struct str epoch;	/* as last seen, in epoch_text */
	char epoch_text[ENTRY_ID_BYTES];
	size_t rotation;	       /* no type of a class starves the others */
	bool rereading, is_first_read; /* own pending entries, page by page */
	size_t reread_type, reread_class;
	char reread_after[ENTRY_ID_BYTES];
	bool is_paused[TASK_TYPES];
	size_t busy_stream; /* it gave a whole batch */
	int busy_reads;	    /* that it may be read alone */
};

void entry_list_add(struct entry_list *list, const struct reader_entry *entry);
void entry_list_clear(struct entry_list *list);
void *reader_thread(void *reader);

/* The thread's parts. Entries that were read are held until there is room on the loop. */
void reader_hold(struct reader *reader, size_t stream, struct str id, struct str task,
		 struct str key, bool suspect);
CHECKED enum status reader_give_back(struct reader *reader, const struct reader_entry *entry);
/* Redis may have given us entries in an answer that never came: own pending ones are read again.
 * Returns `status`. */
CHECKED enum status reader_answer_lost(struct reader *reader, enum status status);
/* What is there now, at most `room`. EMPTY: nothing. BUSY: a rebuild is under way or due. */
CHECKED enum status reader_take_new(struct reader *reader, int room);
/* Waits for the first entry of any stream. */
CHECKED enum status reader_take_first(struct reader *reader);

#endif
