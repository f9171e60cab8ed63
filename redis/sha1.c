/* redis/sha1.c -- SHA-1 (RFC 3174). */
#include "redis/sha1.h"

#include <stdio.h>
#include <string.h>

enum { BLOCK_BYTES = 64, LENGTH_BYTES = 8 };

static uint32_t rotl(uint32_t word, int bits)
{
	return word << bits | word >> (32 - bits);
}

static void round_mix(int round, const uint32_t s[5], uint32_t *f_out, uint32_t *k_out)
{
	if (round < 20) {
		*f_out = (s[1] & s[2]) | (~s[1] & s[3]);
		*k_out = 0x5a827999u;
	} else if (round < 40) {
		*f_out = s[1] ^ s[2] ^ s[3];
		*k_out = 0x6ed9eba1u;
	} else if (round < 60) {
		*f_out = (s[1] & s[2]) | (s[1] & s[3]) | (s[2] & s[3]);
		*k_out = 0x8f1bbcdcu;
	} else {
		*f_out = s[1] ^ s[2] ^ s[3];
		*k_out = 0xca62c1d6u;
	}
}

static void add_block(uint32_t state[5], const unsigned char *block)
{
	uint32_t w[80], s[5], f, k;

	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)block[i * 4] << 24 | (uint32_t)block[i * 4 + 1] << 16 |
		       (uint32_t)block[i * 4 + 2] << 8 | block[i * 4 + 3];
	for (int i = 16; i < 80; i++)
		w[i] = rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	memcpy(s, state, sizeof(s));
	for (int i = 0; i < 80; i++) {
		uint32_t next;

		round_mix(i, s, &f, &k);
		next = rotl(s[0], 5) + f + s[4] + k + w[i];
		s[4] = s[3];
		s[3] = s[2];
		s[2] = rotl(s[1], 30);
		s[1] = s[0];
		s[0] = next;
	}
	for (int i = 0; i < 5; i++)
		state[i] += s[i];
}

void sha1_hex(struct str text, char hex_out[SHA1_HEX_BYTES + 1])
{
	uint32_t state[5] = { 0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u };
	unsigned char tail[BLOCK_BYTES * 2] = { 0 };
	size_t whole = text.len / BLOCK_BYTES * BLOCK_BYTES, rest = text.len - whole;
	size_t tail_bytes = rest + 1 + LENGTH_BYTES <= BLOCK_BYTES ? BLOCK_BYTES : BLOCK_BYTES * 2;

	for (size_t at = 0; at < whole; at += BLOCK_BYTES)
		add_block(state, (const unsigned char *)text.data + at);
	if (rest > 0)
		memcpy(tail, text.data + whole, rest);
	tail[rest] = 0x80;
	for (size_t i = 0; i < LENGTH_BYTES; i++)
		tail[tail_bytes - 1 - i] = (unsigned char)((uint64_t)text.len * 8 >> (i * 8));
	for (size_t at = 0; at < tail_bytes; at += BLOCK_BYTES)
		add_block(state, tail + at);
	for (int i = 0; i < 5; i++)
		snprintf(hex_out + (size_t)i * 8, 9, "%08x", state[i]);
}
