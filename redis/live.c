/* redis/live.c -- counters of hits, by name. */
#include "redis/live.h"

#include "base/clock.h"
#include "redis/script.h"

#include <sodium.h>
#include <stdlib.h>

enum { NAME_HASH_BYTES = 16 };

struct live_asked {
	redis_link_done done;
	void *arg;
};

/* Names are addresses and logins: people who look at Redis need not see them. */
static struct str hits_key(struct arena *arena, struct str name)
{
	unsigned char hash[NAME_HASH_BYTES];

	crypto_generichash(hash, sizeof(hash),
			   (const unsigned char *)(name.len > 0 ? name.data : ""), name.len, NULL,
			   0);
	return str_format(arena, "eco:live:hits:%.*s", STR_ARG(str_hex(arena, hash, sizeof(hash))));
}

static void hit_answered(const struct redis_value *value, void *arg)
{
	struct live_asked asked = *(struct live_asked *)arg;

	free(arg);
	asked.done(value != NULL && value->type == REDIS_IS_INT ? value : NULL, asked.arg);
}

enum status live_hit(struct redis_link *link, struct str name, int window_s, redis_link_done done,
		     void *arg)
{
	struct live_asked *asked = calloc(1, sizeof(*asked));
	struct arena arena = { 0 };
	struct script_call call = script_call(&arena, SCRIPT_hit);
	enum status status = STATUS_BUSY;

	if (asked != NULL) {
		*asked = (struct live_asked){ done, arg };
		script_key(&call, hits_key(&arena, name));
		script_arg_int(&call, clock_wall_ms());
		script_arg_int(&call, (int64_t)window_s * 1000);
		status = script_send(link, &call, hit_answered, asked);
	}
	if (status != STATUS_OK)
		free(asked);
	arena_release(&arena);
	return status;
}

enum status live_forget(struct redis_link *link, struct str name)
{
	struct arena arena = { 0 };
	struct redis_command command = redis_words(&arena, STR("DEL"), hits_key(&arena, name));
	enum status status = redis_link_send(link, &command, NULL, NULL);

	arena_release(&arena);
	return status;
}
