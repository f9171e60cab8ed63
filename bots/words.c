/* bots/words.c -- what customers write: words for the desk; what can't be taken yet is said so,
 * never dropped silently. */
#include "bots/words.h"

#include "domain/texts.h"
#include "store/desk.h"

struct str words_of(const struct update *update, struct arena *arena)
{
	if (update->content == NULL || str_eq_c(STR("text"), update->content))
		return update->text;
	return str_trim(str_format(arena, "[%s] %.*s", update->content, STR_ARG(update->caption)));
}

enum status words_tell_desk(struct intake *intake, const struct update *update,
			    enum message_kind kind)
{
	const struct desk_words words = {
		.telegram_message_id = update->message_id,
		.date_s = update->date_s,
		.kind = kind,
		.text = words_of(update, intake->arena),
	};
	struct appeal appeal;
	enum status status = desk_customer_wrote(intake->db, &intake->customer, &words,
						 intake->now_ms, intake->arena, &appeal);

	return status == STATUS_CONFLICT ? STATUS_OK
					 : status; /* the same message under another update id */
}

enum status words_handle_text(struct intake *intake, const struct update *update)
{
	return words_tell_desk(intake, update, MESSAGE_TEXT);
}

/* Is there an appeal that this message would go to, rather than open one? */
static enum status appeal_goes_on(struct intake *intake, const struct update *update,
				  bool *goes_on_out)
{
	struct appeal appeal;
	enum status status =
		appeals_current(intake->db, intake->customer.id, intake->arena, &appeal);

	*goes_on_out = status == STATUS_OK &&
		       (appeal.state != APPEAL_CLOSED ||
			(appeal.closed_by == APPEAL_CLOSER_TIMER &&
			 appeal_in_time(update->date_s, appeal.closing_at_ms)));
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* A caption is words. Without any, and without an appeal, there is nothing for an operator to do.
 */
enum status words_handle_unsupported(struct intake *intake, const struct update *update)
{
	bool goes_on;
	enum status status = appeal_goes_on(intake, update, &goes_on);

	if (status != STATUS_OK)
		return status;
	if (goes_on || update->caption.len > 0)
		return words_tell_desk(intake, update, MESSAGE_UNSUPPORTED);
	intake_reply(intake, update, text_of(TEXT_UNSUPPORTED, intake->customer.lang));
	return STATUS_OK;
}
