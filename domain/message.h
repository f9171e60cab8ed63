/* domain/message.h -- who wrote a message, and how far an outgoing one has got. */
#ifndef DOMAIN_MESSAGE_H
#define DOMAIN_MESSAGE_H

#include "base/status.h"
#include "base/str.h"

enum { MESSAGE_CHARS_MAX = 4096 }; /* Telegram's limit on one text */

enum message_author {
	AUTHOR_CUSTOMER,
	AUTHOR_EMPLOYEE,
	AUTHOR_BOT,
	AUTHOR_SYSTEM,
	MESSAGE_AUTHORS
};
enum message_kind { MESSAGE_TEXT, MESSAGE_UNSUPPORTED, MESSAGE_KINDS };
/* Buttons under a message of the bot. */
enum message_buttons { BUTTONS_NONE, BUTTONS_CLOSING, MESSAGE_BUTTONS };

/* How far an outgoing message has got; NONE for incoming ones. */
enum delivery {
	DELIVERY_NONE,
	DELIVERY_QUEUED,  /* accepted; a task waits to send it */
	DELIVERY_SENDING, /* a worker has committed to send it and may be doing so */
	DELIVERY_SENT,	  /* Telegram gave it a message id */
	DELIVERY_FAILED,  /* Telegram refused it for good; the reason says why */
	DELIVERY_UNKNOWN, /* it may have arrived; never sent again without a person asking */
	DELIVERY_STATES,
};

/* CONFLICT: a message can't go from one to the other. */
CHECKED enum status delivery_check(enum delivery from, enum delivery to);

const char *message_author_name(
	enum message_author author);		       /* "customer", "employee", "bot", "system" */
const char *message_kind_name(enum message_kind kind); /* "text", "unsupported" */
const char *delivery_name(enum delivery delivery);     /* NULL for NONE */

#endif
