/* bots/buttons.c -- presses of the closing message's buttons: "solved:<appeal id>:<generation>",
 * "need:...". */
#include "bots/intake.h"

#include "domain/texts.h"
#include "store/desk.h"

typedef enum status (*button_act)(struct db *db, const struct customer *customer, int64_t appeal_id,
				  int64_t generation, int64_t now_ms, struct arena *arena);

struct button_row {
	const char *name;
	button_act act;
	enum text_key toast;
};

/* clang-format off */
static const struct button_row buttons[] = {
	{ "solved", desk_solved,      TEXT_TOAST_SOLVED },
	{ "need",   desk_still_needs, TEXT_TOAST_RETURNED },
};
/* clang-format on */

/* NULL: none of ours. */
static const struct button_row *button_parse(struct str data, int64_t *appeal_id_out,
					     int64_t *generation_out)
{
	struct str name, appeal, generation = str_cut(str_cut(data, ':', &name), ':', &appeal);

	if (str_to_int(appeal, 1, INT64_MAX, appeal_id_out) != STATUS_OK ||
	    str_to_int(generation, 0, INT64_MAX, generation_out) != STATUS_OK)
		return NULL;
	for (size_t i = 0; i < sizeof(buttons) / sizeof(*buttons); i++)
		if (str_eq_c(name, buttons[i].name))
			return &buttons[i];
	return NULL;
}

/* Every press is answered, else the button spins: also an outdated one, and one that no bot of ours
 * has made. */
enum status buttons_handle(struct intake *intake, const struct update *update)
{
	int64_t appeal_id, generation;
	const struct button_row *button =
		button_parse(update->callback_data, &appeal_id, &generation);
	enum status status = STATUS_NOT_FOUND;

	if (button != NULL)
		status = button->act(intake->db, &intake->customer, appeal_id, generation,
				     intake->now_ms, intake->arena);
	if (status != STATUS_OK && status != STATUS_CONFLICT && status != STATUS_NOT_FOUND)
		return status;
	intake_toast(intake, update,
		     text_of(status == STATUS_OK ? button->toast : TEXT_TOO_LATE,
			     intake->customer.lang));
	return STATUS_OK;
}
