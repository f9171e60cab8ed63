/* bots/replies.h -- says what a durable batch wants said directly; best effort, never twice. */
#ifndef BOTS_REPLIES_H
#define BOTS_REPLIES_H

#include "bots/intake.h"

/* Strings are copied by the Bot API client. */
void replies_send(struct bot_api *api, const struct replies *replies);

#endif
