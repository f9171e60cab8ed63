/* redis/acl.h -- who may do what in Redis: one table of keys, one of commands, a user for each kind
 * of process and one for people who look. */
#ifndef REDIS_ACL_H
#define REDIS_ACL_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum redis_user {
	REDIS_USER_API,
	REDIS_USER_WORKERS,
	REDIS_USER_BOTS,
	REDIS_USER_SCHEDULER,
	REDIS_USER_CTL,
	REDIS_USER_OPS, /* reads everything, changes nothing: people, exporters */
	REDIS_USERS,
};

const char *redis_user_name(enum redis_user user);

struct acl_key {
	const char *name;    /* as in KEYS.md: "eco:stream:<type>:<class>" */
	const char *pattern; /* "eco:stream:*" */
	bool is_channel;
	const char *access[REDIS_USERS]; /* "w xadd": r, w or rw, then commands; "": none */
};
extern const struct acl_key acl_keys[];
extern const size_t acl_key_count;

/* "api w, workers rw, ...": who may touch it, as in KEYS.md. */
struct str acl_key_words(const struct acl_key *key, struct arena *arena);
/* All lines of an aclfile: every user, with nothing but the hash of its password; who gives no name
 * is refused. `passwords` in the order of the enum. */
struct str acl_file(const struct str passwords[REDIS_USERS], struct arena *arena);

#endif
