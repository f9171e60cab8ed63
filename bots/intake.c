/* bots/intake.c -- the support bot's table of updates, and the way of one update through it. */
#include "bots/intake.h"

#include "base/log.h"

#include <assert.h>
#include <string.h>

/* clang-format off */
static const struct intake_row support_rows[] = {
	/* kind                  where          what          sees   handler */
	{ UPDATE_MESSAGE,        WHERE_PRIVATE, WHAT_COMMAND, true,  start_handle },
	{ UPDATE_MESSAGE,        WHERE_PRIVATE, WHAT_TEXT,    true,  words_handle_text },
	{ UPDATE_MESSAGE,        WHERE_PRIVATE, WHAT_SERVICE, false, NULL },
	{ UPDATE_MESSAGE,        WHERE_PRIVATE, WHAT_ANY,     true,  words_handle_unsupported },
	{ UPDATE_EDITED_MESSAGE, WHERE_PRIVATE, WHAT_ANY,     true,  edits_handle },
	{ UPDATE_BUTTON,         WHERE_ANY,     WHAT_ANY,     true,  buttons_handle },
	{ UPDATE_MY_CHAT_MEMBER, WHERE_PRIVATE, WHAT_ANY,     false, member_handle },
};
/* clang-format on */

const struct intake_table intake_support = { support_rows,
					     sizeof(support_rows) / sizeof(*support_rows) };

/* Contents that Telegram puts into a private chat by itself. */
static const char *const service_contents[] = {
	"pinned_message",      "message_auto_delete_timer_changed",
	"chat_background_set", "write_access_allowed",
	"boost_added",
};

static bool content_is_service(const char *content)
{
	for (size_t i = 0; i < sizeof(service_contents) / sizeof(*service_contents); i++)
		if (content != NULL && strcmp(content, service_contents[i]) == 0)
			return true;
	return false;
}

/* "/word": a letter after the slash, so that "/2 the price?" stays words. */
static bool text_is_command(struct str text)
{
	char first = text.len > 1 ? (char)(text.data[1] | 0x20) : '\0';

	return text.len > 1 && text.data[0] == '/' && first >= 'a' && first <= 'z';
}

static bool what_fits(enum intake_what what, const struct update *update)
{
	bool is_text = update->content != NULL && strcmp(update->content, "text") == 0;

	switch (what) {
	case WHAT_COMMAND:
		return is_text && text_is_command(update->text);
	case WHAT_TEXT:
		return is_text && update->text.len > 0;
	case WHAT_SERVICE:
		return content_is_service(update->content);
	case WHAT_ANY:
		return true;
	}
	return false;
}

static const struct intake_row *row_of(const struct intake_table *table,
				       const struct update *update)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct intake_row *row = &table->rows[i];

		if (row->kind == update->kind && (row->where == WHERE_ANY || update->is_private) &&
		    what_fits(row->what, update))
			return row;
	}
	return NULL;
}

static struct str sender_name(const struct update *update, struct arena *arena)
{
	struct str full = str_trim(str_format(arena, "%.*s %.*s", STR_ARG(update->from.first_name),
					      STR_ARG(update->from.last_name)));

	if (full.len > 0)
		return full;
	if (update->from.username.len > 0)
		return update->from.username;
	return str_format(arena, "id %lld",
			  (long long)update->from.id); /* a deleted account has no name */
}

static enum status sender_see(struct intake *intake, const struct update *update)
{
	const struct customer_seen seen = {
		.bot_id = intake->bot_id,
		.telegram_id = update->from.id,
		.name = sender_name(update, intake->arena),
		.username = update->from.username,
		.language_code = update->from.language_code,
	};

	if (update->from.id == 0)
		return STATUS_BAD_INPUT; /* nobody to know */
	return customers_see(intake->db, &seen, intake->now_ms, intake->arena, &intake->customer);
}

enum status intake_update(const struct intake_table *table, struct intake *intake,
			  const struct update *update)
{
	const struct intake_row *row = row_of(table, update);
	enum status status = STATUS_OK;

	if (row == NULL || row->handler == NULL) {
		log_debug("update.ignored", LOG_INT("kind", update->kind),
			  LOG_INT("private", update->is_private));
		return STATUS_OK;
	}
	if (row->sees)
		status = sender_see(intake, update);
	return status != STATUS_OK ? status : row->handler(intake, update);
}

static void reply_add(struct intake *intake, const struct reply *reply)
{
	struct replies *replies = intake->replies;

	assert(replies->count < replies->size);
	replies->items[replies->count] = *reply;
	replies->items[replies->count].text = str_copy(intake->arena, reply->text);
	replies->count++;
}

void intake_reply(struct intake *intake, const struct update *update, struct str text)
{
	reply_add(intake, &(struct reply){ REPLY_MESSAGE, update->chat_id, STR_NONE, text });
}

void intake_toast(struct intake *intake, const struct update *update, struct str text)
{
	reply_add(intake, &(struct reply){ REPLY_TOAST, update->chat_id,
					   str_copy(intake->arena, update->callback_id), text });
}
