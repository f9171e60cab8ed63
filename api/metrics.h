/* api/metrics.h -- what Prometheus asks about: requests by route, lanes, records, Redis, live
 * streams, tasks. */
#ifndef API_METRICS_H
#define API_METRICS_H

#include "api/route.h"

struct metrics;

CHECKED enum status metrics_open(const struct route *routes, size_t count,
				 struct metrics **metrics_out);
void metrics_close(struct metrics *metrics); /* NULL is fine */
/* One answer. Loop's thread. route NULL: none fitted. */
void metrics_note(struct metrics *metrics, const struct route *route, int status, int64_t took_us);

#endif
