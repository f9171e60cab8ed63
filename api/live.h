/* api/live.h -- live updates to dashboards (SSE): woken by our own commits, by Redis, and by
 * looking every half second; read once per wake for all clients. */
#ifndef API_LIVE_H
#define API_LIVE_H

#include "api/app.h"
#include "base/status.h"
#include "base/str.h"

struct live;

/* Needs app's lanes; uses app->feed for wake-ups. */
CHECKED enum status live_open(struct app *app, struct live **live_out);
/* When streams have ended and lanes are stopped. NULL is fine. */
void live_close(struct live *live);
/* Something was committed; any thread. */
void live_wake(struct live *live);

struct live_counters {
	uint64_t clients, events_sent, resets, reads;
};
struct live_counters live_counters(const struct live *live);

#endif
