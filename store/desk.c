/* store/desk.c -- the desk's acts: which move, which words, which buttons go together. */
#include "store/desk.h"

#include "domain/texts.h"
#include "store/db.h"
#include "store/employees.h"

#include <assert.h>

static const struct actor system_actor = { ACTOR_SYSTEM, 0 };

static struct actor customer_actor(int64_t id)
{
	return (struct actor){ ACTOR_CUSTOMER, id };
}

static struct actor employee_actor(int64_t id)
{
	return (struct actor){ ACTOR_EMPLOYEE, id };
}

/* The bot says something to the appeal's customer. */
static enum status say(struct db *db, const struct appeal *appeal, struct str text,
		       enum message_buttons buttons, int64_t now_ms)
{
	struct message_outgoing message = { .appeal_id = appeal->id,
					    .author = AUTHOR_BOT,
					    .text = text,
					    .buttons = buttons,
					    .class = TASK_INTERACTIVE };
	int64_t id;

	return messages_add_outgoing(db, &message, now_ms, &id);
}

static enum status say_key(struct db *db, const struct appeal *appeal, enum text_key key,
			   int64_t now_ms)
{
	return say(db, appeal, text_of(key, appeal->customer.lang), BUTTONS_NONE, now_ms);
}

/* Takes the buttons off the closing message, if it has arrived; one under way loses them by itself.
 */
static enum status drop_buttons(struct db *db, int64_t appeal_id, int64_t now_ms)
{
	int64_t id;
	enum status status = messages_last_with_buttons(db, appeal_id, &id);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	return status == STATUS_OK ? messages_drop_buttons(db, id, now_ms) : status;
}

/* ---- the customer ------------------------------------------------------------------------ */

static enum status open_for(struct db *db, int64_t customer_id, int64_t previous_id, int64_t now_ms,
			    struct arena *arena, struct appeal *appeal_out)
{
	int64_t id;
	enum status status = appeals_open(db, customer_id, APPEAL_NEW, 0, previous_id,
					  customer_actor(customer_id), now_ms, &id);

	return status == STATUS_OK ? appeals_get(db, id, arena, appeal_out) : status;
}

/* The appeal that a message dated date_s belongs to, moved as it asks for; opened when there is
 * none. */
static enum status find_place(struct db *db, int64_t customer_id, int64_t date_s, int64_t now_ms,
			      struct arena *arena, struct appeal *appeal_out, bool *opened_out)
{
	struct appeal_move move = { .event = APPEAL_CUSTOMER_WROTE,
				    .actor = customer_actor(customer_id),
				    .now_ms = now_ms };
	enum status status = appeals_current(db, customer_id, arena, appeal_out);
	enum appeal_state was;

	*opened_out = status == STATUS_NOT_FOUND;
	if (status == STATUS_NOT_FOUND)
		return open_for(db, customer_id, 0, now_ms, arena, appeal_out);
	if (status != STATUS_OK)
		return status;
	was = appeal_out->state;
	if (was == APPEAL_CLOSED) {
		*opened_out = appeal_out->closed_by != APPEAL_CLOSER_TIMER ||
			      !appeal_in_time(date_s, appeal_out->closing_at_ms);
		if (*opened_out)
			return open_for(db, customer_id, appeal_out->id, now_ms, arena, appeal_out);
		move.event = APPEAL_CUSTOMER_WROTE_IN_TIME;
	}
	status = appeals_move(db, appeal_out, &move, arena);
	return status == STATUS_OK && was == APPEAL_CLOSING
		       ? drop_buttons(db, appeal_out->id, now_ms)
		       : status;
}

enum status desk_customer_wrote(struct db *db, const struct customer *customer,
				const struct desk_words *words, int64_t now_ms, struct arena *arena,
				struct appeal *appeal_out)
{
	struct message_incoming message = {
		.customer_id = customer->id,
		.bot_id = customer->bot_id,
		.chat_id = customer->telegram_id,
		.telegram_message_id = words->telegram_message_id,
		.kind = words->kind,
		.text = words->text,
		.date_ms = words->date_s * 1000,
	};
	int64_t id;
	bool opened;
	/* Before anything moves. */
	enum status status = messages_check_new(db, message.bot_id, message.chat_id,
						message.telegram_message_id);

	if (status == STATUS_OK)
		status = find_place(db, customer->id, words->date_s, now_ms, arena, appeal_out,
				    &opened);
	if (status != STATUS_OK)
		return status;
	message.appeal_id = appeal_out->id;
	status = messages_add_incoming(db, &message, now_ms, &id);
	if (status == STATUS_OK && opened)
		status = say(db, appeal_out,
			     text_with(TEXT_RECEIVED, appeal_out->customer.lang,
				       str_format(arena, "%lld", (long long)appeal_out->number),
				       arena),
			     BUTTONS_NONE, now_ms);
	if (status == STATUS_OK && words->kind == MESSAGE_UNSUPPORTED)
		status = say_key(db, appeal_out, TEXT_UNSUPPORTED, now_ms);
	return status == STATUS_OK ? appeals_get(db, appeal_out->id, arena, appeal_out) : status;
}

