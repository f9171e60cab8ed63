/* redis/sha1.h -- SHA-1 as EVALSHA names scripts; for nothing that must be safe. */
#ifndef REDIS_SHA1_H
#define REDIS_SHA1_H

#include "base/str.h"

enum { SHA1_HEX_BYTES = 40 };

/* Lower-case hexadecimal, terminated. */
void sha1_hex(struct str text, char hex_out[SHA1_HEX_BYTES + 1]);

#endif
