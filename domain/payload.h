/* domain/payload.h -- numbers out of a task's payload. */
#ifndef DOMAIN_PAYLOAD_H
#define DOMAIN_PAYLOAD_H

#include "base/status.h"
#include "base/str.h"

#include <stdint.h>

/* The whole number `name` of the JSON object. BAD_INPUT: no object, no such member, or no number.
 */
CHECKED enum status payload_int(struct str payload, const char *name, int64_t *value_out);

#endif
