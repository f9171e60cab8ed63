/* api/position.c -- where the feed of live updates stands. */
#include "api/handlers.h"
#include "store/meta.h"

enum status position_read(struct db *db, struct out_position *position_out)
{
	enum status status = meta_get(db, META_RECORDS_EPOCH, &position_out->epoch);

	return status == STATUS_OK ? events_max_seq(db, &position_out->as_of_seq) : status;
}
