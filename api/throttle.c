/* api/throttle.c -- a small table of counters beside Redis; the higher count of the two decides. */
#include "api/throttle.h"

#include "base/clock.h"
#include "redis/live.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 4096, DIGEST_BYTES = 16 };

/* A slot is taken over by another name: at worst somebody gets ten more attempts. */
struct counter {
	unsigned char digest[DIGEST_BYTES];
	int64_t window_ends_ms; /* monotonic; 0: empty */
	int64_t count;
};

struct throttle {
	struct redis_link *link;
	unsigned char salt[crypto_generichash_KEYBYTES];
	struct counter counters[SLOTS];
};

struct attempt {
	int64_t local_count;
	throttle_fn done;
	void *arg;
};

enum status throttle_open(struct redis_link *link, struct throttle **throttle_out)
{
	struct throttle *throttle = calloc(1, sizeof(*throttle));

	if (throttle == NULL || sodium_init() < 0) {
		free(throttle);
		return STATUS_FAILED;
	}
	throttle->link = link;
	crypto_generichash_keygen(throttle->salt);
	*throttle_out = throttle;
	return STATUS_OK;
}

void throttle_close(struct throttle *throttle)
{
	free(throttle);
}

/* The counter of a name, empty if the slot held another one or its window is over. */
static struct counter *counter_of(struct throttle *throttle, struct str name)
{
	unsigned char digest[DIGEST_BYTES];
	struct counter *counter;
	uint32_t index;

	crypto_generichash(digest, sizeof(digest), (const unsigned char *)name.data, name.len,
			   throttle->salt, sizeof(throttle->salt));
	memcpy(&index, digest, sizeof(index));
	counter = &throttle->counters[index % SLOTS];
	if (memcmp(counter->digest, digest, sizeof(digest)) != 0 ||
	    clock_mono_ms() >= counter->window_ends_ms) {
		*counter = (struct counter){ .window_ends_ms = clock_mono_ms() +
							       THROTTLE_WINDOW_S * INT64_C(1000) };
		memcpy(counter->digest, digest, sizeof(digest));
	}
	return counter;
}

static void counted(const struct redis_value *value, void *arg)
{
	struct attempt attempt = *(struct attempt *)arg;
	int64_t count = attempt.local_count;

	free(arg);
	if (value != NULL && value->number > count)
		count = value->number;
	attempt.done(count <= THROTTLE_ATTEMPTS_MAX, attempt.arg);
}

void throttle_attempt(struct throttle *throttle, struct str name, throttle_fn done, void *arg)
{
	struct attempt *attempt = malloc(sizeof(*attempt));

	if (attempt == NULL)
		abort();
	*attempt = (struct attempt){ ++counter_of(throttle, name)->count, done, arg };
	if (throttle->link == NULL ||
	    live_hit(throttle->link, name, THROTTLE_WINDOW_S, counted, attempt) != STATUS_OK)
		counted(NULL, attempt);
}

void throttle_forget(struct throttle *throttle, struct str name)
{
	counter_of(throttle, name)->count = 0;
	/* If Redis does not hear it, its window ends by itself. */
	if (throttle->link != NULL && live_forget(throttle->link, name) != STATUS_OK)
		return;
}
