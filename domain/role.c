/* domain/role.c -- the table of roles and scopes. */
#include "domain/role.h"

#include "base/buf.h"

#define BIT(scope) (1u << (scope))

struct scope_row {
	const char *name, *summary;
};

struct role_row {
	const char *name;
	scope_set scopes;
};

/* clang-format off */
static const struct scope_row scopes[SCOPES] = {
	[SCOPE_PUBLIC]          = { "public",           "Open to everybody" },
	[SCOPE_SIGNED_IN]       = { "signed_in",        "Any employee who is signed in" },
	[SCOPE_APPEALS_READ]    = { "appeals:read",     "Read appeals, messages and live events" },
	[SCOPE_APPEALS_WRITE]   = { "appeals:write",    "Take, answer, change and close appeals" },
	[SCOPE_APPEALS_DELETE]  = { "appeals:delete",   "Delete appeals" },
	[SCOPE_EMPLOYEES_WRITE] = { "employees:write",  "Manage employees and their roles" },
};

static const struct role_row roles[ROLES] = {
	[ROLE_OPERATOR]   = { "operator",   BIT(SCOPE_SIGNED_IN) | BIT(SCOPE_APPEALS_READ) | BIT(SCOPE_APPEALS_WRITE) },
	[ROLE_LEAD]       = { "lead",       BIT(SCOPE_SIGNED_IN) | BIT(SCOPE_APPEALS_READ) | BIT(SCOPE_APPEALS_WRITE) | BIT(SCOPE_APPEALS_DELETE) },
	[ROLE_DISPATCHER] = { "dispatcher", BIT(SCOPE_SIGNED_IN) },
	[ROLE_WAREHOUSE]  = { "warehouse",  BIT(SCOPE_SIGNED_IN) },
	[ROLE_ADMIN]      = { "admin",      BIT(SCOPE_SIGNED_IN) | BIT(SCOPE_APPEALS_READ) | BIT(SCOPE_APPEALS_WRITE) | BIT(SCOPE_APPEALS_DELETE) | BIT(SCOPE_EMPLOYEES_WRITE) },
};
/* clang-format on */

const char *role_name(enum role role)
{
	return roles[role].name;
}

enum status role_parse(struct str name, enum role *role_out)
{
	for (size_t i = 0; i < ROLES; i++)
		if (str_eq_c(name, roles[i].name)) {
			*role_out = (enum role)i;
			return STATUS_OK;
		}
	return STATUS_BAD_INPUT;
}

scope_set role_scopes(enum role role)
{
	return roles[role].scopes;
}

const char *scope_name(enum scope scope)
{
	return scopes[scope].name;
}

const char *scope_summary(enum scope scope)
{
	return scopes[scope].summary;
}

struct str scope_set_format(scope_set set, struct arena *arena)
{
	struct buf buf = buf_in(arena);

	for (size_t i = 0; i < SCOPES; i++)
		if (set & BIT(i)) {
			buf_add_c(&buf, buf.len > 0 ? " " : "");
			buf_add_c(&buf, scopes[i].name);
		}
	return buf_str(&buf);
}

scope_set scope_set_parse(struct str text)
{
	scope_set set = 0;

	while (text.len > 0) {
		struct str name;

		text = str_cut(text, ' ', &name);
		for (size_t i = 0; i < SCOPES; i++)
			if (str_eq_c(name, scopes[i].name))
				set |= BIT(i);
	}
	return set;
}
