/* domain/payload.c -- a task's payload, read by name. */
#include "domain/payload.h"

#include <jansson.h>

enum status payload_ints(struct str payload, const char *const *names, size_t count,
			 int64_t *values_out)
{
	json_t *root = payload.len == 0 ? NULL
					: json_loadb(payload.data, payload.len,
						     JSON_REJECT_DUPLICATES, NULL);
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		const json_t *value = json_object_get(root, names[i]);

		if (json_is_integer(value))
			values_out[i] = json_integer_value(value);
		else
			status = STATUS_BAD_INPUT;
	}
	json_decref(root);
	return status;
}

enum status payload_int(struct str payload, const char *name, int64_t *value_out)
{
	return payload_ints(payload, &name, 1, value_out);
}
