/* bots/start.c -- the bot's commands: /start, /help, /privacy. */
#include "bots/intake.h"

#include "domain/texts.h"

struct command_row {
	const char *name;
	enum text_key answer;
};

/* clang-format off */
static const struct command_row commands[] = {
	{ "/start",   TEXT_WELCOME },	/* its payload (a scooter's code, say) is accepted and not looked at: anybody can make one up */
	{ "/help",    TEXT_HELP },
	{ "/privacy", TEXT_PRIVACY },
};
/* clang-format on */

/* "/start@EcoBot payload" -> "/start" */
static struct str command_name(struct str text)
{
	struct str name = text;

	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == ' ' || text.data[i] == '\n' || text.data[i] == '@') {
			name.len = i;
			break;
		}
	return name;
}

enum status start_handle(struct intake *intake, const struct update *update)
{
	struct str name = command_name(update->text);
	enum text_key answer = TEXT_HELP;

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (str_eq_nocase(name, str_from_c(commands[i].name)))
			answer = commands[i].answer;
	intake_reply(intake, update, text_of(answer, intake->customer.lang));
	return STATUS_OK;
}
