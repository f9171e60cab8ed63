/* ctl/secret.c -- reads a password without showing it. */
#include "ctl/secret.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { SECRET_BYTES_MAX = 1024 };

static enum status line_read(struct arena *arena, struct str *line_out)
{
	char line[SECRET_BYTES_MAX];
	size_t len;

	if (fgets(line, sizeof(line), stdin) == NULL) {
		fprintf(stderr, "ecoctl: no password given\n");
		return STATUS_BAD_INPUT;
	}
	len = strcspn(line, "\r\n");
	*line_out = str_copy(arena, (struct str){ line, len });
	explicit_bzero(line, sizeof(line));
	return STATUS_OK;
}

static enum status hidden_read(const char *prompt, struct arena *arena, struct str *line_out)
{
	struct termios was, quiet;
	enum status status;

	if (tcgetattr(STDIN_FILENO, &was) != 0)
		return STATUS_FAILED;
	quiet = was;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	fprintf(stderr, "%s: ", prompt);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	status = line_read(arena, line_out);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
	fprintf(stderr, "\n");
	return status;
}

enum status secret_read(const char *prompt, struct arena *arena, struct str *secret_out)
{
	struct str again;
	enum status status;

	if (!isatty(STDIN_FILENO))
		return line_read(arena, secret_out);
	status = hidden_read(prompt, arena, secret_out);
	if (status == STATUS_OK)
		status = hidden_read("once more", arena, &again);
	if (status == STATUS_OK && !str_eq(*secret_out, again)) {
		fprintf(stderr, "ecoctl: the two differ\n");
		return STATUS_BAD_INPUT;
	}
	return status;
}