static enum status load_for_customer(struct db *db, const struct customer *customer,
				     int64_t appeal_id, struct arena *arena,
				     struct appeal *appeal_out)
{
	enum status status = appeals_get(db, appeal_id, arena, appeal_out);

	return status == STATUS_OK && appeal_out->customer.id != customer->id ? STATUS_NOT_FOUND
									      : status;
}

/* A button of the closing message does what it says. */
static enum status press(struct db *db, struct appeal *appeal, enum appeal_event event,
			 enum text_key answer, int64_t now_ms, struct arena *arena)
{
	struct appeal_move move = { .event = event,
				    .actor = customer_actor(appeal->customer.id),
				    .now_ms = now_ms };
	enum status status = appeals_move(db, appeal, &move, arena);

	if (status == STATUS_OK)
		status = drop_buttons(db, appeal->id, now_ms);
	if (status == STATUS_OK)
		status = say_key(db, appeal, answer, now_ms);
	return status;
}

enum status desk_solved(struct db *db, const struct customer *customer, int64_t appeal_id,
			int64_t generation, int64_t now_ms, struct arena *arena)
{
	struct appeal appeal;
	enum status status = load_for_customer(db, customer, appeal_id, arena, &appeal);

	if (status != STATUS_OK)
		return status;
	if (appeal.generation != generation)
		return STATUS_CONFLICT;
	if (appeal.state == APPEAL_CLOSED && appeal.closed_by == APPEAL_CLOSER_CUSTOMER)
		return STATUS_OK;
	return press(db, &appeal, APPEAL_CUSTOMER_SOLVED, TEXT_CLOSED_SOLVED, now_ms, arena);
}

enum status desk_still_needs(struct db *db, const struct customer *customer, int64_t appeal_id,
			     int64_t generation, int64_t now_ms, struct arena *arena)
{
	struct appeal appeal;
	enum status status = load_for_customer(db, customer, appeal_id, arena, &appeal);

	if (status != STATUS_OK)
		return status;
	if (appeal.generation != generation)
		return STATUS_CONFLICT;
	if (appeal.state == APPEAL_IN_WORK)
		return STATUS_OK;
	return press(db, &appeal, APPEAL_CUSTOMER_STILL_NEEDS, TEXT_RETURNED, now_ms, arena);
}

/* ---- the operator ------------------------------------------------------------------------ */

/* CONFLICT: another operator has it. */
static enum status load_for_employee(struct db *db, int64_t appeal_id, int64_t employee_id,
				     struct arena *arena, struct appeal *appeal_out)
{
	enum status status = appeals_get(db, appeal_id, arena, appeal_out);

	if (status == STATUS_OK && appeal_out->state != APPEAL_NEW &&
	    appeal_out->assignee_id != employee_id)
		return STATUS_CONFLICT;
	return status;
}

/* Moves the appeal into somebody's hands; the customer hears of it the first time only. */
static enum status hand_over(struct db *db, struct appeal *appeal, enum appeal_event event,
			     int64_t actor_id, int64_t assignee_id, int64_t now_ms,
			     struct arena *arena)
{
	struct appeal_move move = { .event = event,
				    .actor = employee_actor(actor_id),
				    .assignee_id = assignee_id,
				    .now_ms = now_ms };
	bool first = appeal->taken_at_ms == 0, was_closing = appeal->state == APPEAL_CLOSING;
	enum status status = appeals_move(db, appeal, &move, arena);

	if (status == STATUS_OK && was_closing && appeal->state != APPEAL_CLOSING)
		status = drop_buttons(db, appeal->id, now_ms);
	if (status == STATUS_OK && first && appeal->taken_at_ms != 0)
		status = say(
			db, appeal,
			text_with(TEXT_TAKEN, appeal->customer.lang, appeal->assignee_name, arena),
			BUTTONS_NONE, now_ms);
	return status;
}

/* As the messages just added left it. */
static enum status reload(struct db *db, enum status status, int64_t appeal_id, struct arena *arena,
			  struct appeal *appeal_out)
{
	return status == STATUS_OK ? appeals_get(db, appeal_id, arena, appeal_out) : status;
}

enum status desk_take(struct db *db, int64_t appeal_id, int64_t employee_id, int64_t now_ms,
		      struct arena *arena, struct appeal *appeal_out)
{
	enum status status = load_for_employee(db, appeal_id, employee_id, arena, appeal_out);

	if (status == STATUS_OK)
		status = hand_over(db, appeal_out, APPEAL_OPERATOR_TOOK, employee_id, employee_id,
				   now_ms, arena);
	return reload(db, status, appeal_id, arena, appeal_out);
}

static enum status answer(struct db *db, int64_t appeal_id, int64_t employee_id, struct str text,
			  int64_t now_ms, int64_t *message_id_out)
{
	struct message_outgoing message = { .appeal_id = appeal_id,
					    .author = AUTHOR_EMPLOYEE,
					    .employee_id = employee_id,
					    .text = text,
					    .class = TASK_INTERACTIVE };

	return messages_add_outgoing(db, &message, now_ms, message_id_out);
}

