/* base/http/wire.h -- follows the raw bytes of one connection, request by request, before evhttp
 * parses them: heads go to the guard, bodies are measured, chunks are read strictly. No I/O. */
#ifndef BASE_HTTP_WIRE_H
#define BASE_HTTP_WIRE_H

#include "base/http/guard.h"

enum wire_state {
	WIRE_HEAD,	 /* in a head, or between requests while no byte of one came */
	WIRE_BODY,	 /* left: bytes of the body to come */
	WIRE_CHUNK_SIZE, /* left: the size so far, digits: how many were read */
	WIRE_CHUNK_SIZE_LF,
	WIRE_CHUNK_DATA, /* left: bytes of the chunk to come */
	WIRE_CHUNK_DATA_CR,
	WIRE_CHUNK_DATA_LF,
	WIRE_END_CR, /* after the last chunk */
	WIRE_END_LF,
	WIRE_REFUSED, /* see verdict; nothing is read any more */
};

/* Embedded in the connection; zeroed but for the limits is a new one. */
struct wire {
	enum wire_state state;
	size_t head_bytes_max;
	uint64_t body_bytes_max;
	char *part; /* the head so far, when it came in pieces; owned */
	size_t part_len, part_size;
	uint64_t left, body_bytes;
	unsigned digits;
	uint64_t complete; /* requests that came whole and passed */
	bool is_head;	   /* the current request is a HEAD: its answer has no body */
	struct guard_verdict verdict;
};

/* The next bytes of the connection, in order. */
void wire_feed(struct wire *wire, struct str bytes);
/* Has a request begun that is not complete? */
bool wire_is_within(const struct wire *wire);
/* Ends the reading with this verdict, unless there is one. */
void wire_refuse(struct wire *wire, int status, const char *field, const char *detail);
void wire_release(struct wire *wire);

#endif
