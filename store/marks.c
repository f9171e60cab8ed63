/* store/marks.c -- a ring of confirmed publications, and how they get into the records. */
#include "store/marks.h"

#include "base/clock.h"
#include "store/db.h"

static void add(struct marks *marks, struct mark mark)
{
	struct mark *last = &marks->ring[(marks->first + marks->count - 1) % MARKS_MAX];

	if (marks->count > 0 && last->last_id + 1 == mark.first_id &&
	    mark.mono_ms - last->mono_ms < MARKS_SPAN_MS) {
		last->last_id = mark.last_id;
		return;
	}
	if (marks->count == MARKS_MAX) {
		marks->first = (marks->first + 1) % MARKS_MAX;
		marks->count--;
	}
	marks->ring[(marks->first + marks->count++) % MARKS_MAX] = mark;
}

void marks_collect(struct marks *marks, const struct store_hooks *hooks)
{
	enum { AT_ONCE = 256, ROUNDS_MAX = 64 };
	int64_t ids[AT_ONCE];
	size_t count = AT_ONCE;

	if (hooks->confirmed == NULL)
		return;
	for (int round = 0; round < ROUNDS_MAX && count == AT_ONCE; round++) {
		count = hooks->confirmed(hooks->arg, ids, AT_ONCE);
		for (size_t i = 0; i < count; i++)
			add(marks,
			    (struct mark){ ids[i], ids[i], clock_wall_ms(), clock_mono_ms() });
	}
}

enum status marks_write(struct marks *marks, struct db *db)
{
	int64_t before_mono_ms = clock_mono_ms() - MARKS_AGE_MS - MARKS_SPAN_MS;
	enum status status = STATUS_OK;

	for (int written = 0;
	     written < MARKS_WRITTEN_MAX && marks->count > 0 && status == STATUS_OK; written++) {
		const struct mark *mark = &marks->ring[marks->first];

		if (mark->mono_ms > before_mono_ms)
			break;
		status = SQL_RUN(db, SQL_tasks_mark_confirmed, NULL, V_INT(mark->first_id),
				 V_INT(mark->wall_ms), V_INT(mark->last_id));
		marks->first = (marks->first + 1) % MARKS_MAX;
		marks->count--;
	}
	return status;
}
