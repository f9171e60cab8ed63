/* bots/member.c -- the customer blocked or unblocked the bot. */
#include "bots/intake.h"

enum status member_handle(struct intake *intake, const struct update *update)
{
	struct customer customer;
	enum status status = customers_find(intake->db, intake->bot_id, update->from.id,
					    intake->arena, &customer);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK; /* never wrote to us; their first message makes them known */
	if (status != STATUS_OK)
		return status;
	return customers_set_reachable(intake->db, customer.id, update->is_member, intake->now_ms);
}
