/* domain/message.c -- names, and the table of delivery. */
#include "domain/message.h"

struct delivery_edge {
	enum delivery from, to;
};

/* clang-format off */
static const struct delivery_edge edges[] = {
	{ DELIVERY_QUEUED,  DELIVERY_SENDING },	/* claimed */
	{ DELIVERY_QUEUED,  DELIVERY_FAILED },	/* given up before it was tried: the customer is unreachable */
	{ DELIVERY_QUEUED,  DELIVERY_UNKNOWN },	/* back from a backup: it may have been sent since */
	{ DELIVERY_SENDING, DELIVERY_SENT },
	{ DELIVERY_SENDING, DELIVERY_FAILED },	/* refused for good */
	{ DELIVERY_SENDING, DELIVERY_QUEUED },	/* surely not sent: again later */
	{ DELIVERY_SENDING, DELIVERY_UNKNOWN },	/* the answer was lost, or the worker died */
	{ DELIVERY_FAILED,  DELIVERY_QUEUED },	/* a person asked to send again */
	{ DELIVERY_UNKNOWN, DELIVERY_QUEUED },
};
/* clang-format on */

static const char *const author_names[MESSAGE_AUTHORS] = { "customer", "employee", "bot",
							   "system" };
static const char *const kind_names[MESSAGE_KINDS] = { "text", "unsupported" };
static const char *const delivery_names[DELIVERY_STATES] = {
	NULL, "queued", "sending", "sent", "failed", "unknown",
};

enum status delivery_check(enum delivery from, enum delivery to)
{
	for (size_t i = 0; i < sizeof(edges) / sizeof(*edges); i++)
		if (edges[i].from == from && edges[i].to == to)
			return STATUS_OK;
	return STATUS_CONFLICT;
}

const char *message_author_name(enum message_author author)
{
	return author_names[author];
}

const char *message_kind_name(enum message_kind kind)
{
	return kind_names[kind];
}

const char *delivery_name(enum delivery delivery)
{
	return delivery_names[delivery];
}
