/* api/pages.c -- the dashboard's files; every path of a client-side route is its index.html. */
#include "api/pages.h"

#include "api/handlers.h"
#include "base/http/static.h"
#include "base/log.h"
#include "base/version.h"
#include "domain/settings.h"

#include <stdlib.h>

enum { FILES_BYTES_MAX = 32 << 20 };

struct pages {
	struct http_static *files; /* NULL: not built */
	struct out_ui_config config;
};

/* Scripts and styles from ourselves only; Swagger UI writes style attributes. */
#define CONTENT_SECURITY_POLICY                                                                    \
	"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src " \
	"'self'; "                                                                                 \
	"object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

enum status pages_open(const struct config *config, struct arena *arena, struct pages **pages_out)
{
	struct pages *pages = calloc(1, sizeof(*pages));

	if (pages == NULL)
		return STATUS_FAILED;
	pages->config = (struct out_ui_config){
		.close_after_s = config_int(config, "ECO_CLOSE_AFTER_S"),
		.timezone = config_str(config, "ECO_TIMEZONE"),
		.sandbox_url = settings_need_sandbox(config)
				       ? str_from_c(settings_sandbox_url(config, arena))
				       : STR_NONE,
		.version = STR(ECO_VERSION),
	};
	if (http_static_open(config_c(config, "ECO_WEB_DIR"), FILES_BYTES_MAX, &pages->files) !=
	    STATUS_OK)
		log_warn("pages.missing", LOG_C("hint", "make web builds the dashboard"),
			 LOG_STR("dir", config_str(config, "ECO_WEB_DIR")));
	*pages_out = pages;
	return STATUS_OK;
}

void pages_close(struct pages *pages)
{
	if (pages == NULL)
		return;
	http_static_close(pages->files);
	free(pages);
}

enum status ui_config_get(struct call *call)
{
	call->answer.value = &call->app->pages->config;
	return STATUS_OK;
}

/* The headers that http_static_serve does not set itself. */
static size_t page_headers(const struct call *call,
			   struct http_header headers_out[CALL_HEADERS_ALL])
{
	size_t count = 0;

	headers_out[count++] = (struct http_header){ "X-Request-Id", call->request_id };
	headers_out[count++] = (struct http_header){ "X-Content-Type-Options", STR("nosniff") };
	headers_out[count++] = (struct http_header){ "Referrer-Policy", STR("no-referrer") };
	headers_out[count++] = (struct http_header){ "X-Frame-Options", STR("DENY") };
	headers_out[count++] =
		(struct http_header){ "Content-Security-Policy", STR(CONTENT_SECURITY_POLICY) };
	return count;
}

/* The file was found before: serving answers the request. */
static enum status serve(struct call *call, struct str path)
{
	struct http_header headers[CALL_HEADERS_ALL];
	size_t count = page_headers(call, headers);

	if (call->app->pages->files == NULL)
		return call_refuse(call, PROBLEM_NOT_FOUND,
				   "The dashboard is not built: run make web");
	return http_static_serve(call->app->pages->files, call->request, path, headers, count);
}

static void served(struct call *call)
{
	call->request = NULL;
	call_note(call, 200);
}

static enum status serve_or_refuse(struct call *call, struct str path)
{
	enum status status = serve(call, path);

	if (status == STATUS_OK)
		call->answer.finish = served;
	return status;
}

enum status docs_get(struct call *call)
{
	return serve_or_refuse(call, STR("/docs.html"));
}

static bool has_dot(struct str path)
{
	for (size_t i = 0; i < path.len; i++)
		if (path.data[i] == '.')
			return true;
	return false;
}

enum status pages_get(struct call *call)
{
	/* A client-side route has no dot; what has one is a file, there or not. */
	return serve_or_refuse(call, has_dot(call->path) ? call->path : STR("/index.html"));
}
