/* bots/introduce.c -- getMe, the links file, and setMyCommands, one step after the other. */
#include "bots/introduce.h"

#include "base/log.h"
#include "domain/texts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGAIN_FIRST_MS = 1000, AGAIN_MAX_MS = 60 * 1000, LINE_BYTES_MAX = 512 };

enum step { STEP_NAME, STEP_COMMANDS_DEFAULT, STEP_COMMANDS_RU, STEP_END };

struct introduction {
	struct introduce_options options;
	struct loop_timer *timer;
	enum step step;
	int64_t again_ms;
};

/* ---- the links file ---------------------------------------------------------------------- */

static void lines_copy_others(FILE *from, FILE *to, const char *name)
{
	char line[LINE_BYTES_MAX];
	size_t len = strlen(name);

	while (from != NULL && fgets(line, sizeof(line), from) != NULL)
		if (strncmp(line, name, len) != 0 || line[len] != ' ')
			fputs(line, to);
}

enum status introduce_write_link(const char *dir, enum bot_role role, const char *url)
{
	struct arena arena = { 0 };
	const char *path = str_format(&arena, "%s/links", dir).data;
	const char *path_new = str_format(&arena, "%s.new", path).data;
	FILE *from = fopen(path, "re"), *to = fopen(path_new, "we");
	bool is_written = false;

	if (to != NULL) {
		lines_copy_others(from, to, bot_role_name(role));
		fprintf(to, "%s %s\n", bot_role_name(role), url);
		is_written = fclose(to) == 0 && rename(path_new, path) == 0;
	}
	if (!is_written)
		log_error("bot.links_failed", LOG_C("path", path),
			  LOG_C("reason", strerror(errno)));
	if (from != NULL)
		fclose(from);
	arena_release(&arena);
	return is_written ? STATUS_OK : STATUS_FAILED;
}

/* ---- the steps --------------------------------------------------------------------------- */

static void step_run(void *arg);

static void name_learned(struct introduction *introduction, json_t *me)
{
	const struct introduce_options *options = &introduction->options;
	const char *username = json_string_value(json_object_get(me, "username"));
	struct arena arena = { 0 };
	const char *url =
		options->sandbox_url != NULL
			? options->sandbox_url
			: str_format(&arena, "https://t.me/%s", username != NULL ? username : "")
				  .data;

	log_info("bot.link", LOG_C("bot", bot_role_name(options->role)),
		 LOG_C("username", username), LOG_C("url", url));
	if (introduce_write_link(options->dir, options->role, url) != STATUS_OK)
		log_warn("bot.link_not_kept", LOG_C("url", url));
	arena_release(&arena);
}

static void step_done(const struct bot_answer *answer, void *arg)
{
	struct introduction *introduction = arg;

	if (answer->fate != BOT_OK) {
		log_warn("bot.introduction_failed", LOG_INT("step", introduction->step),
			 LOG_INT("error_code", answer->error_code),
			 LOG_STR("description", answer->description));
		loop_timer_set(introduction->timer, introduction->again_ms);
		introduction->again_ms = introduction->again_ms * 2 < AGAIN_MAX_MS
						 ? introduction->again_ms * 2
						 : AGAIN_MAX_MS;
		return;
	}
	if (introduction->step == STEP_NAME)
		name_learned(introduction, answer->result);
	introduction->again_ms = AGAIN_FIRST_MS;
	introduction->step++;
	if (introduction->step != STEP_END)
		loop_timer_set(introduction->timer, 0);
}

static enum status commands_set(struct introduction *introduction, struct str language_code,
				enum lang lang)
{
	const struct bot_command commands[] = {
		{ STR("start"), text_of(TEXT_COMMAND_START, lang) },
		{ STR("help"), text_of(TEXT_COMMAND_HELP, lang) },
		{ STR("privacy"), text_of(TEXT_COMMAND_PRIVACY, lang) },
	};

	return bot_set_my_commands(introduction->options.api, language_code, commands,
				   sizeof(commands) / sizeof(*commands), step_done, introduction);
}

static void step_run(void *arg)
{
	struct introduction *introduction = arg;
	enum status status = STATUS_OK;

	switch (introduction->step) {
	case STEP_NAME:
		status = bot_get_me(introduction->options.api, step_done, introduction);
		break;
	case STEP_COMMANDS_DEFAULT:
		status = commands_set(introduction, STR_NONE, LANG_EN);
		break;
	case STEP_COMMANDS_RU:
		status = commands_set(introduction, STR("ru"), LANG_RU);
		break;
	case STEP_END:
		break;
	}
	if (status != STATUS_OK)
		loop_timer_set(introduction->timer, introduction->again_ms);
}

enum status introduce_open(const struct introduce_options *options,
			   struct introduction **introduction_out)
{
	struct introduction *introduction = calloc(1, sizeof(*introduction));

	if (introduction == NULL)
		return STATUS_FAILED;
	introduction->options = *options;
	introduction->again_ms = AGAIN_FIRST_MS;
	introduction->timer = loop_timer_open(options->base, step_run, introduction);
	loop_timer_set(introduction->timer, 0);
	*introduction_out = introduction;
	return STATUS_OK;
}

void introduce_close(struct introduction *introduction)
{
	if (introduction == NULL)
		return;
	loop_timer_close(introduction->timer);
	free(introduction);
}
