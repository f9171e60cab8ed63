/* telegram/sandbox/faults.c -- the armed faults, first come first served. */
#include "telegram/sandbox/faults.h"

#include <assert.h>
#include <string.h>

/* clang-format off */
static const char *const names[FAULT_KINDS] = {
	[FAULT_NONE] = "none",                         [FAULT_RATE_LIMIT] = "rate_limit",
	[FAULT_BLOCKED] = "blocked",                   [FAULT_BAD_REQUEST] = "bad_request",
	[FAULT_UNAUTHORIZED] = "unauthorized",         [FAULT_CONFLICT_409] = "conflict_409",
	[FAULT_ERROR_500] = "error_500",               [FAULT_HTML_502] = "html_502",
	[FAULT_RESET_BEFORE] = "reset_before",         [FAULT_DELAY] = "delay",
	[FAULT_REPLY_LOST] = "reply_lost",             [FAULT_TRUNCATED] = "truncated",
	[FAULT_DUPLICATE_UPDATE] = "duplicate_update", [FAULT_ID_JUMP_DOWN] = "id_jump_down",
};
/* clang-format on */

const char *fault_kind_name(enum fault_kind kind)
{
	return names[kind];
}

enum status fault_kind_from_name(struct str name, enum fault_kind *kind_out)
{
	for (enum fault_kind kind = FAULT_NONE + 1; kind < FAULT_KINDS; kind++) {
		if (str_eq_c(name, names[kind])) {
			*kind_out = kind;
			return STATUS_OK;
		}
	}
	return STATUS_NOT_FOUND;
}

enum status faults_add(struct faults *faults, const struct fault *fault)
{
	assert(fault->kind != FAULT_NONE && fault->count > 0);
	if (faults->count == FAULTS_MAX)
		return STATUS_BUSY;
	faults->rows[faults->count++] = *fault;
	return STATUS_OK;
}

/* A poll is a call like no other: "*" would always hit it first. */
bool fault_fits(const struct fault *fault, const char *method, int64_t chat_id)
{
	bool any = strcmp(fault->method, "*") == 0 && strcasecmp(method, "getUpdates") != 0;

	return (any || strcasecmp(fault->method, method) == 0) &&
	       (fault->user == 0 || fault->user == chat_id);
}

enum status faults_take(struct faults *faults, const char *method, int64_t chat_id,
			struct fault *fault_out)
{
	for (size_t i = 0; i < faults->count; i++) {
		struct fault *fault = &faults->rows[i];

		if (!fault_fits(fault, method, chat_id))
			continue;
		*fault_out = *fault;
		if (--fault->count == 0) {
			faults->count--;
			memmove(fault, fault + 1, (faults->count - i) * sizeof(*fault));
		}
		return STATUS_OK;
	}
	return STATUS_EMPTY;
}
