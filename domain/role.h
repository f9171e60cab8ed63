/* domain/role.h -- what an employee may do: roles, and the scopes each one has. */
#ifndef DOMAIN_ROLE_H
#define DOMAIN_ROLE_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <stdint.h>

enum scope {
	SCOPE_PUBLIC,	 /* no token needed */
	SCOPE_SIGNED_IN, /* any valid token */
	SCOPE_APPEALS_READ,
	SCOPE_APPEALS_WRITE,
	SCOPE_APPEALS_DELETE,
	SCOPE_EMPLOYEES_WRITE,
	SCOPES,
};

enum role { ROLE_OPERATOR, ROLE_LEAD, ROLE_DISPATCHER, ROLE_WAREHOUSE, ROLE_ADMIN, ROLES };

typedef uint32_t scope_set; /* bit 1 << scope */

const char *role_name(enum role role); /* "operator", ... */
CHECKED enum status role_parse(struct str name, enum role *role_out);
scope_set role_scopes(enum role role);

const char *scope_name(enum scope scope);    /* "appeals:read", ... */
const char *scope_summary(enum scope scope); /* for the API's documentation */
/* Space-separated names, as in a token; and back, unknown names ignored. */
struct str scope_set_format(scope_set set, struct arena *arena);
scope_set scope_set_parse(struct str text);

#endif
