/* bots/edits.c -- the customer edited a message: the desk keeps both versions. */
#include "bots/words.h"

#include "store/messages.h"

#include <string.h>

/* An edit of what the desk never got ("/start" turned into a question, say) is new words, not
 * nothing. */
static enum status edit_is_new(struct intake *intake, const struct update *update)
{
	bool is_text = update->content != NULL && strcmp(update->content, "text") == 0;

	if (!is_text || update->text.len == 0 || update->text.data[0] == '/')
		return STATUS_OK;
	return words_tell_desk(intake, update, MESSAGE_TEXT);
}

enum status edits_handle(struct intake *intake, const struct update *update)
{
	enum status status = messages_edit_incoming(
		intake->db, intake->bot_id, update->chat_id, update->message_id,
		words_of(update, intake->arena), update->date_s * 1000, intake->now_ms);

	return status == STATUS_NOT_FOUND ? edit_is_new(intake, update) : status;
}
