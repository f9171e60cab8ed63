/* ctl/banner.c -- the lines that `ecoctl up` prints when it is ready. */
#include "ctl/banner.h"

#include "ctl/probe.h"
#include "domain/settings.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES_MAX = 512 };

const char *banner_password_path(struct ctl *ctl)
{
	return str_format(&ctl->arena, "%s/admin-password", ctl->dir).data;
}

const char *banner_links_path(struct ctl *ctl)
{
	return str_format(&ctl->arena, "%s/links", ctl->dir).data;
}

/* The last listener is the one where people expect the documentation. */
static struct str listener_last(struct str listen)
{
	struct str one, rest = listen;

	do
		rest = str_cut(rest, ',', &one);
	while (rest.data != NULL);
	return one;
}

static bool line_first(const char *path, char *line, size_t bytes)
{
	FILE *file = fopen(path, "re");
	bool has = file != NULL && fgets(line, (int)bytes, file) != NULL;

	if (file != NULL)
		fclose(file);
	if (has)
		line[strcspn(line, "\r\n")] = '\0';
	return has;
}

static void sign_in_print(struct ctl *ctl, bool password_is_new)
{
	const char *path = banner_password_path(ctl);
	char password[LINE_BYTES_MAX];

	if (!line_first(path, password, sizeof(password)))
		return;
	/* Elsewhere than on a terminal this is a log. */
	if (password_is_new && isatty(STDOUT_FILENO))
		printf("  sign in     admin, password %s  (kept in %s)\n", password, path);
	else
		printf("  sign in     admin, first password in %s\n", path);
}

void banner_print(struct ctl *ctl, int64_t after_ms, bool password_is_new)
{
	struct str listen = config_str(&ctl->config, "ECO_LISTEN");
	const char *docs = probe_address(listener_last(listen), &ctl->arena);

	printf("\nEcoScooter Support is up (after %.1f s).\n\n", (double)after_ms / 1000);
	printf("  dashboard   http://%s/\n", probe_address(listen, &ctl->arena));
	printf("  API         http://%s/docs\n", docs);
	sign_in_print(ctl, password_is_new);
	if (settings_need_sandbox(&ctl->config))
		printf("  Telegram    sandbox, play the customer at %s\n",
		       settings_sandbox_url(&ctl->config, &ctl->arena));
	printf("  logs        %s/log/\n\nCtrl-C stops it.\n\n", ctl->dir);
	fflush(stdout);
}

bool banner_print_links(struct ctl *ctl)
{
	FILE *file = fopen(banner_links_path(ctl), "re");
	char line[LINE_BYTES_MAX];

	if (file == NULL)
		return false;
	while (fgets(line, sizeof(line), file) != NULL) {
		struct str role, url = str_cut(str_trim(str_from_c(line)), ' ', &role);

		printf("  %.*s bot   %.*s\n", STR_ARG(role), STR_ARG(url));
	}
	fclose(file);
	fflush(stdout);
	return true;
}
