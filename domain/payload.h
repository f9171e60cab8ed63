/* domain/payload.h -- numbers out of a task's payload, which is a flat JSON object: its members are
 * numbers, strings, true, false or null. */
#ifndef DOMAIN_PAYLOAD_H
#define DOMAIN_PAYLOAD_H

#include "base/status.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

/* The whole number `name` of the object. BAD_INPUT: no flat object, no such member, two of them, or
 * no whole number. */
CHECKED enum status payload_int(struct str payload, const char *name, int64_t *value_out);
/* Several at once, in the order of their names; fewer than 32. */
CHECKED enum status payload_ints(struct str payload, const char *const *names, size_t count,
				 int64_t *values_out);

#endif
