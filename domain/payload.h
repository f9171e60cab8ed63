/* domain/payload.h -- numbers out of a task's payload. */
#ifndef DOMAIN_PAYLOAD_H
#define DOMAIN_PAYLOAD_H

#include "base/status.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

/* The whole number `name` of the JSON object. BAD_INPUT: no object, no such member, or no number.
 */
CHECKED enum status payload_int(struct str payload, const char *name, int64_t *value_out);
/* Several at once, in the order of their names. */
CHECKED enum status payload_ints(struct str payload, const char *const *names, size_t count,
				 int64_t *values_out);

#endif
