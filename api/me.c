/* api/me.c -- who asks. */
#include "api/handlers.h"

enum status me_get(struct call *call)
{
	const struct session *session = &call->session;
	struct out_me *me = ARENA_NEW(&call->arena, struct out_me);
	scope_set scopes = token_scopes(session->role);

	*me = (struct out_me){
		.id = session->employee_id,
		.login = session->login,
		.name = session->employee_name,
		.role = session->role,
		.language = session->lang,
		.scopes = arena_array(&call->arena, SCOPES, sizeof(struct str)),
	};
	for (int i = 0; i < SCOPES; i++)
		if (scopes & (1u << i))
			me->scopes[me->scope_count++] = str_from_c(scope_name((enum scope)i));
	call->answer.value = me;
	return STATUS_OK;
}
