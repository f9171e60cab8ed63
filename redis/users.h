/* redis/users.h -- the passwords of Redis's users, in a folder of their own, and where Redis is by
 * the settings. */
#ifndef REDIS_USERS_H
#define REDIS_USERS_H

#include "base/config.h"
#include "redis/acl.h"
#include "redis/conn.h"

/* Makes what is missing in `dir` (0700): a file with a random password for each user (0600), kept
 * from then on, and users.acl, written anew, for redis-server --aclfile. FAILED: said on stderr. */
CHECKED enum status redis_users_make(const char *dir, const char **aclfile_out,
				     struct arena *arena);

/* By ECO_REDIS_URL, as the given user. When the URL names nobody, the password is taken from
 * ECO_REDIS_USERS, or, for the private Redis, from `redis-users` in ECO_DIR if that is there.
 * BAD_INPUT: said on stderr. */
CHECKED enum status redis_address_get(const struct config *config, enum redis_user user,
				      struct arena *arena, struct redis_address *address_out);

#endif
