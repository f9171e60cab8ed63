/* domain/texts.h -- every word the support bot says, in both languages. */
#ifndef DOMAIN_TEXTS_H
#define DOMAIN_TEXTS_H

#include "base/arena.h"
#include "base/str.h"
#include "domain/lang.h"

enum text_key {
	TEXT_WELCOME,	    /* /start */
	TEXT_HELP,	    /* /help */
	TEXT_PRIVACY,	    /* /privacy */
	TEXT_RECEIVED,	    /* the first message of an appeal; %1: its number */
	TEXT_TAKEN,	    /* an operator took it; %1: the operator's name */
	TEXT_CLOSING,	    /* with the two buttons; %1: minutes left */
	TEXT_CLOSED_SOLVED, /* after [Problem solved] */
	TEXT_CLOSED_TIMER,  /* after the silence */
	TEXT_RETURNED,	    /* after [Still need help] */
	TEXT_UNSUPPORTED,   /* a sticker, a photo, ... */
	TEXT_TOO_LATE,	    /* toast: the button's appeal is over */
	TEXT_TOAST_SOLVED,  /* toasts: the press has been taken in; at most 200 characters */
	TEXT_TOAST_RETURNED,
	TEXT_BUTTON_SOLVED,
	TEXT_BUTTON_NEED_HELP,
	TEXT_COMMAND_START, /* descriptions in the bot's menu */
	TEXT_COMMAND_HELP,
	TEXT_COMMAND_PRIVACY,
	TEXT_KEYS,
};

struct str text_of(enum text_key key, enum lang lang);
/* The same with "%1" replaced. */
struct str text_with(enum text_key key, enum lang lang, struct str value, struct arena *arena);
/* "10 minutes", "10 минут", "1 минуты": seconds rounded up to minutes, as it stands after "within"
 * / "в течение". */
struct str text_minutes(int64_t seconds, enum lang lang, struct arena *arena);

#endif
