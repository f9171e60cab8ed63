/* ctl/doctor_records.c -- the records: open, of our version, whole; their log; their tasks. */
#include "ctl/doctor.h"

#include "base/clock.h"
#include "ctl/reach.h"
#include "ctl/words.h"
#include "store/tasks_people.h"

enum {
	MB = 1 << 20,
	WAL_BYTES_WARN = 16 * MB, /* a checkpoint begins at 4 MB */
	WAL_BYTES_FAIL = 256 * MB,
	LATE_MS_WARN = 60 * 1000,
};

static const char *todo_of(enum status status, const struct look *look)
{
	if (status == STATUS_NOT_FOUND)
		return "check ECO_DIR; the first start makes them";
	if (status == STATUS_BUSY)
		return "if it stands still, kill it: ecoctl up does so after 5 s";
	if (status == STATUS_CONFLICT && look->version < look->known_version)
		return "the next start of a service brings them up to date";
	if (status == STATUS_CONFLICT)
		return "use the ecoctl of the newer version";
	return "stop everything, keep eco.db aside, restore a backup";
}

void doctor_records(struct doctor *doctor)
{
	struct ctl *ctl = doctor->ctl;
	struct str trouble;
	struct look look;
	enum status status = look_open(ctl->dir, &ctl->arena, &look, &doctor->db);

	if (status != STATUS_OK) {
		doctor->db = NULL;
		doctor_say(doctor, DOCTOR_FAIL, "records", todo_of(status, &look), "%s",
			   reach_words(status, &look, ctl->dir, &ctl->arena));
		return;
	}
	status = look_verify(doctor->db, &ctl->arena, &trouble);
	if (status == STATUS_OK)
		doctor_say(doctor, DOCTOR_OK, "records", NULL,
			   "open, version %d, every page read and whole", look.version);
	else
		doctor_say(doctor, DOCTOR_FAIL, "records", todo_of(STATUS_FAILED, &look), "%.*s",
			   STR_ARG(trouble));
}

enum doctor_level doctor_wal_level(int64_t bytes)
{
	if (bytes >= WAL_BYTES_FAIL)
		return DOCTOR_FAIL;
	return bytes >= WAL_BYTES_WARN ? DOCTOR_WARN : DOCTOR_OK;
}

void doctor_wal(struct doctor *doctor)
{
	int64_t bytes = look_wal_bytes(doctor->ctl->dir);

	doctor_say(doctor, doctor_wal_level(bytes), "log",
		   "something reads one moment of the records for too long (a backup?), or nobody "
		   "writes: it shrinks with the next quiet write",
		   "the write-ahead log has %s", words_bytes(bytes, &doctor->ctl->arena));
}

/* ---- tasks ------------------------------------------------------------------------------- */

struct tasks_seen {
	int64_t unfinished, dead, late_ms;
	enum task_type latest; /* the type of the one that waits longest */
};

static struct tasks_seen tasks_sum(const struct task_tally tallies[TASK_TYPES][TASK_CLASSES],
				   int64_t now_ms)
{
	struct tasks_seen seen = { 0 };

	for (size_t type = 0; type < TASK_TYPES; type++)
		for (size_t class = 0; class < TASK_CLASSES; class ++) {
			const struct task_tally *tally = &tallies[type][class];
			int64_t late_ms =
				tally->oldest_due_at_ms == 0 ? 0 : now_ms - tally->oldest_due_at_ms;

			seen.unfinished += tally->waiting + tally->ready + tally->later +
					   tally->running;
			seen.dead += tally->dead;
			if (late_ms > seen.late_ms) {
				seen.late_ms = late_ms;
				seen.latest = (enum task_type)type;
			}
		}
	return seen;
}

void doctor_tasks(struct doctor *doctor)
{
	struct task_tally tallies[TASK_TYPES][TASK_CLASSES];
	struct arena *arena = &doctor->ctl->arena;
	int64_t now_ms = clock_wall_ms();
	struct tasks_seen seen;

	if (doctor->db == NULL || tasks_tally(doctor->db, now_ms, tallies) != STATUS_OK)
		return;
	seen = tasks_sum((const struct task_tally(*)[TASK_CLASSES])tallies, now_ms);
	if (seen.late_ms >= LATE_MS_WARN)
		doctor_say(doctor, DOCTOR_WARN, "tasks", "look at ecoctl queue; do workers run?",
			   "%s should have run %s ago", task_type_name(seen.latest),
			   words_duration(seen.late_ms, arena));
	if (seen.dead > 0)
		doctor_say(doctor, DOCTOR_WARN, "tasks",
			   "ecoctl queue dead, then queue requeue or queue drop", "%lld given up",
			   (long long)seen.dead);
	if (seen.late_ms < LATE_MS_WARN && seen.dead == 0)
		doctor_say(doctor, DOCTOR_OK, "tasks", NULL, "%lld unfinished, none late or dead",
			   (long long)seen.unfinished);
}
