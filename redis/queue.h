/* redis/queue.h -- the queue engine's transitions, one round trip each, for those who may wait
 * (scheduler, ecoctl). KEYS.md describes every key. */
#ifndef REDIS_QUEUE_H
#define REDIS_QUEUE_H

#include "domain/task.h"
#include "redis/conn.h"

#include <stdbool.h>

/* The destructive ones carry the scheduler's generation and do nothing (DENIED) when Redis knows a
 * higher one. BUSY: Redis is away. */

/* ---- epoch and rebuild ------------------------------------------------------------------- */

/* Missing also when a stream or its group is gone, or when the server is not the one that was built
 * (restarted, another master): what a rebuild cures. */
enum queue_epoch_state { QUEUE_EPOCH_MISSING, QUEUE_EPOCH_BUILDING, QUEUE_EPOCH_READY };
struct queue_epoch {
	enum queue_epoch_state state;
	int64_t number;
	struct str run_id; /* of the server now */
};
CHECKED enum status queue_epoch_get(struct redis_conn *conn, struct arena *arena,
				    struct queue_epoch *epoch_out);
/* "<number>:building": from here on readers are refused, and what is published does not count as
 * told; every stream and delayed set is deleted, groups made at 0. */
CHECKED enum status queue_rebuild_begin(struct redis_conn *conn, int64_t number,
					int64_t generation);
/* Fills; only while building this number, else CONFLICT: begin again. What is due in more than 60 s
 * is left out. */
CHECKED enum status queue_rebuild_add(struct redis_conn *conn, int64_t number,
				      const struct task_notice *notices, size_t count);
/* Compare-and-set building -> ready. CONFLICT: it was no longer building this number; begin again.
 */
CHECKED enum status queue_rebuild_end(struct redis_conn *conn, int64_t number);

/* ---- the clockwork ----------------------------------------------------------------------- */

/* As the publisher does; DENIED while building or when the epoch or a stream is missing. What is
 * due in more than 60 s is left out. */
CHECKED enum status queue_publish(struct redis_conn *conn, const struct task_notice *notices,
				  size_t count);
/* Moves due ones from the delayed sets to their streams, at most `limit`; *moved_out.
 * *next_due_out: of the next one, 0: none. */
CHECKED enum status queue_promote(struct redis_conn *conn, int64_t now_ms, int64_t limit,
				  int64_t *moved_out, int64_t *next_due_out);
/* XTRIM MINID of every stream below its lowest pending id (or what was delivered last). */
CHECKED enum status queue_trim(struct redis_conn *conn, int64_t generation);
/* When the first entry was published, by clock_wall_ms; 0: the stream is empty. */
CHECKED enum status queue_first_entry_ms(struct redis_conn *conn, enum task_type type,
					 enum task_class class, int64_t *ms_out);
/* All that is pending under a dead worker's slot goes back to the streams as suspects, for any
 * worker; the consumer goes. Not while another incarnation lives under that slot: that one has read
 * its predecessor's entries itself. */
CHECKED enum status queue_take_over(struct redis_conn *conn, struct str dead_slot,
				    int64_t generation, int64_t *moved_out);

/* Under which slots entries were read, dead workers' too. */
CHECKED enum status queue_slots(struct redis_conn *conn, struct arena *arena,
				struct str **slots_out, size_t *count_out);

/* ---- leader lease ------------------------------------------------------------------------ */

/* Takes or renews; CONFLICT: another holds it. */
CHECKED enum status lease_take(struct redis_conn *conn, struct str name, struct str holder,
			       int64_t lease_ms);
CHECKED enum status lease_drop(struct redis_conn *conn, struct str name, struct str holder);
/* Raises the generation known to Redis; DENIED: it knows a higher one. */
CHECKED enum status queue_generation_set(struct redis_conn *conn, int64_t generation);

/* ---- beats ------------------------------------------------------------------------------- */

struct beat {
	struct str incarnation, service, slot;
	int64_t count;
};
/* All that Redis knows of. */
CHECKED enum status beats_list(struct redis_conn *conn, struct arena *arena,
			       struct beat **beats_out, size_t *count_out);
CHECKED enum status beats_drop(struct redis_conn *conn, struct str incarnation);

/* ---- for people -------------------------------------------------------------------------- */

struct queue_stats {
	enum task_type type;
	enum task_class class;
	int64_t length, pending, lag, delayed, dead, oldest_ms;
	bool paused;
};
CHECKED enum status queue_stats(struct redis_conn *conn, struct arena *arena,
				struct queue_stats **stats_out, size_t *count_out);
/* Makes the scheduler rebuild everything from the records. */
CHECKED enum status queue_rebuild_ask(struct redis_conn *conn);
CHECKED enum status queue_pause(struct redis_conn *conn, enum task_type type, bool paused);

#endif
