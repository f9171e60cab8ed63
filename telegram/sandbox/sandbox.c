/* telegram/sandbox/sandbox.c -- one listener: the Bot API below /bot, driving routes below
 * /sandbox/, the page. */
#include "telegram/sandbox/sandbox.h"

#include "base/http/server.h"
#include "domain/settings.h"
#include "telegram/sandbox/call.h"
#include "telegram/sandbox/drive.h"
#include "telegram/sandbox/ids.h"
#include "telegram/sandbox/page.h"

#include <stdlib.h>
#include <string.h>

enum { BODY_BYTES_MAX = 8 << 20 };

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* %3A and the like, as clients write a token's colon. A bad escape stays as it is and fits nothing.
 */
static struct str path_decode(struct str path, struct arena *arena)
{
	char *out = arena_alloc(arena, path.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < path.len; i++) {
		int high = i + 2 < path.len ? hex_digit(path.data[i + 1]) : -1;
		int low = i + 2 < path.len ? hex_digit(path.data[i + 2]) : -1;

		if (path.data[i] == '%' && high >= 0 && low >= 0) {
			out[n++] = (char)(high << 4 | low);
			i += 2;
		} else {
			out[n++] = path.data[i];
		}
	}
	return (struct str){ out, n };
}

static void no_files(struct http_request *request)
{
	struct http_header json = { "Content-Type", STR("application/json") };

	http_reply(request, 404, &json, 1,
		   STR("{\"ok\":false,\"error_code\":404,\"description\":\"Not Found\"}"));
}

static void handle(struct http_request *request, void *arg)
{
	struct str path = path_decode(http_request_path(request), http_request_arena(request));

	if (str_starts(path, STR("/bot")))
		api_handle(arg, request, path);
	else if (str_starts(path, STR("/sandbox/")))
		drive_handle(arg, request, path);
	else if (str_starts(path, STR("/file/bot")))
		no_files(request);
	else
		page_handle(request, path);
}

/* The desk's bots are there before anybody calls, so that the page can show them. */
static enum status known_bots_make(struct sandbox *sandbox)
{
	for (enum bot_role role = BOT_SUPPORT; role < BOT_ROLES; role++) {
		struct bot *bot;
		enum status status = bot_get(sandbox, bot_role_sandbox_token(role), &bot);

		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

enum status sandbox_open(const struct sandbox_options *options, struct sandbox **sandbox_out)
{
	struct http_limits limits = { .body_bytes_max = BODY_BYTES_MAX };
	struct sandbox *sandbox = calloc(1, sizeof(*sandbox));
	enum status status;

	if (sandbox == NULL)
		abort();
	sandbox->base = options->base;
	status = ids_reserve(options->ids_file, &sandbox->first_id);
	if (status == STATUS_OK)
		status = known_bots_make(sandbox);
	if (status == STATUS_OK)
		status = http_server_open(options->base, options->listen, &limits, handle, sandbox,
					  &sandbox->server);
	if (status != STATUS_OK) {
		sandbox_close(sandbox);
		return status;
	}
	*sandbox_out = sandbox;
	return STATUS_OK;
}

int sandbox_port(const struct sandbox *sandbox)
{
	return http_server_port(sandbox->server);
}

void sandbox_drain(struct sandbox *sandbox, loop_fn done, void *arg)
{
	sandbox->draining = true;
	http_server_drain(sandbox->server, done, arg);
	polls_end(sandbox);
	held_end(sandbox);
}

void sandbox_close(struct sandbox *sandbox)
{
	if (sandbox == NULL)
		return;
	sandbox->draining = true;
	polls_end(sandbox);
	held_end(sandbox);
	http_server_close(sandbox->server);
	bots_free(sandbox);
	free(sandbox);
}
