/* ctl/plan.h -- what `ecoctl up` runs: the table of children, and what it comes to under the
 * settings. */
#ifndef CTL_PLAN_H
#define CTL_PLAN_H

#include "base/http/listen.h"
#include "ctl/command.h"

#include <stddef.h>

/* When a child counts as ready. */
enum ready_kind {
	READY_AT_ONCE, /* when it runs */
	READY_REDIS,   /* when its unix socket takes a connection */
	READY_SANDBOX, /* when its port takes a connection */
	READY_API,     /* when /readyz says 200 */
};

/* Children of stage 0 start at once, the others when those are ready; they stop in the reverse
 * order of their stages. */
enum { PLAN_STAGES = 4, PLAN_CHILDREN_MAX = 32 };

struct plan_child {
	const char *name;  /* of its log: "api", "worker-2" */
	const char *path;  /* of the program */
	char *const *argv; /* NULL-terminated */
	int stage;
	enum ready_kind ready;
	const struct http_sockets *sockets; /* it gets them; NULL: none */
};

struct plan {
	struct plan_child children[PLAN_CHILDREN_MAX];
	size_t count;
};

/* In ctl's arena. FAILED: said on stderr (no redis.conf, a path too long for a socket). */
CHECKED enum status plan_make(struct ctl *ctl, struct plan *plan_out);

#endif