enum status desk_answer(struct db *db, int64_t appeal_id, int64_t employee_id, struct str text,
			int64_t now_ms, struct arena *arena, int64_t *message_id_out)
{
	struct appeal appeal;
	enum status status = load_for_employee(db, appeal_id, employee_id, arena, &appeal);

	if (status == STATUS_OK)
		status = hand_over(db, &appeal, APPEAL_OPERATOR_ANSWERED, employee_id, employee_id,
				   now_ms, arena);
	return status == STATUS_OK
		       ? answer(db, appeal_id, employee_id, text, now_ms, message_id_out)
		       : status;
}

enum status desk_close(struct db *db, int64_t appeal_id, int64_t employee_id,
		       int64_t close_after_ms, int64_t now_ms, struct arena *arena,
		       struct appeal *appeal_out)
{
	struct appeal_move move = { .event = APPEAL_OPERATOR_CLOSED,
				    .actor = employee_actor(employee_id),
				    .close_after_ms = close_after_ms,
				    .now_ms = now_ms };
	struct str minutes;
	enum status status = load_for_employee(db, appeal_id, employee_id, arena, appeal_out);

	if (status == STATUS_OK)
		status = appeals_move(db, appeal_out, &move, arena);
	if (status != STATUS_OK)
		return status;
	minutes = text_minutes((close_after_ms + 999) / 1000, appeal_out->customer.lang, arena);
	status = say(db, appeal_out,
		     text_with(TEXT_CLOSING, appeal_out->customer.lang, minutes, arena),
		     BUTTONS_CLOSING, now_ms);
	return reload(db, status, appeal_id, arena, appeal_out);
}

enum status desk_release(struct db *db, int64_t appeal_id, int64_t employee_id, int64_t now_ms,
			 struct arena *arena, struct appeal *appeal_out)
{
	struct appeal_move move = { .event = APPEAL_OPERATOR_RELEASED,
				    .actor = employee_actor(employee_id),
				    .now_ms = now_ms };
	enum status status = load_for_employee(db, appeal_id, employee_id, arena, appeal_out);

	return status == STATUS_OK ? appeals_move(db, appeal_out, &move, arena) : status;
}

enum status desk_assign(struct db *db, int64_t appeal_id, int64_t employee_id, int64_t assignee_id,
			int64_t now_ms, struct arena *arena, struct appeal *appeal_out)
{
	struct employee assignee;
	enum status status = appeals_get(db, appeal_id, arena, appeal_out);

	if (status != STATUS_OK)
		return status;
	status = employees_get(db, assignee_id, arena, &assignee);
	if (status == STATUS_NOT_FOUND || (status == STATUS_OK && !assignee.enabled))
		return STATUS_BAD_INPUT;
	if (status == STATUS_OK)
		status = hand_over(db, appeal_out, APPEAL_OPERATOR_ASSIGNED, employee_id,
				   assignee_id, now_ms, arena);
	return reload(db, status, appeal_id, arena, appeal_out);
}

enum status desk_begin(struct db *db, int64_t customer_id, int64_t employee_id, struct str text,
		       int64_t now_ms, struct arena *arena, struct appeal *appeal_out)
{
	struct customer customer;
	int64_t previous_id = 0, appeal_id, message_id;
	enum status status = customers_get(db, customer_id, arena, &customer);

	if (status != STATUS_OK)
		return status;
	status = appeals_current(db, customer_id, arena, appeal_out);
	if (status == STATUS_OK && appeal_out->state != APPEAL_CLOSED)
		return STATUS_CONFLICT;
	if (status == STATUS_OK)
		previous_id = appeal_out->id;
	else if (status != STATUS_NOT_FOUND)
		return status;
	status = appeals_open(db, customer_id, APPEAL_IN_WORK, employee_id, previous_id,
			      employee_actor(employee_id), now_ms, &appeal_id);
	if (status == STATUS_OK)
		status = answer(db, appeal_id, employee_id, text, now_ms, &message_id);
	return reload(db, status, appeal_id, arena, appeal_out);
}

/* ---- the clock --------------------------------------------------------------------------- */

enum status desk_deadline(struct db *db, int64_t appeal_id, int64_t generation, int64_t now_ms,
			  struct arena *arena)
{
	struct appeal_move move = { .event = APPEAL_DEADLINE_PASSED,
				    .actor = system_actor,
				    .now_ms = now_ms };
	struct appeal appeal;
	enum status status = appeals_get(db, appeal_id, arena, &appeal);

	if (status == STATUS_NOT_FOUND)
		return STATUS_EMPTY;
	if (status == STATUS_OK &&
	    (appeal.state != APPEAL_CLOSING || appeal.generation != generation))
		return STATUS_EMPTY;
	if (status == STATUS_OK)
		status = appeals_move(db, &appeal, &move, arena);
	if (status == STATUS_OK)
		status = drop_buttons(db, appeal_id, now_ms);
	if (status == STATUS_OK)
		status = say_key(db, &appeal, TEXT_CLOSED_TIMER, now_ms);
	return status;
}
