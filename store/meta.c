/* store/meta.c -- single numbers and signing keys. */
#include "store/meta.h"

#include "base/random.h"
#include "store/db.h"

enum { KID_BYTES = 8, SECRET_BYTES = 32 };

static const char *const keys[META_KEYS] = {
	[META_RECORDS_EPOCH] = "records_epoch",
	[META_QUEUE_EPOCH] = "queue_epoch",
	[META_SCHEDULER_GENERATION] = "scheduler_generation",
	[META_APPEAL_NUMBER] = "appeal_number",
};

enum status meta_get(struct db *db, enum meta_key key, int64_t *value_out)
{
	return SQL_ONE_INT(db, SQL_meta_get, value_out, V_C(keys[key]));
}

enum status meta_next(struct db *db, enum meta_key key, int64_t *value_out)
{
	return SQL_ONE_INT(db, SQL_meta_next, value_out, V_C(keys[key]));
}

enum status meta_swap(struct db *db, enum meta_key key, int64_t was, int64_t now)
{
	int64_t changed = 0;
	enum status status =
		SQL_RUN(db, SQL_meta_swap, &changed, V_C(keys[key]), V_INT(was), V_INT(now));

	return status == STATUS_OK && changed == 0 ? STATUS_CONFLICT : status;
}

static unsigned char nibble(char digit)
{
	return (unsigned char)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/* Of what str_hex made. */
static struct str unhex(struct arena *arena, struct str hex)
{
	char *bytes = arena_alloc(arena, hex.len / 2 + 1);

	for (size_t i = 0; i + 1 < hex.len; i += 2)
		bytes[i / 2] = (char)(nibble(hex.data[i]) << 4 | nibble(hex.data[i + 1]));
	return (struct str){ bytes, hex.len / 2 };
}

static enum status load(struct sql_rows *rows, struct arena *arena, struct signing_key *key_out)
{
	bool found = sql_next(rows);
	enum status status;

	if (found)
		*key_out = (struct signing_key){ sql_str(rows, 0, arena),
						 unhex(arena, sql_borrow(rows, 1)),
						 sql_int(rows, 2) };
	status = sql_end(rows);
	return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status signing_key_newest(struct db *db, struct arena *arena, struct signing_key *key_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_signing_key_newest, V_NULL);

	return load(&rows, arena, key_out);
}

enum status signing_key_by_kid(struct db *db, struct str kid, struct arena *arena,
			       struct signing_key *key_out)
{
	struct sql_rows rows = SQL_OPEN(db, SQL_signing_key_by_kid, V_STR(kid));

	return load(&rows, arena, key_out);
}

enum status signing_key_ensure(struct db *db, int64_t now_ms, struct arena *arena,
			       struct signing_key *key_out)
{
	enum status status = signing_key_newest(db, arena, key_out);

	if (status != STATUS_NOT_FOUND)
		return status;
	status = SQL_RUN(db, SQL_signing_key_add, NULL, V_STR(random_hex(arena, KID_BYTES)),
			 V_STR(random_hex(arena, SECRET_BYTES)), V_INT(now_ms));
	return status == STATUS_OK ? signing_key_newest(db, arena, key_out) : status;
}
