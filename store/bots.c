/* store/bots.c -- offsets and update ids. */
#include "store/bots.h"

#include "store/db.h"

enum status bots_offset(struct db *db, int64_t bot_id, int64_t *offset_out)
{
	enum status status = SQL_ONE_INT(db, SQL_bots_offset, offset_out, V_INT(bot_id));

	if (status != STATUS_NOT_FOUND)
		return status;
	*offset_out = 0;
	return STATUS_OK;
}

enum status bots_set_offset(struct db *db, int64_t bot_id, int64_t offset, int64_t now_ms)
{
	return SQL_RUN(db, SQL_bots_set_offset, NULL, V_INT(bot_id), V_INT(offset), V_INT(now_ms));
}

enum status updates_note(struct db *db, int64_t bot_id, int64_t update_id, int64_t now_ms)
{
	int64_t noted;
	enum status status = SQL_ONE_INT(db, SQL_updates_note, &noted, V_INT(bot_id),
					 V_INT(update_id), V_INT(now_ms),
					 V_INT(now_ms - UPDATES_KEPT_MS));

	return status == STATUS_NOT_FOUND ? STATUS_CONFLICT : status;
}
