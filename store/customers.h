/* store/customers.h -- people who write to the support bot. */
#ifndef STORE_CUSTOMERS_H
#define STORE_CUSTOMERS_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"
#include "domain/lang.h"

#include <stdbool.h>
#include <stdint.h>

struct db;

struct customer {
	int64_t id;
	int64_t bot_id;	     /* the bot they wrote to */
	int64_t telegram_id; /* also the private chat's id */
	struct str name;
	struct str username; /* STR_NONE: none */
	enum lang lang;
	bool reachable; /* false: blocked the bot, or the account is gone */
	int64_t created_at_ms;
};

/* What Telegram says of the sender with each update. */
struct customer_seen {
	int64_t bot_id, telegram_id;
	struct str name, username;
	struct str language_code; /* STR_NONE: keep what is known; sets the language at first sight
				     only */
};

/* Makes or refreshes, and marks reachable (they wrote): an event customer.updated when that
 * changes. */
CHECKED enum status customers_see(struct db *db, const struct customer_seen *seen, int64_t now_ms,
				  struct arena *arena, struct customer *customer_out);
CHECKED enum status customers_get(struct db *db, int64_t id, struct arena *arena,
				  struct customer *customer_out);
CHECKED enum status customers_find(struct db *db, int64_t bot_id, int64_t telegram_id,
				   struct arena *arena, struct customer *customer_out);
CHECKED enum status customers_set_reachable(struct db *db, int64_t id, bool reachable,
					    int64_t now_ms);

#endif
