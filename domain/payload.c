/* domain/payload.c -- a task's payload, read by name. */
#include "domain/payload.h"

#include <jansson.h>

enum status payload_int(struct str payload, const char *name, int64_t *value_out)
{
	json_t *root = payload.len == 0 ? NULL
					: json_loadb(payload.data, payload.len,
						     JSON_REJECT_DUPLICATES, NULL);
	const json_t *value = json_object_get(root, name);
	enum status status = STATUS_BAD_INPUT;

	if (json_is_integer(value)) {
		*value_out = json_integer_value(value);
		status = STATUS_OK;
	}
	json_decref(root);
	return status;
}
